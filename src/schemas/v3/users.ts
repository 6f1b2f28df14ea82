import type { IdpRole } from '../../auth/roles.ts'
import type { UserRecord } from '../../resources/users.ts'
import type { User, UserWithIdpRoles } from './contract.ts'
import { idpRoleAssignments, roleAssignments } from './roles.ts'

/** Returns the wire form of a user, with its own roles: those in an organization or, for null, all. */
export function userResponse({ id, email, name, roles }: UserRecord, orgId: string | null): User {
  return { user_id: id, email, name, role_assignments: roleAssignments(roles, orgId) }
}

/** Returns the wire form of a user, with all of its own roles and those of its groups. */
export function userWithIdpRolesResponse(user: UserRecord, idpRoles: readonly IdpRole[]): UserWithIdpRoles {
  return { ...userResponse(user, null), idp_role_assignments: idpRoleAssignments(idpRoles) }
}
