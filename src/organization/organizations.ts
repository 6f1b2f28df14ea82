import { Answers } from '../answers/answers.ts'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../auth/principal.ts'
import type { ChangeFeed } from '../base/changes.ts'
import { AdjustableClock, type ClockSettings } from '../base/clock.ts'
import { copyString } from '../base/copy-string.ts'
import type { Ids } from '../base/ids.ts'
import type { Quota } from '../base/quota.ts'
import { RecentlyUsed } from '../base/recently-used.ts'
import type { EventFeed } from '../events/feed.ts'
import { Faults } from '../faults/faults.ts'
import { Journals } from '../journal/journals.ts'
import { auditLog } from '../resources/audit-log.ts'
import { byKind, collectionsOf, contentsOf, type RecordsState, resourceEntries } from '../resources/index.ts'
import { VENDOR_APP_URL } from '../schemas/session-url.ts'
import { ScenarioRules } from '../simulation/scenario-rules.ts'
import { sizeOfAll } from '../store/contents.ts'
import { AuditLog } from './audit-log.ts'
import { DeletedIds } from './deleted-ids.ts'
import type { Organization, OrganizationServices } from './organization.ts'
import { UrlSigner } from './signed-urls.ts'
import { newIdentity, type OrganizationIdentity, type OrganizationState } from './state.ts'
import { fillStored, type StoredOrganization, storedFrom } from './stored-organization.ts'

export { type Organization, type OrganizationServices, sessionNow } from './organization.ts'

/** The kind of the rows of organizations. */
const KIND = 'organizations'

/** The organizations of one server. Each is created on first use. */
export class Organizations {
  readonly #services: OrganizationServices
  readonly #organizations = new Map<string, Organization>()
  /** The deleted organizations. */
  readonly deleted: DeletedIds
  /** The organizations that were never written to, least recently used first. */
  readonly #ephemeral = new RecentlyUsed()
  /** The server's own ids. */
  readonly ids: Ids
  /** Signs the URLs of the server's files, of all organizations. */
  readonly signer: UrlSigner
  /** The clock that new organizations get a copy of. */
  readonly clock: AdjustableClock
  /** How the server answers open questions, and its organizations unless they have answers of their own. */
  readonly answers: Answers
  readonly scenarios: ScenarioRules
  readonly journals: Journals
  readonly faults: Faults
  /** The memory for everything that the server stores. */
  readonly quota: Quota
  /** What happens on the server, for those who watch it. */
  readonly events: EventFeed
  /** Where changes of what the server keeps are noted. */
  readonly changes: ChangeFeed
  #lastPosition = 0

  /** Shared by all organizations. */
  readonly #enterprise = () => this.find(ENTERPRISE_ID)

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

  /** Notes that an organization has changed, or with `''` what belongs to the server itself. */
  noteChange(orgId: string): void {
    this.changes.tracker?.mark(orgId === '' ? 'server' : KIND, orgId, '')
  }

