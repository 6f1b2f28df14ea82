import type { FaultSpec, FaultView } from '../schemas/control/fault.ts'
import type { FaultsResponse } from '../schemas/control/faults.ts'
import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Control } from './control.ts'

/** The name of a predefined fault. */
export type FaultPreset = NonNullable<FaultSpec['preset']>

/** The injected faults. */
export class Faults {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Adds a fault: `'rate-limit'`, or `{method: 'POST', path: '/v1/sessions', status: 503, times: 1}`. */
  async add(fault: FaultPreset | FaultSpec): Promise<FaultView> {
    // Callers may not use TypeScript, and would not notice that a second argument has no effect.
    // biome-ignore lint/complexity/noArguments: another parameter would be in the declarations.
    if (arguments.length > 1) {
      throw new TypeError("faults.add takes one argument; with a preset: add({ preset: 'flaky', times: 3 })")
    }
    const spec = typeof fault === 'string' ? { preset: fault } : fault
    return this.#control.call('POST /_fake/faults', { body: this.#control.scoped(spec) })
  }

  /** Lists the faults that have not run out, in the order in which they are tried, with the number of times each has struck. */
  async list(query: OrgQuery = {}): Promise<FaultsResponse> {
    return this.#control.call('GET /_fake/faults', { query: this.#control.scoped(query) })
  }

  /** Returns one fault. Rejects with FakeDevinError (404) once it has run out. */
  async get(id: string, query: OrgQuery = {}): Promise<FaultView> {
    return this.#control.call('GET /_fake/faults/{fault_id}', {
      parameters: { fault_id: id },
      query: this.#control.scoped(query),
    })
  }

  /** Removes one fault. Rejects with FakeDevinError (404) for an unknown id. */
  async delete(id: string, query: OrgQuery = {}): Promise<void> {
    return this.#control.call('DELETE /_fake/faults/{fault_id}', {
      parameters: { fault_id: id },
      query: this.#control.scoped(query),
    })
  }

  /** Removes all faults. */
  async clear(query: OrgQuery = {}): Promise<void> {
    return this.#control.call('DELETE /_fake/faults', { query: this.#control.scoped(query) })
  }
}
