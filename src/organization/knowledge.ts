import type { Principal } from '../auth/principal.ts'
import type { FolderRecord } from '../resources/folders.ts'
import type { KnowledgeRecord } from '../resources/knowledge.ts'
import { found, NotFound } from './errors.ts'
import { placedFolders, placeOf } from './folders.ts'
import type { Organization } from './organizations.ts'

/** The fields of a note that clients set. */
export interface NoteFields
  extends Pick<KnowledgeRecord, 'name' | 'body' | 'triggerDescription' | 'parentFolderId' | 'pinnedRepo'> {
  /** Without a value, a change keeps the macro, and a new note has none. */
  readonly macro?: string | null
  /** Without a value, a change keeps the setting, and a new note is enabled. */
  readonly isEnabled?: boolean | undefined
}

/** The conditions for notes in a list. Null: any. */
export interface NoteFilter {
  /** A part of the name, the trigger or the body, in any case. */
  readonly search: string | null
  /** The path of the folder that the note is in; empty for notes outside of all folders. */
  readonly folderPath: string | null
  readonly pinnedRepo: string | null
}

/** A note with what follows from the folders above it. */
export interface PlacedNote {
  readonly note: KnowledgeRecord
  /** The names of the folders above it; empty outside of all folders. */
  readonly folderPath: string
  /** Whether the note and all folders above it are enabled. */
  readonly isEnabled: boolean
}

/** Returns the notes and folders of an organization, oldest first. */
export async function listKnowledge({ knowledge, folders }: Organization): Promise<{
  notes: KnowledgeRecord[]
  folders: FolderRecord[]
}> {
  return { notes: await knowledge.list(), folders: await folders.list() }
}

/** Returns a function that selects the notes that satisfy a filter; undefined if it has no conditions. */
export async function noteSelector(
  organization: Organization,
  { search, folderPath, pinnedRepo }: NoteFilter,
): Promise<((note: KnowledgeRecord) => boolean) | undefined> {
  if (search === null && folderPath === null && pinnedRepo === null) return undefined
  const inFolder = folderPath === null ? null : await folderSelector(organization, folderPath)
  const text = search?.toLowerCase()
  return (note) =>
    (pinnedRepo === null || note.pinnedRepo === pinnedRepo) &&
    (inFolder === null || inFolder(note)) &&
    (text === undefined || textsOf(note).some((part) => part.toLowerCase().includes(text)))
}

/** Returns a function that selects the notes whose folder has a path. A slash at either end of the path is ignored. */
async function folderSelector(
  organization: Organization,
  folderPath: string,
): Promise<(note: KnowledgeRecord) => boolean> {
  const placed = await placedFolders(organization)
  const path = folderPath.replace(/^\/|\/$/g, '')
  return ({ parentFolderId: id }) => ((id === null ? undefined : placed.get(id))?.path ?? '') === path
}

function textsOf({ name, triggerDescription, body }: KnowledgeRecord): string[] {
  return [name, triggerDescription, body]
}

/** Returns a note. Throws {@link NotFound}. */
export async function getNote({ knowledge }: Organization, id: string): Promise<KnowledgeRecord> {
  return found(await knowledge.get(id), 'note')
}

/** Returns a note with what follows from the folders above it. */
export async function placedNote(organization: Organization, note: KnowledgeRecord): Promise<PlacedNote> {
  const { path: folderPath, isEnabled } = await placeOf(organization, note.parentFolderId)
  return { note, folderPath, isEnabled: isEnabled && note.isEnabled }
}

/** Stores a note. */
export async function createNote(
  { knowledge, ids, clock, auditLog }: Organization,
  principal: Principal,
  fields: NoteFields,
): Promise<KnowledgeRecord> {
  const now = clock.now()
  const note: KnowledgeRecord = {
    id: `note-${ids.hex()}`,
    macro: null,
    isEnabled: true,
    ...wellFormed(fields),
    createdAt: now,
    createdBy: principal.actor,
    updatedAt: now,
  }
  await knowledge.insert(note)
  auditLog.write(principal, 'create_knowledge', note.id)
  return note
}

/** Replaces the fields of a note that clients set. Throws {@link NotFound}. */
export async function updateNote(
  { knowledge, clock, auditLog }: Organization,
  principal: Principal,
  id: string,
  fields: NoteFields,
): Promise<KnowledgeRecord> {
  const changes = { ...wellFormed(fields), updatedAt: clock.now() }
  const note = found(await knowledge.update(id, (before) => ({ ...before, ...changes })), 'note')
  auditLog.write(principal, 'edit_knowledge', note.id)
  return note
}

/** Deletes a note and returns it. Throws {@link NotFound}. */
export async function deleteNote(
  { knowledge, auditLog }: Organization,
  principal: Principal,
  id: string,
): Promise<KnowledgeRecord> {
  const deleted = found(await knowledge.delete(id), 'note')
  auditLog.write(principal, 'delete_knowledge', deleted.id)
  return deleted
}

/** Replaces lone surrogates, and omits what has no value. The real service accepts surrogates, too, but no response could show them. */
function wellFormed({ macro, isEnabled, ...fields }: NoteFields) {
  return {
    name: fields.name.toWellFormed(),
    body: fields.body.toWellFormed(),
    triggerDescription: fields.triggerDescription.toWellFormed(),
    ...(macro !== undefined && { macro: macro?.toWellFormed() ?? null }),
    parentFolderId: fields.parentFolderId?.toWellFormed() ?? null,
    pinnedRepo: fields.pinnedRepo?.toWellFormed() ?? null,
    ...(isEnabled !== undefined && { isEnabled }),
  }
}
