import { isDeepStrictEqual } from 'node:util'
import type { ChangeFeed } from '../base/changes.ts'
import type { Ids } from '../base/ids.ts'
import { approximateSize, type Quota } from '../base/quota.ts'
import { withoutApprovals } from './approvals.ts'
import { type Candidate, compileMatch, firstMatch, type Matcher } from './rule-matching.ts'
import type { Match, Scenario } from './scenario.ts'
import { builtInScenarios } from './scenarios.ts'

export type { Candidate } from './rule-matching.ts'

/** The kind of the rows of rules. */
const KIND = 'scenarios'

/** The maximum number of rules of one organization, and of rules for all organizations. */
export const RULES_MAX = 1_000

/** The memory overhead of a rule besides its content, in bytes. */
const RULE_BYTES = 1_000

/** Returns the memory that rules use, in bytes. */
export function sizeOfRules(rules: Iterable<Rule>): number {
  let bytes = 0
  for (const rule of rules) bytes += sizeOfRule(rule)
  return bytes
}

function sizeOfRule({ name, match, scenario }: Rule): number {
  return RULE_BYTES + approximateSize([name, match, scenario])
}

/** A rule that passed its checks. */
export interface Rule {
  readonly name: string | undefined
  readonly match: Match | undefined
  /** The name of a scenario, or the scenario itself. */
  readonly scenario: string | Scenario
}

/** A rule with its id and scope. */
export interface ActiveRule extends Rule {
  readonly id: string
  /** Null for all organizations. */
  readonly orgId: string | null
}

/** Thrown for an unknown scenario name. */
export class UnknownScenarioError extends Error {
  override name = 'UnknownScenarioError'
}

/** The marker that chooses a scenario in a prompt: `[fake:blocked-then-finished]`. Bounded, so that it takes linear time. */
const MARKER = /\[fake:([^[\]\n]{1,100})\]/

/** The maximum number of a session's tags that are searched. */
const SEARCHED_TAGS_MAX = 100

type Entry = StoredRule &
  Matcher & {
    /** The memory that the rule uses. */
    readonly bytes: number
  }

/** A rule in the form in which a database stores it. */
export interface StoredRule extends ActiveRule {
  /** The scenario of the rule. Names are resolved when the rule is added, so that rules cannot form a cycle. */
  readonly resolved: Scenario
  /** Orders the rules of an organization. */
  readonly position: number
}

/** The rules that choose the scenario of a new session. */
export class ScenarioRules {
  readonly #ids: Ids
  /** The rules by organization and id, in their order; null for those of all organizations. */
  readonly #entries = new Map<string | null, Map<string, Entry>>([[null, new Map()]])

  readonly #quota: Quota | undefined
  readonly #changes: ChangeFeed | undefined
  #lastPosition = 0

  /** The memory of the rules counts towards `quota`, and `changes` tracks their changes. Default: neither. */
  constructor(ids: Ids, { quota, changes }: { readonly quota?: Quota; readonly changes?: ChangeFeed } = {}) {
    this.#ids = ids
    this.#quota = quota
    this.#changes = changes
  }

  /**
   * Adds a rule within the limits. Returns undefined if there are already `RULES_MAX` rules. Throws StoreFullError and
   * UnknownScenarioError.
   */
  admit(rule: Rule, orgId: string | null): ActiveRule | undefined {
    if ((this.#entries.get(orgId)?.size ?? 0) >= RULES_MAX) return undefined
    this.#quota?.ensure(sizeOfRule(rule))
    return this.add(rule, orgId)
  }

  /** Adds a rule after the existing ones, regardless of limits. Throws UnknownScenarioError. */
  add(rule: Rule, orgId: string | null = null, id = `scenario-${this.#ids.hex()}`): ActiveRule {
    const { name, match, scenario } = rule
    const resolved = typeof scenario === 'string' ? this.named(scenario, orgId) : scenario
    const active = { id, orgId, name, match, scenario }
    this.put({ ...active, resolved, position: this.#lastPosition + 1 })
    this.#mark(active)
    return active
  }

  /** Adds a stored rule at its position, or replaces the one with its id. */
  put(rule: StoredRule): void {
    const { orgId, id, position } = rule
    this.drop(orgId, id)
    const entries = this.#entries.get(orgId) ?? new Map<string, Entry>()
    const bytes = sizeOfRule(rule)
    entries.set(id, { ...rule, ...compileMatch(rule), bytes })
    this.#quota?.record(bytes)
    this.#entries.set(orgId, position > this.#lastPosition ? entries : inOrder(entries))
    this.#lastPosition = Math.max(this.#lastPosition, position)
  }

  /** Returns a rule as `put` takes it. */
  stored(orgId: string | null, id: string): StoredRule | undefined {
    const entry = this.#entries.get(orgId)?.get(id)
    return entry && { ...toActiveRule(entry), resolved: entry.resolved, position: entry.position }
  }

  /** Removes a stored rule if it exists. */
  drop(orgId: string | null, id: string): void {
    const entries = this.#entries.get(orgId)
    const entry = entries?.get(id)
    if (entry === undefined) return
    entries?.delete(id)
    this.#release([entry])
  }

  #mark({ orgId, id }: Pick<ActiveRule, 'orgId' | 'id'>): void {
    this.#changes?.tracker?.mark(KIND, orgId ?? '', id)
  }

  /** Returns the rules in the order in which they are tried: those of organizations before those for all. */
  list(orgId?: string): ActiveRule[] {
    return this.#applicable(orgId).map(toActiveRule)
  }

  /** Returns all rules for a later restore. Names of scenarios that are not built in are replaced by the scenarios. */
  capture(): ActiveRule[] {
    return this.#all().map((entry) => {
      const { orgId, scenario, resolved } = entry
      // Other rules may have the name of a built-in scenario, and may be restored earlier.
      const isBuiltIn =
        typeof scenario === 'string' &&
        isDeepStrictEqual(builtIn(scenario), resolved) &&
        this.#applicable(orgId).every(
          (other) =>
            other === entry || other.name !== scenario || isDeepStrictEqual(other.resolved, resolved),
        )
      return { ...toActiveRule(entry), scenario: isBuiltIn ? scenario : resolved }
    })
  }

