import { unixSeconds } from '../../base/clock.ts'
import type { FolderRecord } from '../../resources/folders.ts'
import type { KnowledgeRecord } from '../../resources/knowledge.ts'
import { accessOf } from './access.ts'
import type { FolderSummary, KnowledgeNoteResponse } from './contract.ts'

/** The members of a note that follow from its folders and its organization. */
interface NoteContext {
  readonly folderPath: string
  readonly isEnabled: boolean
  readonly orgId: string
}

/** Returns the wire form of a note. */
export function noteResponse(
  note: KnowledgeRecord,
  { folderPath, isEnabled, orgId }: NoteContext,
): KnowledgeNoteResponse {
  return {
    note_id: note.id,
    folder_id: note.parentFolderId,
    folder_path: folderPath,
    name: note.name,
    body: note.body,
    trigger: note.triggerDescription,
    is_enabled: isEnabled,
    created_at: unixSeconds(note.createdAt),
    updated_at: unixSeconds(note.updatedAt),
    ...accessOf(orgId),
    macro: note.macro,
    pinned_repo: note.pinnedRepo,
  }
}

/** Returns the wire form of a folder in the tree. */
export function folderSummary(folder: FolderRecord, path: string, noteCount: number): FolderSummary {
  return {
    folder_id: folder.id,
    name: folder.name,
    path,
    note_count: noteCount,
    parent_folder_id: folder.parentFolderId,
  }
}
