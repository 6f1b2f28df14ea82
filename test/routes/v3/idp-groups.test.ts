import t from 'tap'
import { DEFAULT_ORG_ID, DEFAULT_USER, ENTERPRISE_ID } from '../../../src/auth/principal.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock } from '../../fake.ts'
import { startV3 } from '../../v3.ts'

const GROUPS = '/v3/enterprise/idp-groups'
const MEMBERS = '/v3/enterprise/members'
const ORG_MEMBERS = `/v3/enterprise/organizations/${DEFAULT_ORG_ID}/members`
const MEMBER = { role_name: 'Member', role_id: 'account_member', role_type: 'enterprise' }
const ADMIN = { role_name: 'Admin', role_id: 'account_admin', role_type: 'enterprise' }
const ORG_MEMBER = { role_name: 'Member', role_id: 'org_member', role_type: 'org' }
const ORG_ADMIN = { role_name: 'Admin', role_id: 'org_admin', role_type: 'org' }
const [ANN, BEN] = [
  { id: 'idp|ann', email: 'ann@example.com', name: 'Ann' },
  { id: 'idp|ben', email: null, name: null },
]

async function startGroups(t: Parameters<typeof startV3>[0], options: Parameters<typeof startV3>[1] = {}) {
  const fake = await startV3(t, options)
  const { v3, send } = fake
  const answer = async (...request: Parameters<typeof v3>) => {
    const response = await v3(...request)
    return [response.statusCode, response.json().detail]
  }
  const json = async (...request: Parameters<typeof v3>) => (await v3(...request)).json()
  const list = async (path: string) => (await json('GET', path)).items
  const seed = (...groups: object[]) =>
    send('PUT', '/_fake/state', { organizations: [{ org_id: ENTERPRISE_ID, idp_groups: groups }, {}] })
  return { ...fake, answer, json, list, seed }
}

t.test('POST /v3/enterprise/idp-groups registers groups, and ignores those that exist', async (t) => {
  const { json, list, call } = await startGroups(t)

  t.same(await json('POST', GROUPS, { idp_group_names: ['b', 'a', 'b'] }), [
    { idp_group_name: 'b' },
    { idp_group_name: 'a' },
  ])
  t.same(await json('POST', GROUPS, { idp_group_names: ['a', 'c/d'] }), [
    { idp_group_name: 'a' },
    { idp_group_name: 'c/d' },
  ])
  t.same(await json('GET', GROUPS), {
    items: [{ idp_group_name: 'a' }, { idp_group_name: 'b' }, { idp_group_name: 'c/d' }],
    end_cursor: null,
    has_next_page: false,
    total: 3,
  })
  t.same(await list(`${MEMBERS}/idp-groups`), [], 'they have no role yet')
  const { organizations } = (await call('GET', '/_fake/state')).json()
  t.match(organizations.find(({ org_id: id }: { org_id: string }) => id === ENTERPRISE_ID).audit_logs, [
    { action: 'create_idp_group', subject_id: 'b' },
    { action: 'create_idp_group', subject_id: 'a' },
    { action: 'create_idp_group', subject_id: 'c/d' },
  ])
})

t.test('concurrent registrations of a group create one', async (t) => {
  const { json, list } = await startGroups(t)
  const post = () => json('POST', GROUPS, { idp_group_names: ['a'] })

  t.same(await Promise.all([post(), post()]), [[{ idp_group_name: 'a' }], [{ idp_group_name: 'a' }]])
  t.same(await list(GROUPS), [{ idp_group_name: 'a' }])
})

t.test('POST /v3/enterprise/idp-groups registers all groups or none', async (t) => {
  const store = memoryStore({ records: 2 })
  const organizations = new Organizations({ store, clock: frozenClock, ids: randomIds })
  const { answer, json, list } = await startGroups(t, { organizations })
  const post = (...names: string[]) => answer('POST', GROUPS, { idp_group_names: names })

  t.same(await post('a', ''), [400, 'An IDP group needs a name'])
  t.equal((await post())[0], 422)
  t.same(await list(GROUPS), [])
  await json('POST', GROUPS, { idp_group_names: ['a'] })
  t.equal((await post('a', 'b', 'c'))[0], 507)
  t.same(await list(GROUPS), [{ idp_group_name: 'a' }])
})

t.test('DELETE /v3/enterprise/idp-groups/{idp_group_name} removes a group without roles', async (t) => {
  const { json, answer, list } = await startGroups(t)
  await json('POST', GROUPS, { idp_group_names: ['my group', 'b'] })
  const role = `${MEMBERS}/idp-groups/my%20group`
  await json('POST', role, { role_id: 'account_member' })

  t.same(await answer('DELETE', `${GROUPS}/my%20group`), [
    409,
    'The IDP group has roles, which must be removed first',
  ])
  await json('DELETE', role)
  t.same(await json('DELETE', `${GROUPS}/my%20group`), { idp_group_name: 'my group' })
  t.same(await answer('DELETE', `${GROUPS}/my%20group`), [404, 'IDP group not found'])
  t.same(await list(GROUPS), [{ idp_group_name: 'b' }])
})

