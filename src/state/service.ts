import type { KeyRing, RegisteredKey } from '../auth/keys.ts'
import type { ClockSettings, ClockState } from '../base/clock.ts'
import type { ValidationIssue } from '../fastapi/errors.ts'
import type { Universes } from '../organization/organizations.ts'
import type { NewState, ServerState } from '../organization/state.ts'
import { sizeOfRules } from '../simulation/scenario-rules.ts'

/** What is wrong with a document, with the place of each fault. */
export interface Refused {
  readonly issues: readonly ValidationIssue[]
}

/** Takes hold of the whole state of a server and puts it back: for resets, snapshots, documents and seeds. */
export class StateKeeper {
  readonly #universes: Universes
  readonly #keys: KeyRing
  #baseline: NewState = { universes: [] }
  /** What the seed said of clocks, by organisation, with undefined for the server's own. */
  readonly #seededClocks = new Map<string | undefined, ClockSettings>()

  constructor(services: { universes: Universes; keys: KeyRing }) {
    this.#universes = services.universes
    this.#keys = services.keys
    services.keys.countIn(services.universes.quota)
  }

  /** Everything as it is now, or one organisation, whether anybody has asked for it or not. Makes nothing. */
  async capture(orgId?: string): Promise<ServerState> {
    const { clock, ids, scenarios } = this.#universes
    const keys = this.#keys.capture(orgId)
    const universes =
      orgId === undefined ? this.#universes.kept() : [this.#universes.find(orgId) ?? []].flat()
    // An organisation that has a key is there, also when nobody has asked for anything of it yet.
    const named = new Set([...keys.registered.values()].map((principal) => principal.orgId))
    if (orgId !== undefined) named.add(orgId)
    for (const universe of universes) named.delete(universe.orgId)
    // Everything is asked for before anything is awaited, so that it is of one moment.
    const captured = [
      ...universes.map((universe) => this.#universes.capture(universe)),
      ...[...named].map((one) => this.#universes.untouched(one)),
    ]
    const rules = scenarios.capture()
    const state = {
      clock: clock.state(),
      idsGiven: ids.given,
      scenarios: rules.filter((rule) => isOf(orgId, rule.orgId)),
      renamed: new Set(rules.flatMap(({ name }) => name ?? [])),
      keys,
    }
    return { ...state, universes: await Promise.all(captured) }
  }

  /** Puts a state in the place of what is: all of it, or what it has of one organisation. */
  async restore(state: NewState, orgId?: string): Promise<void> {
    const { clock, ids, scenarios, faults, journals } = this.#universes
    if (orgId === undefined) {
      faults.restart()
      // First, since the clocks of universes follow it in what they do not say.
      if (state.clock !== undefined) clock.adjust(state.clock)
      ids.given = state.idsGiven ?? ids.given
      if (state.scenarios !== undefined) scenarios.restore(state.scenarios)
    } else if (state.scenarios !== undefined) {
      scenarios.restoreOf(
        orgId,
        state.scenarios.filter((rule) => rule.orgId === orgId),
      )
    }
    journals.restart(orgId)
    if (state.keys !== undefined) this.#keys.restore(state.keys, orgId)
    const universes = new Map(state.universes.map((universe) => [universe.orgId, universe]))
    const gone = this.#universes.all().filter((universe) => !universes.has(universe.orgId))
    // Everything is begun before anything is awaited, so that no request meets one half of it.
    await Promise.all([
      ...gone
        .filter((universe) => isOf(orgId, universe.orgId))
        .map((one) => this.#universes.forget(one.orgId)),
      ...[...universes.values()]
        .filter((universe) => isOf(orgId, universe.orgId))
        .map((universe) => this.#universes.restore(universe)),
    ])
  }

  /** Makes what is now what a reset goes back to, and the organisations that have a key but nothing else. */
  async keepBaseline(): Promise<void> {
    const baseline = await this.capture()
    const missing = baseline.universes.filter(({ orgId }) => this.#universes.find(orgId) === undefined)
    await Promise.all(missing.map((universe) => this.#universes.restore(universe)))
    this.#baseline = baseline
  }

  /** Back to the baseline, clocks and id sequences as at the start: all, or one organisation. */
  async reset(orgId?: string): Promise<void> {
    const clock = { ...this.#universes.startClock().state(), ...this.#seededClocks.get(undefined) }
    const universes = this.#baseline.universes.map((universe) => ({
      ...universe,
      clock: { ...clock, ...this.#seededClocks.get(universe.orgId) },
    }))
    // An organisation that the baseline does not have keeps its name, but nothing else: without one, it is forgotten.
    if (orgId !== undefined && !universes.some((universe) => universe.orgId === orgId)) {
      const { name = orgId } = this.#universes.find(orgId) ?? {}
      const isForgotten = name === orgId && areAlike(clock, this.#universes.clock.state())
      if (!isForgotten) universes.push({ ...this.#universes.untouched(orgId), name, clock })
    }
    await this.restore({ ...this.#baseline, clock, universes }, orgId)
  }

  /**
   * Puts what a document says in the place of what is: all of it, or one organisation's. Gives what is wrong with it instead.
   * Throws StoreFullError.
   */
  async replace(input: unknown, at: ValidationIssue['loc'], orgId?: string): Promise<Refused | undefined> {
    const { decodeState } = await import('./decode.ts')
    const decoded = await decodeState(input, at, { universes: this.#universes, keys: this.#keys, orgId })
    if ('issues' in decoded) return decoded
    this.#demandRoom(decoded.state, orgId)
    await this.restore(decoded.state, orgId)
    return undefined
  }

  /** Throws StoreFullError for a document with which more would be kept than now, and more than there is room for. */
  #demandRoom({ universes, scenarios, keys }: NewState, orgId: string | undefined): void {
    const replaced = orgId === undefined ? this.#universes.all().map((one) => one.orgId) : [orgId]
    const records = this.#universes.sizesOf(
      replaced,
      universes.filter((universe) => isOf(orgId, universe.orgId)),
    )
    let more = records.after - records.before
    if (scenarios !== undefined) {
      more += sizeOfRules(scenarios.filter((rule) => isOf(orgId, rule.orgId)))
      more -= this.#universes.scenarios.bytesOf(orgId)
    }
    if (keys !== undefined) more += this.#keys.bytesMoreWith(keys, orgId)
    this.#universes.quota.demand(more)
  }

  /** Adds what a seed says to what is, and gives its keys; or gives what is wrong with it instead. */
  async seed(input: unknown): Promise<{ keys: readonly RegisteredKey[] } | Refused> {
    const { decodeState } = await import('./decode.ts')
    const decoded = await decodeState(input, [], { universes: this.#universes, keys: this.#keys, adds: true })
    if ('issues' in decoded) return decoded
    const { clock, universes } = decoded.state
    if (clock !== undefined) this.#seededClocks.set(undefined, clock)
    for (const universe of universes) this.#seededClocks.set(universe.orgId, universe.clock)
    await this.restore(decoded.state)
    return decoded
  }
}

/** How far apart clocks may be that count as alike, in microseconds: they are looked at one after the other. */
const ALIKE_MICROS = 10_000

/** Whether two clocks show the same and go on alike. */
function areAlike(one: ClockState, other: ClockState): boolean {
  const isAlike = (['frozen', 'speed', 'instant'] as const).every((member) => one[member] === other[member])
  return isAlike && Math.abs(one.now - other.now) <= ALIKE_MICROS
}

/** Whether something of an organisation is meant where `orgId` is asked for; undefined asks for all. */
function isOf(orgId: string | undefined, owner: string | null): boolean {
  return orgId === undefined || owner === orgId
}
