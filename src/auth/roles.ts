/** A role that members can have. */
export interface Role {
  readonly id: string
  readonly name: string
  readonly level: 'enterprise' | 'org'
  /** RBAC names. */
  readonly permissions: readonly string[]
}

/** A role of a member: in an organization or, if `orgId` is null, in the enterprise. */
export interface RoleAssignment {
  readonly roleId: string
  readonly orgId: string | null
}

/** A role that a user has as a member of a group of an identity provider. */
export interface IdpRole extends RoleAssignment {
  readonly groupName: string
}

/** The permissions to look at an organization. */
const VIEWER = [
  'ViewOrgSessions',
  'ViewOrgAutomations',
  'ViewCodeScans',
  'ViewOrgMetrics',
  'ViewOrgConsumption',
  'ViewOrgMembership',
  'Read',
] as const

/** The permissions to work in an organization. */
const MEMBER = [
  ...VIEWER,
  'UseDevinSessions',
  'ManageOrgSessions',
  'ManageOrgSecrets',
  'ManageOrgSchedules',
  'ManageOrgPlaybooks',
  'ManageKnowledge',
  'UsePersonalAutomations',
  'UseReviewManual',
  'UseCodeScans',
  'IndexOrgRepositories',
] as const

/** All permissions of an organization. No role that can be granted has `ManageServiceUsers`, a permission of the enterprise. */
const ADMIN = [
  ...MEMBER,
  'ImpersonateOrgSessions',
  'ManageOrgAutomations',
  'ManageOrgServiceUsers',
  'ManageOrgSnapshots',
  'ManageRepoBlueprints',
] as const

/** All permissions, except `ManageServiceUsers`. */
const ACCOUNT_ADMIN = [
  ...ADMIN,
  'ReadAccountMeta',
  'ViewAccountSessions',
  'ManageAccountSessions',
  'ViewAccountMetrics',
  'ViewAccountConsumption',
  'ManageBilling',
  'ManageEnterpriseSettings',
  'ManageAccountServiceUsers',
  'ManageAccountMembership',
  'ManageAccountKnowledge',
  'ManageAccountPlaybooks',
  'ManageGitIntegrations',
  'ViewAccountCodeScans',
  'UseAccountCodeScans',
  'ManageAccountSnapshots',
] as const

/** The roles by id. The vendor publishes all but `org_viewer`, and not their permissions. */
const ROLES: ReadonlyMap<string, Role> = new Map(
  [
    { id: 'org_admin', name: 'Admin', level: 'org', permissions: ADMIN } as const,
    { id: 'org_member', name: 'Member', level: 'org', permissions: MEMBER } as const,
    { id: 'org_viewer', name: 'Viewer', level: 'org', permissions: VIEWER } as const,
    { id: 'account_admin', name: 'Admin', level: 'enterprise', permissions: ACCOUNT_ADMIN } as const,
    { id: 'account_member', name: 'Member', level: 'enterprise', permissions: ['ReadAccountMeta'] } as const,
  ].map((role) => [role.id, role]),
)

/** Returns all roles. */
export function allRoles(): readonly Role[] {
  return [...ROLES.values()]
}

/** Returns the role with an id. */
export function roleOf(id: string): Role | undefined {
  return ROLES.get(id)
}

/** The results of {@link permissionsOf} by lists of roles. A list never changes: it is replaced as a whole. */
const permissionsByRoles = new WeakMap<readonly RoleAssignment[], Map<string | null, ReadonlySet<string>>>()

/**
 * Returns the permissions that roles give in an organization or, for null, for the operations of the enterprise. A role in the
 * enterprise is also valid in every organization, a role in an organization only there.
 */
export function permissionsOf(roles: readonly RoleAssignment[], orgId: string | null): ReadonlySet<string> {
  const known = permissionsByRoles.get(roles) ?? new Map<string | null, ReadonlySet<string>>()
  permissionsByRoles.set(roles, known)
  // The same for all organizations in which there is no role.
  const place = roles.some((role) => role.orgId === orgId) ? orgId : null
  const permissions = known.get(place) ?? permissionsAt(roles, place)
  known.set(place, permissions)
  return permissions
}

function permissionsAt(roles: readonly RoleAssignment[], orgId: string | null): ReadonlySet<string> {
  const granted = roles.filter((role) => role.orgId === null || role.orgId === orgId)
  return new Set(granted.flatMap(({ roleId }) => roleOf(roleId)?.permissions ?? []))
}
