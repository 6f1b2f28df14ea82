import type { KeyRegistry } from '../auth/keys.ts'
import type { ClockSettings, ClockState } from '../base/clock.ts'
import type { ValidationIssue } from '../fastapi/errors.ts'
import { listOf } from '../fastapi/list-of.ts'
import { catchUpAll } from '../organization/catch-up.ts'
import type { Organizations } from '../organization/organizations.ts'
import { type NewState, newState, type ServerState } from '../organization/state.ts'
import { sizeOfRules } from '../simulation/scenario-rules.ts'

/** The issues of an invalid document, with their locations. */
export interface Invalid {
  readonly issues: readonly ValidationIssue[]
}

/** The state that resets restore. */
export interface Baseline {
  readonly state: NewState
  /** The clock settings of the seed, by organization; undefined for the server's own. */
  readonly seededClocks: ReadonlyMap<string | undefined, ClockSettings>
}

/** Captures and restores the state of a server, for resets, snapshots, state documents and seeds. */
export class StateService {
  readonly #organizations: Organizations
  readonly #keys: KeyRegistry
  /** The state that resets restore. Replaced by the one in the database, if there is a database. */
  baseline: Baseline = { state: { organizations: [] }, seededClocks: new Map() }

  constructor(services: { organizations: Organizations; keys: KeyRegistry }) {
    this.#organizations = services.organizations
    this.#keys = services.keys
    services.keys.attach(services.organizations)
  }

