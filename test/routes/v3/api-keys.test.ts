import t from 'tap'
import { mintCogKeys } from '../../../src/auth/cog-keys.ts'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER, ENTERPRISE_ID } from '../../../src/auth/principal.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { StoreFullError } from '../../../src/store/types.ts'
import { frozenClock, NOW } from '../../fake.ts'
import { startV3, V3_KEY } from '../../v3.ts'

const SERVICE_USERS = '/v3/enterprise/service-users'
const MEMBERS = '/v3/enterprise/members/service-users'
const ORGANIZATIONS = '/v3/enterprise/organizations'
const SECONDS = Math.floor(NOW / 1_000_000)
const bot = { name: 'Bot', role_id: 'account_admin', ttl_seconds: 3600 }
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

async function startKeys(t: Parameters<typeof startV3>[0], options: Parameters<typeof startV3>[1] = {}) {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const keys = new KeyRegistry()
  const fake = await startV3(t, { organizations, keys, ...options })
  const { v3, call } = fake
  const answer = async (...request: Parameters<typeof v3>) => {
    const response = await v3(...request)
    return [response.statusCode, response.json().detail]
  }
  const { service_user: user, token } = (await v3('POST', SERVICE_USERS, bot)).json()
  const path = `${SERVICE_USERS}/${user.service_user_id}/api-keys`
  return {
    ...fake,
    organizations,
    keys,
    answer,
    token,
    path,
    id: user.service_user_id as string,
    create: async (body: object) => (await v3('POST', path, body)).json(),
    /** Returns the status of an operation of the enterprise. */
    status: async (key: string) => (await v3('GET', ORGANIZATIONS, undefined, bearer(key))).statusCode,
    state: async (query = '?reveal=true') => (await call('GET', `/_fake/state${query}`)).json(),
  }
}

/** Returns what a state document has for the enterprise. */
const ofEnterprise = (document: { organizations: { org_id: string }[] }): Record<string, object[]> =>
  Object.fromEntries(
    document.organizations.filter((one) => one.org_id === ENTERPRISE_ID).flatMap(Object.entries),
  )

t.test('POST …/api-keys creates a key that has the roles of the service user at once', async (t) => {
  const { v3, create, status, state, path, id } = await startKeys(t)

  const created = await create({ name: 'CI' })

  t.match(created, { api_key_id: /^api-key-[0-9a-f]{32}$/, api_key_name: 'CI', token: /^cog_[a-z2-7]{52}$/ })
  t.equal(await status(created.token), 200)
  t.same((await v3('GET', '/v3/self', undefined, bearer(created.token))).json(), {
    principal_type: 'service_user',
    service_user_id: id,
    service_user_name: 'Bot',
    org_id: null,
  })
  t.match(ofEnterprise(await state()).audit_logs, [
    { action: 'create_service_user', subject_id: id },
    { action: 'create_service_user_api_key', subject_id: created.api_key_id },
  ])
  t.equal((await v3('POST', path.replace(id, 'x'), { name: 'CI' })).statusCode, 404)
})

t.test('a key is valid until it or its service user expires', async (t) => {
  const { create, status, organizations } = await startKeys(t)
  const { clock } = organizations.enterprise
  const pass = (seconds: number) => clock.adjust({ now: clock.now() + seconds * 1_000_000 })
  const short = (await create({ name: 'a', expires_at: SECONDS + 60 })).token
  const long = (await create({ name: 'b', expires_at: SECONDS + 7200 })).token
  const endless = (await create({ name: 'c', expires_at: null })).token

  t.same([await status(short), await status(long), await status(endless)], [200, 200, 200])
  pass(60)
  t.same([await status(short), await status(long), await status(endless)], [403, 200, 200])
  pass(3540)
  t.same([await status(short), await status(long), await status(endless)], [403, 403, 403])
})

t.test('POST …/api-keys rejects times of expiry in the past or too far in the future', async (t) => {
  const { answer, path, organizations } = await startKeys(t)
  const post = (body: object) => answer('POST', path, { name: 'a', ...body })

  t.same(await post({ expires_at: SECONDS }), [400, 'The expiry must be in the future'])
  t.same(await post({ expires_at: 1e15 }), [400, 'The expiry is too far in the future'])
  t.equal((await post({ name: '' }))[0], 422)
  const { clock } = organizations.enterprise
  clock.adjust({ now: clock.now() + 3_600_000_000 })
  t.same(await post({}), [400, 'The service user has expired'])
})

