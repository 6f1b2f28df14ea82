import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_USER, ENTERPRISE_ID } from '../../../src/auth/principal.ts'
import { roleOf } from '../../../src/auth/roles.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock } from '../../fake.ts'
import { startV3, V3_KEY } from '../../v3.ts'

const USERS = '/v3/enterprise/members/users'
const inOrg = (orgId: string) => `/v3/enterprise/organizations/${orgId}/members/users`
const ORG_USERS = inOrg(DEFAULT_ORG_ID)
const [ADA, BOB] = ['ada@example.com', 'bob@example.com']

const inEnterprise = (id: string, name: string) => ({
  role: { role_name: name, role_id: id, role_type: 'enterprise' },
  org_id: null,
})
const inDefaultOrg = (id: string, name: string) => ({
  role: { role_name: name, role_id: id, role_type: 'org' },
  org_id: DEFAULT_ORG_ID,
})
const builtIn = {
  user_id: DEFAULT_USER.id,
  email: DEFAULT_USER.email,
  name: DEFAULT_USER.name,
  role_assignments: [inEnterprise('account_admin', 'Admin'), inDefaultOrg('org_admin', 'Admin')],
}

async function startUsers(t: Parameters<typeof startV3>[0], options: Parameters<typeof startV3>[1] = {}) {
  const fake = await startV3(t, options)
  const { v3 } = fake
  const answer = async (...request: Parameters<typeof v3>) => {
    const response = await v3(...request)
    return [response.statusCode, response.json().detail]
  }
  const invite = async (emails: string[], role = 'account_member') =>
    (await v3('POST', USERS, { emails, enterprise_role_id: role })).json()
  const list = async (path = USERS) => (await v3('GET', path)).json().items
  return { ...fake, answer, invite, list }
}

t.test('GET /v3/enterprise/members/users has the default user at the start', async (t) => {
  const { v3 } = await startUsers(t)

  t.same((await v3('GET', USERS)).json(), {
    items: [builtIn],
    end_cursor: null,
    has_next_page: false,
    total: 1,
  })
})

t.test('POST /v3/enterprise/members/users makes the owners of addresses users', async (t) => {
  const { invite, list, call } = await startUsers(t)

  const [ada, bob] = await invite([ADA, BOB])

  t.match(ada, { user_id: /^email\|[0-9a-f]{24}$/, email: ADA, name: null })
  t.same(ada.role_assignments, [inEnterprise('account_member', 'Member')])
  // Users of the same moment are sorted by id.
  const [first, second] = ada.user_id < bob.user_id ? [ada, bob] : [bob, ada]
  t.same(await list(), [builtIn, first, second])
  const { organizations } = (await call('GET', '/_fake/state')).json()
  const enterprise = organizations.find(({ org_id: id }: { org_id: string }) => id === ENTERPRISE_ID)
  t.match(enterprise.audit_logs, [
    { action: 'add_enterprise_member', subject_id: ada.user_id },
    { action: 'add_enterprise_member', subject_id: bob.user_id },
  ])
})

t.test(
  'POST /v3/enterprise/members/users leaves existing users unchanged, and returns each once',
  async (t) => {
    const { invite, list, v3 } = await startUsers(t)
    const [ada] = await invite([ADA])

    t.same(await invite([DEFAULT_USER.email.toUpperCase(), 'ADA@example.com', ADA], 'account_admin'), [
      builtIn,
      ada,
    ])
    t.equal((await list()).length, 2)
    t.same(await invite([]), [])
    t.equal((await v3('GET', '/v3/enterprise/audit-logs')).json().total, 1, 'only one has changed something')
  },
)

t.test('concurrent invitations of an address create one user', async (t) => {
  const { invite, list } = await startUsers(t)

  const [[first], [second]] = await Promise.all([invite([ADA]), invite([ADA])])

  t.same(first, second)
  t.equal((await list()).length, 2)
})

t.test('POST /v3/enterprise/members/users refuses bad addresses and roles, and invites nobody', async (t) => {
  const { answer, list } = await startUsers(t)
  const post = (emails: string[], role = 'account_member') =>
    answer('POST', USERS, { emails, enterprise_role_id: role })

  for (const bad of ['bob', 'bob@a b', 'b ob@example.com', 'bob@a@b']) {
    t.same(await post([ADA, bad]), [400, `Invalid email address: ${bad}`])
  }
  t.same(await post([ADA], 'x'), [404, 'Role not found'])
  t.same(await post([ADA], 'org_admin'), [400, 'role_id must name a role of the enterprise'])
  t.same(await post(Array(101).fill(ADA)), [422, 'Validation error'])
  t.same(await list(), [builtIn])
})

