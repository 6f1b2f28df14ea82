import { Answers } from '../answers/answers.ts'
import { DEFAULT_ORG_ID, ENTERPRISE_ID, mayBeOrgId } from '../auth/principal.ts'
import type { ChangeFeed } from '../base/changes.ts'
import { AdjustableClock, type ClockSettings } from '../base/clock.ts'
import { copyString } from '../base/copy-string.ts'
import type { Ids } from '../base/ids.ts'
import type { Quota } from '../base/quota.ts'
import { RecentlyUsed } from '../base/recently-used.ts'
import type { EventFeed } from '../events/feed.ts'
import { Faults } from '../faults/faults.ts'
import { Journals } from '../journal/journals.ts'
import { contentsOf } from '../resources/index.ts'
import { ScenarioRules } from '../simulation/scenario-rules.ts'
import { sizeOfAll } from '../store/contents.ts'
import { buildOrganization } from './build-organization.ts'
import { DeletedIds } from './deleted-ids.ts'
import { NotFound } from './errors.ts'
import type { Organization, OrganizationServer, OrganizationServices } from './organization.ts'
import { UrlSigner } from './signed-urls.ts'
import { captureState, newIdentity, type OrganizationIdentity, type OrganizationState } from './state.ts'
import { fillStored, type StoredOrganization, storedFrom } from './stored-organization.ts'

export { type Organization, type OrganizationServices, sessionNow } from './organization.ts'

/** The kind of the rows of organizations. */
const KIND = 'organizations'

/** The organizations of one server. Each is created on first use. */
export class Organizations implements OrganizationServer {
  readonly #services: OrganizationServices
  readonly #organizations = new Map<string, Organization>()
  /** The organizations that were never written to, least recently used first. */
  readonly #ephemeral = new RecentlyUsed()
  #lastPosition = 0
  /** The deleted organizations. */
  readonly deleted: DeletedIds
  /** The server's own ids. */
  readonly ids: Ids
  readonly signer: UrlSigner
  readonly clock: AdjustableClock
  readonly answers: Answers
  readonly scenarios: ScenarioRules
  readonly journals: Journals
  readonly faults: Faults
  /** The memory for everything that the server stores. */
  readonly quota: Quota
  /** The live events of the server. */
  readonly events: EventFeed
  /** Tracks the changes of everything that the server stores. */
  readonly changes: ChangeFeed

  constructor(services: OrganizationServices) {
    this.#services = services
    this.ids = services.ids('')
    const secret = this.ids.nextNumber()
    this.signer = new UrlSigner(() => this.ids.idFor(secret))
    this.clock = this.startClock()
    this.clock.onAdjust = () => this.noteChange('')
    this.answers = new Answers(undefined, new Answers(services.answers), () => this.noteChange(''))
    this.quota = services.store.quota
    this.events = services.store.events
    this.changes = services.store.changes
    this.journals = new Journals(this.changes)
    this.deleted = new DeletedIds(this.changes)
    this.scenarios = new ScenarioRules(this.ids, services.store)
    this.faults = new Faults(services.ids, services.store)
  }

