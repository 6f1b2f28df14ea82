import { nextTurn } from '../fastapi/turns.ts'
import { enforceAcuLimits, type GroupLimits } from './acu-limits.ts'
import type { Organization, Organizations } from './organizations.ts'
import { runDueSchedules } from './schedules.ts'

/** The number of organizations per turn of the event loop. Each takes about 5 µs. */
const ORGANIZATIONS_PER_TURN = 1_000

/**
 * Runs the schedules of an organization that have become due, and suspends its sessions if they have reached a limit. `groupLimits` is shared
 * by the organizations of one request.
 */
export async function catchUpSessions(
  organizations: Organizations,
  organization: Organization,
  groupLimits: GroupLimits = new Map(),
): Promise<void> {
  await runDueSchedules(organization)
  await enforceAcuLimits(organizations, organization, groupLimits)
}

/** Calls {@link catchUpSessions} for several organizations. Yields to the event loop between large batches. */
export async function catchUpAll(organizations: Organizations, some: readonly Organization[]): Promise<void> {
  const groupLimits: GroupLimits = new Map()
  let count = 0
  for (const organization of some) {
    await catchUpSessions(organizations, organization, groupLimits)
    if (++count % ORGANIZATIONS_PER_TURN === 0) await nextTurn()
  }
}
