// Tests src/organization/membership.ts, users.ts, service-users.ts and idp-groups.ts under concurrent changes.
import t from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER, DEFAULT_USER } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { deleteOrganization } from '../../src/organization/enterprise-organizations.ts'
import {
  deleteIdpGroup,
  idpGroupsIn,
  registerIdpGroups,
  removeMemberGroup,
} from '../../src/organization/idp-groups.ts'
import { assignRole, membershipIn, removeRole, updateRole } from '../../src/organization/membership.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { createServiceUser, listServiceUsers, serviceUsersIn } from '../../src/organization/service-users.ts'
import { deleteUser, inviteUsers, listUsers, usersIn } from '../../src/organization/users.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock } from '../fake.ts'
import { aServicePrincipal } from '../records.ts'

const principal = aServicePrincipal({ generation: 'v3' })

function startMemberships() {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const { enterprise } = organizations
  return {
    organizations,
    enterprise,
    inEnterprise: membershipIn(organizations, enterprise),
    inOrganization: membershipIn(organizations, organizations.get(DEFAULT_ORG_ID)),
  }
}

t.test('concurrent first changes of a built-in member both take effect', async (t) => {
  const { inEnterprise, inOrganization } = startMemberships()
  const keys = new KeyRegistry()

  await Promise.all([
    updateRole(usersIn(inEnterprise), principal, DEFAULT_USER.id, 'account_member'),
    updateRole(usersIn(inOrganization), principal, DEFAULT_USER.id, 'org_viewer'),
    updateRole(serviceUsersIn(inEnterprise, keys), principal, DEFAULT_SERVICE_USER.id, 'account_member'),
    assignRole(serviceUsersIn(inOrganization, keys), principal, DEFAULT_SERVICE_USER.id, 'org_viewer'),
  ])

  const roles = [
    { roleId: 'account_member', orgId: null },
    { roleId: 'org_viewer', orgId: DEFAULT_ORG_ID },
  ]
  t.match(await listUsers(inEnterprise), [{ id: DEFAULT_USER.id, roles }])
  t.match(await listServiceUsers(inEnterprise, false), [{ id: DEFAULT_SERVICE_USER.id, roles }])
})

t.test(
  'concurrent registrations of a group create one group, and concurrent invitations create one user',
  async (t) => {
    const { enterprise, inEnterprise } = startMemberships()
    const invite = () => inviteUsers(inEnterprise, principal, { emails: ['a@b'], roleId: 'account_member' })
    const register = () => registerIdpGroups(enterprise, principal, ['g'])

    const [[first], [second]] = await Promise.all([invite(), invite()])
    const [[one], [other]] = await Promise.all([register(), register()])

    t.same([first, one], [second, other])
    t.same(await enterprise.idpGroups.list(), [one])
    t.same(await enterprise.users.list(), [first])
  },
)

t.test('the last of concurrent changes of a role decides what the keys may do', async (t) => {
  const { enterprise, inEnterprise } = startMemberships()
  const keys = new KeyRegistry()
  const { serviceUser, token } = await createServiceUser(enterprise, principal, keys, {
    name: 'x',
    roleId: 'account_admin',
    ttlSeconds: 60,
  })
  const update = (roleId: string) =>
    updateRole(serviceUsersIn(inEnterprise, keys), principal, serviceUser.id, roleId)

  await Promise.all([
    update('account_admin'),
    update('account_member'),
    update('account_admin'),
    update('account_member'),
  ])

  t.same(keys.principalOf(token)?.permissions, new Set(['ReadAccountMeta']))
})

t.test('only the first of concurrent deletions of a group, or removals of its roles, succeeds', async (t) => {
  const { enterprise, inEnterprise } = startMemberships()
  await registerIdpGroups(enterprise, principal, ['g'])
  await assignRole(idpGroupsIn(inEnterprise), principal, 'g', 'account_member')
  const isFirst = [
    { status: 'fulfilled' },
    { status: 'rejected', reason: { name: 'NotFound', resource: 'idp_group' } },
  ]
  const removeRoles = () => removeMemberGroup(inEnterprise, principal, 'g')
  const remove = () => deleteIdpGroup(enterprise, principal, 'g')

  t.match(await Promise.allSettled([removeRoles(), removeRoles()]), isFirst)
  t.match(await Promise.allSettled([remove(), remove()]), isFirst)
})

