/** A role, as service users get it. */
export interface Role {
  readonly id: string
  readonly name: string
  readonly level: 'enterprise' | 'org'
  /** RBAC names. */
  readonly permissions: readonly string[]
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
] as const

/** All permissions of an organization. `ManageServiceUsers` is an enterprise's, and no role that can be granted has it. */
const ADMIN = [
  ...MEMBER,
  'ImpersonateOrgSessions',
  'ManageOrgAutomations',
  'ManageOrgServiceUsers',
  'ManageOrgSnapshots',
  'ManageRepoBlueprints',
] as const

/** The roles by id. The vendor publishes all but `org_viewer`, and not their permissions. */
const ROLES: ReadonlyMap<string, Role> = new Map(
  [
    { id: 'org_admin', name: 'Admin', level: 'org', permissions: ADMIN } as const,
    { id: 'org_member', name: 'Member', level: 'org', permissions: MEMBER } as const,
    { id: 'org_viewer', name: 'Viewer', level: 'org', permissions: VIEWER } as const,
    { id: 'account_admin', name: 'Admin', level: 'enterprise', permissions: [] } as const,
    { id: 'account_member', name: 'Member', level: 'enterprise', permissions: [] } as const,
  ].map((role) => [role.id, role]),
)

/** Returns the role with an id. */
export function roleOf(id: string): Role | undefined {
  return ROLES.get(id)
}
