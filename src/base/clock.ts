// Captured at load, because fake timers replace them with functions whose time is frozen.
const monotonicNow = performance.now.bind(performance)
const { timeOrigin } = performance
const { now: dateNow } = Date

/** A source of time. All code that needs the time receives one. */
export interface Clock {
  /** Microseconds since the Unix epoch, as an integer. */
  now(): number
}

/**
 * Returns the machine's clock with the microsecond precision of the vendor's timestamps. It keeps running if a test
 * fakes the timers of its own process: only the control plane changes the time of a fake.
 */
export function systemClock(): Clock {
  return { now: () => Math.floor((timeOrigin + monotonicNow()) * 1000) }
}

/** The machine's wall clock with millisecond precision, for the log. Follows the system time, also after sleep. */
export const wallClock: Clock = { now: () => dateNow() * 1000 }

/** The latest time of an adjustable clock: 2255-01-01. Up to there a number can represent every microsecond. */
export const CLOCK_MAX = Date.UTC(2255, 0) * 1000

/** The changes to an adjustable clock. */
export interface ClockSettings {
  /** The time to set, in microseconds since the epoch. Default: the current time of the clock. */
  readonly now?: number
  /** Whether the clock is stopped. Default: unchanged, initially false. */
  readonly frozen?: boolean
  /** The number of seconds that pass per real second, above 0. Default: unchanged, initially 1. */
  readonly speed?: number
  /** Whether everything that waits for time to pass happens immediately. Default: unchanged, initially false. */
  readonly instant?: boolean
}

/** The state of a clock at one moment. */
export type ClockState = Required<ClockSettings>

/** A clock as a database keeps it. Another process continues it if its base clock shows the same time. */
export interface StoredClock extends Omit<ClockState, 'now'> {
  /** The time of the base clock at the last adjustment. */
  readonly anchor: number
  /** The time of this clock at the last adjustment. */
  readonly time: number
}

/** A clock based on another one that can be set, stopped and run at a different speed. */
export class AdjustableClock implements Clock {
  readonly #base: Clock
  /** The time of the base clock at the last adjustment. */
  #anchor: number
  /** The time of this clock at the last adjustment. */
  #time: number
  #frozen = false
  #speed = 1
  #instant = false
  /** Called after each adjustment. Default: no callback. */
  onAdjust: (() => void) | undefined

  /** Follows `base` until it is adjusted. */
  constructor(base: Clock, settings: ClockSettings = {}) {
    this.#base = base
    this.#anchor = base.now()
    this.#time = this.#anchor
    this.adjust(settings)
  }

  now(): number {
    const passed = this.#frozen ? 0 : Math.floor((this.#base.now() - this.#anchor) * this.#speed)
    return Math.min(this.#time + passed, CLOCK_MAX)
  }

  get frozen(): boolean {
    return this.#frozen
  }

  get speed(): number {
    return this.#speed
  }

  get instant(): boolean {
    return this.#instant
  }

  /** Changes the given settings and keeps the others. */
  adjust({ now = this.now(), frozen, speed, instant }: ClockSettings): void {
    this.#time = now
    this.#anchor = this.#base.now()
    this.#frozen = frozen ?? this.#frozen
    this.#speed = speed ?? this.#speed
    this.#instant = instant ?? this.#instant
    this.onAdjust?.()
  }

  /** The clock as a database keeps it. Setting it does not call `onAdjust`. */
  get stored(): StoredClock {
    const { frozen, speed, instant } = this
    return { anchor: this.#anchor, time: this.#time, frozen, speed, instant }
  }

  set stored({ anchor, time, frozen, speed, instant }: StoredClock) {
    this.#anchor = anchor
    this.#time = time
    this.#frozen = frozen
    this.#speed = speed
    this.#instant = instant
  }

  /** Returns the current state. */
  state(): ClockState {
    const { frozen, speed, instant } = this
    return { now: this.now(), frozen, speed, instant }
  }

  /** Returns an independent clock with the same base and state. */
  copy(): AdjustableClock {
    return new AdjustableClock(this.#base, this.state())
  }
}

/** Formats a time like the vendor's v1: ISO 8601 in UTC with microseconds and `Z`, `2025-12-20T14:47:51.845058Z`. */
export function formatInstant(micros: number): string {
  const millis = Math.floor(micros / 1000)
  const rest = String(micros - millis * 1000).padStart(3, '0')
  return `${new Date(millis).toISOString().slice(0, -1)}${rest}Z`
}

/** Formats a time like {@link formatInstant}, and null as null. */
export function formatInstantOrNull(micros: number | null): string | null {
  return micros === null ? null : formatInstant(micros)
}

/** Parses an ISO 8601 time. Returns microseconds since the epoch, or undefined if the input is invalid. */
export function parseInstant(text: string): number | undefined {
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text)
  if (match === null) return undefined
  const [, day = '', time = '00:00:00', fraction = '', zone = 'Z'] = match
  // Date accepts February 30 as a day in March.
  if (!isCalendarDay(day)) return undefined
  const millis = new Date(`${day}T${time}${zone}`).getTime()
  return Number.isNaN(millis) ? undefined : millis * 1000 + Number(fraction.padEnd(6, '0'))
}

/** Parses an ISO 8601 time that an adjustable clock can show. Returns microseconds since the epoch, or undefined for any other text. */
export function parseClockTime(text: string): number | undefined {
  const instant = parseInstant(text)
  return instant !== undefined && instant >= 0 && instant <= CLOCK_MAX ? instant : undefined
}

function isCalendarDay(day: string): boolean {
  const millis = new Date(`${day}T00:00Z`).getTime()
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(day)
}

/** Returns a time in microseconds as whole Unix seconds, as v3 shows times. */
export function unixSeconds(instant: number): number {
  return Math.floor(instant / 1_000_000)
}

/** Returns a time like {@link unixSeconds}, and null for null. */
export function unixSecondsOrNull(instant: number | null): number | null {
  return instant === null ? null : unixSeconds(instant)
}
