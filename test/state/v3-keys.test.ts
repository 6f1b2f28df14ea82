// Keys of v3 in state documents: src/state/encode.ts and decode.ts.
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { aServer, putState, stateOf } from './server.ts'

const SERVICE_USER = { id: 'service-user-1', email: null, name: 'CI' }
const USER = { id: 'email|ada', email: 'ada@example.com', name: 'Ada' }

const KEYS = [
  {
    key: 'cog_bot',
    user: SERVICE_USER,
    permissions: ['Read', 'UseCodeScans'],
    expires_at: '2026-01-02T03:04:06.000000Z',
  },
  { key: 'cog_none', user: SERVICE_USER, permissions: [] },
  { key: 'cog_pat', user: USER },
  { key: 'cog_brain', user: SERVICE_USER, principal_type: 'devin_brain', devin_id: 'devin-1' },
  { key: 'cog_windsurf', user: USER, principal_type: 'windsurf_session' },
]

const documentOf = (keys: readonly unknown[], orgId = 'org-1') => ({
  organizations: [{ org_id: orgId, keys }],
})

const keysIn = (state: string, orgId = 'org-1') =>
  JSON.parse(state).organizations.find(({ org_id }: { org_id: string }) => org_id === orgId)?.keys

async function issuesOf(t: Test, key: object): Promise<string[]> {
  const [status, body] = await putState(await aServer(t), documentOf([key]))
  t.equal(status, 422)
  return JSON.parse(body).detail.map(
    ({ loc, msg }: { loc: string[]; msg: string }) =>
      `${loc.slice(5).join('.')}: ${msg.replace('Value error, ', '')}`,
  )
}

t.test('state documents round-trip v3 keys', async (t) => {
  const [one, other] = [await aServer(t, { strict: true }), await aServer(t, { strict: true })]
  t.same(await putState(one, documentOf(KEYS)), [204, ''])
  const state = await stateOf(one, '?reveal=true')

  t.match(keysIn(state), KEYS)
  t.equal(keysIn(state).length, KEYS.length)
  t.same(await putState(other, JSON.parse(state)), [204, ''])
  t.equal(await stateOf(other, '?reveal=true'), state)
})

t.test(
  'v3 keys of a state work with their permissions, in their organization, as their principals',
  async (t) => {
    const app = await aServer(t, { strict: true })
    await putState(app, documentOf(KEYS))
    const get = (key: string, path: string) =>
      app.inject({ url: path, headers: { authorization: `Bearer ${key}` } })
    const secretsOf = (orgId: string) => `/v3/organizations/${orgId}/secrets`

    t.match((await get('cog_pat', '/v3/self')).json(), { principal_type: 'pat_user', user_id: USER.id })
    t.match((await get('cog_brain', '/v3/self')).json(), {
      principal_type: 'devin_brain',
      devin_id: 'devin-1',
    })
    t.match((await get('cog_windsurf', '/v3/self')).json(), { principal_type: 'windsurf_session' })
    t.equal((await get('cog_none', secretsOf('org-1'))).statusCode, 403)
    t.equal((await get('cog_pat', secretsOf('org-1'))).statusCode, 200)
    t.equal((await get('cog_pat', secretsOf('org-2'))).statusCode, 403)
  },
)

t.test('a v3 key as a plain string has the default service user, or the one with a given id', async (t) => {
  const app = await aServer(t)
  await putState(
    app,
    documentOf(['cog_a', { key: 'cog_b', user_id: 'service-user-9' }, { key: 'cog_c', user_id: 'ada' }]),
  )

  t.match(keysIn(await stateOf(app, '?reveal=true')), [
    { key: 'cog_a', user: { id: 'service-user-fa4ede71000000000000000000000001', email: null } },
    { key: 'cog_b', user: { id: 'service-user-9', email: null } },
    { key: 'cog_c', user: { id: 'ada', email: 'ada@example.com' } },
  ])
})

t.test('a v3 key with an invalid time of expiry, or half a session, is rejected', async (t) => {
  t.match(await issuesOf(t, { key: 'cog_a', expires_at: 'soon' }), [
    /^expires_at: Input should be a valid datetime/,
  ])
  const devin = ['devin_id: is required with the principal_type devin_brain, and not allowed otherwise']
  t.same(await issuesOf(t, { key: 'cog_a', principal_type: 'devin_brain' }), devin)
  t.same(await issuesOf(t, { key: 'cog_a', principal_type: 'windsurf_session', devin_id: 'devin-1' }), devin)
  t.same(await issuesOf(t, { key: 'cog_a', devin_id: 'devin-1' }), devin)
  t.match(await issuesOf(t, { key: 'cog_a', principal_type: 'x' }), [/^principal_type: Input should be/])
  t.same(await issuesOf(t, { key: 'cog_' }), [
    ': not a key (apk_user_…, apk_…, cog_… or devin-session-token$…)',
  ])
})

t.test(
  'a v1 key with permissions or an expiry is rejected with the same error as in a file of keys',
  async (t) => {
    const expires_at = '2030-01-01T00:00:00Z'
    const only = 'only a v3 key (cog_…) has it'

    t.same(await issuesOf(t, { key: 'apk_user_a', permissions: [], expires_at }), [
      `permissions: ${only}`,
      `expires_at: ${only}`,
    ])
    t.same(await issuesOf(t, { key: 'apk_a', expires_at }), [`expires_at: ${only}`])
  },
)

t.test('a reset of an organization keeps its v3 keys with their permissions', async (t) => {
  const app = await aServer(t, { strict: true })
  await putState(app, documentOf(KEYS, DEFAULT_ORG_ID))

  await app.inject({ method: 'POST', url: '/_fake/reset', payload: { org_id: DEFAULT_ORG_ID } })

  const kept = keysIn(await stateOf(app, '?reveal=true'), DEFAULT_ORG_ID)
  t.match(
    kept.filter(({ key }: { key?: string }) => key === 'cog_bot'),
    [KEYS[0]],
  )
})
