import type { Organizations } from './organizations.ts'

/** Returns an id that no organization of the enterprise has. A client may have used one that seeded ids issue later. */
export function newOrgId(organizations: Organizations): string {
  const orgId = `org-${organizations.ids.hex()}`
  return organizations.inEnterprise(orgId) === undefined ? orgId : newOrgId(organizations)
}
