import { type Actor, actorOf } from '../auth/principal.ts'
import { formatInstant } from '../base/clock.ts'
import type { StoredRecord } from '../store/types.ts'
import {
  createdAtOf,
  defineLog,
  MaybeActor,
  MaybeText,
  RecordId,
  StrictObject,
  Text,
  Time,
} from './resource.ts'

/** An entry of the audit log. */
export interface AuditRecord extends StoredRecord {
  readonly action: string
  /** Microseconds since the epoch. */
  readonly createdAt: number
  /** Who did it; null if that is not known. */
  readonly actor: Actor | null
  /** The id of the record that was acted on. */
  readonly subjectId: string
}

/** An entry as it is written: its id is a reserved number until it is first read. */
export type AuditEntry = Omit<AuditRecord, 'id'> & { id: string | number }

/** The entries of the audit log. */
export const auditLog = defineLog({
  name: 'audit_logs',
  kept: 10_000,
  bytesOf: ({ subjectId, actor }: AuditEntry) => 200 + subjectId.length + (actor?.id.length ?? 0),
  document: StrictObject({
    id: RecordId,
    /** What was done, e.g. `create_secret`. */
    action: Text,
    created_at: Time,
    /** Who did it; null if that is not known. Default: null. */
    actor: MaybeActor,
    // Documents of older versions have the id of a user, and nothing for a service user.
    /** The id of the user who did it, in documents of older versions, instead of `actor`. */
    user_id: MaybeText,
    /** The id of the record that was acted on. */
    subject_id: Text,
  }),
  encode: ({ id, action, createdAt, actor, subjectId }: AuditRecord) => ({
    id,
    action,
    created_at: formatInstant(createdAt),
    actor,
    subject_id: subjectId,
  }),
  decode: (entry, defaults, reader) => ({
    id: entry.id ?? `audit_log-${defaults.ids.hex()}`,
    action: entry.action,
    createdAt: createdAtOf(entry, defaults, reader),
    actor: entry.actor ?? (entry.user_id == null ? null : actorOf(entry.user_id)),
    subjectId: entry.subject_id,
  }),
})
