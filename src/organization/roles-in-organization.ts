import type { KeyRegistry } from '../auth/keys.ts'
import type { RoleAssignment } from '../auth/roles.ts'
import type { Collection, StoredRecord } from '../store/types.ts'
import { ownersIn } from './enterprise-scope.ts'
import type { Organizations } from './organizations.ts'
import { registerApiKeys } from './service-user-keys.ts'

/** Removes the roles that users, groups and service users of elsewhere have in an organization, which is gone. */
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

/** Returns the records that had roles there. */
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
