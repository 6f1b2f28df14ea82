/** The units of durations, with their seconds. */
export const UNITS = { second: 1, minute: 60, hour: 3_600, day: 86_400 } as const

/** A unit of durations. */
export type Unit = keyof typeof UNITS

/** A duration in a unit that suits it. */
export interface Duration {
  /** Rounded to one decimal. */
  readonly value: number
  readonly unit: Unit
}

/** A duration that is not a whole number of a unit is shown in the unit from this number on. */
const MANY = 10

/** Returns a duration in the largest unit in which it is a whole number, or in which it is still precise. */
export function durationOf(seconds: number): Duration {
  const units = Object.entries(UNITS) as [Unit, number][]
  const [unit, size] = units.findLast(
    ([, one]) => seconds >= one && (seconds % one === 0 || seconds >= MANY * one),
  ) ?? ['second', 1]
  return { value: Math.round((seconds / size) * 10) / 10, unit }
}

/** A clock at one moment. */
export interface StateClock {
  /** In milliseconds since the epoch. */
  readonly now: number
  readonly frozen: boolean
  readonly speed: number
  readonly instant: boolean
}

/** Returns whether a clock that was read at the same moment as another one shows another time, or runs differently. */
export function isOwnClock(clock: StateClock, other: StateClock): boolean {
  const { frozen, speed, instant } = clock
  if (frozen !== other.frozen || speed !== other.speed || instant !== other.instant) return true
  // They are not read at exactly the same moment.
  return Math.abs(clock.now - other.now) > Math.max(1_000, speed * 100)
}
