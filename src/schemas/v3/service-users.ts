import { type Role, roleOf } from '../../auth/roles.ts'
import { unixSeconds } from '../../base/clock.ts'
import type { ServiceUserRecord } from '../../resources/service-users.ts'
import type { RoleAssignment, ServiceUser } from './contract.ts'

/** Returns the wire form of a service user. */
export function serviceUserResponse(
  { id, name, roleId, expiresAt }: ServiceUserRecord,
  orgId: string,
): ServiceUser {
  return {
    service_user_id: id,
    name,
    expires_at: expiresAt === null ? null : unixSeconds(expiresAt),
    // The API of an organization cannot delete one.
    deleted_at: null,
    role_assignments: assignments(roleId, orgId),
  }
}

function assignments(roleId: string, orgId: string): RoleAssignment[] {
  // Records have only roles that exist.
  const role = roleOf(roleId) as Role
  return [{ role: { role_name: role.name, role_id: role.id, role_type: role.level }, org_id: orgId }]
}