t.test('POST /v3/enterprise/members/users invites nobody if the store is full', async (t) => {
  const store = memoryStore({ records: 2 })
  const organizations = new Organizations({ store, clock: frozenClock, ids: randomIds })
  const { v3, answer, invite, list } = await startUsers(t, { organizations })
  const [ada] = await invite([ADA])
  await v3('DELETE', `${USERS}/${ada.user_id}`)

  t.equal(
    (
      await answer('POST', USERS, {
        emails: [DEFAULT_USER.email, ADA, BOB, 'eve@example.com'],
        enterprise_role_id: 'account_admin',
      })
    )[0],
    507,
  )
  t.same(await list(), [builtIn])
  t.equal((await invite([BOB])).length, 1, 'there is room for one')
})

t.test('GET /v3/enterprise/members/users filters by email, in any case, and pages', async (t) => {
  const { v3, invite, list } = await startUsers(t)
  const [ada] = await invite([ADA])

  t.same(await list(`${USERS}?email=ADA@example.com`), [ada])
  t.same(await list(`${USERS}?email=ada`), [])
  const first = (await v3('GET', `${USERS}?first=1`)).json()
  t.match(first, { items: [builtIn], has_next_page: true, total: 2 })
  t.match((await v3('GET', `${USERS}?first=1&after=${first.end_cursor}`)).json(), {
    items: [ada],
    has_next_page: false,
  })
  t.equal((await v3('GET', `${ORG_USERS}?after=${first.end_cursor}`)).statusCode, 400, 'another list')
})

t.test('GET /v3/enterprise/members/users/{user_id} returns a user with roles of groups', async (t) => {
  const { v3, answer, invite } = await startUsers(t)
  const [ada] = await invite([ADA])

  t.same((await v3('GET', `${USERS}/${ada.user_id}`)).json(), { ...ada, idp_role_assignments: [] })
  t.same((await v3('GET', `${USERS}/${DEFAULT_USER.id}`)).json(), { ...builtIn, idp_role_assignments: [] })
  t.same(await answer('GET', `${USERS}/x`), [404, 'User not found'])
})

t.test('PATCH /v3/enterprise/members/users/{user_id} changes the role in the enterprise', async (t) => {
  const { v3, answer, invite, list } = await startUsers(t)
  const [ada] = await invite([ADA])
  const path = `${USERS}/${ada.user_id}`

  const changed = (await v3('PATCH', path, { role_id: 'account_admin' })).json()
  t.same(changed.role_assignments, [inEnterprise('account_admin', 'Admin')])
  t.same((await list())[1], changed)
  t.match((await v3('PATCH', `${USERS}/${DEFAULT_USER.id}`, { role_id: 'account_member' })).json(), {
    role_assignments: [inEnterprise('account_member', 'Member'), inDefaultOrg('org_admin', 'Admin')],
  })
  t.same(await answer('PATCH', path, { role_id: 'x' }), [404, 'Role not found'])
  t.same(await answer('PATCH', path, { role_id: 'org_admin' }), [
    400,
    'role_id must name a role of the enterprise',
  ])
  t.same(await answer('PATCH', `${USERS}/x`, { role_id: 'account_admin' }), [404, 'User not found'])
})

t.test('concurrent first changes of the default user both take effect', async (t) => {
  const { v3, list } = await startUsers(t)

  await Promise.all([
    v3('PATCH', `${USERS}/${DEFAULT_USER.id}`, { role_id: 'account_member' }),
    v3('PATCH', `${ORG_USERS}/${DEFAULT_USER.id}`, { role_id: 'org_viewer' }),
  ])

  t.same((await list())[0].role_assignments, [
    inEnterprise('account_member', 'Member'),
    inDefaultOrg('org_viewer', 'Viewer'),
  ])
})

t.test('DELETE /v3/enterprise/members/users/{user_id} removes a user, also the default one', async (t) => {
  const { v3, answer, invite, list } = await startUsers(t)
  const [ada] = await invite([ADA])

  t.same((await v3('DELETE', `${USERS}/${DEFAULT_USER.id}`)).json(), builtIn)
  t.same((await v3('DELETE', `${USERS}/${ada.user_id}`)).json(), ada)
  for (const { user_id: id } of [builtIn, ada]) {
    t.same(await answer('GET', `${USERS}/${id}`), [404, 'User not found'])
    t.same(await answer('DELETE', `${USERS}/${id}`), [404, 'User not found'])
    t.same(await answer('PATCH', `${USERS}/${id}`, { role_id: 'account_admin' }), [404, 'User not found'])
  }
  t.same([await list(), await list(ORG_USERS)], [[], []])

  const [again] = await invite([ADA], 'account_admin')
  t.same(again, { ...ada, role_assignments: [inEnterprise('account_admin', 'Admin')] })
  t.equal((await v3('GET', '/v3/self')).statusCode, 200, 'open keys stay valid')
})

