import { ENTERPRISE_ID, type Principal } from '../auth/principal.ts'
import { type Role, type RoleAssignment, roleOf } from '../auth/roles.ts'
import { found, Impossible, InUse, NotFound, type NotPermitted, requirePermission } from './errors.ts'
import type { Organization, Organizations } from './organizations.ts'

/** The place of a membership: the enterprise, or one of its organizations. */
export interface Membership {
  readonly organizations: Organizations
  /** The organization, or what belongs to the enterprise itself. Its audit log has the changes. */
  readonly organization: Organization
  /** Null for the enterprise. */
  readonly orgId: string | null
}

/** A user, a service user, or a group of an identity provider. */
export interface Member {
  readonly roles: readonly RoleAssignment[]
}

/** Returns the roles after a change. Throws to change nothing. */
type ChangeOfRoles = (roles: readonly RoleAssignment[]) => readonly RoleAssignment[]

/** The members of one kind in the enterprise or an organization, and where their roles are stored. */
export interface Members<M extends Member> {
  readonly kind: 'user' | 'service_user' | 'idp_group'
  readonly membership: Membership
  /** Returns what identifies a member in requests and in the audit log. */
  idOf(member: M): string
  /** Returns a member. Throws {@link NotFound}. */
  get(id: string): Promise<M>
  /** Changes the roles of anyone in the enterprise, who need not be a member yet. Throws {@link NotFound}, and as the change does. */
  changeRoles(id: string, change: ChangeOfRoles): Promise<M>
}

/** Returns the membership in an organization, or in the enterprise. */
export function membershipIn(organizations: Organizations, organization: Organization): Membership {
  const { orgId } = organization
  return { organizations, organization, orgId: orgId === ENTERPRISE_ID ? null : orgId }
}

/** Returns whether a user, service user or group of the enterprise with these roles is a member there. */
export function isMember({ orgId }: Membership, roles: readonly RoleAssignment[]): boolean {
  return orgId === null || hasRole(roles, orgId)
}

/**
 * Returns a role that a principal may grant. Throws {@link NotFound} for an unknown one, {@link Impossible} for one of the enterprise
 * in an organization or vice versa, and {@link NotPermitted} for one with permissions that the principal lacks.
 */
export function grantableRole(principal: Principal, roleId: string, orgId: string | null): Role {
  const role = found(roleOf(roleId), 'role')
  if (role.level !== (orgId === null ? 'enterprise' : 'org')) {
    throw new Impossible(
      `role_id must name a role of ${orgId === null ? 'the enterprise' : 'an organization'}`,
    )
  }
  for (const name of role.permissions) requirePermission(principal, name)
  return role
}

/** Throws {@link NotPermitted} if roles give permissions that a principal lacks: it could not grant them. */
export function requireGrantable(principal: Principal, roles: readonly RoleAssignment[]): void {
  for (const { roleId, orgId } of roles) grantableRole(principal, roleId, orgId)
}

/**
 * Assigns a first role. Throws {@link NotFound}, also if the organization was deleted meanwhile, as {@link grantableRole}, and
 * {@link InUse} if there is a role.
 */
export async function assignRole<M extends Member>(
  members: Members<M>,
  principal: Principal,
  id: string,
  roleId: string,
): Promise<M> {
  const { orgId, organizations } = members.membership
  const role = grantableRole(principal, roleId, orgId)
  return changeRoles(members, principal, id, 'assign', (roles) => {
    if (orgId !== null && organizations.deleted.has(orgId)) throw new NotFound('organization')
    if (hasRole(roles, orgId)) throw new InUse('There is a role already, which can be updated')
    return [...roles, { roleId: role.id, orgId }]
  })
}

/**
 * Replaces a role. Throws {@link NotFound} for an unknown member, and if there is no role, as {@link grantableRole}, and
 * {@link NotPermitted} for a member with permissions that the principal lacks.
 */
export async function updateRole<M extends Member>(
  members: Members<M>,
  principal: Principal,
  id: string,
  roleId: string,
): Promise<M> {
  const { orgId } = members.membership
  const role = grantableRole(principal, roleId, orgId)
  return changeRoles(members, principal, id, 'update', (roles) => {
    requireRole(roles, orgId)
    requireGrantable(principal, roles)
    return roles.map((one) => (one.orgId === orgId ? { roleId: role.id, orgId } : one))
  })
}

/**
 * Removes a role. Returns the member as it was. Throws {@link NotFound} if there is none, and {@link NotPermitted} for a member with
 * permissions that the principal lacks.
 */
export async function removeRole<M extends Member>(
  members: Members<M>,
  principal: Principal,
  id: string,
): Promise<M> {
  const { orgId } = members.membership
  const member = await members.get(id)
  await changeRoles(members, principal, id, 'remove', (roles) => {
    requireRole(roles, orgId)
    requireGrantable(principal, roles)
    return roles.filter((one) => one.orgId !== orgId)
  })
  return member
}

/** Changes roles, and writes it to the audit log. Throws as {@link Members.changeRoles}. */
export async function changeRoles<M extends Member>(
  members: Members<M>,
  principal: Principal,
  id: string,
  action: 'assign' | 'update' | 'remove',
  change: ChangeOfRoles,
): Promise<M> {
  const { kind, membership } = members
  const changed = await members.changeRoles(id, change)
  membership.organization.auditLog.write(principal, `${action}_${kind}_role`, members.idOf(changed))
  return changed
}

function hasRole(roles: readonly RoleAssignment[], orgId: string | null): boolean {
  return roles.some((role) => role.orgId === orgId)
}

function requireRole(roles: readonly RoleAssignment[], orgId: string | null): void {
  if (!hasRole(roles, orgId)) throw new NotFound('role_assignment')
}
