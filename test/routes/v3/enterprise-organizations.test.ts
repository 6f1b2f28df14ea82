import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../../src/auth/principal.ts'
import { randomIds, seededIds } from '../../../src/base/ids.ts'
import { createOrganization, getOrganization } from '../../../src/organization/enterprise-organizations.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock, NOW } from '../../fake.ts'
import { aPrincipal } from '../../records.ts'
import { startV3, V3_KEY } from '../../v3.ts'

const ORGANIZATIONS = '/v3/enterprise/organizations'
const seconds = Math.floor(NOW / 1_000_000)
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

t.test('an organization is created, read, changed and deleted', async (t) => {
  const { v3 } = await startV3(t)

  const created = (
    await v3('POST', ORGANIZATIONS, { name: 'Payments', max_session_acu_limit: 7, max_cycle_acu_limit: 100 })
  ).json()
  t.match(created.org_id, /^org-[0-9a-f]{32}$/)
  t.same(created, {
    org_id: created.org_id,
    name: 'Payments',
    created_at: seconds,
    updated_at: seconds,
    max_cycle_acu_limit: 100,
    max_session_acu_limit: 7,
  })
  const path = `${ORGANIZATIONS}/${created.org_id}`
  t.same((await v3('GET', path)).json(), created)

  const renamed = { ...created, name: 'Pay', max_cycle_acu_limit: null }
  t.same((await v3('PATCH', path, { name: 'Pay', max_cycle_acu_limit: null })).json(), renamed)
  t.same((await v3('PATCH', path, { name: null })).json(), renamed, 'a name of null leaves it')
  t.same((await v3('GET', path)).json(), renamed)
  const unlimited = { ...renamed, max_session_acu_limit: null }
  t.same((await v3('PATCH', path, { max_session_acu_limit: null })).json(), unlimited)

  t.same((await v3('DELETE', path)).json(), unlimited)
  for (const method of ['GET', 'DELETE']) {
    const gone = await v3(method, path)
    t.same([gone.statusCode, gone.json().detail], [404, 'Organization not found'])
  }
  t.equal((await v3('PATCH', path, { name: 'x' })).statusCode, 404)
})

t.test('one of several concurrent deletions of an organization succeeds', async (t) => {
  const { v3 } = await startV3(t)
  const path = `${ORGANIZATIONS}/${(await v3('POST', ORGANIZATIONS, { name: 'Payments' })).json().org_id}`

  const deleted = await Promise.all([v3('DELETE', path), v3('DELETE', path)])

  t.same(deleted.map(({ statusCode }) => statusCode).sort(), [200, 404])
})

t.test('a new organization is like any other, and empty', async (t) => {
  const { v3, org } = await startV3(t)
  await org('POST', '/secrets', { type: 'key-value', key: 'k', value: 'v' })
  const { org_id: orgId } = (await v3('POST', ORGANIZATIONS, { name: 'n' })).json()

  t.equal((await v3('GET', `/v3/organizations/${orgId}/secrets`)).json().total, 0)
  const created = await v3('POST', `/v3/organizations/${orgId}/sessions`, { prompt: 'p' })
  t.equal(created.json().org_id, orgId)
})

t.test(
  'a state document and a snapshot keep the names of organizations and the times of their creation',
  async (t) => {
    const { v3, send, call } = await startV3(t)
    const { org_id: unsettled } = (await send('POST', '/_fake/organizations', {})).json()
    const { org_id: unnamed } = (await v3('POST', ORGANIZATIONS, { name: '' })).json()
    const list = async () => (await v3('GET', ORGANIZATIONS)).json().items
    const before = await list()
    for (const [org_id, name] of [
      [unsettled, unsettled],
      [unnamed, ''],
    ]) {
      t.match(
        before.find((one: { org_id: string }) => one.org_id === org_id),
        { name, created_at: seconds },
      )
    }

    await send('POST', '/_fake/clock/advance', { seconds: 60 })
    await send('POST', '/_fake/snapshots', { name: 'later' })
    t.equal((await send('POST', '/_fake/snapshots/later/restore', {})).statusCode, 204)
    t.same(await list(), before)
    const state = (await call('GET', '/_fake/state?reveal=true')).json()
    t.equal((await send('PUT', '/_fake/state', state)).statusCode, 204)
    t.same(await list(), before)
  },
)

