import type { Principal } from '../auth/principal.ts'
import type { FolderRecord } from '../resources/folders.ts'
import type { KnowledgeRecord } from '../resources/knowledge.ts'
import { NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** The fields of a note that clients set. */
export type NoteFields = Omit<KnowledgeRecord, 'id' | 'createdAt' | 'createdBy'>

/** Returns the notes and folders of an organization, oldest first. */
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

/** Replaces all fields of a note that clients set. Throws {@link NotFound}. */
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

/** Deletes a note and returns it. Throws {@link NotFound}. */
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

/** Replaces lone surrogates. The real service accepts them, too, but no response could show them. */
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
