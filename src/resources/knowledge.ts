import { Type } from '@sinclair/typebox'
import type { User } from '../auth/principal.ts'
import { formatInstant } from '../base/clock.ts'
import type { StoredRecord } from '../store/types.ts'
import {
  createdAtOf,
  defineResource,
  MaybeText,
  MaybeUser,
  RecordId,
  StrictObject,
  Text,
  Time,
} from './resource.ts'

/** A knowledge entry. */
export interface KnowledgeRecord extends StoredRecord {
  readonly name: string
  readonly body: string
  readonly triggerDescription: string
  readonly macro: string | null
  readonly parentFolderId: string | null
  readonly pinnedRepo: string | null
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly createdBy: User | null
}

export const knowledge = defineResource({
  name: 'knowledge',
  document: StrictObject({
    id: RecordId,
    name: Text,
    body: Type.Optional(Text),
    trigger_description: Type.Optional(Text),
    macro: MaybeText,
    parent_folder_id: MaybeText,
    pinned_repo: MaybeText,
    created_at: Time,
    created_by: MaybeUser,
  }),
  encode: (note: KnowledgeRecord) => ({
    id: note.id,
    name: note.name,
    body: note.body,
    trigger_description: note.triggerDescription,
    macro: note.macro,
    parent_folder_id: note.parentFolderId,
    pinned_repo: note.pinnedRepo,
    created_at: formatInstant(note.createdAt),
    created_by: note.createdBy,
  }),
  decode: (note, defaults, reader) => ({
    id: note.id ?? `note-${defaults.ids.hex()}`,
    name: note.name,
    body: note.body ?? '',
    triggerDescription: note.trigger_description ?? '',
    macro: note.macro ?? null,
    parentFolderId: note.parent_folder_id ?? null,
    pinnedRepo: note.pinned_repo ?? null,
    createdAt: createdAtOf(note, defaults, reader),
    createdBy: note.created_by ?? null,
  }),
})