t.test('the list has the default organization and those that were created or written to', async (t) => {
  const { v3 } = await startV3(t)
  const ids = async () =>
    (await v3('GET', ORGANIZATIONS)).json().items.map((one: { org_id: string }) => one.org_id)

  await v3('GET', '/v3/organizations/org-read/secrets')
  await v3('GET', '/v3/enterprise/ip-access-list')
  t.same(await ids(), [DEFAULT_ORG_ID])

  await v3('POST', '/v3/organizations/org-written/sessions', { prompt: 'p' })
  const { org_id: created } = (await v3('POST', ORGANIZATIONS, { name: 'n' })).json()
  await v3('PUT', '/v3/enterprise/ip-access-list', { ip_ranges: ['10.0.0.0/8'] })
  t.same((await ids()).sort(), [DEFAULT_ORG_ID, created, 'org-written'].sort(), 'not the enterprise itself')
})

t.test(
  'pages of organizations continue where the last one ended, even if that organization is deleted',
  async (t) => {
    const { v3 } = await startV3(t)
    const created: string[] = []
    for (const name of ['a', 'b', 'c', 'd'])
      created.push((await v3('POST', ORGANIZATIONS, { name })).json().org_id)
    const all = [...created, DEFAULT_ORG_ID].sort()
    const page = async (query: string) => (await v3('GET', `${ORGANIZATIONS}?${query}`)).json()

    const first = await page('first=2')
    t.match(first, { has_next_page: true, total: 5, items: [{ org_id: all[0] }, { org_id: all[1] }] })
    const last = first.items[1].org_id
    if (last !== DEFAULT_ORG_ID) await v3('DELETE', `${ORGANIZATIONS}/${last}`)
    const second = await page(`first=2&after=${encodeURIComponent(first.end_cursor)}`)
    t.match(second, { has_next_page: true, items: [{ org_id: all[2] }, { org_id: all[3] }] })
    const third = await page(`first=2&after=${encodeURIComponent(second.end_cursor)}`)
    t.match(third, { has_next_page: false, end_cursor: null, items: [{ org_id: all[4] }] })
  },
)

t.test('an invalid cursor, or one of another list, is refused', async (t) => {
  const { v3, org } = await startV3(t)
  for (const prompt of ['a', 'b']) await org('POST', '/sessions', { prompt })
  const { end_cursor: other } = (await org('GET', '/sessions?first=1')).json()
  const encoded = (text: string) => Buffer.from(`v1:organizations:${text}`).toString('base64')

  for (const cursor of [
    'x',
    other,
    encoded(''),
    encoded('{}'),
    encoded('[]'),
    encoded('["a"]'),
    encoded('[1,2]'),
  ]) {
    const { statusCode, body } = await v3('GET', `${ORGANIZATIONS}?after=${encodeURIComponent(cursor)}`)
    t.same([statusCode, JSON.parse(body).detail], [400, 'Invalid cursor'], cursor)
  }
  t.equal(
    (await v3('GET', `${ORGANIZATIONS}?after=${encodeURIComponent(encoded('[0]'))}`)).json().items.length,
    1,
  )
  const beyond = encoded(`[${NOW},"${DEFAULT_ORG_ID}","x"]`)
  t.equal((await v3('GET', `${ORGANIZATIONS}?after=${encodeURIComponent(beyond)}`)).json().items.length, 0)
})

t.test(
  'deleting an organization removes what is in it, and stops the keys that are registered for it',
  async (t) => {
    const keys = new KeyRegistry({ keys: [{ key: 'cog_other', orgId: 'org-other' }, { key: 'cog_mine' }] })
    const { v3 } = await startV3(t, { keys })
    const secrets = '/v3/organizations/org-other/secrets'
    await v3('POST', secrets, { type: 'key-value', key: 'k', value: 'v' }, bearer('cog_other'))

    t.equal((await v3('DELETE', `${ORGANIZATIONS}/org-other`)).statusCode, 200)

    t.equal((await v3('GET', secrets, undefined, bearer('cog_other'))).statusCode, 403)
    t.equal(
      (await v3('GET', `/v3/organizations/${DEFAULT_ORG_ID}/secrets`, undefined, bearer('cog_mine')))
        .statusCode,
      200,
    )
    t.equal((await v3('GET', secrets)).statusCode, 404)
  },
)

t.test('the default organization cannot be deleted, since keys without an organization use it', async (t) => {
  const { v3, org } = await startV3(t)
  await org('POST', '/sessions', { prompt: 'p' })

  const refused = await v3('DELETE', `${ORGANIZATIONS}/${DEFAULT_ORG_ID}`)

  t.same([refused.statusCode, refused.json().detail], [409, 'The default organization cannot be deleted'])
  t.equal((await org('GET', '/sessions')).json().total, 1)
})

