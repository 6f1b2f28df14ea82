import type { Ids } from '../base/ids.ts'
import { contentOf, type Quota } from '../base/quota.ts'
import { ownTurn } from '../fastapi/turns.ts'
import { compilePattern } from './patterns.ts'
import type { Match, Scenario } from './scenario.ts'
import { builtInScenarios } from './scenarios.ts'
import { within } from './time-limit.ts'

/** How many rules can be added of one organization, or for all. */
export const RULES_MAX = 1_000

/** What a rule takes besides its texts, in bytes. */
const RULE_BYTES = 1_000

/** What rules take in memory, in bytes. */
export function sizeOfRules(rules: Iterable<Rule>): number {
  let bytes = 0
  for (const rule of rules) bytes += sizeOfRule(rule)
  return bytes
}

function sizeOfRule({ name, match, scenario }: Rule): number {
  return RULE_BYTES + contentOf([name, match, scenario])
}

/** A rule that was checked. */
export interface Rule {
  readonly name: string | undefined
  readonly match: Match | undefined
  /** The name of a scenario, or the scenario itself. */
  readonly scenario: string | Scenario
}

/** A rule that is in force. */
export interface ActiveRule extends Rule {
  readonly id: string
  /** Null for all organizations. */
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

/** How people who reach nothing but the prompt choose a scenario: `[fake:blocked-then-finished]`. Bounded, to be linear. */
const MARKER = /\[fake:([^[\]\n]{1,100})\]/

/** How many of a session's tags are looked at. */
const SEARCHED_TAGS_MAX = 100

/** Rules with regular expressions are tried in slices of so many milliseconds, and of so many slices. */
const SLICE_MS_MAX = 50
const SLICES_MAX = 40

type Entry = ActiveRule & {
  /** What it takes in memory. */
  readonly bytes: number
  readonly matches: (candidate: Candidate) => boolean
  /** Whether it uses a regular expression, and so may have to be stopped. */
  readonly usesExpression: boolean
  /** The scenario that the rule names, looked up when it was loaded, so that rules cannot name each other in a circle. */
  readonly resolved: Scenario
}

/** Which scenario plays for which session. */
export class ScenarioRules {
  readonly #ids: Ids
  /** By organization, with null for the rules for all. */
  readonly #entries = new Map<string | null, Entry[]>([[null, []]])

  readonly #quota: Quota | undefined

  /** What the rules take counts in `quota`. Default: it counts nowhere. */
  constructor(ids: Ids, quota?: Quota) {
    this.#ids = ids
    this.#quota = quota
  }

