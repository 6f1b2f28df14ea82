import { AuditLog } from './audit.ts'
import { AdjustableClock, type Clock, type ClockSettings } from './clock.ts'
import type { Ids } from './ids.ts'
import { UrlSigner } from './signed-urls.ts'
import { ScenarioBook } from './simulation/scenario-book.ts'
import { type SessionState, sessionAt } from './simulation/session.ts'
import type { UniverseState } from './state/types.ts'
import * as records from './store/records.ts'
import type { Collection, Store } from './store/types.ts'

/** Everything behind one organisation. A request reaches nothing but the universe of its principal. */
export interface Universe {
  readonly orgId: string
  /** What people call the organisation. */
  readonly name: string
  readonly clock: AdjustableClock
  readonly ids: Ids
  /** Signs the addresses of the server's files; one for all universes. */
  readonly signer: UrlSigner
  /** Chooses the scenarios of new sessions; one for all universes. */
  readonly scenarios: ScenarioBook
  readonly secrets: Collection<records.SecretRecord>
  readonly sessions: Collection<records.SessionRecord>
  readonly attachments: Collection<records.AttachmentRecord>
  readonly knowledge: Collection<records.KnowledgeRecord>
  readonly folders: Collection<records.FolderRecord>
  readonly playbooks: Collection<records.PlaybookRecord>
  readonly auditLog: AuditLog
}

/** What universes are made of. */
export interface UniverseServices {
  readonly store: Store
  /** What the universes' clocks go with. */
  readonly clock: Clock
  /** How the universes' clocks start. Default: as `clock` goes. */
  readonly clockSettings?: ClockSettings
  /** The ids of one owner, an organisation or the server itself (`''`), of which `start` (default 0) were given before. */
  readonly ids: (owner: string, start?: number) => Ids
}

/** The universes of one server, each made when it is first asked for. */
export class Universes {
  readonly #services: UniverseServices
  readonly #universes = new Map<string, Universe>()
  /** Signs the addresses of the server's files, of all universes. */
  readonly signer: UrlSigner
  /** Those of universes that are made from now on are copies of it. */
  readonly clock: AdjustableClock
  readonly scenarios: ScenarioBook
  #ids: Ids
  /** The server's own ids. */
  readonly ids: Ids

  constructor(services: UniverseServices) {
    this.#services = services
    this.#ids = services.ids('')
    this.signer = new UrlSigner(this.#ids.hex())
    this.clock = this.startClock()
    const given = () => this.#ids.given
    this.ids = {
      hex: () => this.#ids.hex(),
      get given() {
        return given()
      },
    }
    this.scenarios = new ScenarioBook(this.ids)
  }

  /** The universe of an organisation. */
  of(orgId: string): Universe {
    let universe = this.#universes.get(orgId)
    if (universe === undefined) {
      universe = this.#create(orgId, this.clock.copy(), this.#services.ids(orgId))
      this.#universes.set(orgId, universe)
    }
    return universe
  }

  /** Everything behind an organisation, as it is now. */
  async capture(orgId: string): Promise<UniverseState> {
    const { name, clock, ids, secrets, sessions, attachments, knowledge, folders, playbooks, auditLog } =
      this.of(orgId)
    return {
      orgId,
      name,
      clock: clock.state(),
      idsGiven: ids.given,
      records: {
        secrets: await secrets.list(),
        sessions: await sessions.list(),
        attachments: await attachments.list(),
        knowledge: await knowledge.list(),
        folders: await folders.list(),
        playbooks: await playbooks.list(),
        auditLog: await auditLog.list({}),
      },
    }
  }

  /** Puts what was captured in the place of what the organisation has. Throws UniqueKeyError for records that clash. */
  async restore({ orgId, name, clock, idsGiven, records: kinds }: UniverseState): Promise<void> {
    await this.forget(orgId)
    const adjusted = this.clock.copy()
    adjusted.adjust(clock)
    const ids = this.#services.ids(orgId, idsGiven)
    const universe = this.#create(orgId, adjusted, ids, { name, auditCount: kinds.auditLog.length })
    const { secrets, sessions, attachments, knowledge, folders, playbooks } = universe
    for (const record of kinds.secrets) await secrets.insert(record)
    for (const record of kinds.sessions) await sessions.insert(record)
    for (const record of kinds.attachments) await attachments.insert(record)
    for (const record of kinds.knowledge) await knowledge.insert(record)
    for (const record of kinds.folders) await folders.insert(record)
    for (const record of kinds.playbooks) await playbooks.insert(record)
    const auditLog = this.#services.store.collection(orgId, records.auditLog)
    for (const record of kinds.auditLog) await auditLog.insert(record)
    this.#universes.set(orgId, universe)
  }

  /** Makes an organisation as one that nobody has asked for yet. */
  async forget(orgId: string): Promise<void> {
    this.#universes.delete(orgId)
    await this.#services.store.drop(orgId)
  }

  /** A clock as the server's stood when it started. */
  startClock(): AdjustableClock {
    return new AdjustableClock(this.#services.clock, this.#services.clockSettings)
  }

  /** The ids of an owner, of which `start` were given before. */
  idsOf(owner: string, start?: number): Ids {
    return this.#services.ids(owner, start)
  }

  /** Takes the server's own ids up where `given` of them had been given. */
  restartIds(given: number): void {
    this.#ids = this.#services.ids('', given)
  }

  /** Makes an organisation under a name. Default: its id. */
  name(orgId: string, name = orgId): void {
    this.#universes.set(orgId, this.#create(orgId, this.clock.copy(), this.#services.ids(orgId), { name }))
  }

  /** Those that were made so far. */
  all(): Universe[] {
    return [...this.#universes.values()]
  }

  #create(
    orgId: string,
    clock: AdjustableClock,
    ids: Ids,
    { name = orgId, auditCount = 0 }: { name?: string; auditCount?: number } = {},
  ): Universe {
    const { store } = this.#services
    return {
      orgId,
      name,
      clock,
      ids,
      signer: this.signer,
      scenarios: this.scenarios,
      secrets: store.collection(orgId, records.secrets),
      sessions: store.collection(orgId, records.sessions),
      attachments: store.collection(orgId, records.attachments),
      knowledge: store.collection(orgId, records.knowledge),
      folders: store.collection(orgId, records.folders),
      playbooks: store.collection(orgId, records.playbooks),
      auditLog: new AuditLog({
        records: store.collection(orgId, records.auditLog),
        clock,
        ids,
        count: auditCount,
      }),
    }
  }
}

/** The state of a session of the universe, now. */
export function sessionNow({ clock }: Universe, session: records.SessionRecord): SessionState {
  return sessionAt(session, clock.now(), clock.instant)
}
