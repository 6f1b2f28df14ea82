import { unixSeconds } from '../../base/clock.ts'
import type { ConsumptionResponse } from './contract.ts'

/** Returns the wire form of the ACUs by the starts of billing days. All of them are Devin's: the fake has no other product. */
export function consumptionResponse(acusByDay: ReadonlyMap<number, number>): ConsumptionResponse {
  const days = [...acusByDay].map(([day, sum]) => {
    const acus = rounded(sum)
    return {
      acus,
      acus_by_product: { cascade: 0, devin: acus, terminal: 0, review: 0 },
      date: unixSeconds(day),
    }
  })
  return {
    consumption_by_date: days,
    total_acus: rounded(days.reduce((total, { acus }) => total + acus, 0)),
  }
}

/**
 * Returns the wire form of a billing cycle, which begins and ends at times in microseconds. Newer pages than the contract have `after` and
 * `before`, which clients read, in place of `start` and `end`.
 */
export function cycleResponse(cycle: { readonly start: number; readonly end: number }) {
  const [start, end] = [unixSeconds(cycle.start), unixSeconds(cycle.end)]
  return { after: start, before: end, start, end }
}

/** Returns a sum of ACUs without the errors of binary fractions, as in 0.1 + 0.2. */
export function rounded(acus: number): number {
  return Math.round(acus * 1_000_000) / 1_000_000
}