t.test('an organization that exceeds the limit of the store is not created', async (t) => {
  const store = memoryStore({ records: 0 })
  const organizations = new Organizations({ store, clock: frozenClock, ids: randomIds })

  await t.rejects(createOrganization(organizations, aPrincipal(), { name: 'n' }), { name: 'StoreFullError' })

  t.same(
    organizations.ofEnterprise().map(({ orgId }) => orgId),
    [DEFAULT_ORG_ID],
  )
})

t.test('the id of a new organization differs from all ids that clients have used', async (t) => {
  const ids = (owner: string) => seededIds(1, owner)
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids })
  const { v3, send } = await startV3(t, { organizations })
  const [guessed, next] = [1, 2].map((position) => `org-${ids('').idFor(position)}`)
  await v3('POST', `/v3/organizations/${guessed}/sessions`, { prompt: 'p' })

  t.equal((await v3('POST', ORGANIZATIONS, { name: 'n' })).json().org_id, next)
  t.equal((await v3('POST', `/v3/organizations/${guessed}/sessions`, { prompt: 'p' })).statusCode, 200)

  const later = `org-${ids('').idFor(3)}`
  await v3('POST', `/v3/organizations/${later}/sessions`, { prompt: 'p' })
  t.not((await send('POST', '/_fake/organizations', {})).json().org_id, later)
})

t.test('a key of an organization is refused, and one of the enterprise is accepted', async (t) => {
  const keys = new KeyRegistry({
    keys: [{ key: 'cog_bound' }, { key: 'cog_enterprise', orgId: ENTERPRISE_ID }],
  })
  const { v3, send } = await startV3(t, { keys })
  const { keys: minted } = (await send('POST', '/_fake/organizations', {})).json()
  const status = async (key: string, path: string) =>
    (await v3('GET', path, undefined, bearer(key))).statusCode

  for (const key of ['cog_bound', minted.v3.service, minted.v3.personal]) {
    t.equal(await status(key, ORGANIZATIONS), 403, key)
    t.equal(await status(key, `${ORGANIZATIONS}/${DEFAULT_ORG_ID}/tags`), 403, key)
  }
  for (const key of ['cog_enterprise', V3_KEY]) {
    t.equal(await status(key, ORGANIZATIONS), 200)
    t.equal(await status(key, `/v3/organizations/${DEFAULT_ORG_ID}/secrets`), 200)
  }
  t.equal(await status(V3_KEY, '/v3/organizations/org-any/secrets'), 200, 'an open key')
  t.equal(
    await status('cog_enterprise', '/v3/organizations/enterprise/secrets'),
    403,
    'it is no organization',
  )
})

t.test('a v1 key cannot belong to the enterprise', async (t) => {
  t.throws(() => new KeyRegistry({ keys: [{ key: 'apk_a', orgId: ENTERPRISE_ID }] }), {
    message: 'a v1 key belongs to an organization, not to the enterprise',
  })
})

t.test('limits of any size are stored as finite numbers', async (t) => {
  const { v3, call } = await startV3(t)
  const huge = `1${'0'.repeat(400)}`
  const send = (method: string, path: string, payload: string) =>
    call(method, path, {
      payload,
      headers: { authorization: `Bearer ${V3_KEY}`, 'content-type': 'application/json' },
    })

  await send(
    'POST',
    ORGANIZATIONS,
    `{"name":"n","max_session_acu_limit":${huge},"max_cycle_acu_limit":-${huge}}`,
  )
  const limit = '/v3/enterprise/consumption/acu-limits/devin'
  await send('PUT', `${limit}/organizations/${DEFAULT_ORG_ID}`, `{"cycle_acu_limit":${huge}}`)
  await send(
    'PUT',
    '/v3/enterprise/org-group-limits',
    `{"groups":{"a":{"org_ids":[],"max_cycle_acus":${huge}}}}`,
  )

  for (const path of [ORGANIZATIONS, limit, '/v3/enterprise/org-group-limits']) {
    t.equal((await v3('GET', path)).statusCode, 200, path)
  }
  t.equal((await call('GET', '/_fake/state')).statusCode, 200)
})

t.test('a name that is too long is refused', async (t) => {
  const { v3 } = await startV3(t)
  const { org_id: orgId } = (await v3('POST', ORGANIZATIONS, { name: 'n'.repeat(200) })).json()
  const refused = await v3('POST', ORGANIZATIONS, { name: 'n'.repeat(201) })

  t.same([refused.statusCode, refused.json().detail], [400, 'name must have at most 200 characters'])
  const path = `${ORGANIZATIONS}/${orgId}`
  t.equal((await v3('PATCH', path, { name: 'n'.repeat(201), max_cycle_acu_limit: 1 })).statusCode, 400)
  t.match((await v3('GET', path)).json(), { name: 'n'.repeat(200), max_cycle_acu_limit: null })
  t.equal((await v3('GET', ORGANIZATIONS)).json().total, 2)
})

