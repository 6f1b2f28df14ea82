import type { Clock as ClockAnswer, SetClock } from '../schemas/control/clock.ts'
import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Control } from './control.ts'

/** What time it is for the fake. Times are ISO 8601 texts. */
export class Clock {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** How it stands. */
  async get(query: OrgQuery = {}): Promise<ClockAnswer> {
    return this.#control.call('GET /_fake/clock', { query: this.#control.scoped(query) })
  }

  /** Sets, freezes or speeds it up: `{now, frozen, speed}`; what is left out stays. */
  async set(settings: SetClock): Promise<ClockAnswer> {
    return this.#control.call('PUT /_fake/clock', { body: this.#control.scoped(settings) })
  }

  /** Lets it stand still: at a time, or where it is. */
  freeze(now?: string): Promise<ClockAnswer> {
    return this.set({ frozen: true, ...(now !== undefined && { now }) })
  }

  /** Lets so many seconds pass at once. */
  async advance(seconds: number, query: OrgQuery = {}): Promise<ClockAnswer> {
    return this.#control.call('POST /_fake/clock/advance', {
      body: this.#control.scoped({ ...query, seconds }),
    })
  }
}
