import type { IdpGroupRecord, IdpMember } from '../../resources/idp-groups.ts'
import type { IdpGroup, IdpGroupResponse, IdpGroupUser } from './contract.ts'
import { idpRoleAssignments, roleAssignments } from './roles.ts'

/** Returns the wire form of a registered group. */
export function idpGroupResponse({ name }: IdpGroupRecord): IdpGroupResponse {
  return { idp_group_name: name }
}

/** Returns the wire form of a group as a member, with its roles: those in an organization or, for null, all. */
export function memberGroupResponse({ name, roles }: IdpGroupRecord, orgId: string | null): IdpGroup {
  return { idp_group_name: name, role_assignments: roleAssignments(roles, orgId) }
}

/** Returns the wire form of a user who is a member because of groups. */
export function idpUserResponse({ user, roles }: IdpMember): IdpGroupUser {
  const { id, email, name } = user
  return { user_id: id, email, name, idp_role_assignments: idpRoleAssignments(roles) }
}
