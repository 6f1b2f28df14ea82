import { randomUuid } from '../base/ids.ts'
import type { RecordsState } from '../organization/state.ts'
import type { StoredRecord } from '../store/types.ts'
import { type DecodeDefaults, decodeSessions } from './decode-session.ts'
import type { DocumentReader } from './document-reader.ts'
import type { OrganizationDocument } from './schema.ts'

/** The records of an organization, with what its document leaves open filled in. */
export async function decodeRecords(
  document: OrganizationDocument,
  filling: DecodeDefaults,
  reading: DocumentReader,
): Promise<RecordsState> {
  const { ids, now } = filling
  const time = (text: string | undefined) => reading.instant(['created_at'], text, now)
  const all = recordsOf(reading)
  const [names, macros] = [new Map<string, string>(), new Map<string, string>()]
  return {
    secrets: all('secrets', document.secrets, ({ id, created_at, ...secret }) => {
      reading.requireUnique(names, secret.key, 'key')
      return {
        type: 'key-value',
        value: '',
        sensitive: true,
        note: null,
        ...secret,
        id: id ?? `secret-${ids.hex()}`,
        createdAt: time(created_at),
      }
    }),
    sessions: await decodeSessions(document.sessions ?? [], filling, reading),
    attachments: all('attachments', document.attachments, (attachment) => ({
      id: attachment.id ?? randomUuid(ids),
      name: attachment.name,
      contentType: attachment.content_type ?? 'application/octet-stream',
      bytes: bytesOf(attachment.base64 ?? '', reading),
      createdAt: time(attachment.created_at),
    })),
    knowledge: all('knowledge', document.knowledge, (note) => ({
      id: note.id ?? `note-${ids.hex()}`,
      name: note.name,
      body: note.body ?? '',
      triggerDescription: note.trigger_description ?? '',
      macro: note.macro ?? null,
      parentFolderId: note.parent_folder_id ?? null,
      pinnedRepo: note.pinned_repo ?? null,
      createdAt: time(note.created_at),
      createdBy: note.created_by ?? null,
    })),
    folders: all('folders', document.folders, (folder) => ({
      id: folder.id ?? `folder-${ids.hex()}`,
      name: folder.name,
      description: folder.description ?? '',
      createdAt: time(folder.created_at),
    })),
    playbooks: all('playbooks', document.playbooks, (playbook) => {
      const { created_by: creator = null, macro = null, updated_by: editor = creator } = playbook
      const createdAt = time(playbook.created_at)
      if (macro !== null) reading.requireUnique(macros, macro, 'macro')
      return {
        id: playbook.id ?? `playbook-${ids.hex()}`,
        title: playbook.title,
        body: playbook.body,
        macro,
        status: playbook.status ?? 'published',
        createdAt,
        createdBy: creator,
        updatedAt: reading.instant(['updated_at'], playbook.updated_at, createdAt),
        updatedBy: editor,
      }
    }),
    auditLog: all('audit_logs', document.audit_logs, (entry) => ({
      id: entry.id ?? `audit_log-${ids.hex()}`,
      action: entry.action,
      createdAt: time(entry.created_at),
      userId: entry.user_id ?? null,
      subjectId: entry.subject_id,
    })),
  }
}

/** Reads all records of a kind, no two of which may have one id. */
function recordsOf(reading: DocumentReader) {
  return <Item, Stored extends StoredRecord>(
    kind: string,
    items: readonly Item[] | undefined,
    decode: (item: Item) => Stored,
  ): Stored[] => {
    const seen = new Map<string, string>()
    return reading.each(kind, items, (item) => {
      const record = decode(item)
      reading.requireUnique(seen, record.id, 'id')
      return record
    })
  }
}

/** Buffer passes over what is no base64; here nothing may be lost silently. */
function bytesOf(base64: string, reading: DocumentReader): Uint8Array {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64.replace(/[\r\n]+/g, '')) reading.reject(['base64'], 'not base64')
  return bytes
}
