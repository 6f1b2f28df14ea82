import t from 'tap'
import { mintCogKeys } from '../../../src/auth/cog-keys.ts'
import { KeyRegistry, type RegisteredKey } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_USER, serviceUserOf, userOf } from '../../../src/auth/principal.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { startV3, V3_KEY } from '../../v3.ts'

const ORG = `org-${'a1'.repeat(16)}`
const BRAIN = 'cog_brain'
const WINDSURF = 'cog_windsurf'

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

const withKeys = (...keys: RegisteredKey[]) => ({ keys: new KeyRegistry({ keys }) })

t.test('GET /v3/self names the default organization for an open key', async (t) => {
  const { v3 } = await startV3(t)

  const response = await v3('GET', '/v3/self')

  t.equal(response.statusCode, 200)
  t.equal(
    response.body,
    JSON.stringify({
      principal_type: 'service_user',
      service_user_id: 'service-user-fa4ede71000000000000000000000001',
      service_user_name: 'Fake Service User',
      org_id: DEFAULT_ORG_ID,
    }),
  )
})

t.test('GET /v3/self answers a service user with its own organization', async (t) => {
  const { service } = mintCogKeys(ORG, randomIds())
  const user = serviceUserOf(`service-user-${'b'.repeat(32)}`, 'CI Bot')
  const { v3 } = await startV3(t, withKeys({ key: service, user }))

  t.same((await v3('GET', '/v3/self', undefined, bearer(service))).json(), {
    principal_type: 'service_user',
    service_user_id: user.id,
    service_user_name: 'CI Bot',
    org_id: ORG,
  })
})

t.test('GET /v3/self answers a personal access token with its user', async (t) => {
  const { personal } = mintCogKeys(ORG, randomIds())
  const { v3 } = await startV3(t)

  t.match((await v3('GET', '/v3/self', undefined, bearer(personal))).json(), {
    principal_type: 'pat_user',
    user_id: /^email\|[0-9a-f]{24}$/,
    user_name: /^User /,
    org_id: ORG,
    user_email: /@example\.com$/,
    devin_sessions_org_id: ORG,
  })
})

t.test('GET /v3/self answers a session of Devin with the creator of the session', async (t) => {
  const session = { type: 'devin_brain', devinId: `devin-${'c'.repeat(32)}` } as const
  const { v3, organization, send } = await startV3(
    t,
    withKeys({ key: BRAIN, orgId: DEFAULT_ORG_ID, session }),
  )
  const self = async () => (await v3('GET', '/v3/self', undefined, bearer(BRAIN))).json()
  const shared = { principal_type: 'devin_brain', devin_id: session.devinId, org_id: DEFAULT_ORG_ID }

  t.same(await self(), {
    ...shared,
    user_id: 'bot_apk',
    creator_service_user_id: 'service-user-fa4ede71000000000000000000000001',
  })

  const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()
  const created = await organization.sessions.get(id)
  if (created === undefined) return t.fail('the session is missing')
  await organization.sessions.insert({ ...created, id: session.devinId, answersForPrompt: false })
  t.same(await self(), { ...shared, user_id: DEFAULT_USER.id, creator_service_user_id: null })
})

t.test('GET /v3/self answers a session of Windsurf with its user', async (t) => {
  const session = { type: 'windsurf_session' } as const
  const user = userOf('email|0123456789abcdef01234567')
  const { v3 } = await startV3(
    t,
    withKeys({ key: WINDSURF, orgId: ORG, session }, { key: `${WINDSURF}2`, orgId: ORG, session, user }),
  )
  const shared = { principal_type: 'windsurf_session', org_id: ORG, devin_sessions_org_id: ORG }

  t.same((await v3('GET', '/v3/self', undefined, bearer(WINDSURF))).json(), {
    ...shared,
    user_id: DEFAULT_USER.id,
    user_name: DEFAULT_USER.name,
  })
  t.same((await v3('GET', '/v3/self', undefined, bearer(`${WINDSURF}2`))).json(), {
    ...shared,
    user_id: user.id,
    user_name: user.name,
  })
})

t.test('GET /v3/self answers the credential of the command line, but not its JWT alone', async (t) => {
  const { v3 } = await startV3(t)
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'

  const answer = await v3('GET', '/v3/self', undefined, bearer(`devin-session-token$${jwt}`))
  t.match(answer.json(), { principal_type: 'windsurf_session', user_id: DEFAULT_USER.id })
  t.equal((await v3('GET', '/v3/self', undefined, bearer(jwt))).statusCode, 403)
})

t.test('GET /v3/self needs no permission, but a valid v3 key', async (t) => {
  const { v3, call } = await startV3(t, withKeys({ key: V3_KEY, permissions: [] }))

  t.equal((await v3('GET', '/v3/self')).statusCode, 200)
  t.equal((await call('GET', '/v3/self')).statusCode, 403, 'a v1 key')
  t.equal((await call('GET', '/v3/self', { headers: { authorization: 'x' } })).statusCode, 403)
})

t.test('a state document has the keys of sessions', async (t) => {
  const { v3, call, send } = await startV3(t)
  const keys = [
    { key: BRAIN, principal_type: 'devin_brain', devin_id: 'devin-1' },
    { key: WINDSURF, principal_type: 'windsurf_session' },
  ]
  const document = (inputs: object[]) => ({ organizations: [{ org_id: ORG, keys: inputs }] })

  t.equal((await send('PUT', '/_fake/state', document(keys))).statusCode, 204)
  const shown = (await call('GET', '/_fake/state?reveal=true')).json()
  t.match(shown.organizations[0].keys, keys)
  t.match((await v3('GET', '/v3/self', undefined, bearer(BRAIN))).json(), { devin_id: 'devin-1' })
  t.equal((await send('PUT', '/_fake/state', shown)).statusCode, 204, 'it can be read back')

  for (const input of [
    { key: BRAIN, principal_type: 'devin_brain' },
    { key: BRAIN, devin_id: 'devin-1' },
    { key: WINDSURF, principal_type: 'windsurf_session', devin_id: 'devin-1' },
  ]) {
    t.equal((await send('PUT', '/_fake/state', document([input]))).statusCode, 422)
  }
})
