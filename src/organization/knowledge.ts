import type { Principal } from '../auth/principal.ts'
import type { FolderRecord, KnowledgeRecord } from '../store/records.ts'
import { NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** What a client says of a note. */
export type NoteFields = Omit<KnowledgeRecord, 'id' | 'createdAt' | 'createdBy'>

/** The notes of an organization and their folders, oldest first. */
export async function listKnowledge({ knowledge, folders }: Organization): Promise<{
  notes: KnowledgeRecord[]
  folders: FolderRecord[]
}> {
  return { notes: await knowledge.list(), folders: await folders.list() }
}

/** Stores a note. */
export async function createNote(
  { knowledge, ids, clock, auditLog }: Organization,
  principal: Principal,
  fields: NoteFields,
): Promise<KnowledgeRecord> {
  const note = {
    id: `note-${ids.hex()}`,
    ...wellFormed(fields),
    createdAt: clock.now(),
    createdBy: principal.user,
  }
  await knowledge.insert(note)
  auditLog.write(principal, 'create_knowledge', note.id)
  return note
}

/** Replaces all that a client may say of a note. Throws {@link NotFound}. */
export async function updateNote(
  { knowledge, auditLog }: Organization,
  principal: Principal,
  id: string,
  fields: NoteFields,
): Promise<KnowledgeRecord> {
  const replacement = wellFormed(fields)
  const note = await knowledge.update(id, (before) => ({ ...before, ...replacement }))
  if (note === undefined) throw new NotFound('note')
  auditLog.write(principal, 'update_knowledge', note.id)
  return note
}

/** Deletes a note, and returns it. Throws {@link NotFound}. */
export async function deleteNote(
  { knowledge, auditLog }: Organization,
  principal: Principal,
  id: string,
): Promise<KnowledgeRecord> {
  const deleted = await knowledge.delete(id)
  if (deleted === undefined) throw new NotFound('note')
  auditLog.write(principal, 'delete_knowledge', deleted.id)
  return deleted
}

/** The real service accepts a lone surrogate, too, but nothing could ever show it. */
function wellFormed(fields: NoteFields): NoteFields {
  return {
    name: fields.name.toWellFormed(),
    body: fields.body.toWellFormed(),
    triggerDescription: fields.triggerDescription.toWellFormed(),
    macro: fields.macro?.toWellFormed() ?? null,
    parentFolderId: fields.parentFolderId?.toWellFormed() ?? null,
    pinnedRepo: fields.pinnedRepo?.toWellFormed() ?? null,
  }
}
