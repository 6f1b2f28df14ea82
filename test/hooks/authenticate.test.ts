import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { mintApkKeys } from '../../src/auth/apk-keys.ts'
import { mintCogKeys } from '../../src/auth/cog-keys.ts'
import { KeyRegistry, type RegisteredKey } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_USER, ENTERPRISE_ID } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { organizationIdOf } from '../../src/hooks/authenticate.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { v3Routes } from '../../src/routes/v3/index.ts'
import { ORG_ID_MAX } from '../../src/schemas/control/scope.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, KEY, NOW } from '../fake.ts'
import { startV3, V3_KEY } from '../v3.ts'

const ORG = `org-${'a1'.repeat(16)}`

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const withKeys = (...keys: RegisteredKey[]) => ({ keys: new KeyRegistry({ keys }) })
const secretsOf = (orgId: string) => `/v3/organizations/${orgId}/secrets`

const secret = { type: 'totp', key: 'K', value: 's3cr3t' }

t.test('v3 answers 403 to a missing, malformed, unknown or revoked key, whatever the request', async (t) => {
  const keys = new KeyRegistry()
  keys.revoke('cog_mine')
  const { v3 } = await startV3(t, { keys })

  for (const authorization of [
    '',
    'cog_x',
    'Bearer ',
    'Basic cog_x',
    'Bearer sk_x',
    'Bearer cog_wrong',
    'Bearer cog_mine',
  ]) {
    for (const [method, path, body] of [
      ['GET', '/v3/self'],
      ['POST', secretsOf(DEFAULT_ORG_ID), {}],
      ['DELETE', `${secretsOf('org-1')}/x`],
    ] as const) {
      const response = await v3(method, path, body, { authorization })
      t.equal(response.statusCode, 403, `${authorization} ${path}`)
      t.same(response.json(), {
        type: 'about:blank',
        title: 'Forbidden',
        status: 403,
        detail: 'Unauthorized',
        instance: path,
      })
    }
  }
})

t.test('v3 answers 403 to a v1 key, also of the same organization', async (t) => {
  const { service, personal } = mintApkKeys(ORG, randomIds())
  const { v3 } = await startV3(t)

  for (const key of [KEY, 'apk_x', service, personal]) {
    const response = await v3('POST', secretsOf(ORG), secret, bearer(key))
    t.match([response.statusCode, response.json()], [403, { detail: 'Unauthorized' }])
  }
  t.equal((await v3('GET', secretsOf(ORG))).json().total, 0)
})

t.test('v1 answers 403 to a v3 key, also of the same organization', async (t) => {
  const { service, personal } = mintCogKeys(DEFAULT_ORG_ID, randomIds())
  const { call, organization } = await startV3(t, withKeys({ key: 'cog_registered' }))

  for (const key of [V3_KEY, service, personal, 'cog_registered']) {
    const payload = { ...secret, sensitive: true, note: '' }
    const response = await call('POST', '/v1/secrets', { payload, headers: bearer(key) })
    t.same([response.statusCode, response.json()], [403, { detail: 'Unauthorized' }])
  }
  t.same(await organization.secrets.list(), [])
})

t.test('an open v3 key works for every organization in a path, each with its own records', async (t) => {
  const { v3 } = await startV3(t)
  const long = `org-${'x'.repeat(ORG_ID_MAX - 4)}`

  for (const orgId of [
    DEFAULT_ORG_ID,
    ORG,
    'org-test',
    'org_Test0123456789Ab',
    'org-',
    'org-%20%C3%A4',
    long,
  ]) {
    t.equal((await v3('POST', secretsOf(orgId), secret)).statusCode, 200, orgId)
    t.equal((await v3('GET', secretsOf(orgId))).json().total, 1, orgId)
  }
})

t.test('an open v3 key is refused for a text that is not an organization id', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const { v3 } = await startV3(t, { organizations })
  const before = organizations.all().length

  for (const orgId of [
    'acme',
    'ORG-1',
    'ORG_1',
    'xorg-1',
    'org',
    'org1',
    '%20org-1',
    `org-${'x'.repeat(ORG_ID_MAX - 3)}`,
  ]) {
    for (const [method, body] of [['GET'], ['POST', secret]] as const) {
      const response = await v3(method, secretsOf(orgId), body)
      t.match([response.statusCode, response.json()], [403, { detail: 'Unauthorized' }], orgId)
    }
  }
  t.equal(organizations.all().length, before)
})

