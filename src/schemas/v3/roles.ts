import { type IdpRole, type Role, type RoleAssignment, roleOf } from '../../auth/roles.ts'
import type {
  IdpRoleAssignment,
  RoleAssignment as RoleAssignmentResponse,
  Role as RoleResponse,
} from './contract.ts'

/** Returns the wire form of a role. */
export function roleResponse({ id, name, level }: Role): RoleResponse {
  return { role_name: name, role_id: id, role_type: level }
}

/** Returns the wire form of the roles of a member: those in an organization or, for null, all. */
export function roleAssignments(
  roles: readonly RoleAssignment[],
  orgId: string | null,
): RoleAssignmentResponse[] {
  return roles
    .filter((one) => orgId === null || one.orgId === orgId)
    .map((one) => ({ role: assignedRole(one), org_id: one.orgId }))
}

/** Returns the wire form of the roles that a user has because of groups. */
export function idpRoleAssignments(roles: readonly IdpRole[]): IdpRoleAssignment[] {
  return roles.map((one) => ({ idp_group_name: one.groupName, role: assignedRole(one), org_id: one.orgId }))
}

function assignedRole({ roleId }: RoleAssignment): RoleResponse {
  // Unknown roles cannot be assigned, nor be in a state document.
  return roleResponse(roleOf(roleId) as Role)
}
