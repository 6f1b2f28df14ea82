import type { Answers } from '../answers/answers.ts'
import type { AnswerChoices } from '../answers/questions.ts'
import type { AdjustableClock, Clock, ClockSettings } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import type { FaultList, Faults } from '../faults/faults.ts'
import type { Journal } from '../journal/journal.ts'
import type { Journals } from '../journal/journals.ts'
import type { Collections } from '../resources/index.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import type { SessionPlace } from '../schemas/session-url.ts'
import type { ScenarioRules } from '../simulation/scenario-rules.ts'
import { type SessionState, sessionAt } from '../simulation/session.ts'
import type { Store } from '../store/types.ts'
import type { AuditLog } from './audit-log.ts'
import type { UrlSigner } from './signed-urls.ts'

/** An organization: its collections of records, and everything else that belongs to it. A request reaches only its own. */
export interface Organization extends Collections, SessionPlace {
  /** The display name. */
  name: string
  /** Orders the organizations of a server by their first use. */
  readonly position: number
  /** The time at which it was created, in microseconds since the epoch. */
  openedAt: number
  readonly clock: AdjustableClock
  readonly ids: Ids
  /** Signs the URLs of the server's files; shared by all organizations. */
  readonly signer: UrlSigner
  /** Chooses the scenarios of new sessions; shared by all organizations. */
  readonly scenarios: ScenarioRules
  readonly auditLog: AuditLog
  /** The requests received and their responses. */
  readonly journal: Journal
  /** The faults injected into its requests. */
  readonly faults: FaultList
  /** Returns whether it exists: it was neither replaced nor removed. */
  exists(): boolean
  /** Returns what belongs to the enterprise itself, and may be used by all organizations; undefined if nothing does. */
  findEnterprise(): Organization | undefined
}

/** The services that organizations share. */
export interface OrganizationServices {
  readonly store: Store
  /** The clock that the organizations' clocks follow. */
  readonly clock: Clock
  /** The initial settings of the organizations' clocks. Default: those of `clock`. */
  readonly clockSettings?: ClockSettings
  /** The address of the web app that sessions are opened in. Default: the vendor's. */
  readonly appUrl?: string
  /** The answers of the server to open questions. Default: the defaults. */
  readonly answers?: AnswerChoices
  /** Creates the ids of one owner: an organization, or the server itself (`''`). */
  readonly ids: (owner: string) => Ids
}

/** The parts of a server that its organizations share or follow. */
export interface OrganizationServer {
  /** The clock that new organizations get a copy of. */
  readonly clock: AdjustableClock
  /** The answers of the server to open questions. Organizations without their own answers follow them. */
  readonly answers: Answers
  /** Signs the URLs of the server's files, of all organizations. */
  readonly signer: UrlSigner
  readonly scenarios: ScenarioRules
  readonly journals: Journals
  readonly faults: Faults
  /** Returns an organization for reading; undefined if it does not exist. */
  find(orgId: string): Organization | undefined
  /** Returns what belongs to the enterprise itself, for reading; undefined if nothing does. */
  readonly findEnterprise: () => Organization | undefined
  /** Tracks a change of an organization, or of the server itself (`''`). */
  noteChange(orgId: string): void
}

/** Returns the current state of a session. */
export function sessionNow({ clock }: Organization, session: SessionRecord): SessionState {
  return sessionAt(session, clock.now(), clock.instant)
}
