import type { KeyRegistry } from '../auth/keys.ts'
import type { RoleAssignment } from '../auth/roles.ts'
import type { Collection, StoredRecord } from '../store/types.ts'
import { ownersIn } from './enterprise-scope.ts'
import type { Organizations } from './organizations.ts'
import { registerApiKeys } from './service-user-keys.ts'

/** Removes all roles in a deleted organization from the users, groups and service users that remain. */
export async function removeRolesIn(
  organizations: Organizations,
  keys: KeyRegistry,
  orgId: string,
): Promise<void> {
  const { enterprise } = organizations
  await withoutRoles(enterprise.users, orgId)
  await withoutRoles(enterprise.idpGroups, orgId)
  for (const owner of ownersIn(organizations)) {
    const changed = await withoutRoles(owner.serviceUsers, orgId)
    for (const { id } of changed) await registerApiKeys(owner, keys, id)
  }
}

/** Removes the roles in an organization. Returns the records that had one. */
async function withoutRoles<R extends StoredRecord & { readonly roles: readonly RoleAssignment[] }>(
  members: Collection<R>,
  orgId: string,
): Promise<R[]> {
  const found = await members.list({ where: ({ roles }) => roles.some((role) => role.orgId === orgId) })
  for (const { id } of found) {
    await members.update(id, (before) => ({
      ...before,
      roles: before.roles.filter((role) => role.orgId !== orgId),
    }))
  }
  return found
}
