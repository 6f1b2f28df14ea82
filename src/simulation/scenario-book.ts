import type { Ids } from '../ids.ts'
import { compilePattern } from './patterns.ts'
import type { Match, Scenario } from './scenario.ts'
import { builtInScenarios } from './scenarios.ts'

/** A rule that was checked. */
export interface Rule {
  readonly name: string | undefined
  readonly match: Match | undefined
  /** The name of a scenario, or the scenario itself. */
  readonly scenario: string | Scenario
}

/** A rule that is in force. */
export interface LoadedRule extends Rule {
  readonly id: string
  /** Null for all organisations. */
  readonly orgId: string | null
}

/** What a scenario is chosen by. */
export interface Candidate {
  readonly prompt: string
  readonly title: string | null
  readonly tags: readonly string[]
}

/** Thrown for a name that no scenario has. */
export class UnknownScenarioError extends Error {
  override name = 'UnknownScenarioError'
}

/** How people who reach nothing but the prompt choose a scenario: `[fake:blocked-then-finished]`. */
const MARKER = /\[fake:([a-z0-9-]+)\]/

type Entry = LoadedRule & {
  readonly matches: (candidate: Candidate) => boolean
  /** The scenario that the rule names, looked up when it was loaded, so that rules cannot name each other in a circle. */
  readonly resolved: Scenario
}

/** Which scenario plays for which session. */
export class ScenarioBook {
  readonly #ids: Ids
  #entries: Entry[] = []

  constructor(ids: Ids) {
    this.#ids = ids
  }

  /** Adds a rule after those there are. Throws PatternError or UnknownScenarioError. */
  add(rule: Rule, orgId: string | null = null): LoadedRule {
    const matches = compileMatch(rule)
    const { name, match, scenario } = rule
    const resolved = typeof scenario === 'string' ? this.named(scenario, orgId) : scenario
    const loaded = { id: `scenario-${this.#ids.hex()}`, orgId, name, match, scenario }
    this.#entries.push({ ...loaded, matches, resolved })
    return loaded
  }

  /** The rules in the order in which they are tried: an organisation's own come before those for all. */
  list(orgId?: string): LoadedRule[] {
    const entries = orgId === undefined ? this.#entries : this.#inForce(orgId)
    return entries.map(({ matches: _, resolved: __, ...rule }) => rule)
  }

  /** True when there was such a rule and is no more. */
  delete(id: string): boolean {
    const before = this.#entries.length
    this.#entries = this.#entries.filter((entry) => entry.id !== id)
    return this.#entries.length < before
  }

  /** Removes all rules, or those of one organisation. */
  clear(orgId?: string): void {
    this.#entries = orgId === undefined ? [] : this.#entries.filter((entry) => entry.orgId !== orgId)
  }

  /** The scenario of a name. Throws UnknownScenarioError. */
  named(name: string, orgId: string | null): Scenario {
    const own = this.#inForce(orgId).find((entry) => entry.name === name)
    if (own !== undefined) return own.resolved
    if (Object.hasOwn(builtInScenarios, name)) return builtInScenarios[name as keyof typeof builtInScenarios]
    throw new UnknownScenarioError(`unknown scenario ${name}; known are ${this.names(orgId).join(', ')}`)
  }

  /** Every name that a session of the organisation can choose. */
  names(orgId: string | null): string[] {
    const own = this.#inForce(orgId).flatMap(({ name }) => (name === undefined ? [] : [name]))
    return [...new Set([...own, ...Object.keys(builtInScenarios)])]
  }

  /**
   * The scenario for a new session: the one that its prompt names, else that of the first rule that matches, else the
   * default one. Throws UnknownScenarioError.
   */
  choose(candidate: Candidate, orgId: string): Scenario {
    const [, marked] = MARKER.exec(candidate.prompt) ?? []
    if (marked !== undefined) return this.named(marked, orgId)
    const entry = this.#inForce(orgId).find(({ matches }) => matches(candidate))
    return entry?.resolved ?? builtInScenarios.default
  }

  #inForce(orgId: string | null): Entry[] {
    const forAll = this.#entries.filter((entry) => entry.orgId === null)
    return orgId === null ? forAll : [...this.#entries.filter((entry) => entry.orgId === orgId), ...forAll]
  }
}

/** A rule that has a name and no match is for those alone that name it. */
function compileMatch({ name, match }: Rule): (candidate: Candidate) => boolean {
  if (match === undefined) return () => name === undefined
  const { prompt, title, tag } = match
  const tests: ((candidate: Candidate) => boolean)[] = []
  if (prompt !== undefined) {
    const test = compilePattern(prompt)
    tests.push((candidate) => test(candidate.prompt))
  }
  if (title !== undefined) {
    const test = compilePattern(title)
    tests.push((candidate) => candidate.title !== null && test(candidate.title))
  }
  if (tag !== undefined) {
    const test = compilePattern(tag)
    tests.push((candidate) => candidate.tags.some(test))
  }
  return (candidate) => tests.every((test) => test(candidate))
}
