import type { KeyRegistryState } from '../auth/keys.ts'
import type { ClockSettings, ClockState } from '../base/clock.ts'
import type { ActiveRule } from '../simulation/scenario-rules.ts'
import type * as records from '../store/records.ts'

/** All records of an organization, each kind in the order of insertion. */
export interface RecordsState {
  readonly secrets: readonly records.SecretRecord[]
  readonly sessions: readonly records.SessionRecord[]
  readonly attachments: readonly records.AttachmentRecord[]
  readonly knowledge: readonly records.KnowledgeRecord[]
  readonly folders: readonly records.FolderRecord[]
  readonly playbooks: readonly records.PlaybookRecord[]
  readonly auditLog: readonly records.AuditRecord[]
}

/** A kind of records. */
export type RecordKind = keyof RecordsState

/** Everything behind one organization. */
export interface OrganizationState<Clock extends ClockSettings = ClockState> {
  readonly orgId: string
  /** What people call the organization. */
  readonly name: string
  readonly clock: Clock
  /** How many ids its sequence had given. */
  readonly idsGiven: number
  readonly records: RecordsState
}

/** Everything that a server holds at a moment. Records are never changed in place, so this costs no copies of them. */
export interface ServerState {
  /** The clock that new organizations start with. */
  readonly clock: ClockState
  /** How many ids the server's own sequence had given. */
  readonly idsGiven: number
  readonly organizations: readonly OrganizationState[]
  readonly scenarios: readonly ActiveRule[]
  /** The names that rules of anybody have given, so that they may not mean what is built in under them. */
  readonly renamed: ReadonlySet<string>
  readonly keys: KeyRegistryState
}

/** What to put in the place of a server's state: what is left out stays. What a clock's settings leave out is as on the server's clock. */
export interface NewState extends Partial<Omit<ServerState, 'organizations' | 'clock'>> {
  readonly clock?: ClockSettings
  readonly organizations: readonly OrganizationState<ClockSettings>[]
}
