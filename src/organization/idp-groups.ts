import type { Principal } from '../auth/principal.ts'
import type { RoleAssignment } from '../auth/roles.ts'
import type { IdpGroupRecord, IdpMember } from '../resources/idp-groups.ts'
import { UniqueKeyError } from '../store/types.ts'
import { found, Impossible, InUse, NotFound } from './errors.ts'
import { changeRoles, isMember, type Members, type Membership, requireGrantable } from './membership.ts'
import type { Organization } from './organizations.ts'

/** Returns the groups that the enterprise has registered, oldest first. */
export function listIdpGroups({ idpGroups }: Organization): Promise<IdpGroupRecord[]> {
  return idpGroups.list()
}

/**
 * Registers groups, and returns all of them. Those that exist stay as they are. Throws {@link Impossible} for a group without a name,
 * and StoreFullError.
 */
export async function registerIdpGroups(
  enterprise: Organization,
  principal: Principal,
  names: readonly string[],
): Promise<IdpGroupRecord[]> {
  const distinct = [...new Set(names.map((name) => name.toWellFormed()))]
  if (distinct.includes('')) throw new Impossible('An IDP group needs a name')
  const registered: { readonly group: IdpGroupRecord; readonly isNew: boolean }[] = []
  try {
    for (const name of distinct) registered.push(await register(enterprise, name))
  } catch (error) {
    for (const { group, isNew } of registered) if (isNew) await enterprise.idpGroups.delete(group.id)
    throw error
  }
  for (const { group, isNew } of registered) {
    if (isNew) enterprise.auditLog.write(principal, 'create_idp_group', group.name)
  }
  return registered.map(({ group }) => group)
}

/** Deletes a group. Throws {@link NotFound}, and {@link InUse} for one with roles. */
export async function deleteIdpGroup(
  { idpGroups, auditLog }: Organization,
  principal: Principal,
  name: string,
): Promise<IdpGroupRecord> {
  const { id } = found(await idpGroups.find(name), 'idp_group')
  const deleted = await idpGroups.delete(id, ({ roles }) => {
    if (roles.length > 0) throw new InUse('The IDP group has roles, which must be removed first')
  })
  const group = found(deleted, 'idp_group')
  auditLog.write(principal, 'delete_idp_group', group.name)
  return group
}

/** Returns the groups that have a role. */
export async function listMemberGroups(membership: Membership): Promise<IdpGroupRecord[]> {
  return membership.organizations.enterprise.idpGroups.list({
    where: ({ roles }) => isGroupMember(membership, roles),
  })
}

/** Returns the groups that have a role, by name. A group needs a role in the enterprise before one in an organization. */
export function idpGroupsIn(membership: Membership): Members<IdpGroupRecord> {
  const { idpGroups } = membership.organizations.enterprise
  return {
    kind: 'idp_group',
    membership,
    idOf: ({ name }) => name,
    async get(name) {
      const group = await idpGroups.find(name)
      if (group === undefined || !isGroupMember(membership, group.roles)) throw new NotFound('idp_group')
      return group
    },
    async changeRoles(name, change) {
      const { id } = found(await idpGroups.find(name), 'idp_group')
      const updated = await idpGroups.update(id, (before) => {
        const roles = change(before.roles)
        if (before.roles.length === 0 && membership.orgId !== null) {
          throw new Impossible('The IDP group needs a role in the enterprise first')
        }
        return { ...before, roles }
      })
      return found(updated, 'idp_group')
    },
  }
}

/**
 * Removes a group from the enterprise, with all its roles. Returns it as it was; it stays registered. Throws {@link NotFound}, and
 * NotPermitted for one with permissions that the principal lacks.
 */
export async function removeMemberGroup(
  membership: Membership,
  principal: Principal,
  name: string,
): Promise<IdpGroupRecord> {
  const groups = idpGroupsIn(membership)
  const group = await groups.get(name)
  await changeRoles(groups, principal, name, 'remove', (roles) => {
    if (roles.length === 0) throw new NotFound('idp_group')
    requireGrantable(principal, roles)
    return []
  })
  return group
}

/** Returns the users who are members because of groups; with an email address, only that one, in any case. */
export async function listIdpUsers(membership: Membership, email?: string | null): Promise<IdpMember[]> {
  const { orgId } = membership
  const members = new Map<string, IdpMember>()
  for (const { name, users, roles } of await listMemberGroups(membership)) {
    const given = roles
      .filter((role) => orgId === null || role.orgId === orgId)
      .map((role) => ({ ...role, groupName: name }))
    for (const user of users) {
      members.set(user.id, { user, roles: [...(members.get(user.id)?.roles ?? []), ...given] })
    }
  }
  return [...members.values()].filter(
    ({ user }) => email == null || user.email?.toLowerCase() === email.toLowerCase(),
  )
}

/** A group without any role is registered only. */
function isGroupMember(membership: Membership, roles: readonly RoleAssignment[]): boolean {
  return roles.length > 0 && isMember(membership, roles)
}

async function register({ idpGroups, ids, clock }: Organization, name: string) {
  const existing = await idpGroups.find(name)
  if (existing !== undefined) return { group: existing, isNew: false }
  const id = `idp-group-${ids.hex()}`
  const group: IdpGroupRecord = { id, name, users: [], roles: [], createdAt: clock.now() }
  try {
    await idpGroups.insert(group)
    return { group, isNew: true }
  } catch (error) {
    // A concurrent request has registered it.
    const registered = error instanceof UniqueKeyError ? await idpGroups.find(name) : undefined
    if (registered === undefined) throw error
    return { group: registered, isNew: false }
  }
}