t.test('a v3 key of an organization is refused for every other one', async (t) => {
  const { service, personal } = mintCogKeys(ORG, randomIds())
  const { v3 } = await startV3(t, withKeys({ key: 'cog_a', orgId: ORG }, { key: 'cog_b', orgId: 'acme' }))
  const id = (await v3('POST', secretsOf('org-1'), secret)).json().secret_id

  for (const key of [service, personal, 'cog_a']) {
    t.equal((await v3('GET', secretsOf(ORG), undefined, bearer(key))).statusCode, 200)
    for (const [method, path, body] of [
      ['GET', secretsOf('org-1')],
      ['GET', secretsOf(DEFAULT_ORG_ID)],
      ['GET', secretsOf(ORG.toUpperCase())],
      ['POST', secretsOf('org-2'), secret],
      ['DELETE', `${secretsOf('org-1')}/${id}`],
    ] as const) {
      t.equal((await v3(method, path, body, bearer(key))).statusCode, 403, `${method} ${path}`)
    }
  }
  t.equal((await v3('GET', secretsOf('org-1'))).json().total, 1)
  t.equal((await v3('GET', secretsOf('org-2'))).json().total, 0)
  t.equal(
    (await v3('GET', secretsOf('acme'), undefined, bearer('cog_b'))).statusCode,
    200,
    'any registered id',
  )
})

t.test('reads and failed requests on v3 create no organization, but the first write does', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const { v3, call } = await startV3(t, { organizations })
  const known = async () =>
    (await call('GET', '/_fake/state')).json().organizations.map(({ org_id }: { org_id: string }) => org_id)
  const before = await known()

  await v3('GET', secretsOf('org-new'))
  await v3('DELETE', `${secretsOf('org-new')}/secret-1`)
  await v3('POST', secretsOf('org-new'), { key: 'K' })
  t.same(await known(), before)
  await v3('POST', secretsOf('org-new'), secret)

  t.same(await known(), [...before, 'org-new'])
})

t.test(
  'a v3 key works with one of the permissions that an operation accepts, and changes nothing without',
  async (t) => {
    const { org, organization } = await startV3(
      t,
      withKeys(
        { key: 'cog_notes', permissions: ['ManageKnowledge'] },
        { key: 'cog_account', permissions: ['Read', 'ManageAccountKnowledge'] },
        { key: 'cog_none', permissions: [] },
        { key: 'cog_all' },
      ),
    )
    const note = { name: 'n', body: 'b', trigger: 't' }
    const statusOf = async (key: string, body: object) =>
      (await org('POST', '/knowledge/notes', body, bearer(key))).statusCode

    for (const body of [note, {}]) t.equal(await statusOf('cog_none', body), 403)
    t.same(await organization.knowledge.list(), [])
    t.same(await organization.auditLog.list(), [])
    for (const key of ['cog_notes', 'cog_account', 'cog_all']) t.equal(await statusOf(key, note), 200, key)
  },
)

t.test('every operation of v3 refuses a key without its permission before validation', async (t) => {
  const { v3 } = await startV3(t, withKeys({ key: 'cog_none', permissions: [] }))

  for (const [name, { permission }] of Object.entries(v3Routes)) {
    const [method = '', template = ''] = name.split(' ')
    const path = template.replace('{org_id}', DEFAULT_ORG_ID).replaceAll(/\{\w+\}/g, 'x')
    const response = await v3(method, path, undefined, bearer('cog_none'))
    if (permission === null) t.not(response.json().detail, 'Unauthorized', name)
    else t.match([response.statusCode, response.json()], [403, { detail: 'Unauthorized' }], name)
  }
})

t.test('a v3 key is refused from its expiry on, by the clock of the organization', async (t) => {
  const expiresAt = NOW + 60_000_000
  const { org, advance } = await startV3(t, withKeys({ key: 'cog_a', expiresAt }))
  const status = async () => (await org('GET', '/secrets', undefined, bearer('cog_a'))).statusCode

  t.equal(await status(), 200)
  advance(59.999999)
  t.equal(await status(), 200)
  advance(0.000001)
  t.equal(await status(), 403)
  advance(-60)
  t.equal(await status(), 200)
})

