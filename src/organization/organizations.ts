import { AdjustableClock, type Clock, type ClockSettings } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import type { Quota } from '../base/quota.ts'
import { type FaultList, Faults } from '../faults/faults.ts'
import type { Journal } from '../journal/journal.ts'
import { Journals } from '../journal/journals.ts'
import { ScenarioRules } from '../simulation/scenario-rules.ts'
import { type SessionState, sessionAt } from '../simulation/session.ts'
import * as records from '../store/records.ts'
import type {
  Collection,
  CollectionDefinition,
  Contents,
  LogDefinition,
  Store,
  StoredRecord,
} from '../store/types.ts'
import { AuditLog } from './audit-log.ts'
import { UrlSigner } from './signed-urls.ts'
import type { OrganizationState, RecordKind, RecordsState } from './state.ts'

/** Everything behind one organization. A request reaches nothing but the organization of its principal. */
export interface Organization {
  readonly orgId: string
  /** What people call the organization. */
  readonly name: string
  readonly clock: AdjustableClock
  readonly ids: Ids
  /** Signs the addresses of the server's files; one for all organizations. */
  readonly signer: UrlSigner
  /** Chooses the scenarios of new sessions; one for all organizations. */
  readonly scenarios: ScenarioRules
  readonly secrets: Collection<records.SecretRecord>
  readonly sessions: Collection<records.SessionRecord>
  readonly attachments: Collection<records.AttachmentRecord>
  readonly knowledge: Collection<records.KnowledgeRecord>
  readonly folders: Collection<records.FolderRecord>
  readonly playbooks: Collection<records.PlaybookRecord>
  readonly auditLog: AuditLog
  /** What was received and answered. */
  readonly journal: Journal
  /** What goes wrong on purpose for its requests. */
  readonly faults: FaultList
}

/** What organizations are made of. */
export interface OrganizationServices {
  readonly store: Store
  /** What the organizations' clocks go with. */
  readonly clock: Clock
  /** How the organizations' clocks start. Default: as `clock` goes. */
  readonly clockSettings?: ClockSettings
  /** The ids of one owner: an organization, or the server itself (`''`). */
  readonly ids: (owner: string) => Ids
}

/** The organizations of one server, each made when it is first asked for. */
export class Organizations {
  readonly #services: OrganizationServices
  readonly #organizations = new Map<string, Organization>()
  /** Those that nothing but a key has asked for, the least recently asked for first. */
  readonly #visited = new Set<string>()
  /** The server's own ids. */
  readonly ids: Ids
  /** Signs the addresses of the server's files, of all organizations. */
  readonly signer: UrlSigner
  /** Those of organizations that are made from now on are copies of it. */
  readonly clock: AdjustableClock
  readonly scenarios: ScenarioRules
  readonly journals = new Journals()
  readonly faults: Faults
  /** What everything that the server keeps may take. */
  readonly quota: Quota

  constructor(services: OrganizationServices) {
    this.#services = services
    this.ids = services.ids('')
    const secret = this.ids.nextNumber()
    this.signer = new UrlSigner(() => this.ids.idFor(secret))
    this.clock = this.startClock()
    this.quota = services.store.quota
    this.scenarios = new ScenarioRules(this.ids, this.quota)
    this.faults = new Faults(services.ids, this.quota)
  }

  /** The organization of an organization, to look at it; undefined where none was made. */
  find(orgId: string): Organization | undefined {
    return this.#organizations.get(orgId)
  }

  /** The organization of an organization, to change something in it. It stays, and counts. Throws StoreFullError. */
  get(orgId: string): Organization {
    this.#services.store.claim(orgId)
    this.#visited.delete(orgId)
    return this.#organizations.get(orgId) ?? this.#create(untouched(orgId))
  }