  /** Returns a clock with the settings that the server started with. */
  startClock(): AdjustableClock {
    return new AdjustableClock(this.#services.clock, this.#services.clockSettings)
  }

  /** Returns the initial ids of an owner: an organization, or the server itself (`''`). */
  idsOf(owner: string): Ids {
    return this.#services.ids(owner)
  }

  noteChange(orgId: string): void {
    this.changes.tracker?.mark(orgId === '' ? 'server' : KIND, orgId, '')
  }

  find(orgId: string): Organization | undefined {
    return this.#organizations.get(orgId)
  }

  readonly findEnterprise = (): Organization | undefined => this.find(ENTERPRISE_ID)

  /** Returns all organizations, including those never written to. */
  all(): Organization[] {
    return [...this.#organizations.values()]
  }

  /** Returns the organizations that differ from a new one. */
  kept(): Organization[] {
    const { store } = this.#services
    return this.all().filter(({ orgId, ids }) => store.has(orgId) || ids.issued > 0)
  }

  /** Returns an organization for writing. It is created if necessary, and kept. Throws NotFound for a deleted one, and StoreFullError. */
  get(orgId: string): Organization {
    if (this.deleted.has(orgId)) throw new NotFound('organization')
    this.#services.store.claim(orgId)
    if (this.#ephemeral.delete(orgId)) this.noteChange(orgId)
    return this.#organizations.get(orgId) ?? this.#create(newIdentity(orgId))
  }

  /** Creates an organization. Its name defaults to its id. Throws StoreFullError. */
  create(orgId: string, name = orgId): Organization {
    this.#services.store.claim(orgId)
    return this.#create({ ...newIdentity(orgId), name })
  }

  /**
   * Returns the organization of a key. Keys can be made up freely, so organizations never written to are evicted, least
   * recently used first, beyond `EPHEMERAL_ORGANIZATIONS_MAX`, and created anew on their next use. Their journals stay.
   */
  getEphemeral(orgId: string): Organization {
    const known = this.#organizations.get(orgId)
    if (known === undefined) {
      const organization = this.#create(newIdentity(copyString(orgId)))
      this.#ephemeral.add(organization.orgId)
      if (this.#ephemeral.size > EPHEMERAL_ORGANIZATIONS_MAX) this.#evictOldest()
      return organization
    }
    this.#ephemeral.use(orgId)
    return known
  }

  #evictOldest(): void {
    const orgId = this.#ephemeral.oldest as string
    this.#ephemeral.delete(orgId)
    // An organization with records is not ephemeral any more.
    if (!this.#services.store.has(orgId)) void this.#drop(orgId)
  }

  #create(identity: OrganizationIdentity): Organization {
    const organization = this.#put(identity)
    this.events.live?.publish({ kind: 'organizations', org_id: organization.orgId, action: 'created' })
    return organization
  }

  /** Adds an organization, or replaces the one with its id. */
  #put(
    identity: OrganizationIdentity,
    position = this.#organizations.get(identity.orgId)?.position ?? this.#lastPosition + 1,
  ): Organization {
    const organization = buildOrganization(this, this.#services, identity, position)
    const { orgId } = organization
    this.#organizations.set(orgId, organization)
    this.#lastPosition = Math.max(this.#lastPosition, position)
    this.noteChange(orgId)
    return organization
  }

  /** Gives an organization another display name. */
  rename(organization: Organization, name: string): void {
    const { orgId } = organization
    organization.name = name
    this.noteChange(orgId)
    this.events.live?.publish({ kind: 'organizations', org_id: orgId, action: 'updated' })
  }

  /** Removes an organization with everything in it. Requests do not create it again unless it is restored. */
  async delete(orgId: string): Promise<void> {
    this.deleted.add(orgId)
    await this.remove(orgId)
  }

  /** Removes an organization with everything in it. */
  async remove(orgId: string): Promise<void> {
    this.#release(orgId)
    await this.#drop(orgId)
  }

  /** Releases what an organization has in shared structures. */
  #release(orgId: string): void {
    this.journals.restart(orgId)
    this.#ephemeral.delete(orgId)
    this.#organizations.get(orgId)?.faults.clear()
  }

  /** Removes an organization with its records. */
  async #drop(orgId: string): Promise<void> {
    this.#organizations.delete(orgId)
    this.noteChange(orgId)
    const removed = this.#services.store.remove(orgId)
    this.events.live?.publish({ kind: 'organizations', org_id: orgId, action: 'deleted' })
    await removed
  }

  /** Returns what belongs to the enterprise itself. */
  get enterprise(): Organization {
    return this.getEphemeral(ENTERPRISE_ID)
  }

  /**
   * Returns the organizations of the enterprise in the order of their first use: those that were created or written to, and the
   * default one.
   */
  ofEnterprise(): Organization[] {
    this.getEphemeral(DEFAULT_ORG_ID)
    return this.all().filter(({ orgId }) => this.#isOfEnterprise(orgId))
  }

  /** Returns an organization of the enterprise; undefined if it has no such organization. */
  inEnterprise(orgId: string): Organization | undefined {
    return this.#isOfEnterprise(orgId) ? this.getEphemeral(orgId) : undefined
  }

  #isOfEnterprise(orgId: string): boolean {
    return orgId === DEFAULT_ORG_ID || (mayBeOrgId(orgId) && this.#services.store.has(orgId))
  }

  /** Returns the current state of an organization. */
  capture(organization: Organization): Promise<OrganizationState> {
    return captureState(organization, this.#services.store.bytesOf(organization.orgId) || sizeOfAll([]))
  }

  /**
   * Replaces an organization by a state. Requests in flight write into the replaced one. Throws UniqueKeyError if records
   * clash.
   */
  async restore(state: OrganizationState<ClockSettings>): Promise<void> {
    const replaced = this.#services.store.replace(state.orgId, contentsOf(state.records), state.bytes)
    // Before anything is awaited, so that no request sees the old organization with the new records.
    this.#release(state.orgId)
    this.deleted.delete(state.orgId)
    this.#put(state)
    await replaced
  }

  /** Returns the bytes that the records of organizations take. */
  bytesOf(orgIds: readonly string[]): number {
    return orgIds.reduce((sum, orgId) => sum + this.#services.store.bytesOf(orgId), 0)
  }

  /** Returns an organization without its records, as a database keeps it. */
  stored(orgId: string): StoredOrganization | undefined {
    const organization = this.#organizations.get(orgId)
    return organization && storedFrom(organization, this.#services.store.has(orgId))
  }

  /** Sets an organization without its records, as `stored` returned it. Removes it if `stored` is undefined. */
  setStored(orgId: string, stored: StoredOrganization | undefined): void {
    this.#ephemeral.delete(orgId)
    const known = this.#organizations.get(orgId)
    if (stored === undefined) {
      known?.faults.clear()
      this.#organizations.delete(orgId)
      return
    }
    fillStored(known ?? this.#put({ ...stored, orgId, clock: {} }, stored.position), stored)
    if (stored.isClaimed) this.#services.store.rows.claim(orgId)
    else this.#ephemeral.add(orgId)
  }
}

/** The maximum number of organizations never written to. Each takes about 4 KiB. */
export const EPHEMERAL_ORGANIZATIONS_MAX = 1_000