t.test('a group gets, changes and loses roles in the enterprise and in organizations', async (t) => {
  const { json, answer, list, call } = await startGroups(t)
  await json('POST', GROUPS, { idp_group_names: ['dev'] })
  const [path, orgPath] = [`${MEMBERS}/idp-groups/dev`, `${ORG_MEMBERS}/idp-groups/dev`]
  const shown = (...assignments: object[]) => ({ idp_group_name: 'dev', role_assignments: assignments })
  const inOrg = (role: object) => ({ role, org_id: DEFAULT_ORG_ID })
  const inEnterprise = (role: object) => ({ role, org_id: null })

  t.same(await answer('GET', path), [404, 'IDP group not found'])
  t.same(await answer('POST', orgPath, { role_id: 'org_member' }), [
    400,
    'The IDP group needs a role in the enterprise first',
  ])
  t.same(await answer('PATCH', path, { role_id: 'account_admin' }), [404, 'Role assignment not found'])
  t.same(await json('POST', path, { role_id: 'account_member' }), shown(inEnterprise(MEMBER)))
  t.same(await answer('POST', path, { role_id: 'account_member' }), [
    409,
    'There is a role already, which can be updated',
  ])
  t.same(await json('PATCH', path, { role_id: 'account_admin' }), shown(inEnterprise(ADMIN)))
  t.same(await answer('GET', orgPath), [404, 'IDP group not found'])
  t.same(await answer('DELETE', orgPath), [404, 'IDP group not found'])
  t.same(await json('POST', orgPath, { role_id: 'org_member' }), shown(inOrg(ORG_MEMBER)))
  t.same(await json('PATCH', orgPath, { role_id: 'org_admin' }), shown(inOrg(ORG_ADMIN)))
  t.same(await json('GET', orgPath), shown(inOrg(ORG_ADMIN)))
  t.same(await json('GET', path), shown(inEnterprise(ADMIN), inOrg(ORG_ADMIN)))
  t.same(await list(`${ORG_MEMBERS}/idp-groups`), [shown(inOrg(ORG_ADMIN))])
  t.same(await list(`${MEMBERS}/idp-groups`), [shown(inEnterprise(ADMIN), inOrg(ORG_ADMIN))])
  t.same(await json('DELETE', orgPath), shown(inOrg(ORG_ADMIN)))
  t.same(await json('GET', path), shown(inEnterprise(ADMIN)))
  t.same(await json('DELETE', path), shown(inEnterprise(ADMIN)))
  t.same(await answer('DELETE', path), [404, 'IDP group not found'])
  t.same(await list(`${MEMBERS}/idp-groups`), [])
  t.same(await list(GROUPS), [{ idp_group_name: 'dev' }], 'it stays registered')
  t.match((await call('GET', '/v1/audit-logs')).json().audit_logs, [
    { action: 'remove_idp_group_role', resource_id: 'dev' },
    { action: 'update_idp_group_role' },
    { action: 'assign_idp_group_role' },
  ])
})

t.test('roles of groups are refused for unknown groups, roles and organizations', async (t) => {
  const { answer } = await startGroups(t)
  const group = `${MEMBERS}/idp-groups/x`

  t.same(await answer('POST', group, { role_id: 'account_admin' }), [404, 'IDP group not found'])
  t.same(await answer('PATCH', group, { role_id: 'x' }), [404, 'Role not found'])
  t.same(await answer('PATCH', group, { role_id: 'org_admin' }), [
    400,
    'role_id must name a role of the enterprise',
  ])
  t.same(await answer('GET', '/v3/enterprise/organizations/org-x/members/idp-groups'), [
    404,
    'Organization not found',
  ])
})

