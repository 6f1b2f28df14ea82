import { ENTERPRISE_ID, type Principal } from '../auth/principal.ts'
import { type Role, type RoleAssignment, roleOf } from '../auth/roles.ts'
import { found, Impossible, InUse, NotFound, NotPermitted } from './errors.ts'
import type { Organization, Organizations } from './organizations.ts'

/** Where somebody is a member: in the enterprise, or in one of its organizations. */
export interface Membership {
  readonly organizations: Organizations
  /** The organization, or what belongs to the enterprise itself. Its audit log has the changes. */
  readonly organization: Organization
  /** Null for the enterprise. */
  readonly orgId: string | null
}

/** A change of the roles of a member. */
export interface RoleChange {
  readonly action: 'assign' | 'update' | 'remove'
  /** Returns the roles after the change. Throws to change nothing. */
  apply(roles: readonly RoleAssignment[]): readonly RoleAssignment[]
}

/** Returns the membership in an organization, or in the enterprise. */
export function membershipIn(organizations: Organizations, organization: Organization): Membership {
  const { orgId } = organization
  return { organizations, organization, orgId: orgId === ENTERPRISE_ID ? null : orgId }
}

/** Returns whether somebody whom the enterprise has, with these roles, is a member there. */
export function isMember({ orgId }: Membership, roles: readonly RoleAssignment[]): boolean {
  return orgId === null || hasRole(roles, orgId)
}

/**
 * Returns a role that a principal may grant. Throws {@link NotFound} for an unknown one, {@link Impossible} for one of the enterprise
 * in an organization or vice versa, and {@link NotPermitted} for one with permissions that the principal lacks.
 */
export function grantableRole({ permissions }: Principal, roleId: string, orgId: string | null): Role {
  const role = found(roleOf(roleId), 'role')
  if (role.level !== (orgId === null ? 'enterprise' : 'org')) {
    throw new Impossible(
      `role_id must name a role of ${orgId === null ? 'the enterprise' : 'an organization'}`,
    )
  }
  if (permissions !== null && role.permissions.some((name) => !permissions.has(name)))
    throw new NotPermitted()
  return role
}

/** Throws {@link NotPermitted} if roles give permissions that a principal lacks: it could not grant them. */
export function requireGrantable(principal: Principal, roles: readonly RoleAssignment[]): void {
  for (const { roleId, orgId } of roles) grantableRole(principal, roleId, orgId)
}

/** Returns the change that assigns a first role. Throws as {@link grantableRole}; the change throws {@link InUse} if there is a role. */
export function assignRole(principal: Principal, { orgId }: Membership, roleId: string): RoleChange {
  const role = grantableRole(principal, roleId, orgId)
  return {
    action: 'assign',
    apply(roles) {
      if (hasRole(roles, orgId)) throw new InUse('There is a role already, which can be updated')
      return [...roles, { roleId: role.id, orgId }]
    },
  }
}

/**
 * Returns the change that replaces a role. Throws as {@link grantableRole}; the change throws {@link NotFound} if there is no role, and
 * {@link NotPermitted} for a member with permissions that the principal lacks.
 */
export function updateRole(principal: Principal, { orgId }: Membership, roleId: string): RoleChange {
  const role = grantableRole(principal, roleId, orgId)
  return {
    action: 'update',
    apply(roles) {
      requireRole(roles, orgId)
      requireGrantable(principal, roles)
      return roles.map((one) => (one.orgId === orgId ? { roleId: role.id, orgId } : one))
    },
  }
}

/**
 * Returns the change that removes a role. It throws {@link NotFound} if there is none, and {@link NotPermitted} for a member with
 * permissions that the principal lacks.
 */
export function removeRole(principal: Principal, { orgId }: Membership): RoleChange {
  return {
    action: 'remove',
    apply(roles) {
      requireRole(roles, orgId)
      requireGrantable(principal, roles)
      return roles.filter((one) => one.orgId !== orgId)
    },
  }
}

function hasRole(roles: readonly RoleAssignment[], orgId: string | null): boolean {
  return roles.some((role) => role.orgId === orgId)
}

function requireRole(roles: readonly RoleAssignment[], orgId: string | null): void {
  if (!hasRole(roles, orgId)) throw new NotFound('role_assignment')
}
