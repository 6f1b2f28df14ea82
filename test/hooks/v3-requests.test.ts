// Requests to v3, which share one route of Fastify, are recorded and logged like those of any other route.
import t from 'tap'
import type { AppOptions } from '../../src/app.ts'
import { mintCogKeys } from '../../src/auth/cog-keys.ts'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import type { LogLevel } from '../../src/settings/config.ts'
import { OTHER_ORG_KEY } from '../fake.ts'
import { linesOf, logToFile } from '../log-to-file.ts'
import { startV3 } from '../v3.ts'

const OTHER_ORG = `org-${'b2'.repeat(16)}`
const SECRETS = '/v3/organizations/{org_id}/secrets'

/** Starts a fake. `requests` resolves with the entries of the journal that a query selects. */
async function startRecording(t: Parameters<typeof startV3>[0], options = {}) {
  const fake = await startV3(t, options)
  const requests = async (query = '') => (await fake.app.inject(`/_fake/requests${query}`)).json().requests
  return { ...fake, requests }
}

t.test('a request to v3 is recorded with its route and body', async (t) => {
  const { org, requests } = await startRecording(t)

  await org('POST', '/secrets', { type: 'totp', key: 'K', value: 's3cr3t', hint: 'h' })
  await org('DELETE', '/secrets/secret-1')

  t.match(await requests(), [
    {
      org_id: DEFAULT_ORG_ID,
      method: 'POST',
      path: `/v3/organizations/${DEFAULT_ORG_ID}/secrets`,
      route: SECRETS,
      body: { type: 'totp', key: 'K', value: '***', hint: '***' },
      status: 200,
      unread_fields: ['body.hint'],
    },
    {
      method: 'DELETE',
      route: `${SECRETS}/{secret_id}`,
      status: 403,
      response_headers: { 'content-type': 'application/problem+json' },
      response_body: { title: 'Forbidden', detail: 'Unauthorized' },
    },
  ])
})

t.test('an upload to v3 is recorded as a form', async (t) => {
  const { app, requests } = await startRecording(t)
  await app.inject({
    method: 'POST',
    url: `/v3/organizations/${DEFAULT_ORG_ID}/attachments`,
    headers: { authorization: 'Bearer cog_x', 'content-type': 'multipart/form-data; boundary=b' },
    payload: '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc\r\n--b--\r\n',
  })

  t.match(await requests(), [
    {
      route: '/v3/organizations/{org_id}/attachments',
      body: { file: { filename: 'a.txt', content_type: null, size: 3 } },
      unread_fields: [],
    },
  ])
})

t.test('a request of v3 without a route is recorded without one', async (t) => {
  const { v3, requests } = await startRecording(t)

  await v3('GET', '/v3/nothing')
  await v3('PATCH', '/v3/self')

  t.match(await requests(), [
    { org_id: DEFAULT_ORG_ID, route: null, status: 404 },
    { org_id: DEFAULT_ORG_ID, route: null, status: 405 },
  ])
})

t.test('the journal is filtered by paths, templates and globs of v3', async (t) => {
  const { org, v3, requests } = await startRecording(t)
  await org('GET', '/secrets')
  await org('DELETE', '/secrets/secret-1')
  await v3('GET', '/v3/self')
  const count = async (path: string) => (await requests(`?path=${encodeURIComponent(path)}`)).length

  t.equal(await count('/v3/organizations/{org_id}/secrets/{secret_id}'), 1)
  t.equal(await count(`/v3/organizations/${DEFAULT_ORG_ID}/secrets`), 1)
  t.equal(await count('/v3/organizations/**'), 2)
  t.equal(await count('/v3/*'), 1)
})

t.test('verify compares requests of v3 like those of v1', async (t) => {
  const { org, send } = await startRecording(t)
  await org('POST', '/secrets', { type: 'totp', key: 'K', value: 's3cr3t' })
  const verify = async (body: object) =>
    (await send('POST', '/_fake/requests/verify', { method: 'POST', path: SECRETS, body })).json()

  t.match(await verify({ key: 'K', value: 's3cr3t' }), { verified: true, count: 1 })
  t.match(await verify({ key: 'L', value: 'other' }), {
    verified: false,
    nearest: [
      {
        differences: [
          'body.key: expected "L", got "K"',
          'body.value: not the expected value, which is masked',
        ],
      },
    ],
  })
})

