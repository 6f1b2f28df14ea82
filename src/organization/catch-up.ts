import { enforceAcuLimits, type GroupLimits } from './acu-limits.ts'
import type { Organization, Organizations } from './organizations.ts'
import { runDueSchedules } from './schedules.ts'

/** Does for the sessions of an organization what time has brought about: due schedules run, and limits that are reached suspend. */
export async function catchUpSessions(
  organizations: Organizations,
  organization: Organization,
  groupLimits?: GroupLimits,
): Promise<void> {
  await runDueSchedules(organization)
  await enforceAcuLimits(organizations, organization, groupLimits)
}

/** Does the same for several organizations. */
export async function catchUpAll(organizations: Organizations, some: readonly Organization[]): Promise<void> {
  const groupLimits: GroupLimits = new Map()
  for (const organization of some) await catchUpSessions(organizations, organization, groupLimits)
}
