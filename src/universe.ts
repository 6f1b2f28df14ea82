import { AuditLog } from './audit.ts'
import { AdjustableClock, type Clock, type ClockSettings } from './clock.ts'
import type { Ids } from './ids.ts'
import { UrlSigner } from './signed-urls.ts'
import { ScenarioBook } from './simulation/scenario-book.ts'
import { type SessionState, sessionAt } from './simulation/session.ts'
import * as records from './store/records.ts'
import type { Collection, Store } from './store/types.ts'

/** Everything behind one organisation. A request reaches nothing but the universe of its principal. */
export interface Universe {
  readonly orgId: string
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
  /** The ids of one owner: an organisation, or the server itself (`''`), of which `start` (default 0) were given before. */
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

  constructor(services: UniverseServices) {
    const ids = services.ids('')
    this.#services = services
    this.signer = new UrlSigner(ids.hex())
    this.clock = new AdjustableClock(services.clock, services.clockSettings)
    this.scenarios = new ScenarioBook(ids)
  }

  /** The universe of an organisation. */
  of(orgId: string): Universe {
    let universe = this.#universes.get(orgId)
    if (universe === undefined) {
      universe = this.#create(orgId)
      this.#universes.set(orgId, universe)
    }
    return universe
  }

  /** Those that were made so far. */
  all(): Universe[] {
    return [...this.#universes.values()]
  }

  #create(orgId: string): Universe {
    const { store } = this.#services
    const clock = this.clock.copy()
    const ids = this.#services.ids(orgId)
    return {
      orgId,
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
      auditLog: new AuditLog({ records: store.collection(orgId, records.auditLog), clock, ids }),
    }
  }
}

/** The state of a session of the universe, now. */
export function sessionNow({ clock }: Universe, session: records.SessionRecord): SessionState {
  return sessionAt(session, clock.now(), clock.instant)
}
