import type { KeyRingState } from '../auth/keys.ts'
import type { LoadedRule } from '../simulation/scenario-book.ts'
import type * as records from '../store/records.ts'

/** How a clock stood at a moment. The time is in microseconds since the epoch. */
export interface ClockState {
  readonly now: number
  readonly frozen: boolean
  readonly speed: number
  readonly instant: boolean
}

/** All records of an organisation, each kind in the order of insertion. */
export interface RecordsState {
  readonly secrets: readonly records.SecretRecord[]
  readonly sessions: readonly records.SessionRecord[]
  readonly attachments: readonly records.AttachmentRecord[]
  readonly knowledge: readonly records.KnowledgeRecord[]
  readonly folders: readonly records.FolderRecord[]
  readonly playbooks: readonly records.PlaybookRecord[]
  readonly auditLog: readonly records.AuditRecord[]
}

/** Everything behind one organisation at a moment. */
export interface UniverseState {
  readonly orgId: string
  /** What people call the organisation. */
  readonly name: string
  readonly clock: ClockState
  /** How many ids its sequence had given. */
  readonly idsGiven: number
  readonly records: RecordsState
}

/** Everything that a server holds at a moment. Records are never changed in place, so this costs no copies of them. */
export interface ServerState {
  /** The clock that new universes start with. */
  readonly clock: ClockState
  /** How many ids the server's own sequence had given. */
  readonly idsGiven: number
  readonly universes: readonly UniverseState[]
  readonly scenarios: readonly LoadedRule[]
  readonly keys: KeyRingState
}

/** The kinds of records, by the names that the state document has for them. */
export const RECORD_KINDS = {
  secrets: 'secrets',
  sessions: 'sessions',
  attachments: 'attachments',
  knowledge: 'knowledge',
  folders: 'folders',
  playbooks: 'playbooks',
  auditLog: 'audit_logs',
} as const satisfies Record<keyof RecordsState, string>
