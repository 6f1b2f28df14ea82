/** The facts that the life of a build follows from. Times are in microseconds since the epoch. */
export interface BuildFacts {
  readonly outcome: 'succeeded' | 'failed'
  readonly createdAt: number
  /** Null if it was not cancelled. */
  readonly cancelledAt: number | null
}

/** The state of a build. Times are in microseconds since the epoch. */
export interface BuildState {
  readonly status: 'pending' | 'running' | 'cancelled' | BuildFacts['outcome']
  readonly startedAt: number | null
  readonly completedAt: number | null
}

/** The time until a build starts, in microseconds. */
const STARTS_MICROS = 5_000_000

/** The time until a build ends, in microseconds. */
const ENDS_MICROS = 120_000_000

/** Returns the state of a build at a time. With `instant`, builds end at once. */
export function buildAt(
  { outcome, createdAt, cancelledAt }: BuildFacts,
  now: number,
  instant: boolean,
): BuildState {
  const startsAt = instant ? createdAt : createdAt + STARTS_MICROS
  const endsAt = instant ? createdAt : createdAt + ENDS_MICROS
  if (cancelledAt !== null) {
    const startedAt = cancelledAt < startsAt ? null : startsAt
    return { status: 'cancelled', startedAt, completedAt: cancelledAt }
  }
  if (now < startsAt) return { status: 'pending', startedAt: null, completedAt: null }
  if (now < endsAt) return { status: 'running', startedAt: startsAt, completedAt: null }
  return { status: outcome, startedAt: startsAt, completedAt: endsAt }
}
