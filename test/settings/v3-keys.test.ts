// Keys of v3 in files: their service users, permissions and expiry.
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID, serviceUserOf, userOf } from '../../src/auth/principal.ts'
import { parseInstant } from '../../src/base/clock.ts'
import { startServer } from '../../src/server/start.ts'
import { DEFAULT_CONFIG } from '../../src/settings/config.ts'
import { readKeysFile } from '../../src/settings/keys-file.ts'

async function read(t: Test, name: string, content: string) {
  return readKeysFile(join(t.testdir({ [name]: content }), name))
}

t.test('a file of keys has v3 keys of service users and users, with permissions and expiry', async (t) => {
  const text = `
- key: cog_ci
  org_id: org-1
  user_id: service-user-1
  permissions: [ManageOrgSecrets, ViewOrgSessions]
  expires_at: 2030-01-02T03:04:05Z
- { key: cog_pat, user_id: email|1 }
- { key: cog_none, permissions: [] }
`
  t.same(await read(t, 'keys.yaml', text), [
    {
      key: 'cog_ci',
      orgId: 'org-1',
      user: serviceUserOf('service-user-1'),
      permissions: ['ManageOrgSecrets', 'ViewOrgSessions'],
      expiresAt: parseInstant('2030-01-02T03:04:05Z'),
    },
    { key: 'cog_pat', user: userOf('email|1') },
    { key: 'cog_none', permissions: [] },
  ])
  t.same(await read(t, 'keys.txt', 'cog_a\ncog_b org-2\n'), [
    { key: 'cog_a' },
    { key: 'cog_b', orgId: 'org-2' },
  ])
})

t.test(
  'invalid permissions and times of expiry in a file of keys are reported without the key',
  async (t) => {
    const list = [
      { key: 'cog_a', permissions: 'ManageOrgSecrets' },
      { key: 'cog_b', permissions: [''] },
      { key: 'cog_c', expires_at: 'soon' },
      { key: 'apk_user_d', permissions: [], expires_at: '2030-01-01' },
    ]
    const error = await read(t, 'keys.json', JSON.stringify(list)).catch((error: Error) => error)

    const { message } = Object(error) as Error
    t.same(
      message.split('\n').map((line) => line.replace(/^.*keys\.json: /, '')),
      [
        '0.permissions: Input should be a valid list',
        '1.permissions.0: String should have at least 1 character',
        '2.expires_at: not an ISO 8601 time',
        '3.permissions: only a v3 key (cog_…) has it',
        '3.expires_at: only a v3 key (cog_…) has it',
      ],
    )
  },
)

t.test('a server accepts the v3 keys of its files for what they permit', async (t) => {
  const folder = t.testdir({
    'keys.yaml': '- { key: cog_ci, org_id: org-1, permissions: [ManageOrgSecrets] }',
    'seed.yaml': `
organizations:
  - keys:
      - { key: cog_seeded, user_id: service-user-1, permissions: [ManageOrgSecrets] }
      - { key: cog_late, expires_at: 2020-01-01T00:00:00Z }
`,
  })
  const server = await startServer({
    ...DEFAULT_CONFIG,
    ...{ port: 0, logLevel: 'silent', strictKeys: true },
    keysFile: join(folder, 'keys.yaml'),
    seedFile: join(folder, 'seed.yaml'),
  })
  t.teardown(() => server.close())
  const status = async (key: string, path: string) =>
    (await fetch(server.url + path, { headers: { authorization: `Bearer ${key}` } })).status
  const of = (orgId: string, list = 'secrets') => `/v3/organizations/${orgId}/${list}`

  t.equal(server.v3Key, 'cog_ci')
  t.same([await status('cog_ci', of('org-1')), await status('cog_ci', of('org-2'))], [200, 403])
  t.equal(await status('cog_ci', of('org-1', 'playbooks')), 403)
  t.equal(await status('cog_seeded', of(DEFAULT_ORG_ID)), 200)
  t.equal(await status('cog_late', of(DEFAULT_ORG_ID)), 403)
  t.equal(await status('cog_demo', of(DEFAULT_ORG_ID)), 403)
})
