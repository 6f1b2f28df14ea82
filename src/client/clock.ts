import type { Clock as ClockAnswer, SetClock } from '../schemas/control/clock.ts'
import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Control } from './control.ts'

/** The clock of the fake. Times are ISO 8601 strings. */
export class Clock {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Returns the state of the clock. */
  async get(query: OrgQuery = {}): Promise<ClockAnswer> {
    return this.#control.call('GET /_fake/clock', { query: this.#control.scoped(query) })
  }

  /** Sets, freezes or speeds up the clock: `{now, frozen, speed}`. Omitted members stay as they are. */
  async set(settings: SetClock): Promise<ClockAnswer> {
    return this.#control.call('PUT /_fake/clock', { body: this.#control.scoped(settings) })
  }

  /** Freezes the clock at the given time. Default: at the current time. */
  // biome-ignore lint/style/noRestrictedGlobals: a type, which reads no time
  freeze(now?: string | Date): Promise<ClockAnswer> {
    const text = typeof now === 'object' ? now.toJSON() : now
    return this.set({ frozen: true, ...(text !== undefined && { now: text }) })
  }

  /** Moves the clock forward by a number of seconds. */
  async advance(seconds: number, query: OrgQuery = {}): Promise<ClockAnswer> {
    return this.#control.call('POST /_fake/clock/advance', {
      body: this.#control.scoped({ ...query, seconds }),
    })
  }
}