  /**
   * The organization of an organization that a key names. Anybody can make up keys, so of the organizations in which nothing was ever
   * written those that were least recently asked for go when there are more than `VISITED_MAX`, and are made anew when they are
   * asked for. Their journals stay.
   */
  getEphemeral(orgId: string): Organization {
    const known = this.#organizations.get(orgId)
    if (known === undefined) {
      const organization = this.#create(untouched(orgId))
      this.#visited.add(orgId)
      if (this.#visited.size > EPHEMERAL_ORGANIZATIONS_MAX) this.#evictOldest()
      return organization
    }
    if (this.#visited.delete(orgId)) this.#visited.add(orgId)
    return known
  }

  #evictOldest(): void {
    // There is one, or there would not be too many.
    const orgId = this.#visited.values().next().value as string
    this.#visited.delete(orgId)
    // One in which something was written since is no longer one of them.
    if (this.#services.store.bytesOf(orgId) === 0) void this.#leave(orgId)
  }

  /** Makes the organization of an organization that has none, under a name. Default: its id. It counts. Throws StoreFullError. */
  create(orgId: string, name = orgId): Organization {
    this.#services.store.claim(orgId)
    return this.#create({ ...untouched(orgId), name })
  }

  /** Those that were made so far, also those that nothing but a key has asked for. */
  all(): Organization[] {
    return [...this.#organizations.values()]
  }

  /** Those that are not as they would be if nobody had ever asked for them. */
  kept(): Organization[] {
    const { store } = this.#services
    return this.all().filter(({ orgId, ids }) => store.bytesOf(orgId) > 0 || ids.issued > 0)
  }

  /** An organization as it is before anybody has asked for it. */
  untouched(orgId: string): OrganizationState {
    return { ...untouched(orgId), clock: this.clock.state(), records: NO_RECORDS }
  }

  /** What the records of organizations take now, and what they would take with the records of states, in bytes. */
  sizesOf(orgIds: Iterable<string>, states: Iterable<OrganizationState<ClockSettings>>) {
    const { store } = this.#services
    const [before, after] = [
      [...orgIds].map(store.bytesOf),
      [...states].map((one) => store.sizeOf(contentsOf(one))),
    ]
    const total = (sizes: number[]) => sizes.reduce((sum, bytes) => sum + bytes, 0)
    return { before: total(before), after: total(after) }
  }

  /** A clock as the server's stood when it started, or would stand had it started now. */
  startClock(): AdjustableClock {
    return new AdjustableClock(this.#services.clock, this.#services.clockSettings)
  }

  /** Ids as an owner has them at first: an organization, or the server itself (`''`). */
  idsOf(owner: string): Ids {
    return this.#services.ids(owner)
  }

  /** Everything behind a organization, as it is now. */
  async capture(organization: Organization): Promise<OrganizationState> {
    const { orgId, name, clock, ids } = organization
    const state = { orgId, name, clock: clock.state(), idsGiven: ids.issued }
    // Everything is asked for before anything is awaited, so that it is of one moment.
    const [secrets, sessions, attachments, knowledge, folders, playbooks, auditLog] = await Promise.all([
      organization.secrets.list(),
      organization.sessions.list(),
      organization.attachments.list(),
      organization.knowledge.list(),
      organization.folders.list(),
      organization.playbooks.list(),
      organization.auditLog.list(),
    ])
    return { ...state, records: { secrets, sessions, attachments, knowledge, folders, playbooks, auditLog } }
  }

  /**
   * Puts a state in the place of what its organization has; requests that are under way write into what was. Throws
   * UniqueKeyError for records that clash.
   */
  async restore(state: OrganizationState<ClockSettings>): Promise<void> {
    const replaced = this.#services.store.replace(state.orgId, contentsOf(state))
    // Before anything is awaited, so that no request meets the old organization with the new records.
    this.#dispose(state.orgId)
    this.#create(state)
    await replaced
  }

  /** Makes an organization as one that nobody has asked for yet. */
  async remove(orgId: string): Promise<void> {
    this.#dispose(orgId)
    await this.#leave(orgId)
  }

  async #leave(orgId: string): Promise<void> {
    this.#organizations.delete(orgId)
    await this.#services.store.replace(orgId, [])
  }

  #create({
    orgId,
    name,
    clock: settings,
    idsGiven,
  }: Omit<OrganizationState<ClockSettings>, 'records'>): Organization {
    const collectionOf = <R extends StoredRecord>(definition: CollectionDefinition<R>) =>
      this.#services.store.collection(orgId, definition)
    const clock = this.clock.copy()
    clock.adjust(settings)
    const ids = this.idsOf(orgId)
    ids.issued = idsGiven
    const organization: Organization = {
      orgId,
      name,
      clock,
      ids,
      signer: this.signer,
      scenarios: this.scenarios,
      secrets: collectionOf(definitions.secrets),
      sessions: collectionOf(definitions.sessions),
      attachments: collectionOf(definitions.attachments),
      knowledge: collectionOf(definitions.knowledge),
      folders: collectionOf(definitions.folders),
      playbooks: collectionOf(definitions.playbooks),
      auditLog: new AuditLog({ entries: this.#services.store.log(orgId, definitions.auditLog), clock, ids }),
      journal: this.journals.of(orgId),
      faults: this.faults.create(orgId),
    }
    this.#organizations.set(orgId, organization)
    return organization
  }

  /** Takes what a organization has of what all share. */
  #dispose(orgId: string): void {
    this.journals.restart(orgId)
    this.#visited.delete(orgId)
    this.#organizations.get(orgId)?.faults.clear()
  }
}

/** How many organizations are kept in which nothing was ever written; each takes some 4 KiB. */
export const EPHEMERAL_ORGANIZATIONS_MAX = 1_000

/** The records of an organization that has none. */
export const NO_RECORDS: RecordsState = {
  secrets: [],
  sessions: [],
  attachments: [],
  knowledge: [],
  folders: [],
  playbooks: [],
  auditLog: [],
}

const untouched = (orgId: string) => ({ orgId, name: orgId, clock: {}, idsGiven: 0 })

/** What the store knows of each kind of records. */
const definitions = records satisfies {
  [Kind in Exclude<RecordKind, 'auditLog'>]: CollectionDefinition<RecordsState[Kind][number]>
} & { auditLog: LogDefinition<records.AuditEntry> }

function contentsOf({ records }: OrganizationState<ClockSettings>): Contents[] {
  return Object.entries(definitions).map(([kind, definition]) => ({
    definition,
    records: records[kind as RecordKind],
  }))
}

/** The state of a session of the organization, now. */
export function sessionNow({ clock }: Organization, session: records.SessionRecord): SessionState {
  return sessionAt(session, clock.now(), clock.instant)
}
