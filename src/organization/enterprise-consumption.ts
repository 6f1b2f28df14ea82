import { billingMonths } from '../simulation/consumption.ts'
import { listOrganizations } from './enterprise-organizations.ts'
import type { Organizations } from './organizations.ts'

/** A billing cycle: its start, and that of the next one, in microseconds since the epoch. */
export interface BillingCycle {
  readonly start: number
  readonly end: number
}

/** Returns the billing cycles from that in which the first organization was created to the current one, oldest first. */
export async function billingCycles(organizations: Organizations): Promise<BillingCycle[]> {
  const now = organizations.enterprise.clock.now()
  const all = await listOrganizations(organizations)
  const first = Math.min(now, ...all.map(({ settings }) => settings.createdAt))
  const cycles: BillingCycle[] = []
  for (let start = billingMonths.startOf(first); start <= now; ) {
    const end = billingMonths.nextOf(start)
    cycles.push({ start, end })
    start = end
  }
  return cycles
}