t.test('a user is deleted once', async (t) => {
  const { v3 } = await startUsers(t)

  const statuses = await Promise.all(
    [1, 2].map(async () => (await v3('DELETE', `${USERS}/${DEFAULT_USER.id}`)).statusCode),
  )

  t.same(statuses.sort(), [200, 404])
})

t.test('a user of the enterprise gets, changes and loses a role in an organization', async (t) => {
  const { v3, answer, invite, list, call } = await startUsers(t)
  const [ada] = await invite([ADA])
  const path = `${ORG_USERS}/${ada.user_id}`
  const inOrganization = (id: string, name: string) => ({
    ...ada,
    role_assignments: [inDefaultOrg(id, name)],
  })

  t.same(await answer('PATCH', path, { role_id: 'org_admin' }), [404, 'Role assignment not found'])
  t.same(await answer('DELETE', path), [404, 'User not found'])
  t.same((await v3('POST', path, { role_id: 'org_member' })).json(), inOrganization('org_member', 'Member'))
  t.same(await answer('POST', path, { role_id: 'org_member' }), [
    409,
    'There is a role already, which can be updated',
  ])
  t.same((await v3('PATCH', path, { role_id: 'org_admin' })).json(), inOrganization('org_admin', 'Admin'))
  t.same((await list(ORG_USERS))[1], inOrganization('org_admin', 'Admin'))
  t.same((await list())[1].role_assignments, [
    inEnterprise('account_member', 'Member'),
    inDefaultOrg('org_admin', 'Admin'),
  ])
  t.same((await v3('DELETE', path)).json(), inOrganization('org_admin', 'Admin'))
  t.same((await list())[1], ada, 'still a user of the enterprise')
  t.same((await list(ORG_USERS)).length, 1)
  t.match((await call('GET', '/v1/audit-logs')).json().audit_logs, [
    { action: 'remove_user_role', resource_id: ada.user_id },
    { action: 'update_user_role' },
    { action: 'assign_user_role' },
  ])
})

t.test('roles in organizations are refused for unknown organizations, users and roles', async (t) => {
  const { answer } = await startUsers(t)
  const path = `${ORG_USERS}/${DEFAULT_USER.id}`
  const role = { role_id: 'org_admin' }

  t.same(await answer('GET', inOrg('org-unknown')), [404, 'Organization not found'])
  t.same(await answer('POST', `${inOrg('org-unknown')}/${DEFAULT_USER.id}`, role), [
    404,
    'Organization not found',
  ])
  t.same(await answer('POST', `${ORG_USERS}/x`, role), [404, 'User not found'])
  t.same(await answer('PATCH', path, { role_id: 'x' }), [404, 'Role not found'])
  t.same(await answer('PATCH', path, { role_id: 'account_admin' }), [
    400,
    'role_id must name a role of an organization',
  ])
})

t.test('a principal cannot grant permissions that it lacks', async (t) => {
  const permissions = ['ManageAccountMembership', ...(roleOf('org_viewer')?.permissions ?? [])]
  const keys = new KeyRegistry({ keys: [{ key: V3_KEY, orgId: ENTERPRISE_ID, permissions }] })
  const { answer, list } = await startUsers(t, { keys })
  const path = `${ORG_USERS}/${DEFAULT_USER.id}`

  t.same(await answer('POST', USERS, { emails: [ADA], enterprise_role_id: 'account_admin' }), [
    403,
    'Unauthorized',
  ])
  t.same(await answer('PATCH', path, { role_id: 'org_member' }), [403, 'Unauthorized'])
  t.same(await list(), [builtIn])
})

t.test('a principal cannot change a user with permissions that it lacks', async (t) => {
  const permissions = ['ManageAccountMembership', ...(roleOf('org_viewer')?.permissions ?? [])]
  const keys = new KeyRegistry({ keys: [{ key: V3_KEY, orgId: ENTERPRISE_ID, permissions }] })
  const { answer, list, send } = await startUsers(t, { keys })
  const path = `${ORG_USERS}/${DEFAULT_USER.id}`

  t.same(await answer('PATCH', path, { role_id: 'org_viewer' }), [403, 'Unauthorized'])
  t.same(await answer('DELETE', path), [403, 'Unauthorized'])
  t.same(await answer('DELETE', `${USERS}/${DEFAULT_USER.id}`), [403, 'Unauthorized'])
  t.same(await list(), [builtIn])

  const role_assignments = [{ role_id: 'org_viewer', org_id: DEFAULT_ORG_ID }]
  const users = [{ id: DEFAULT_USER.id, email: DEFAULT_USER.email, role_assignments }]
  await send('PUT', '/_fake/state', { organizations: [{ org_id: ENTERPRISE_ID, users }, {}] })
  t.equal((await answer('PATCH', path, { role_id: 'org_viewer' }))[0], 200)
  t.equal((await answer('DELETE', path))[0], 200)
  t.equal((await answer('DELETE', `${USERS}/${DEFAULT_USER.id}`))[0], 200)
})