  /** The same as `add`, but undefined when there are `RULES_MAX` rules. Throws also StoreFullError. */
  admit(rule: Rule, orgId: string | null): ActiveRule | undefined {
    if ((this.#entries.get(orgId)?.length ?? 0) >= RULES_MAX) return undefined
    this.#quota?.demand(sizeOfRule(rule))
    return this.add(rule, orgId)
  }

  /** Adds a rule after those there are, whether there is room or not. Throws UnknownScenarioError. */
  add(rule: Rule, orgId: string | null = null, id = `scenario-${this.#ids.hex()}`): ActiveRule {
    const { name, match, scenario } = rule
    const resolved = typeof scenario === 'string' ? this.named(scenario, orgId) : scenario
    const loaded = { id, orgId, name, match, scenario }
    const entries = this.#entries.get(orgId) ?? []
    const bytes = sizeOfRule(rule)
    entries.push({ ...loaded, ...compileMatch(rule), resolved, bytes })
    this.#quota?.add(bytes)
    this.#entries.set(orgId, entries)
    return loaded
  }

  /** The rules in the order in which they are tried: an organization's own come before those for all. */
  list(orgId?: string): ActiveRule[] {
    return this.#inForce(orgId).map(loadedRule)
  }

  /** All rules, of all organizations, to be restored later: where they name scenarios that are not built in, with those. */
  capture(): ActiveRule[] {
    return [...this.#entries.values()].flat().map((entry) => {
      const { orgId, scenario, resolved } = entry
      // A rule that came later may have named a scenario like one that is built in.
      const meansTheSame =
        typeof scenario === 'string' &&
        builtIn(scenario) === resolved &&
        this.named(scenario, orgId) === resolved
      return { ...loadedRule(entry), scenario: meansTheSame ? scenario : resolved }
    })
  }

  /** Puts captured rules in the place of those there are. Throws UnknownScenarioError. */
  restore(rules: readonly ActiveRule[]): void {
    this.clear()
    for (const rule of rules) this.add(rule, rule.orgId, rule.id)
  }

  /** Puts captured rules in the place of those of one organization. */
  restoreOf(orgId: string, rules: readonly ActiveRule[]): void {
    this.clear(orgId)
    for (const rule of rules) this.add(rule, orgId, rule.id)
  }

  /** What a new rule's names are checked against. */
  knownNames(orgId: string | null) {
    return {
      isKnown: (name: string) => this.#find(name, orgId) !== undefined,
      all: () => this.names(orgId),
      isTaken: (name: string) => this.isTaken(name, orgId),
    }
  }

  /** True when there was such a rule, of anybody or of one organization, and is no more. */
  delete(id: string, orgId?: string): boolean {
    for (const [owner, entries] of this.#entries) {
      if (orgId !== undefined && owner !== orgId) continue
      const index = entries.findIndex((entry) => entry.id === id)
      if (index === -1) continue
      this.#give(entries.splice(index, 1))
      return true
    }
    return false
  }

  /** Removes all rules, or those of one organization. */
  clear(orgId?: string): void {
    for (const [owner, entries] of this.#entries) {
      if (orgId !== undefined && owner !== orgId) continue
      this.#entries.delete(owner)
      this.#give(entries)
    }
  }

  /** What the rules take: all, or those of one organization. */
  bytesOf(orgId?: string): number {
    const lists = orgId === undefined ? [...this.#entries.values()] : [this.#entries.get(orgId) ?? []]
    return lists.flat().reduce((sum, { bytes }) => sum + bytes, 0)
  }

  #give(entries: readonly Entry[]): void {
    for (const { bytes } of entries) this.#quota?.add(-bytes)
  }

  /** The scenario of a name; an organization's own come before those for all, and what is built in last. Throws UnknownScenarioError. */
  named(name: string, orgId: string | null): Scenario {
    const scenario = this.#find(name, orgId)
    if (scenario !== undefined) return scenario
    throw new UnknownScenarioError(`unknown scenario ${name}; known are ${this.names(orgId).join(', ')}`)
  }

  /** Every name that a session of the organization can choose. */
  names(orgId: string | null): string[] {
    const own = this.#inForce(orgId).flatMap(({ name }) => (name === undefined ? [] : [name]))
    return [...new Set([...own, ...Object.keys(builtInScenarios)])]
  }

  /** Whether a rule of this organization, or of those for all, has the name. */
  isTaken(name: string, orgId: string | null): boolean {
    return this.#entries.get(orgId)?.some((entry) => entry.name === name) ?? false
  }

  /**
   * The scenario for a new session: the one that its prompt names, else that of the first rule that matches, else the one
   * named `default`. Rejects with UnknownScenarioError.
   */
  async choose(candidate: Candidate, orgId: string): Promise<Scenario> {
    const [, marked] = MARKER.exec(candidate.prompt) ?? []
    if (marked !== undefined) return this.named(marked.trim(), orgId)
    const tags = candidate.tags.slice(0, SEARCHED_TAGS_MAX)
    const matched = await firstMatch(this.#inForce(orgId), { ...candidate, tags })
    return matched?.resolved ?? this.named('default', orgId)
  }

  #find(name: string, orgId: string | null): Scenario | undefined {
    return this.#inForce(orgId).find((entry) => entry.name === name)?.resolved ?? builtIn(name)
  }

  /** The rules that an organization's sessions are tried on; with null those for all, and without one every rule. */
  #inForce(orgId?: string | null): readonly Entry[] {
    const forAll = this.#entries.get(null) ?? []
    if (orgId === null) return forAll
    if (orgId !== undefined) return [...(this.#entries.get(orgId) ?? []), ...forAll]
    return [...this.#entries].flatMap(([owner, entries]) => (owner === null ? [] : entries)).concat(forAll)
  }
}

/**
 * The first rule that matches; others have their turns of the event loop between slices. A regular expression that goes on and on counts as not matching: the rule at which two slices
 * in a row end is passed over, since the first may have been used up by the rules before it.
 */
async function firstMatch(entries: readonly Entry[], candidate: Candidate): Promise<Entry | undefined> {
  if (!entries.some(({ usesExpression }) => usesExpression)) {
    return entries.find(({ matches }) => matches(candidate))
  }
  let index = 0
  let stoppedAt = -1
  const search = () => {
    while (entries[index]?.matches(candidate) === false) index++
    return index
  }
  for (let slice = 0; slice < SLICES_MAX; slice++) {
    const found = within(SLICE_MS_MAX, search)
    if (found !== null) return entries[found]
    await ownTurn()
    if (index === stoppedAt) index++
    else stoppedAt = index
  }
  return undefined
}

/** A rule that has a name and no match is for those alone that name it. */
function compileMatch({ name, match }: Rule): Pick<Entry, 'matches' | 'usesExpression'> {
  if (match === undefined) return { matches: () => name === undefined, usesExpression: false }
  const [prompt, title, tag] = [match.prompt, match.title, match.tag].map((pattern) =>
    pattern === undefined ? undefined : compilePattern(pattern),
  )
  return {
    matches: (candidate) =>
      (prompt === undefined || prompt.test(candidate.prompt)) &&
      (title === undefined || (candidate.title !== null && title.test(candidate.title))) &&
      (tag === undefined || candidate.tags.some(tag.test)),
    usesExpression: [prompt, title, tag].some((pattern) => pattern?.isExpression),
  }
}

function loadedRule({ id, orgId, name, match, scenario }: Entry): ActiveRule {
  return { id, orgId, name, match, scenario }
}

function builtIn(name: string): Scenario | undefined {
  return Object.hasOwn(builtInScenarios, name)
    ? builtInScenarios[name as keyof typeof builtInScenarios]
    : undefined
}
