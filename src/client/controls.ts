import type { LiveEvent } from '../schemas/control/events.ts'
import type { OrgQuery } from '../schemas/control/scope.ts'
import { Answers } from './answers.ts'
import { Automations } from './automations.ts'
import { Clock } from './clock.ts'
import type { Control } from './control.ts'
import { type EventsOptions, liveEvents } from './events.ts'
import { Faults } from './faults.ts'
import { Keys } from './keys.ts'
import { Requests } from './requests.ts'
import { Scenarios } from './scenarios.ts'
import { Sessions } from './sessions.ts'
import { Snapshots } from './snapshots.ts'
import { State } from './state.ts'

/**
 * The controls for tests. On a fake they apply to all organizations unless a call names an `org_id`; on an organization, only to that
 * one. Inputs and outputs use the names of the wire format, in snake_case. Calls reject with a FakeDevinError if the server refuses
 * them (422 for invalid input) or does not answer.
 */
export interface Controls {
  /** The clock: freeze it, move it forward, speed it up. */
  readonly clock: Clock
  /** The answers to open questions of the API, to choose another than the default. */
  readonly answers: Answers
  /** The requests that arrived, to list and to verify. */
  readonly requests: Requests
  /** Errors, delays and broken connections to inject. */
  readonly faults: Faults
  /** The rules that decide how sessions proceed. */
  readonly scenarios: Scenarios
  /** The sessions: what they are doing, and what they do next. */
  readonly sessions: Sessions
  /** The automations, which events start. */
  readonly automations: Automations
  /** The API keys of clients, to revoke. */
  readonly keys: Keys
  /** Named states, to save, restore and compare. */
  readonly snapshots: Snapshots
  /** The whole state as one document. */
  readonly state: State
  /**
   * Follows what happens: `for await (const event of devin.events({ kinds: ['record'] }))`. The first event is `resync`: nothing is missed
   * from then on. Connects again after a lost connection; `resync` comes again if events were lost. Ends with the fake or the `signal`.
   */
  events(options?: EventsOptions): AsyncGenerator<LiveEvent, undefined>
  /** Restores the state at the start of the fake, including the seed, ids and clocks. */
  reset(query?: OrgQuery): Promise<void>
}

/** Returns the controls of a control plane. */
export function controlsFor(control: Control): Controls {
  return {
    clock: new Clock(control),
    answers: new Answers(control),
    requests: new Requests(control),
    faults: new Faults(control),
    scenarios: new Scenarios(control),
    sessions: new Sessions(control),
    automations: new Automations(control),
    keys: new Keys(control),
    snapshots: new Snapshots(control),
    state: new State(control),
    events: (options) => liveEvents(control, options),
    reset: async (query = {}) => control.call('POST /_fake/reset', { body: control.scoped(query) }),
  }
}