  /** Returns the current state of the server or of one organization, which need not exist. Creates nothing. */
  async capture(orgId?: string): Promise<ServerState> {
    const { answers, clock, ids, scenarios } = this.#organizations
    const keys = this.#keys.capture(orgId)
    const organizations =
      orgId === undefined ? this.#organizations.kept() : listOf(this.#organizations.find(orgId))
    // Organizations with a key are included even if they were never used, but not because of a service user: those have records.
    const registered = [...keys.registered.values()].filter(({ roles }) => roles === undefined)
    const named = new Set(registered.map((principal) => principal.orgId))
    if (orgId !== undefined) named.add(orgId)
    for (const organization of organizations) named.delete(organization.orgId)
    // All captures start before anything is awaited, so they show the same moment.
    const captured = [
      ...organizations.map((organization) => this.#organizations.capture(organization)),
      ...[...named].map((one) => newState(one, clock.state())),
    ]
    const rules = scenarios.capture()
    const state = {
      clock: clock.state(),
      answers: answers.own ?? {},
      idsIssued: ids.issued,
      scenarios: rules.filter((rule) => isOf(orgId, rule.orgId)),
      overriddenNames: new Set(rules.flatMap(({ name }) => name ?? [])),
      keys,
    }
    return { ...state, organizations: await Promise.all(captured) }
  }

  /** Returns the state as clients see it: due schedules have run, and sessions are suspended whose limit is reached. */
  async current(orgId?: string): Promise<ServerState> {
    const organizations = this.#organizations.all().filter((organization) => isOf(orgId, organization.orgId))
    await catchUpAll(this.#organizations, organizations)
    return this.capture(orgId)
  }

  /** Replaces the current state, or that of one organization. */
  async restore(state: NewState, orgId?: string): Promise<void> {
    const { answers, clock, ids, scenarios, faults, journals, events } = this.#organizations
    if (orgId === undefined) {
      faults.reset()
      this.#organizations.deleted.clear()
      // First, since the clocks of organizations inherit the settings that they omit.
      if (state.clock !== undefined) clock.adjust(state.clock)
      if (state.answers !== undefined) answers.replace(state.answers)
      ids.issued = state.idsIssued ?? ids.issued
    }
    if (state.scenarios !== undefined) scenarios.restore(state.scenarios, orgId)
    journals.restart(orgId)
    if (state.keys !== undefined) this.#keys.restore(state.keys, orgId)
    const restored = state.organizations.filter((one) => isOf(orgId, one.orgId))
    const kept = new Set(restored.map((one) => one.orgId))
    const removed = this.#organizations.all().filter((one) => isOf(orgId, one.orgId) && !kept.has(one.orgId))
    // All changes start before anything is awaited, so no request sees a partially restored state.
    await Promise.all([
      ...removed.map((one) => this.#organizations.remove(one.orgId)),
      ...restored.map((one) => this.#organizations.restore(one)),
    ])
    events.live?.publish({ kind: 'reset', org_id: orgId ?? null })
  }

  /** Makes the current state the baseline of resets. Creates organizations that so far have only a key. */
  async captureBaseline(): Promise<void> {
    const state = await this.capture()
    const missing = state.organizations.filter(({ orgId }) => this.#organizations.find(orgId) === undefined)
    await Promise.all(missing.map((organization) => this.#organizations.restore(organization)))
    this.baseline = { ...this.baseline, state }
    this.#organizations.changes.tracker?.mark('baseline', '', '')
  }

  /** Restores the baseline, of the server or of one organization. Clocks and id sequences are as at the start. */
  async reset(orgId?: string): Promise<void> {
    const { state, seededClocks } = this.baseline
    const clock = { ...this.#organizations.startClock().state(), ...seededClocks.get(undefined) }
    const organizations = state.organizations.map((organization) => ({
      ...organization,
      clock: { ...clock, ...seededClocks.get(organization.orgId) },
    }))
    // An organization that is not in the baseline keeps only its name. Without a name it is removed. A deleted one stays deleted.
    if (orgId !== undefined && !organizations.some((organization) => organization.orgId === orgId)) {
      const { name = orgId } = this.#organizations.find(orgId) ?? {}
      const isNew = name === orgId && clocksMatch(clock, this.#organizations.clock.state())
      if (!isNew && !this.#organizations.deleted.has(orgId))
        organizations.push({ ...newState(orgId, clock), name })
    }
    // A baseline that an earlier version has stored has no answers.
    await this.restore({ answers: {}, ...state, clock, organizations }, orgId)
  }

  /**
   * Replaces the current state, or that of one organization, by a document. Returns the issues of an invalid document. Throws
   * StoreFullError.
   */
  async replace(input: unknown, at: ValidationIssue['loc'], orgId?: string): Promise<Invalid | undefined> {
    const { decodeState } = await import('./decode.ts')
    const decoded = await decodeState(input, at, {
      organizations: this.#organizations,
      keys: this.#keys,
      orgId,
    })
    if ('issues' in decoded) return decoded
    this.#ensureQuota(decoded, orgId)
    await this.restore(decoded, orgId)
    return undefined
  }

  /** Throws StoreFullError if the new state takes more memory than the current one and exceeds the quota. */
  #ensureQuota({ organizations, scenarios, keys }: NewState, orgId: string | undefined): void {
    const replaced = orgId === undefined ? this.#organizations.all().map((one) => one.orgId) : [orgId]
    let more = -this.#organizations.bytesOf(replaced)
    for (const state of organizations) if (isOf(orgId, state.orgId)) more += state.bytes
    if (scenarios !== undefined) {
      more += sizeOfRules(scenarios.filter((rule) => isOf(orgId, rule.orgId)))
      more -= this.#organizations.scenarios.bytesOf(orgId)
    }
    if (keys !== undefined) more += this.#keys.additionalBytes(keys, orgId)
    this.#organizations.quota.ensure(more)
  }

  /** Adds a seed to the current state. Returns the issues of an invalid seed. */
  async seed(input: unknown): Promise<Invalid | undefined> {
    const { decodeState } = await import('./decode.ts')
    const decoded = await decodeState(input, [], {
      organizations: this.#organizations,
      keys: this.#keys,
      adds: true,
    })
    if ('issues' in decoded) return decoded
    const { clock, organizations } = decoded
    const seededClocks = new Map(this.baseline.seededClocks)
    if (clock !== undefined) seededClocks.set(undefined, clock)
    for (const organization of organizations) seededClocks.set(organization.orgId, organization.clock)
    this.baseline = { ...this.baseline, seededClocks }
    await this.restore(decoded)
    return undefined
  }
}

/** The maximum difference between matching clocks, in microseconds: they are read one after the other. */
const CLOCK_TOLERANCE_MICROS = 10_000

/** Returns whether two clocks show the same time and have the same settings. */
function clocksMatch(one: ClockState, other: ClockState): boolean {
  const isSame = (['frozen', 'speed', 'instant'] as const).every((member) => one[member] === other[member])
  return isSame && Math.abs(one.now - other.now) <= CLOCK_TOLERANCE_MICROS
}

/** Returns whether `orgId` selects something that belongs to `owner`; undefined selects everything. */
function isOf(orgId: string | undefined, owner: string | null): boolean {
  return orgId === undefined || owner === orgId
}
