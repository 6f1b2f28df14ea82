import type { NewRule, Rule, Rules } from '../schemas/control/scenarios.ts'
import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Control } from './control.ts'

/** The rules that assign scenarios to sessions. */
export class Scenarios {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Appends a rule, e.g. `{match: {prompt}, scenario: 'blocked'}`. */
  async add(rule: NewRule): Promise<Rule> {
    return this.#control.call('POST /_fake/scenarios', { body: this.#control.scoped(rule) })
  }

  /** Lists the rules in the order in which they are tried, and the built-in scenarios. */
  async list(query: OrgQuery = {}): Promise<Rules> {
    return this.#control.call('GET /_fake/scenarios', { query: this.#control.scoped(query) })
  }

  /** Removes a rule. Sessions that it matched keep their scenario. Rejects with FakeDevinError (404) for an unknown id. */
  async delete(id: string, query: OrgQuery = {}): Promise<void> {
    return this.#control.call('DELETE /_fake/scenarios/{scenario_id}', {
      parameters: { scenario_id: id },
      query: this.#control.scoped(query),
    })
  }

  /** Removes all rules. */
  async clear(query: OrgQuery = {}): Promise<void> {
    return this.#control.call('DELETE /_fake/scenarios', { query: this.#control.scoped(query) })
  }
}
