import type { KeyRegistry, RegisteredKey } from '../auth/keys.ts'
import type { ClockSettings, ClockState } from '../base/clock.ts'
import type { ValidationIssue } from '../fastapi/errors.ts'
import type { Organizations } from '../organization/organizations.ts'
import type { NewState, ServerState } from '../organization/state.ts'
import { sizeOfRules } from '../simulation/scenario-rules.ts'

/** What is wrong with a document, with the place of each fault. */
export interface Invalid {
  readonly issues: readonly ValidationIssue[]
}

/** Takes hold of the whole state of a server and puts it back: for resets, snapshots, documents and seeds. */
export class StateService {
  readonly #organizations: Organizations
  readonly #keys: KeyRegistry
  #baseline: NewState = { organizations: [] }
  /** What the seed said of clocks, by organization, with undefined for the server's own. */
  readonly #seededClocks = new Map<string | undefined, ClockSettings>()

  constructor(services: { organizations: Organizations; keys: KeyRegistry }) {
    this.#organizations = services.organizations
    this.#keys = services.keys
    services.keys.countIn(services.organizations.quota)
  }

  /** Everything as it is now, or one organization, whether anybody has asked for it or not. Makes nothing. */
  async capture(orgId?: string): Promise<ServerState> {
    const { clock, ids, scenarios } = this.#organizations
    const keys = this.#keys.capture(orgId)
    const organizations =
      orgId === undefined ? this.#organizations.kept() : [this.#organizations.find(orgId) ?? []].flat()
    // An organization that has a key is there, also when nobody has asked for anything of it yet.
    const named = new Set([...keys.registered.values()].map((principal) => principal.orgId))
    if (orgId !== undefined) named.add(orgId)
    for (const organization of organizations) named.delete(organization.orgId)
    // Everything is asked for before anything is awaited, so that it is of one moment.
    const captured = [
      ...organizations.map((organization) => this.#organizations.capture(organization)),
      ...[...named].map((one) => this.#organizations.untouched(one)),
    ]
    const rules = scenarios.capture()
    const state = {
      clock: clock.state(),
      idsGiven: ids.issued,
      scenarios: rules.filter((rule) => isOf(orgId, rule.orgId)),
      renamed: new Set(rules.flatMap(({ name }) => name ?? [])),
      keys,
    }
    return { ...state, organizations: await Promise.all(captured) }
  }

  /** Puts a state in the place of what is: all of it, or what it has of one organization. */
  async restore(state: NewState, orgId?: string): Promise<void> {
    const { clock, ids, scenarios, faults, journals } = this.#organizations
    if (orgId === undefined) {
      faults.reset()
      // First, since the clocks of organizations follow it in what they do not say.
      if (state.clock !== undefined) clock.adjust(state.clock)
      ids.issued = state.idsGiven ?? ids.issued
      if (state.scenarios !== undefined) scenarios.restore(state.scenarios)
    } else if (state.scenarios !== undefined) {
      scenarios.restoreOf(
        orgId,
        state.scenarios.filter((rule) => rule.orgId === orgId),
      )
    }
    journals.restart(orgId)
    if (state.keys !== undefined) this.#keys.restore(state.keys, orgId)
    const organizations = new Map(
      state.organizations.map((organization) => [organization.orgId, organization]),
    )
    const gone = this.#organizations.all().filter((organization) => !organizations.has(organization.orgId))
    // Everything is begun before anything is awaited, so that no request meets one half of it.
    await Promise.all([
      ...gone
        .filter((organization) => isOf(orgId, organization.orgId))
        .map((one) => this.#organizations.remove(one.orgId)),
      ...[...organizations.values()]
        .filter((organization) => isOf(orgId, organization.orgId))
        .map((organization) => this.#organizations.restore(organization)),
    ])
  }

  /** Makes what is now what a reset goes back to, and the organizations that have a key but nothing else. */
  async captureBaseline(): Promise<void> {
    const baseline = await this.capture()
    const missing = baseline.organizations.filter(
      ({ orgId }) => this.#organizations.find(orgId) === undefined,
    )
    await Promise.all(missing.map((organization) => this.#organizations.restore(organization)))
    this.#baseline = baseline
  }

  /** Back to the baseline, clocks and id sequences as at the start: all, or one organization. */
  async reset(orgId?: string): Promise<void> {
    const clock = { ...this.#organizations.startClock().state(), ...this.#seededClocks.get(undefined) }
    const organizations = this.#baseline.organizations.map((organization) => ({
      ...organization,
      clock: { ...clock, ...this.#seededClocks.get(organization.orgId) },
    }))
    // An organization that the baseline does not have keeps its name, but nothing else: without one, it is forgotten.
    if (orgId !== undefined && !organizations.some((organization) => organization.orgId === orgId)) {
      const { name = orgId } = this.#organizations.find(orgId) ?? {}
      const isForgotten = name === orgId && areAlike(clock, this.#organizations.clock.state())
      if (!isForgotten) organizations.push({ ...this.#organizations.untouched(orgId), name, clock })
    }
    await this.restore({ ...this.#baseline, clock, organizations }, orgId)
  }

  /**
   * Puts what a document says in the place of what is: all of it, or one organization's. Gives what is wrong with it instead.
   * Throws StoreFullError.
   */
  async replace(input: unknown, at: ValidationIssue['loc'], orgId?: string): Promise<Invalid | undefined> {
    const { decodeState } = await import('./decode.ts')
    const decoded = await decodeState(input, at, {
      organizations: this.#organizations,
      keys: this.#keys,
      orgId,
    })
    if ('issues' in decoded) return decoded
    this.#demandRoom(decoded.state, orgId)
    await this.restore(decoded.state, orgId)
    return undefined
  }

  /** Throws StoreFullError for a document with which more would be kept than now, and more than there is room for. */
  #demandRoom({ organizations, scenarios, keys }: NewState, orgId: string | undefined): void {
    const replaced = orgId === undefined ? this.#organizations.all().map((one) => one.orgId) : [orgId]
    const records = this.#organizations.sizesOf(
      replaced,
      organizations.filter((organization) => isOf(orgId, organization.orgId)),
    )
    let more = records.after - records.before
    if (scenarios !== undefined) {
      more += sizeOfRules(scenarios.filter((rule) => isOf(orgId, rule.orgId)))
      more -= this.#organizations.scenarios.bytesOf(orgId)
    }
    if (keys !== undefined) more += this.#keys.bytesMoreWith(keys, orgId)
    this.#organizations.quota.demand(more)
  }

  /** Adds what a seed says to what is, and gives its keys; or gives what is wrong with it instead. */
  async seed(input: unknown): Promise<{ keys: readonly RegisteredKey[] } | Invalid> {
    const { decodeState } = await import('./decode.ts')
    const decoded = await decodeState(input, [], {
      organizations: this.#organizations,
      keys: this.#keys,
      adds: true,
    })
    if ('issues' in decoded) return decoded
    const { clock, organizations } = decoded.state
    if (clock !== undefined) this.#seededClocks.set(undefined, clock)
    for (const organization of organizations) this.#seededClocks.set(organization.orgId, organization.clock)
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

/** Whether something of an organization is meant where `orgId` is asked for; undefined asks for all. */
function isOf(orgId: string | undefined, owner: string | null): boolean {
  return orgId === undefined || owner === orgId
}