t.test('a group that gets a role during its deletion is not deleted', async (t) => {
  const { enterprise, inEnterprise } = startMemberships()
  await registerIdpGroups(enterprise, principal, ['g'])

  const [, deleted] = await Promise.allSettled([
    assignRole(idpGroupsIn(inEnterprise), principal, 'g', 'account_member'),
    deleteIdpGroup(enterprise, principal, 'g'),
  ])

  t.match(deleted, { reason: { name: 'InUse' } })
  t.match(await enterprise.idpGroups.list(), [{ name: 'g', roles: [{ roleId: 'account_member' }] }])
})

t.test('concurrent invitations of a deleted user have one effect', async (t) => {
  const { enterprise, inEnterprise } = startMemberships()
  const invite = (...emails: string[]) =>
    inviteUsers(inEnterprise, principal, { emails, roleId: 'account_member' })
  const [user] = await invite('a@b')
  await deleteUser(inEnterprise, principal, user?.id as string)
  const entries = await enterprise.auditLog.list()

  await Promise.all([invite('a@b'), invite('a@b')])

  t.match(await listUsers(inEnterprise, 'a@b'), [{ id: user?.id }])
  t.equal((await enterprise.auditLog.list()).length, entries.length + 1)
})

t.test('a role in an organization that was deleted meanwhile is not assigned', async (t) => {
  const { organizations, enterprise, inEnterprise } = startMemberships()
  const keys = new KeyRegistry()
  const fields = { emails: ['a@b'], roleId: 'account_member' }
  const [{ id } = DEFAULT_USER] = await inviteUsers(inEnterprise, principal, fields)
  await registerIdpGroups(enterprise, principal, ['g'])
  await assignRole(idpGroupsIn(inEnterprise), principal, 'g', 'account_member')
  const there = membershipIn(organizations, organizations.create('org-1'))

  await deleteOrganization(organizations, principal, keys, 'org-1')
  const assigned = await Promise.allSettled([
    assignRole(usersIn(there), principal, id, 'org_member'),
    assignRole(idpGroupsIn(there), principal, 'g', 'org_member'),
    assignRole(serviceUsersIn(there, keys), principal, DEFAULT_SERVICE_USER.id, 'org_member'),
  ])

  for (const result of assigned) t.match(result, { reason: { name: 'NotFound', resource: 'organization' } })
})

t.test(
  'a principal cannot change the roles of a group that give permissions which the principal lacks',
  async (t) => {
    const { enterprise, inEnterprise } = startMemberships()
    await registerIdpGroups(enterprise, principal, ['g'])
    const groups = idpGroupsIn(inEnterprise)
    await assignRole(groups, principal, 'g', 'account_admin')
    const lesser = { ...principal, permissions: new Set(['ManageAccountMembership', 'ReadAccountMeta']) }

    await t.rejects(updateRole(groups, lesser, 'g', 'account_member'), { name: 'NotPermitted' })
    await t.rejects(removeRole(groups, lesser, 'g'), { name: 'NotPermitted' })
    await t.rejects(removeMemberGroup(inEnterprise, lesser, 'g'), { name: 'NotPermitted' })
    t.match(await enterprise.idpGroups.find('g'), { roles: [{ roleId: 'account_admin', orgId: null }] })
  },
)

t.test('a user who is deleted during an assignment gets no role, and stays deleted', async (t) => {
  const { enterprise, inEnterprise, inOrganization } = startMemberships()
  await inviteUsers(inEnterprise, principal, { emails: ['a@b'], roleId: 'account_member' })
  const { id = '' } = (await enterprise.users.find('a@b')) ?? {}

  const [deleted, assigned] = await Promise.allSettled([
    deleteUser(inEnterprise, principal, id),
    assignRole(usersIn(inOrganization), principal, id, 'org_member'),
  ])

  t.match(deleted, { status: 'fulfilled' })
  t.match(assigned, { status: 'rejected', reason: { name: 'NotFound', resource: 'user' } })
  t.match(await listUsers(inEnterprise), [{ id: DEFAULT_USER.id }])
})

t.test('an invitation does not search all users for each address', async (t) => {
  const { enterprise, inEnterprise } = startMemberships()
  const ada = { id: 'user-1', email: 'Ada@example.com', name: null, roles: [], createdAt: 0, deletedAt: null }
  await enterprise.users.insert(ada)
  t.intercept(enterprise.users, 'list', { value: () => t.fail('all users are listed') })

  const emails = ['ada@EXAMPLE.com', DEFAULT_USER.email.toUpperCase(), 'new@example.com']
  const invited = await inviteUsers(inEnterprise, principal, { emails, roleId: 'account_member' })

  t.match(invited, [ada, { id: DEFAULT_USER.id }, { email: 'new@example.com' }])
})