t.test('users of groups are members because of the roles of their groups', async (t) => {
  const { seed, list, json } = await startGroups(t)
  await seed(
    { name: 'dev', users: [ANN, BEN], role_assignments: [{ role_id: 'account_member' }] },
    {
      name: 'ops',
      users: [ANN],
      role_assignments: [{ role_id: 'account_admin' }, { role_id: 'org_admin', org_id: DEFAULT_ORG_ID }],
    },
    { name: 'none', users: [{ id: 'idp|eve' }] },
  )
  const via = (group: string, role: object, org_id: string | null = null) => ({
    idp_group_name: group,
    role,
    org_id,
  })
  const [dev, ops, inOrg] = [via('dev', MEMBER), via('ops', ADMIN), via('ops', ORG_ADMIN, DEFAULT_ORG_ID)]
  const ann = { user_id: 'idp|ann', email: 'ann@example.com', name: 'Ann' }

  t.same(await list(`${MEMBERS}/idp-users`), [
    { ...ann, idp_role_assignments: [dev, ops, inOrg] },
    { user_id: 'idp|ben', email: null, name: null, idp_role_assignments: [dev] },
  ])
  t.same(await list(`${ORG_MEMBERS}/idp-users`), [{ ...ann, idp_role_assignments: [inOrg] }])
  t.match(await list(`${MEMBERS}/idp-users?email=ANN@example.com`), [ann])
  t.same(await list(`${MEMBERS}/idp-users?email=ann`), [])
  t.same(await json('GET', `${MEMBERS}/users/idp%7Cann`), {
    ...ann,
    role_assignments: [],
    idp_role_assignments: [dev, ops, inOrg],
  })
  t.match(await list(`${MEMBERS}/users`), [{ user_id: DEFAULT_USER.id }], 'users with roles of their own')
})

t.test('a user of a group can get a role of its own', async (t) => {
  const { seed, answer, json, list } = await startGroups(t)
  await seed({ name: 'dev', users: [ANN], role_assignments: [{ role_id: 'account_member' }] })
  const [path, orgPath] = [`${MEMBERS}/users/idp%7Cann`, `${ORG_MEMBERS}/users/idp%7Cann`]

  t.same(await answer('DELETE', path), [404, 'User not found'], 'it has none yet')
  t.match(await json('POST', orgPath, { role_id: 'org_member' }), {
    user_id: 'idp|ann',
    role_assignments: [{ role: ORG_MEMBER, org_id: DEFAULT_ORG_ID }],
  })
  t.match(await list(`${MEMBERS}/users`), [{ user_id: DEFAULT_USER.id }, { user_id: 'idp|ann' }])
  await json('DELETE', path)
  t.match(await json('GET', path), {
    role_assignments: [],
    idp_role_assignments: [{ idp_group_name: 'dev' }],
  })
  t.match(await json('POST', orgPath, { role_id: 'org_admin' }), {
    role_assignments: [{ role: ORG_ADMIN, org_id: DEFAULT_ORG_ID }],
  })
})

t.test('a user of a group whose email address another user has gets no role of its own', async (t) => {
  const { seed, answer, json } = await startGroups(t)
  await seed({ name: 'dev', users: [ANN], role_assignments: [{ role_id: 'account_member' }] })
  await json('POST', `${MEMBERS}/users`, { emails: [ANN.email], enterprise_role_id: 'account_member' })

  t.same(await answer('POST', `${ORG_MEMBERS}/users/idp%7Cann`, { role_id: 'org_member' }), [
    409,
    'Another user has this email address',
  ])
})

t.test('a change of roles fails as a whole if the store is full', async (t) => {
  const store = memoryStore({ records: 1 })
  const organizations = new Organizations({ store, clock: frozenClock, ids: randomIds })
  const { seed, answer, json } = await startGroups(t, { organizations })
  await seed({ name: 'dev', users: [ANN], role_assignments: [{ role_id: 'account_member' }] })

  t.equal((await answer('POST', `${ORG_MEMBERS}/users/idp%7Cann`, { role_id: 'org_member' }))[0], 507)
  t.same((await json('GET', `${MEMBERS}/users/idp%7Cann`)).role_assignments, [])
})

t.test('state documents round-trip groups', async (t) => {
  const { seed, send, call, list } = await startGroups(t)
  const roles = [{ role_id: 'account_member' }, { role_id: 'org_admin', org_id: DEFAULT_ORG_ID }]
  await seed({ name: 'dev', users: [ANN, BEN], role_assignments: roles }, { name: 'ops' })
  const before = [await list(GROUPS), await list(`${MEMBERS}/idp-users`)]
  const state = async () => (await call('GET', '/_fake/state?reveal=true')).json()
  const revealed = await state()

  t.equal((await send('PUT', '/_fake/state', revealed)).statusCode, 204)
  t.same(await state(), revealed)
  t.same([await list(GROUPS), await list(`${MEMBERS}/idp-users`)], before)
  t.equal((await seed({ name: 'a' }, { name: 'a' })).statusCode, 422, 'a name twice')
  t.equal((await seed({ name: '' })).statusCode, 422)
  const elsewhere = { organizations: [{ org_id: 'org-1', idp_groups: [{ name: 'a' }] }] }
  t.equal((await send('PUT', '/_fake/state', elsewhere)).statusCode, 422)
})