t.test('POST …/rotate replaces a key by one with the same name', async (t) => {
  const { v3, answer, create, status, path, id } = await startKeys(t)
  const [first, other] = [await create({ name: 'CI' }), await create({ name: 'x' })]
  const rotate = async (key: { api_key_id: string }, body: object) =>
    (await v3('POST', `${path}/${key.api_key_id}/rotate`, body)).json()

  const second = await rotate(first, {})
  t.match(second, { api_key_name: 'CI', token: /^cog_/ })
  t.not(second.api_key_id, first.api_key_id)
  t.same([await status(first.token), await status(second.token), await status(other.token)], [403, 200, 200])
  t.same(await answer('POST', `${path}/${first.api_key_id}/rotate`, {}), [404, 'API key not found'])

  const third = await rotate(second, { revoke_current: false, new_key_expires_at: SECONDS + 60 })
  t.same([await status(second.token), await status(third.token)], [200, 200])
  t.same(await answer('POST', `${path}/${third.api_key_id}/rotate`, { new_key_expires_at: 1 }), [
    400,
    'The expiry must be in the future',
  ])
  t.equal(await status(third.token), 200)
  const elsewhere = path.replace(id, DEFAULT_SERVICE_USER.id)
  t.same(await answer('POST', `${elsewhere}/${third.api_key_id}/rotate`, {}), [404, 'API key not found'])
  t.same(await answer('POST', `${path.replace(id, 'x')}/${third.api_key_id}/rotate`, {}), [
    404,
    'Service user not found',
  ])
})

t.test('DELETE …/api-keys/{api_key_id} revokes one key', async (t) => {
  const { v3, answer, create, status, state, token, path } = await startKeys(t)
  const created = await create({ name: 'CI' })

  const revoked = await v3('DELETE', `${path}/${created.api_key_id}`)

  t.same([revoked.statusCode, revoked.body], [200, 'null'])
  t.same([await status(created.token), await status(token)], [403, 200])
  const action = { action: 'revoke_service_user_api_key', subject_id: created.api_key_id }
  t.match(ofEnterprise(await state()).audit_logs?.at(-1), action)
  t.same(await answer('DELETE', `${path}/${created.api_key_id}`), [404, 'API key not found'])
})

t.test('the service user of open keys can get keys, too', async (t) => {
  const { v3, status, state } = await startKeys(t)
  const created = (
    await v3('POST', `${SERVICE_USERS}/${DEFAULT_SERVICE_USER.id}/api-keys`, { name: 'a' })
  ).json()

  t.equal(await status(created.token), 200)
  t.same(ofEnterprise(await state()).service_users?.length, 1, 'it is not stored')
  await v3('PATCH', `${MEMBERS}/${DEFAULT_SERVICE_USER.id}`, { role_id: 'account_member' })
  t.equal(await status(created.token), 200, 'an account member may look')
  t.equal((await v3('POST', ORGANIZATIONS, { name: 'x' }, bearer(created.token))).statusCode, 403)
  await v3('DELETE', `${MEMBERS}/${DEFAULT_SERVICE_USER.id}`)
  t.equal(await status(created.token), 403)
})

t.test('keys need a permission that only the enterprise has', async (t) => {
  for (const [permissions, expected] of [
    [['ManageServiceUsers', 'ReadAccountMeta'], 200],
    [['ManageAccountServiceUsers', 'ReadAccountMeta'], 200],
    [['ManageAccountMembership', 'ReadAccountMeta'], 403],
  ] as const) {
    const keys = new KeyRegistry({ keys: [{ key: 'cog_mine', orgId: ENTERPRISE_ID, permissions }] })
    const { v3, path, id } = await startKeys(t, { keys })
    await v3('PATCH', `${MEMBERS}/${id}`, { role_id: 'account_member' })
    t.equal((await v3('POST', path, { name: 'a' }, bearer('cog_mine'))).statusCode, expected)
  }
})

t.test(
  'a state document reveals the keys of service users only with reveal=true, and round-trips',
  async (t) => {
    const { create, status, state, send, call, token } = await startKeys(t)
    const created = await create({ name: 'CI', expires_at: SECONDS + 60 })
    const hidden = await state('')
    t.notMatch(JSON.stringify(hidden), /cog_[a-z2-7]{52}/)
    t.match(ofEnterprise(hidden).api_keys, [{ name: 'Bot' }, { name: 'CI', id: created.api_key_id }])
    t.notMatch((await call('GET', '/_fake/requests')).body, /cog_[a-z2-7]{52}/, 'the journal masks them')

    const revealed = await state()
    t.match(ofEnterprise(revealed).api_keys, [{ token }, { token: created.token }])
    t.equal((await send('PUT', '/_fake/state', revealed)).statusCode, 204)
    t.same(await state(), revealed)
    t.same([await status(token), await status(created.token)], [200, 200])

    t.equal((await send('PUT', '/_fake/state', hidden)).statusCode, 204)
    t.equal(await status(token), 200, 'tokens that are not in a document stay')
  },
)

t.test('a key whose token is not known can still be replaced and deleted', async (t) => {
  const { v3, create, status, state, send, path, id } = await startKeys(t)
  const created = await create({ name: 'CI' })
  const hidden = await state('')
  await send('PUT', '/_fake/state', { organizations: [] })
  await send('PUT', '/_fake/state', hidden)

  const rotated = (await v3('POST', `${path}/${created.api_key_id}/rotate`, {})).json()
  t.equal(await status(rotated.token), 200)
  t.equal((await v3('DELETE', `${MEMBERS}/${id}`)).statusCode, 200)
  t.equal(await status(rotated.token), 403)
})

