import { enforceAcuLimits } from './acu-limits.ts'
import type { Organization, Organizations } from './organizations.ts'
import { runDueSchedules } from './schedules.ts'

/** Does for the sessions of an organization what time has brought about: due schedules run, and limits that are reached suspend. */
export async function catchUpSessions(
  organizations: Organizations,
  organization: Organization,
): Promise<void> {
  await runDueSchedules(organization)
  await enforceAcuLimits(organizations, organization)
}
