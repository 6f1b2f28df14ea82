import type { OrgQuery } from '../schemas/control/scope.ts'
import { Clock } from './clock.ts'
import type { Control } from './control.ts'
import { Faults } from './faults.ts'
import { Keys } from './keys.ts'
import { Requests } from './requests.ts'
import { Scenarios } from './scenarios.ts'
import { Sessions } from './sessions.ts'
import { Snapshots } from './snapshots.ts'
import { State } from './state.ts'

/**
 * What a test pulls. In a fake it is about all organizations, unless a call says `org_id`; in an organization about that one alone.
 * What goes in and comes out is named as on the wire, in snake_case.
 */
export interface Controls {
  readonly clock: Clock
  readonly requests: Requests
  readonly faults: Faults
  readonly scenarios: Scenarios
  readonly sessions: Sessions
  readonly keys: Keys
  readonly snapshots: Snapshots
  readonly state: State
  /** Back to how the fake was started: the seed, ids and clocks included. */
  reset(query?: OrgQuery): Promise<void>
}

/** Everything that a control plane lets a test pull. */
export function controlsFor(control: Control): Controls {
  return {
    clock: new Clock(control),
    requests: new Requests(control),
    faults: new Faults(control),
    scenarios: new Scenarios(control),
    sessions: new Sessions(control),
    keys: new Keys(control),
    snapshots: new Snapshots(control),
    state: new State(control),
    reset: async (query = {}) => control.call('POST /_fake/reset', { body: control.scoped(query) }),
  }
}