t.test('a seed registers the keys of its service users, with their roles', async (t) => {
  const { v3, send, status } = await startKeys(t)
  const put = async (apiKeys: object[], orgId = ENTERPRISE_ID) => {
    const users = [
      { id: 'service-user-1', name: 'x', role_id: orgId === ENTERPRISE_ID ? 'account_admin' : 'org_admin' },
      { id: 'service-user-2', name: 'y', deleted_at: '2026-01-01T00:00:00Z' },
    ]
    const document = { organizations: [{ org_id: orgId, service_users: users, api_keys: apiKeys }] }
    return (await send('PUT', '/_fake/state', document)).statusCode
  }
  const key = (token: string, owner = 'service-user-1') => ({ service_user_id: owner, name: 'k', token })

  t.equal(await put([key('cog_one'), key('cog_two', 'service-user-2'), key('cog_three', 'unknown')]), 204)
  t.match((await v3('GET', '/v3/self', undefined, bearer('cog_one'))).json(), {
    service_user_id: 'service-user-1',
    org_id: null,
  })
  t.match((await v3('GET', '/v3/self', undefined, bearer('cog_two'))).json(), {
    service_user_id: DEFAULT_SERVICE_USER.id,
  })
  t.equal(await put([key('cog_built_in', DEFAULT_SERVICE_USER.id)]), 204)
  t.match((await v3('GET', '/v3/self', undefined, bearer('cog_built_in'))).json(), { org_id: null })
  t.equal(await put([key('cog_org')], DEFAULT_ORG_ID), 204)
  t.equal(await status('cog_org'), 403, 'a key of an organization')
  t.equal(await put([key('apk_x')]), 422, 'a v1 key')
  t.equal(await put([key('cog_a'), key('cog_a')]), 422, 'the same twice')
})

t.test('a document for one organization takes no key from another one', async (t) => {
  const { send, status, keys, organizations } = await startKeys(t)
  const [mine, theirs] = [`org-${'a1'.repeat(16)}`, `org-${'b2'.repeat(16)}`]
  const { service } = mintCogKeys(theirs, randomIds())
  organizations.get(mine)
  const document = {
    organizations: [
      {
        org_id: mine,
        service_users: [{ id: 'service-user-1', name: 'x' }],
        api_keys: [{ service_user_id: 'service-user-1', name: 'k', token: service }],
      },
    ],
  }

  const response = await send('PUT', `/_fake/state?org_id=${mine}`, document)

  t.equal(response.statusCode, 422)
  t.notMatch(response.body, service)
  t.equal(keys.organizationOf(service), theirs)
  t.equal(await status(V3_KEY), 200)
})

t.test(
  'a principal can neither create nor change keys of a service user with more permissions',
  async (t) => {
    const permissions = ['ManageAccountServiceUsers', 'ManageAccountMembership', 'ReadAccountMeta']
    const keys = new KeyRegistry({ keys: [{ key: 'cog_mine', orgId: ENTERPRISE_ID, permissions }] })
    const { v3, answer, create, path, id, status } = await startKeys(t, { keys })
    const created = await create({ name: 'CI' })
    const member = `${MEMBERS}/${id}`
    const attempts = [
      ['POST', path, { name: 'a' }],
      ['POST', `${path}/${created.api_key_id}/rotate`, {}],
      ['PATCH', member, { role_id: 'account_member' }],
      ['DELETE', member],
    ] as const
    const attempt = async () => {
      const answers: unknown[] = []
      for (const [method, url, body] of attempts)
        answers.push(await answer(method, url, body, bearer('cog_mine')))
      return answers
    }

    t.same(await attempt(), Array(4).fill([403, 'Unauthorized']))
    t.equal(await status(created.token), 200, 'nothing has changed')
    await v3('PATCH', member, { role_id: 'account_member' })
    t.same(
      (await attempt()).map((one) => (one as unknown[])[0]),
      [200, 200, 200, 200],
    )
  },
)

t.test(
  'keys and service users stay unchanged if the revoked keys exceed the limit of the store',
  async (t) => {
    const { v3, create, status, keys, token, path, id, organizations } = await startKeys(t)
    const created = await create({ name: 'CI' })
    const before = await organizations.enterprise.apiKeys.list()
    let isFull = true
    t.intercept(keys, 'revokeEach', {
      value: (tokens: readonly string[]) => {
        if (isFull) throw new StoreFullError('bytes')
        return KeyRegistry.prototype.revokeEach.call(keys, tokens)
      },
    })

    t.equal((await v3('DELETE', `${MEMBERS}/${id}`)).statusCode, 507)
    t.equal((await v3('DELETE', `${path}/${created.api_key_id}`)).statusCode, 507)
    t.equal((await v3('POST', `${path}/${created.api_key_id}/rotate`, {})).statusCode, 507)
    t.same(await organizations.enterprise.apiKeys.list(), before)
    t.same([await status(token), await status(created.token)], [200, 200])
    t.equal((await v3('GET', `${MEMBERS}/${id}`)).statusCode, 200)

    isFull = false
    t.equal((await v3('DELETE', `${MEMBERS}/${id}`)).statusCode, 200)
    t.same([await status(token), await status(created.token)], [403, 403])
  },
)