t.test('records of an organization that the enterprise does not have are not found', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'cog_enterprise', orgId: ENTERPRISE_ID }] })
  const { v3 } = await startV3(t, { keys })
  const answer = async (...request: Parameters<typeof v3>) => {
    const { statusCode, body } = await v3(...request)
    return [statusCode, JSON.parse(body).detail]
  }
  const notFound = [404, 'Organization not found']

  t.same(await answer('GET', `${ORGANIZATIONS}/org-unknown/tags`), notFound)
  t.same(await answer('PUT', `${ORGANIZATIONS}/org-unknown/tags`, { tags: ['a'] }), notFound)
  t.same(
    await answer('PUT', `${ORGANIZATIONS}/org-unknown/tags`, {}),
    [422, 'Validation error'],
    'once it is valid',
  )
  const bound = bearer('cog_enterprise')
  t.same(await answer('GET', '/v3/organizations/org-unknown/secrets', undefined, bound), notFound)
  t.equal((await v3('GET', ORGANIZATIONS)).json().total, 1)
})

t.test('a deleted organization stays deleted, until a reset of the server', async (t) => {
  const { v3, send, call } = await startV3(t)
  const { org_id: orgId, keys } = (await send('POST', '/_fake/organizations', {})).json()
  const { org_id: other } = (await v3('POST', ORGANIZATIONS, { name: 'other' })).json()
  await v3('PUT', '/v3/enterprise/org-group-limits', {
    groups: { a: { org_ids: [orgId, other], max_cycle_acus: 5 } },
  })
  await v3('DELETE', `${ORGANIZATIONS}/${orgId}`)
  await v3('DELETE', `${ORGANIZATIONS}/${DEFAULT_ORG_ID}`)

  const secrets = `/v3/organizations/${orgId}/secrets`
  const secret = { type: 'key-value', key: 'k', value: 'v' }
  t.equal((await v3('POST', secrets, secret)).statusCode, 404)
  t.equal((await v3('POST', secrets, secret, bearer(keys.v3.service))).statusCode, 403)
  t.equal((await v3('GET', '/v3/self', undefined, bearer(keys.v3.service))).statusCode, 403)
  t.equal((await call('GET', '/v1/secrets', { headers: bearer(keys.service) })).statusCode, 403)
  const { groups } = (await v3('GET', '/v3/enterprise/org-group-limits')).json()
  t.same(groups, { a: { org_ids: [other], max_cycle_acus: 5 } })

  await send('POST', '/_fake/reset', {})
  t.equal((await v3('POST', secrets, secret)).statusCode, 200)
})

t.test('no call of the control plane for a deleted organization creates it again', async (t) => {
  const { v3, send } = await startV3(t)
  await send('POST', '/_fake/clock/advance', { seconds: 5 })
  const { org_id } = (await v3('POST', ORGANIZATIONS, { name: 'n' })).json()
  await v3('DELETE', `${ORGANIZATIONS}/${org_id}`)

  for (const [method, path, body] of [
    ['POST', '/_fake/clock/advance', { seconds: 5 }],
    ['PUT', '/_fake/clock', { frozen: true }],
    ['POST', '/_fake/faults', { status: 500 }],
    ['PUT', '/_fake/answers', { answers: { 'v3-total': 'null' } }],
  ] as const) {
    const response = await send(method, path, { org_id, ...body })
    t.same([response.statusCode, response.json().detail], [404, 'Organization not found'], path)
  }
  t.equal((await send('POST', '/_fake/reset', { org_id })).statusCode, 204)
  t.equal((await v3('GET', ORGANIZATIONS)).json().total, 1)
})

t.test('the deletion of an organization is in the journal and the audit log of the enterprise', async (t) => {
  const { v3, call } = await startV3(t)
  const { org_id: orgId } = (await v3('POST', ORGANIZATIONS, { name: 'n' })).json()
  await v3('DELETE', `${ORGANIZATIONS}/${orgId}`)

  const { requests } = (await call('GET', '/_fake/requests?org_id=enterprise')).json()
  t.match(requests.at(-1), { method: 'DELETE', path: `${ORGANIZATIONS}/${orgId}`, status: 200 })
  const { items } = (await v3('GET', '/v3/enterprise/audit-logs?order=asc')).json()
  t.match(items, [
    { action: 'create_org', data: { resource_id: orgId } },
    { action: 'delete_org', data: { resource_id: orgId } },
  ])
})

t.test('an organization outside of the enterprise is not found', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })

  await t.rejects(getOrganization(organizations, 'org-unknown'), {
    name: 'NotFound',
    resource: 'organization',
  })
})