t.test(
  'members of the enterprise can be looked at with ReadAccountMeta, and changed with ManageAccountMembership',
  async (t) => {
    const keys = new KeyRegistry({
      keys: [{ key: V3_KEY, orgId: ENTERPRISE_ID, permissions: ['ReadAccountMeta'] }],
    })
    const { answer } = await startUsers(t, { keys })

    t.equal((await answer('GET', USERS))[0], 200)
    t.equal((await answer('DELETE', `${USERS}/${DEFAULT_USER.id}`))[0], 403)
  },
)

t.test('GET /v3beta1/organizations/{org_id}/members/users shows the users of an organization', async (t) => {
  const permissions = ['ViewOrgMembership']
  const keys = new KeyRegistry({ keys: [{ key: V3_KEY, orgId: DEFAULT_ORG_ID, permissions }] })
  const { answer, list } = await startUsers(t, { keys })
  const path = `/v3beta1/organizations/${DEFAULT_ORG_ID}/members/users`
  const shown = { ...builtIn, role_assignments: [inDefaultOrg('org_admin', 'Admin')] }

  t.same(await list(path), [shown])
  t.same(await list(`${path}?email=x`), [])
  t.same(await answer('GET', `${path}/x`), [404, 'User not found'])
  t.same(await answer('GET', USERS), [403, 'Unauthorized'], 'a key of an organization')
})

t.test(
  'GET /v3beta1/organizations/{org_id}/members/users/{user_id} returns a user of the organization',
  async (t) => {
    const { v3, answer, invite } = await startUsers(t)
    const [ada] = await invite([ADA])
    const path = (id: string) => `/v3beta1/organizations/${DEFAULT_ORG_ID}/members/users/${id}`

    t.same((await v3('GET', path(DEFAULT_USER.id))).json().role_assignments, [
      inDefaultOrg('org_admin', 'Admin'),
    ])
    t.same(await answer('GET', path(ada.user_id)), [404, 'User not found'])
  },
)

t.test('state documents round-trip users', async (t) => {
  const { v3, call, send, invite, list } = await startUsers(t)
  const [ada, bob] = await invite([ADA, BOB])
  await v3('POST', `${ORG_USERS}/${ada.user_id}`, { role_id: 'org_member' })
  await v3('DELETE', `${USERS}/${bob.user_id}`)
  const before = [await list(), await list(ORG_USERS)]
  const state = async () => (await call('GET', '/_fake/state?reveal=true')).json()
  const revealed = await state()

  t.equal((await send('PUT', '/_fake/state', revealed)).statusCode, 204)
  t.same(await state(), revealed)
  t.same([await list(), await list(ORG_USERS)], before)
})

t.test('a seed of users belongs to the enterprise, and has roles of the right levels', async (t) => {
  const { send, invite, list } = await startUsers(t)
  const put = async (user: object, orgId = ENTERPRISE_ID) =>
    (await send('PUT', '/_fake/state', { organizations: [{ org_id: orgId, users: [user] }] })).statusCode
  const roles = (...assignments: object[]) => ({ role_assignments: assignments })

  t.equal(await put({}, DEFAULT_ORG_ID), 422)
  t.equal(await put(roles({ role_id: 'x' })), 422)
  t.equal(await put(roles({ role_id: 'org_admin' })), 422)
  t.equal(await put(roles({ role_id: 'account_admin', org_id: 'org-1' })), 422)
  t.equal(await put(roles({ role_id: 'account_admin' }, { role_id: 'account_member' })), 422)
  t.equal(await put({}), 204)
  t.match(await list(), [builtIn, { user_id: /^email\|/, email: null, name: null }])
  t.same((await list())[1].role_assignments, [inEnterprise('account_member', 'Member')])
  t.equal(await put({ id: DEFAULT_USER.id, email: 'x@example.com', ...roles() }), 204)
  t.match(await list(), [{ user_id: DEFAULT_USER.id, email: 'x@example.com', role_assignments: [] }])
  const [owner] = await invite([DEFAULT_USER.email])
  t.match(owner, { user_id: /^email\|(?!fa4ede)/, email: DEFAULT_USER.email }, 'the address is free now')
})