  /** Replaces all rules, or those of one organization, with captured ones. Throws UnknownScenarioError. */
  restore(rules: readonly ActiveRule[], orgId?: string): void {
    this.clear(orgId)
    for (const rule of rules) {
      if (orgId === undefined || rule.orgId === orgId) this.add(rule, rule.orgId, rule.id)
    }
  }

  /** Returns the names that a new rule is checked against. */
  knownNames(orgId: string | null) {
    return {
      isKnown: (name: string) => this.#find(name, orgId) !== undefined,
      all: () => this.names(orgId),
      isTaken: (name: string) => this.isTaken(name, orgId),
    }
  }

  /** Deletes a rule of any organization, or only of the given one. Returns whether the rule existed. */
  delete(id: string, orgId?: string): boolean {
    for (const [owner, entries] of this.#entries) {
      if ((orgId !== undefined && owner !== orgId) || !entries.has(id)) continue
      this.drop(owner, id)
      return true
    }
    return false
  }

  /** Deletes all rules, or those of one organization. */
  clear(orgId?: string): void {
    for (const [owner, entries] of this.#entries) {
      if (orgId !== undefined && owner !== orgId) continue
      this.#entries.delete(owner)
      this.#release(entries.values())
    }
  }

  /** Returns the memory, in bytes, of all rules or of those of one organization. */
  bytesOf(orgId?: string): number {
    const entries = orgId === undefined ? this.#all() : this.#of(orgId)
    return entries.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  #release(entries: Iterable<Entry>): void {
    for (const entry of entries) {
      this.#quota?.record(-entry.bytes)
      this.#mark(entry)
    }
  }

  /**
   * Returns the scenario with the name. The organization's own rules take precedence over those for all organizations, and
   * those over built-in scenarios. Throws UnknownScenarioError.
   */
  named(name: string, orgId: string | null): Scenario {
    const scenario = this.#find(name, orgId)
    if (scenario !== undefined) return scenario
    throw new UnknownScenarioError(`unknown scenario ${name}; known are ${this.names(orgId).join(', ')}`)
  }

  /** Returns every scenario name that a session of the organization can choose. */
  names(orgId: string | null): string[] {
    const own = this.#applicable(orgId).flatMap(({ name }) => (name === undefined ? [] : [name]))
    return [...new Set([...own, ...Object.keys(builtInScenarios)])]
  }

  /** Returns the names of scenarios, also of built-in ones whose approvals are bypassed. */
  namesOf(orgId: string): ReadonlyMap<Scenario, string> {
    const names = new Map<Scenario, string>()
    for (const { name, resolved } of this.#applicable(orgId).toReversed()) {
      if (name !== undefined) names.set(resolved, name)
    }
    // Last, because rules may give them further names.
    for (const [name, scenario] of Object.entries(builtInScenarios)) {
      names.set(scenario, name).set(withoutApprovals(scenario), name)
    }
    return names
  }

  /** Returns whether a rule of the organization, or with null a rule for all organizations, has the name. */
  isTaken(name: string, orgId: string | null): boolean {
    return this.#of(orgId).some((entry) => entry.name === name)
  }

  /**
   * Returns the scenario for a new session: the one named in its prompt, else that of the first matching rule, else the one
   * named `default`. Rejects with UnknownScenarioError.
   */
  async choose(candidate: Candidate, orgId: string): Promise<Scenario> {
    const [, marked] = MARKER.exec(candidate.prompt) ?? []
    if (marked !== undefined) return this.named(marked.trim(), orgId)
    const tags = candidate.tags.slice(0, SEARCHED_TAGS_MAX)
    const matched = await firstMatch(this.#applicable(orgId), { ...candidate, tags })
    return matched?.resolved ?? this.named('default', orgId)
  }

  #find(name: string, orgId: string | null): Scenario | undefined {
    return this.#applicable(orgId).find((entry) => entry.name === name)?.resolved ?? builtIn(name)
  }

  /** Returns the rules that apply to an organization; with null, those for all organizations; with undefined, all rules. */
  #applicable(orgId?: string | null): readonly Entry[] {
    const forAll = this.#of(null)
    if (orgId === null) return forAll
    if (orgId !== undefined) return [...this.#of(orgId), ...forAll]
    return [...this.#entries.keys()]
      .flatMap((owner) => (owner === null ? [] : this.#of(owner)))
      .concat(forAll)
  }

  #of(orgId: string | null): readonly Entry[] {
    return [...(this.#entries.get(orgId)?.values() ?? [])]
  }

  #all(): readonly Entry[] {
    return [...this.#entries.keys()].flatMap((owner) => this.#of(owner))
  }
}

/** Returns the rules in the order of their positions. */
function inOrder(entries: ReadonlyMap<string, Entry>): Map<string, Entry> {
  return new Map([...entries].sort(([, one], [, other]) => one.position - other.position))
}

function toActiveRule({ id, orgId, name, match, scenario }: Entry): ActiveRule {
  return { id, orgId, name, match, scenario }
}

function builtIn(name: string): Scenario | undefined {
  return Object.hasOwn(builtInScenarios, name)
    ? builtInScenarios[name as keyof typeof builtInScenarios]
    : undefined
}
