import { DAY_MICROS, months, type Periods } from '../base/periods.ts'
import type { SessionHistory } from './history.ts'
import { momentsOf } from './moments.ts'
import { sessionAt } from './session.ts'

/** A half-open time range, in microseconds since the epoch: it includes `after`, but not `before`. */
export interface TimeRange {
  readonly after: number
  readonly before: number
}

/** The time of day at which a billing day starts: 08:00 UTC, midnight in Pacific Standard Time. */
const BILLING_START_MICROS = 28_800_000_000

/** Returns the start of a time's billing day. */
function billingDayOf(instant: number): number {
  return Math.floor((instant - BILLING_START_MICROS) / DAY_MICROS) * DAY_MICROS + BILLING_START_MICROS
}

/** The months of billing days. */
export const billingMonths: Periods = {
  startOf: (instant) => months.startOf(instant - BILLING_START_MICROS) + BILLING_START_MICROS,
  nextOf: (start) => months.nextOf(start - BILLING_START_MICROS) + BILLING_START_MICROS,
}

/**
 * Returns the ACUs that a session consumed within a time range up to `now`, by the starts of the billing days. Days without
 * consumption are omitted.
 */
export function acusByDay(
  history: SessionHistory,
  { after, before }: TimeRange,
  { now, instant }: { readonly now: number; readonly instant: boolean },
): Map<number, number> {
  const end = Math.min(before - 1, now)
  const changes = momentsOf(history, { now: end, instant }, ({ acus }) => acus !== undefined)
  const days = new Map(changes.filter((at) => at >= after).map((at) => [billingDayOf(at), at]))
  const consumed = new Map<number, number>()
  let previous = days.size === 0 ? 0 : sessionAt(history, after - 1, instant).acus
  for (const [day, lastChange] of days) {
    const total = sessionAt(history, lastChange, instant).acus
    if (total !== previous) consumed.set(day, total - previous)
    previous = total
  }
  return consumed
}
