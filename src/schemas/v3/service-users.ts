import { unixSecondsOrNull } from '../../base/clock.ts'
import type { ServiceUserRecord } from '../../resources/service-users.ts'
import type { ServiceUser } from './contract.ts'
import { roleAssignments } from './roles.ts'

/** Returns the wire form of a service user, with its roles: those in an organization or, for null, all. */
export function serviceUserResponse(
  { id, name, roles, expiresAt, deletedAt }: ServiceUserRecord,
  orgId: string | null,
): ServiceUser {
  return {
    service_user_id: id,
    name,
    expires_at: unixSecondsOrNull(expiresAt),
    deleted_at: unixSecondsOrNull(deletedAt),
    role_assignments: roleAssignments(roles, orgId),
  }
}
