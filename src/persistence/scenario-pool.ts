import { withoutApprovals } from '../simulation/approvals.ts'
import type { Scenario } from '../simulation/scenario.ts'
import { builtInScenarios } from '../simulation/scenarios.ts'

/** The maximum number of scenarios in a pool besides the built-in ones. Beyond it, the pool forgets them. */
const SCENARIOS_MAX = 10_000

/**
 * Replaces equal scenarios by one object. Sessions share the scenarios of rules and the built-in ones, which saves memory, and lets the
 * server find the name of a session's scenario.
 */
export class ScenarioPool {
  readonly #builtIn = new Map<string, Scenario>()
  readonly #others = new Map<string, Scenario>()

  constructor() {
    for (const scenario of Object.values(builtInScenarios)) {
      for (const one of [withoutApprovals(scenario), scenario]) this.#builtIn.set(JSON.stringify(one), one)
    }
  }

  /** Returns the scenario of the pool that equals a given one, which is added if there is none. */
  share(scenario: Scenario): Scenario {
    const text = JSON.stringify(scenario)
    const known = this.#builtIn.get(text) ?? this.#others.get(text)
    if (known !== undefined) return known
    if (this.#others.size >= SCENARIOS_MAX) this.#others.clear()
    this.#others.set(text, scenario)
    return scenario
  }
}
