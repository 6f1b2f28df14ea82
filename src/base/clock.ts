// As they are now: fake timers put others in their place, whose time stands still.
const monotonicNow = performance.now.bind(performance)
const { timeOrigin } = performance
const { now: dateNow } = Date

/** Where the time comes from; everything that needs the time is handed one of these. */
export interface Clock {
  /** Microseconds since the Unix epoch, as an integer. */
  now(): number
}

/**
 * The machine's clock, with the microseconds that the vendor's timestamps show. It goes on where a test has faked the time of its own
 * program: that of a fake is moved by its control plane alone.
 */
export function systemClock(): Clock {
  return { now: () => Math.floor((timeOrigin + monotonicNow()) * 1000) }
}

/** The machine's clock to the millisecond, as people set it and sleep does not stop it: for the log. */
export const wallClock: Clock = { now: () => dateNow() * 1000 }

/** Where an adjustable clock stands still: 2255-01-01, near which a number still holds every microsecond. */
export const CLOCK_MAX = Date.UTC(2255, 0) * 1000

/** How an adjustable clock goes on from where it stands. */
export interface ClockSettings {
  /** The time to go on from, in microseconds since the epoch. Default: where the clock stands. */
  readonly now?: number
  /** Whether it stands still. Default: as before. */
  readonly frozen?: boolean
  /** How many seconds pass in one second; above 0. Default: as before, 1 at first. */
  readonly speed?: number
  /** Whether what only waits for time to pass happens at once. Default: as before, false at first. */
  readonly instant?: boolean
}

/** How a clock stands at a moment. */
export type ClockState = Required<ClockSettings>

/** A clock that can be set, stopped, moved and made to run faster, over one that cannot. */
export class AdjustableClock implements Clock {
  readonly #base: Clock
  /** At this moment of the base clock … */
  #anchor: number
  /** … this one showed that time. */
  #time: number
  #frozen = false
  #speed = 1
  #instant = false

  /** Goes with `base` until it is adjusted. */
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

  /** Changes what is given and leaves the rest. */
  adjust({ now = this.now(), frozen, speed, instant }: ClockSettings): void {
    this.#time = now
    this.#anchor = this.#base.now()
    this.#frozen = frozen ?? this.#frozen
    this.#speed = speed ?? this.#speed
    this.#instant = instant ?? this.#instant
  }

  /** How it stands now. */
  state(): ClockState {
    const { frozen, speed, instant } = this
    return { now: this.now(), frozen, speed, instant }
  }

  /** Another clock over the same base that shows the same and goes on alike. */
  copy(): AdjustableClock {
    return new AdjustableClock(this.#base, this.state())
  }
}

/** ISO 8601 in UTC with microseconds and `Z`, as the vendor writes v1 times: `2025-12-20T14:47:51.845058Z`. */
export function formatInstant(micros: number): string {
  const millis = Math.floor(micros / 1000)
  const rest = String(micros - millis * 1000).padStart(3, '0')
  return `${new Date(millis).toISOString().slice(0, -1)}${rest}Z`
}

/** Microseconds since the epoch of an ISO 8601 time, or undefined when the text is none. */
export function parseInstant(text: string): number | undefined {
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text)
  if (match === null) return undefined
  const [, day = '', time = '00:00:00', fraction = '', zone = 'Z'] = match
  // To Date, February 30 is a day of March.
  if (!existsDay(day)) return undefined
  const millis = new Date(`${day}T${time}${zone}`).getTime()
  return Number.isNaN(millis) ? undefined : millis * 1000 + Number(fraction.padEnd(6, '0'))
}

function existsDay(day: string): boolean {
  const millis = new Date(`${day}T00:00Z`).getTime()
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(day)
}