t.test('a request is attributed to the organization in its path if its key may use it', async (t) => {
  const { v3, requests } = await startRecording(t)
  const minted = { authorization: `Bearer ${mintCogKeys(OTHER_ORG, randomIds()).service}` }

  await v3('GET', '/v3/organizations/org-test/secrets')
  await v3('GET', '/v3/organizations/org-test/nothing')
  await v3('GET', '/v3/organizations/none/secrets')
  await v3('GET', '/v3/enterprise/organizations/org-test/tags')
  await v3('GET', '/v3beta1/organizations/org-test/nothing')
  await v3('GET', '/v3/organizations/org-test/secrets', undefined, minted)
  await v3('GET', '/v3/self', undefined, minted)
  await v3('GET', '/v3/organizations/org-test/secrets', undefined, {
    authorization: `Bearer ${OTHER_ORG_KEY}`,
  })
  await v3('GET', '/v3/organizations/org-test/secrets', undefined, { authorization: 'Bearer cog_wrong' })

  const owners = (await requests()).map((entry: { org_id: string | null }) => entry.org_id)
  t.same(owners, [
    ...['org-test', 'org-test', DEFAULT_ORG_ID, 'org-test', 'org-test'],
    ...[OTHER_ORG, OTHER_ORG, OTHER_ORG, null],
  ])
})

t.test('a v3 key on v1 is attributed to its own organization', async (t) => {
  const { call, requests } = await startRecording(t)

  await call('GET', '/v1/secrets', { headers: { authorization: 'Bearer cog_x' } })

  t.match(await requests(), [{ org_id: DEFAULT_ORG_ID, status: 403 }])
})

/** Starts a fake that logs. `lines` returns the lines of its log. */
async function startLogging(t: Parameters<typeof startV3>[0], level: LogLevel, options: AppOptions = {}) {
  const { logger, text } = await logToFile(t, level)
  const fake = await startV3(t, { logger, ...options })
  return { ...fake, lines: async () => linesOf(await text()) }
}

t.test(
  'the line of a request to v3 has its route, its organization and the reason of a refusal',
  async (t) => {
    const { v3, lines } = await startLogging(t, 'info')
    await v3('GET', '/v3/organizations/org-test/secrets')
    await v3('POST', '/v3/organizations/org-test/secrets', { type: 5 })
    await v3('GET', '/v3/nothing')
    await v3('PATCH', '/v3/self')

    t.match(await lines(), [
      { msg: 'GET /v3/organizations/org-test/secrets 200', route: SECRETS, org: 'org-test' },
      {
        msg: /secrets 422: body\.type literal_error, body\.key missing, body\.value missing$/,
        route: SECRETS,
      },
      { msg: 'GET /v3/nothing 404: no such path', route: '/v3/nothing' },
      { msg: 'PATCH /v3/self 405: no such method for this path' },
    ])
  },
)

t.test('the log says that a key belongs to the other generation, without the key', async (t) => {
  const { v3, call, lines } = await startLogging(t, 'info')
  const withKey = (key: string) => ({ authorization: `Bearer ${key}` })
  await v3('GET', '/v3/self', undefined, withKey('apk_user_s3cr3t'))
  await call('GET', '/v1/secrets', { headers: withKey('cog_s3cr3t') })
  await call('GET', '/v1/secrets', { headers: withKey('devin-session-token$s3cr3t') })
  await v3('GET', '/v3/self', undefined, withKey('cog_expired'))
  await v3('GET', '/v3/self', undefined, { authorization: '' })
  await call('GET', '/v1/secrets', { headers: withKey('apk_user_expired') })
  await call('GET', '/v1/nothing', { headers: withKey('cog_s3cr3t') })
  await v3('DELETE', '/v3/organizations/org-test/secrets/x')

  const written = await lines()
  t.match(
    written.map(({ msg }) => msg),
    [
      'GET /v3/self 403: Unauthorized (a v1 key; v3 needs cog_…)',
      'GET /v1/secrets 403: Unauthorized (a v3 key; v1 needs apk_…)',
      'GET /v1/secrets 403: Unauthorized (a v3 key; v1 needs apk_…)',
      'GET /v3/self 403: Unauthorized',
      'GET /v3/self 403: Unauthorized (the Authorization header is not "Bearer KEY")',
      'GET /v1/secrets 403: Unauthorized',
      'GET /v1/nothing 404: no such path',
      /^DELETE \S+ 403: Unauthorized$/,
    ],
  )
  t.equal(written[3]?.msg, 'GET /v3/self 403: Unauthorized')
  t.notMatch(JSON.stringify(written), 's3cr3t')
})

