import { catchUpAll } from './catch-up.ts'
import type { Organization, Organizations } from './organizations.ts'

/** Returns the organizations of the enterprise, or those of them that are named. */
export function organizationsIn(
  organizations: Organizations,
  orgIds: readonly string[] | null | undefined,
): Organization[] {
  if (orgIds == null) return organizations.ofEnterprise()
  return [...new Set(orgIds)].flatMap((orgId) => organizations.inEnterprise(orgId) ?? [])
}

/** Returns the same organizations as {@link organizationsIn}, after their due schedules have run and their ACU limits were enforced. */
export async function currentOrganizations(
  organizations: Organizations,
  orgIds?: readonly string[] | null,
): Promise<Organization[]> {
  const current = organizationsIn(organizations, orgIds)
  await catchUpAll(organizations, current)
  return current
}

/** Returns what belongs to the enterprise itself, and its organizations. With an access type, returns only one of the two. */
export function ownersIn(
  organizations: Organizations,
  accessType?: 'org' | 'enterprise' | null,
): Organization[] {
  return [
    ...(accessType === 'org' ? [] : [organizations.enterprise]),
    ...(accessType === 'enterprise' ? [] : organizations.ofEnterprise()),
  ]
}

/** Returns the first of some organizations that has a record; undefined if none has. */
export async function ownerOf(
  candidates: readonly Organization[],
  find: (organization: Organization) => Promise<object | undefined>,
): Promise<Organization | undefined> {
  for (const organization of candidates) {
    if ((await find(organization)) !== undefined) return organization
  }
  return undefined
}