  /** Returns an organization without its records, as a database keeps it. */
  stored(orgId: string): StoredOrganization | undefined {
    const organization = this.#organizations.get(orgId)
    return organization && storedFrom(organization, this.#services.store.has(orgId))
  }

  /** Sets an organization without its records, as `stored` returned it; with undefined, it is removed. */
  setStored(orgId: string, stored: StoredOrganization | undefined): void {
    this.#ephemeral.delete(orgId)
    if (stored === undefined) {
      this.#organizations.get(orgId)?.faults.clear()
      this.#organizations.delete(orgId)
      return
    }
    const known = this.#organizations.get(orgId)
    fillStored(known ?? this.#create({ ...stored, orgId, clock: {} }, stored.position), stored)
    if (stored.isClaimed) this.#services.store.rows.claim(orgId)
    else this.#ephemeral.add(orgId)
  }

  /** Returns an organization for reading; undefined if it does not exist. */
  find(orgId: string): Organization | undefined {
    return this.#organizations.get(orgId)
  }

  /** Returns an organization for writing. It is created if necessary, and kept. Throws StoreFullError. */
  get(orgId: string): Organization {
    this.#services.store.claim(orgId)
    if (this.#ephemeral.delete(orgId)) this.noteChange(orgId)
    return this.#organizations.get(orgId) ?? this.#createNew(newIdentity(orgId))
  }

  /**
   * Returns the organization of a key. Keys can be made up freely, so organizations never written to are evicted, least
   * recently used first, beyond `EPHEMERAL_ORGANIZATIONS_MAX`, and created anew on their next use. Their journals stay.
   */
  getEphemeral(orgId: string): Organization {
    const known = this.#organizations.get(orgId)
    if (known === undefined) {
      const organization = this.#createNew(newIdentity(copyString(orgId)))
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
    if (!this.#services.store.has(orgId)) void this.#delete(orgId)
  }

  /** Creates an organization. Its name defaults to its id. Throws StoreFullError. */
  create(orgId: string, name = orgId): Organization {
    this.#services.store.claim(orgId)
    return this.#createNew({ ...newIdentity(orgId), name })
  }

  /** Returns all organizations, including those never written to. */
  all(): Organization[] {
    return [...this.#organizations.values()]
  }

  /** Returns what belongs to the enterprise itself. */
  get enterprise(): Organization {
    return this.getEphemeral(ENTERPRISE_ID)
  }

  /**
   * Returns the organizations of the enterprise: those that were created or written to, and the default one. Their order is that of
   * their first use.
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
    return orgId === DEFAULT_ORG_ID || (orgId.startsWith('org-') && this.#services.store.has(orgId))
  }

  /** Returns the organizations that differ from a new one. */
  kept(): Organization[] {
    const { store } = this.#services
    return this.all().filter(({ orgId, ids }) => store.has(orgId) || ids.issued > 0)
  }

  /** Returns the bytes that the records of organizations take. */
  bytesOf(orgIds: readonly string[]): number {
    return orgIds.reduce((sum, orgId) => sum + this.#services.store.bytesOf(orgId), 0)
  }

  /** Returns a clock with the settings that the server started with. */
  startClock(): AdjustableClock {
    return new AdjustableClock(this.#services.clock, this.#services.clockSettings)
  }

  /** Returns the initial ids of an owner: an organization, or the server itself (`''`). */
  idsOf(owner: string): Ids {
    return this.#services.ids(owner)
  }

  /** Returns the current state of an organization. */
  async capture(organization: Organization): Promise<OrganizationState> {
    const { orgId, name, openedAt, clock, ids, answers } = organization
    const bytes = this.#services.store.bytesOf(orgId) || sizeOfAll([])
    const now = { clock: clock.state(), answers: answers.own, idsIssued: ids.issued }
    // All lists are requested before anything is awaited, so they show the same moment.
    const lists = await Promise.all(resourceEntries.map(([kind]) => organization[kind].list()))
    const records = byKind<RecordsState>(() => lists.shift())
    return { orgId, name, openedAt, ...now, records, bytes }
  }

  /**
   * Replaces an organization by a state. Requests in flight write into the replaced one. Throws UniqueKeyError if records
   * clash.
   */
  async restore(state: OrganizationState<ClockSettings>): Promise<void> {
    const replaced = this.#services.store.replace(state.orgId, contentsOf(state.records), state.bytes)
    // Before anything is awaited, so that no request sees the old organization with the new records.
    this.#dispose(state.orgId)
    this.deleted.delete(state.orgId)
    this.#create(state)
    await replaced
  }

  /** Removes an organization with everything in it, and does not create it again unless it is restored. */
  async delete(orgId: string): Promise<void> {
    this.deleted.add(orgId)
    await this.remove(orgId)
  }

  /** Removes an organization with everything in it. */
  async remove(orgId: string): Promise<void> {
    this.#dispose(orgId)
    await this.#delete(orgId)
  }

  async #delete(orgId: string): Promise<void> {
    this.#organizations.delete(orgId)
    this.noteChange(orgId)
    const removed = this.#services.store.remove(orgId)
    this.events.live?.publish({ kind: 'organizations', org_id: orgId, action: 'deleted' })
    await removed
  }

  #createNew(identity: OrganizationIdentity): Organization {
    const organization = this.#create(identity)
    this.events.live?.publish({ kind: 'organizations', org_id: organization.orgId, action: 'created' })
    return organization
  }

  #create(
    { orgId, name, openedAt, clock: settings, answers: own, idsIssued }: OrganizationIdentity,
    position = this.#organizations.get(orgId)?.position ?? this.#lastPosition + 1,
  ): Organization {
    const { store, appUrl = VENDOR_APP_URL } = this.#services
    const clock = this.clock.copy()
    clock.adjust(settings)
    clock.onAdjust = () => this.noteChange(orgId)
    const ids = this.idsOf(orgId)
    ids.issued = idsIssued
    const opened = store.open(orgId)
    const organization: Organization = Object.assign(collectionsOf(opened), {
      orgId,
      name,
      position,
      openedAt: openedAt ?? clock.now(),
      clock,
      ids,
      answers: new Answers(own, this.answers, clock.onAdjust),
      appUrl,
      signer: this.signer,
      scenarios: this.scenarios,
      auditLog: new AuditLog({ entries: opened.log(auditLog), clock, ids }),
      journal: this.journals.of(orgId),
      faults: this.faults.create(orgId),
      enterprise: this.#enterprise,
      exists: () => this.find(orgId) === organization,
    })
    this.#organizations.set(orgId, organization)
    this.#lastPosition = Math.max(this.#lastPosition, position)
    this.noteChange(orgId)
    return organization
  }

  /** Releases what an organization has in shared structures. */
  #dispose(orgId: string): void {
    this.journals.restart(orgId)
    this.#ephemeral.delete(orgId)
    this.#organizations.get(orgId)?.faults.clear()
  }
}

/** The maximum number of organizations never written to. Each takes about 4 KiB. */
export const EPHEMERAL_ORGANIZATIONS_MAX = 1_000
