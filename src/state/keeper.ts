import type { KeyRing, RegisteredKey } from '../auth/keys.ts'
import type { ClockSettings } from '../clock.ts'
import type { ValidationIssue } from '../fastapi/errors.ts'
import type { Universes } from '../universe.ts'
import type { NewState, ServerState } from './types.ts'

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
  }

  /** Everything as it is now, or what there is of one organisation. */
  async capture(orgId?: string): Promise<ServerState> {
    const { clock, ids, scenarios } = this.#universes
    const keys = this.#keys.capture(orgId)
    // Whoever has a key has an organisation, also when he has not asked for anything yet.
    for (const principal of keys.registered.values()) this.#universes.of(principal.orgId)
    const universes = this.#universes.all().filter((universe) => isOf(orgId, universe.orgId))
    // Everything is asked for before anything is awaited, so that it is of one moment.
    const captured = universes.map((universe) => this.#universes.capture(universe))
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
      journals.unowned.clear()
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

  /** Makes what is now what a reset goes back to. */
  async keepBaseline(): Promise<void> {
    this.#baseline = await this.capture()
  }

  /** Back to the baseline, clocks and id sequences as at the start: all, or one organisation. */
  async reset(orgId?: string): Promise<void> {
    const clock = { ...this.#universes.startClock().state(), ...this.#seededClocks.get(undefined) }
    const universes = this.#baseline.universes.map((universe) => ({
      ...universe,
      clock: { ...clock, ...this.#seededClocks.get(universe.orgId) },
    }))
    // An organisation that the baseline does not have keeps its name, but nothing else.
    if (orgId !== undefined && !universes.some((universe) => universe.orgId === orgId)) {
      const { name } = this.#universes.of(orgId)
      universes.push({ orgId, name, clock, idsGiven: 0, records: NO_RECORDS })
    }
    await this.restore({ ...this.#baseline, clock, universes }, orgId)
  }

  /** Puts what a document says in the place of what is: all of it, or one organisation's. Gives what is wrong with it instead. */
  async replace(input: unknown, at: ValidationIssue['loc'], orgId?: string): Promise<Refused | undefined> {
    const { decodeState } = await import('./decode.ts')
    const decoded = await decodeState(input, at, { universes: this.#universes, keys: this.#keys, orgId })
    if ('issues' in decoded) return decoded
    await this.restore(decoded.state, orgId)
    return undefined
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

const NO_RECORDS = {
  secrets: [],
  sessions: [],
  attachments: [],
  knowledge: [],
  folders: [],
  playbooks: [],
  auditLog: [],
} as const

/** Whether something of an organisation is meant where `orgId` is asked for; undefined asks for all. */
function isOf(orgId: string | undefined, owner: string | null): boolean {
  return orgId === undefined || owner === orgId
}
