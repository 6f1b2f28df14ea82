import type { KeyRing, KeyRingState } from '../auth/keys.ts'
import type { ValidationIssue } from '../fastapi/errors.ts'
import type { Ids } from '../ids.ts'
import type { Universes } from '../universe.ts'
import { type DecodedState, decodeState } from './decode.ts'
import type { ServerState, UniverseState } from './types.ts'

/** Takes hold of the whole state of a server and puts it back: for resets, snapshots, documents and seeds. */
export class StateKeeper {
  readonly #universes: Universes
  readonly #keys: KeyRing
  #baseline: Omit<ServerState, 'clock'>

  constructor(services: { universes: Universes; keys: KeyRing }) {
    this.#universes = services.universes
    this.#keys = services.keys
    this.#baseline = {
      idsGiven: this.#universes.ids.given,
      universes: [],
      scenarios: [],
      keys: this.#keys.capture(),
    }
  }

  /** Everything, as it is now. */
  async capture(): Promise<ServerState> {
    const universes: UniverseState[] = []
    for (const { orgId } of this.#universes.all()) universes.push(await this.#universes.capture(orgId))
    return {
      clock: this.#universes.clock.state(),
      idsGiven: this.#universes.ids.given,
      universes,
      scenarios: this.#universes.scenarios.capture(),
      keys: this.#keys.capture(),
    }
  }

  /** Puts a captured state in the place of what is: all of it, or one organisation's. */
  async restore(state: ServerState, orgId?: string): Promise<void> {
    await this.#replaceUniverses(state.universes, orgId)
    if (orgId !== undefined) return
    this.#universes.clock.adjust(state.clock)
    this.#universes.restartIds(state.idsGiven)
    this.#universes.scenarios.restore(state.scenarios)
    this.#keys.restore(state.keys)
  }

  /** Makes what is now what a reset goes back to. */
  async keepBaseline(): Promise<void> {
    this.#baseline = await this.capture()
  }

  /** Back to the baseline, clocks and id sequences as at the start: all, or one organisation. */
  async reset(orgId?: string): Promise<void> {
    const baseline = this.#baseline
    const clock = this.#universes.startClock().state()
    const universes = baseline.universes.map((universe) => ({ ...universe, clock }))
    await this.restore({ ...baseline, universes, clock }, orgId)
    const rules = baseline.scenarios.filter((rule) => rule.orgId === orgId)
    if (orgId !== undefined) this.#universes.scenarios.restoreOf(orgId, rules)
  }

  /** Puts what a document says in the place of what is: all of it, or one organisation's. Gives what is wrong with it instead. */
  async replace(
    input: unknown,
    at: ValidationIssue['loc'],
    orgId?: string,
  ): Promise<readonly ValidationIssue[]> {
    const decoded = await this.#decode(input, at)
    if ('issues' in decoded) return decoded.issues
    const { universes, clock, idsGiven, scenarios, keys, revoked } = decoded.state
    await this.#replaceUniverses(universes, orgId)
    if (orgId !== undefined) return []
    if (clock !== undefined) this.#universes.clock.adjust(clock)
    if (idsGiven !== undefined) this.#universes.restartIds(idsGiven)
    if (scenarios !== undefined) this.#universes.scenarios.restore(scenarios)
    if (keys !== undefined || revoked !== undefined) this.#replaceKeys(keys ?? [], revoked ?? [])
    return []
  }

  /** Adds what a seed says to what is. Gives what is wrong with it instead. */
  async seed(
    input: unknown,
  ): Promise<{ keys: DecodedState['keys'] } | { issues: readonly ValidationIssue[] }> {
    const decoded = await this.#decode(input, [])
    if ('issues' in decoded) return decoded
    const { universes, clock, idsGiven, scenarios = [], keys = [], revoked = [] } = decoded.state
    if (clock !== undefined) this.#universes.clock.adjust(clock)
    if (idsGiven !== undefined) this.#universes.restartIds(idsGiven)
    for (const rule of scenarios) this.#universes.scenarios.add(rule, rule.orgId, rule.id)
    for (const universe of universes) await this.#universes.restore(universe)
    for (const key of keys) this.#keys.register(key)
    for (const key of revoked) this.#keys.revoke(key)
    return { keys }
  }

  #decode(input: unknown, at: ValidationIssue['loc']) {
    return decodeState(input, at, {
      clock: this.#universes.clock.state(),
      ids: (owner: string, start?: number): Ids => this.#universes.idsOf(owner, start),
      scenarios: this.#universes.scenarios.capture(),
    })
  }

  async #replaceUniverses(universes: readonly UniverseState[], only: string | undefined): Promise<void> {
    const isMeant = ({ orgId }: { orgId: string }) => only === undefined || orgId === only
    for (const universe of this.#universes.all().filter(isMeant)) await this.#universes.forget(universe.orgId)
    for (const universe of universes.filter(isMeant)) await this.#universes.restore(universe)
  }

  #replaceKeys(keys: NonNullable<DecodedState['keys']>, revoked: readonly string[]): void {
    this.#keys.restore(NO_KEYS)
    for (const key of keys) this.#keys.register(key)
    for (const key of revoked) this.#keys.revoke(key)
  }
}

const NO_KEYS: KeyRingState = { registered: new Map(), revoked: new Set() }
