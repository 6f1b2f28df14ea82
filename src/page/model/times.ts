/** A server's clock as it was read at a local moment. Times in milliseconds. */
export interface ReadClock {
  /** The server's time, since the epoch. */
  readonly now: number
  /** The local monotonic time at which it was read. */
  readonly readAt: number
  readonly frozen: boolean
  /** Seconds per real second; `instant` skips every wait and runs like 1. */
  readonly speed: number | 'instant'
}

/** Returns a server's time at a local moment, in milliseconds since the epoch. */
export function timeAt(clock: ReadClock, local: number): number {
  if (clock.frozen) return clock.now
  const speed = clock.speed === 'instant' ? 1 : clock.speed
  return clock.now + (local - clock.readAt) * speed
}

/** A duration in a unit that suits it. Negative in the future. */
export interface Age {
  readonly value: number
  readonly unit: 'second' | 'minute' | 'hour' | 'day'
}

/** Returns how long ago a time was, rounded down. */
export function ageOf(time: number, now: number): Age {
  const seconds = Math.trunc((now - time) / 1000)
  const size = Math.abs(seconds)
  if (size < 60) return { value: seconds, unit: 'second' }
  if (size < 3600) return { value: Math.trunc(seconds / 60), unit: 'minute' }
  if (size < 86_400) return { value: Math.trunc(seconds / 3600), unit: 'hour' }
  return { value: Math.trunc(seconds / 86_400), unit: 'day' }
}
