import { allRoles, type IdpRole, type Role, type RoleAssignment } from '../../auth/roles.ts'
import type {
  IdpRoleAssignment,
  RoleAssignment as RoleAssignmentResponse,
  Role as RoleResponse,
} from './contract.ts'

/** Returns the wire form of a role. */
export function roleResponse({ id, name, level }: Role): RoleResponse {
  return { role_name: name, role_id: id, role_type: level }
}

/** Returns the wire form of somebody's roles: those in an organization or, for null, all. */
export function roleAssignments(
  roles: readonly RoleAssignment[],
  orgId: string | null,
): RoleAssignmentResponse[] {
  return roles
    .filter((one) => orgId === null || one.orgId === orgId)
    .flatMap((one) => rolesOf(one).map((role) => ({ role, org_id: one.orgId })))
}

/** Returns the wire form of the roles that somebody has because of groups. */
export function idpRoleAssignments(roles: readonly IdpRole[]): IdpRoleAssignment[] {
  return roles.flatMap((one) =>
    rolesOf(one).map((role) => ({ idp_group_name: one.groupName, role, org_id: one.orgId })),
  )
}

function rolesOf({ roleId }: RoleAssignment): RoleResponse[] {
  return allRoles()
    .filter(({ id }) => id === roleId)
    .map(roleResponse)
}
