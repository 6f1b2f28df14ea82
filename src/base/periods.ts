import { formatInstant, parseInstant } from './clock.ts'

// The days, weeks and months of UTC. A period is named by its start, in microseconds since the epoch.

/** The length of a day, in microseconds. */
export const DAY_MICROS = 86_400_000_000

const WEEK_MICROS = 7 * DAY_MICROS

/** 1970-01-05, the first Monday after the epoch. */
const MONDAY_MICROS = 4 * DAY_MICROS

/** A kind of period: the start of the one that a time is in, and of the one that follows. */
export interface Periods {
  startOf(instant: number): number
  nextOf(start: number): number
}

/** Days. */
export const days: Periods = {
  startOf: (instant) => Math.floor(instant / DAY_MICROS) * DAY_MICROS,
  nextOf: (start) => start + DAY_MICROS,
}

/** Weeks, which start on Mondays. */
export const weeks: Periods = {
  startOf: (instant) => Math.floor((instant - MONDAY_MICROS) / WEEK_MICROS) * WEEK_MICROS + MONDAY_MICROS,
  nextOf: (start) => start + WEEK_MICROS,
}

/** Months of the calendar. */
export const months: Periods = {
  startOf: startOfMonth,
  // The 32nd day is always in the next month.
  nextOf: (start) => startOfMonth(start + 31 * DAY_MICROS),
}

function startOfMonth(instant: number): number {
  return parseInstant(`${formatInstant(instant).slice(0, 7)}-01`) as number
}
