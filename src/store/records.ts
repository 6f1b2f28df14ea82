import type { User } from '../auth/principal.ts'
import type { SessionHistory } from '../simulation/session.ts'
import type { CollectionDefinition, LogDefinition, StoredRecord } from './types.ts'

// Records as they are stored. All times are microseconds since the epoch.

/** A secret. */
export interface SecretRecord extends StoredRecord {
  readonly type: 'cookie' | 'key-value' | 'dictionary' | 'totp'
  /** The name; unique within the organization. */
  readonly key: string
  readonly value: string
  readonly sensitive: boolean
  readonly note: string | null
  readonly createdAt: number
}

/** A session: what its life follows from, and what its creator asked for. */
export interface SessionRecord extends StoredRecord, SessionHistory {
  readonly createdBy: User | null
  readonly tags: readonly string[]
  readonly snapshotId: string | null
  readonly playbookId: string | null
  readonly unlisted: boolean
  /** Null for all. */
  readonly knowledgeIds: readonly string[] | null
  /** Null for all. */
  readonly secretIds: readonly string[] | null
  /** The names of the session's own secrets; their values are never kept. */
  readonly sessionSecretKeys: readonly string[]
  readonly structuredOutputSchema: Readonly<Record<string, unknown>> | null
  /** Whether this is the session that an idempotent request with its prompt finds. */
  readonly answersForPrompt: boolean
}

/** An uploaded file. */
export interface AttachmentRecord extends StoredRecord {
  readonly name: string
  readonly contentType: string
  readonly bytes: Uint8Array
  readonly createdAt: number
}

/** A knowledge entry. */
export interface KnowledgeRecord extends StoredRecord {
  readonly name: string
  readonly body: string
  readonly triggerDescription: string
  readonly macro: string | null
  readonly parentFolderId: string | null
  readonly pinnedRepo: string | null
  readonly createdAt: number
  readonly createdBy: User | null
}

/** A folder of knowledge entries. The API cannot make one; a seed can. */
export interface FolderRecord extends StoredRecord {
  readonly name: string
  readonly description: string
  readonly createdAt: number
}

/** A playbook. A deleted one stays, without its macro, and is shown to nobody. */
export interface PlaybookRecord extends StoredRecord {
  readonly title: string
  readonly body: string
  /** Unique within the organization. */
  readonly macro: string | null
  readonly status: 'published' | 'deleted'
  readonly createdAt: number
  readonly createdBy: User | null
  readonly updatedAt: number
  readonly updatedBy: User | null
}

/** An entry of the audit log. */
export interface AuditRecord extends StoredRecord {
  readonly action: string
  readonly createdAt: number
  readonly userId: string | null
  /** The id of what was acted on. */
  readonly subjectId: string
}

/** The same as it is written: until somebody looks at it, its id is only set aside. */
export type AuditEntry = Omit<AuditRecord, 'id'> & { id: string | number }

/** Secrets: no two of an organization share a name. */
export const secrets: CollectionDefinition<SecretRecord> = {
  name: 'secrets',
  uniqueKey: (secret) => secret.key,
}

/** Sessions: of those with one prompt, one answers for it. */
export const sessions: CollectionDefinition<SessionRecord> = {
  name: 'sessions',
  uniqueKey: (session) => (session.answersForPrompt ? session.prompt : undefined),
}

/** Attachments. */
export const attachments: CollectionDefinition<AttachmentRecord> = { name: 'attachments' }

/** Knowledge entries. */
export const knowledge: CollectionDefinition<KnowledgeRecord> = { name: 'knowledge' }

/** Folders of knowledge entries. */
export const folders: CollectionDefinition<FolderRecord> = { name: 'folders' }

/** Playbooks: no two of an organization share a macro. */
export const playbooks: CollectionDefinition<PlaybookRecord> = {
  name: 'playbooks',
  uniqueKey: (playbook) => playbook.macro ?? undefined,
}

/** The audit log. */
export const auditLog: LogDefinition<AuditEntry> = {
  name: 'audit_log',
  kept: 10_000,
  bytesOf: ({ subjectId, userId }) => 200 + subjectId.length + (userId?.length ?? 0),
}