t.test(
  'organizationIdOf attributes a request to the organization in its path if the key may use it',
  async (t) => {
    const { service } = mintCogKeys(ORG, randomIds())
    const keys = new KeyRegistry()
    const ownerOf = (key: string, originalUrl: string) => {
      const raw = { headers: bearer(key) } as FastifyRequest['raw']
      return organizationIdOf(keys, { raw, originalUrl })
    }

    for (const path of [
      '/v3/organizations/org-1',
      '/v3/organizations/org-1/secrets?a=/organizations/org-2',
      '/v3beta1/organizations/org-1/sessions/x/command',
      '/v3/enterprise/organizations/org-1/tags',
      '/v3/organizations/org%2d1/nothing',
      'http://host/v3/organizations/org-1/organizations/org-2',
    ]) {
      t.equal(ownerOf('cog_x', path), 'org-1', path)
      t.equal(ownerOf(service, path), ORG, path)
      t.equal(ownerOf('apk_x', path), DEFAULT_ORG_ID, path)
      t.equal(ownerOf('cog_wrong', path), undefined, path)
    }
    for (const path of [
      '/v3/self',
      '/v3/organizations/',
      '/v3/organizations/acme',
      '/v1/organizations/org-1',
      '*',
    ]) {
      t.equal(ownerOf('cog_x', path), DEFAULT_ORG_ID, path)
    }
  },
)

t.test('every operation shows the same name and email address of a member', async (t) => {
  const [ada, bob] = [
    { id: 'email|ada', email: 'ada@corp.com', name: 'Ada' },
    { id: 'email|bob', email: null, name: null },
  ]
  const given = { id: ada.id, email: 'own@corp.com', name: 'Own' }
  const { v3, org, call } = await startV3(t)
  const keys = [
    { key: 'cog_ada', user_id: ada.id },
    { key: 'cog_limited', user_id: ada.id, permissions: ['ManageOrgSessions'] },
    { key: 'cog_bob', user_id: bob.id },
    { key: 'cog_own', user: given },
    { key: 'apk_user_ada', user_id: ada.id },
  ]
  const state = { organizations: [{ org_id: ENTERPRISE_ID, users: [ada, bob] }, { keys }] }
  const put = { payload: JSON.stringify(state), headers: { 'content-type': 'application/json' } }
  t.equal((await call('PUT', '/_fake/state', put)).statusCode, 204)
  const nameOf = async (key: string) => (await v3('GET', '/v3/self', undefined, bearer(key))).json().user_name
  const create = async (body: object, key = V3_KEY) =>
    (await org('POST', '/sessions', { prompt: 'x', ...body }, bearer(key))).json().session_id

  t.same(await Promise.all(['cog_ada', 'cog_limited', 'cog_bob', 'cog_own'].map(nameOf)), [
    'Ada',
    'Ada',
    'User bob',
    'Own',
  ])
  const ids = [
    await create({}, 'cog_ada'),
    await create({}, 'cog_limited'),
    await create({ create_as_user_id: ada.id }),
  ]
  await create({ create_as_user_id: 'email|nobody' })
  const v1 = async (path: string) => (await call('GET', path, { headers: bearer('apk_user_ada') })).json()
  const found = (await v1(`/v1/sessions?user_email=${ada.email}`)).sessions
  t.same(
    found.map((session: { session_id: string }) => session.session_id),
    ids.map((id) => `devin-${id}`).reverse(),
  )
  t.match(found, [{ requesting_user_email: ada.email }])
  t.match((await v1('/v1/sessions?user_email=nobody@example.com')).sessions, { length: 1 })
  await org('POST', `/sessions/${ids[0]}/messages`, { message: 'y', message_as_user_id: ada.id })
  const { items } = (await org('GET', `/sessions/${ids[0]}/messages`)).json()
  t.match(items, [{ username: ada.name }, { username: ada.name, user_id: ada.id }])
  const logged = (await v3('GET', '/v3/enterprise/audit-logs')).json().items
  const emails = logged.map((entry: { user_email: string | null }) => entry.user_email)
  t.same([...new Set(emails)].sort(), [ada.email, null])
})

t.test('the default user has a name even if only its id is known', async (t) => {
  const { org } = await startV3(t)
  const body = { prompt: 'x', create_as_user_id: DEFAULT_USER.id }
  const { session_id: id } = (await org('POST', '/sessions', body)).json()

  t.match((await org('GET', `/sessions/${id}/messages`)).json().items, [{ username: DEFAULT_USER.name }])
})
