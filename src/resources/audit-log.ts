import { formatInstant } from '../base/clock.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineLog, MaybeText, RecordId, StrictObject, Text, Time } from './resource.ts'

/** An entry of the audit log. */
export interface AuditRecord extends StoredRecord {
  readonly action: string
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly userId: string | null
  /** The id of the record that was acted on. */
  readonly subjectId: string
}

/** An entry as it is written: its id is a reserved number until it is first read. */
export type AuditEntry = Omit<AuditRecord, 'id'> & { id: string | number }

export const auditLog = defineLog({
  name: 'audit_logs',
  kept: 10_000,
  bytesOf: ({ subjectId, userId }: AuditEntry) => 200 + subjectId.length + (userId?.length ?? 0),
  document: StrictObject({
    id: RecordId,
    action: Text,
    created_at: Time,
    user_id: MaybeText,
    subject_id: Text,
  }),
  encode: ({ id, action, createdAt, userId, subjectId }: AuditRecord) => ({
    id,
    action,
    created_at: formatInstant(createdAt),
    user_id: userId,
    subject_id: subjectId,
  }),
  decode: (entry, defaults, reader) => ({
    id: entry.id ?? `audit_log-${defaults.ids.hex()}`,
    action: entry.action,
    createdAt: createdAtOf(entry, defaults, reader),
    userId: entry.user_id ?? null,
    subjectId: entry.subject_id,
  }),
})