t.test('the log says why a v3 key is refused', async (t) => {
  const keys = new KeyRegistry({
    keys: [
      { key: 'cog_limited', permissions: ['Read'] },
      {
        key: 'cog_manager',
        orgId: ENTERPRISE_ID,
        permissions: ['ManageOrgSessions', 'ManageAccountMembership'],
      },
      { key: 'cog_gone', expiresAt: 0 },
    ],
  })
  const { v3, send, lines } = await startLogging(t, 'info', { keys })
  const withKey = (key: string) => ({ authorization: `Bearer ${key}` })
  const own = `/v3/organizations/${DEFAULT_ORG_ID}`
  await v3('GET', `${own}/secrets`, undefined, withKey('cog_limited'))
  await v3('GET', `${own}/playbooks`, undefined, withKey('cog_limited'))
  await v3('GET', '/v3/organizations/org-other/secrets', undefined, withKey('cog_limited'))
  await v3('GET', '/v3/enterprise/roles', undefined, withKey('cog_limited'))
  await v3('GET', '/v3/self', undefined, withKey('cog_gone'))
  const impersonation = { prompt: 'x', create_as_user_id: 'email|1' }
  await v3('POST', `${own}/sessions`, impersonation, withKey('cog_manager'))
  const invitation = { emails: ['a@example.com'], enterprise_role_id: 'account_member' }
  await v3('POST', '/v3/enterprise/members/users', invitation, withKey('cog_manager'))
  const made = (await send('POST', '/_fake/organizations', {})).json()
  await v3('DELETE', `/v3/enterprise/organizations/${made.org_id}`)
  await v3('GET', '/v3/self', undefined, withKey(made.keys.v3.service))
  await v3('PUT', '/v3/enterprise/ip-access-list', { ip_ranges: ['192.0.2.1'] })
  await v3('GET', '/v3/self', undefined, { 'x-forwarded-for': '198.51.100.1' })

  const refused = (await lines()).flatMap(({ msg }) => (/403: (.*)/.exec(String(msg)) ?? []).slice(1))
  t.same(refused, [
    'Unauthorized (the key lacks the permission ManageOrgSecrets)',
    'Unauthorized (the key lacks the permission ManageAccountPlaybooks or ManageOrgPlaybooks)',
    'Unauthorized (not a key of this organization)',
    'Unauthorized (a key of an organization)',
    'Unauthorized (the key has expired)',
    'Unauthorized (the key lacks the permission ImpersonateOrgSessions)',
    'Unauthorized (the key lacks the permission ReadAccountMeta)',
    'Unauthorized (a key of a deleted organization)',
    'Unauthorized (the address is not in the IP access list)',
  ])
})

t.test('at debug, the log has the unread fields of v3, and near misses of its paths', async (t) => {
  const { v3, lines } = await startLogging(t, 'debug')
  await v3('POST', '/v3/organizations/org-test/secrets?dry=1', {
    type: 'totp',
    key: 'K',
    value: 'v',
    notes: 'n',
  })
  await v3('POST', '/v3/organizations/org-test/playbooks', { title: 't', body: 'b', marco: '!m' })
  await v3('GET', '/v3/organisations/org-test/secrets')
  await v3('GET', '/v3/organizations/none/secrets?first=1')

  const written = (await lines()).filter(({ level }) => level === 20)
  t.match(written, [
    { msg: 'not read: query.***, body.***' },
    { msg: 'not read: body.marco (did you mean macro?)' },
    { msg: `no such path, did you mean ${SECRETS}?`, near: SECRETS },
  ])
  t.equal(written.length, 3)
})
