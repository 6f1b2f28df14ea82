import { Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { formatInstant } from '../base/clock.ts'
import type { StoredRecord } from '../store/types.ts'
import {
  createdAtOf,
  defineResource,
  MaybeActor,
  MaybeText,
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
  /** Whether the entry is used. A disabled folder above it overrides this. Only v3 can change it. */
  readonly isEnabled: boolean
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly createdBy: Actor | null
  /** Microseconds since the epoch. */
  readonly updatedAt: number
}

/** The knowledge entries. */
export const knowledge = defineResource({
  name: 'knowledge',
  document: StrictObject({
    id: RecordId,
    /** The name. */
    name: Text,
    /** What Devin is to know. Default: empty. */
    body: Type.Optional(Text),
    /** When Devin is to use it. Default: empty. */
    trigger_description: Type.Optional(Text),
    /** The macro that stands for it in prompts, e.g. `!style`; null for none. Default: null. */
    macro: MaybeText,
    /** The id of its folder; null for none. Default: null. */
    parent_folder_id: MaybeText,
    /** The repository that it is for; null for none in particular. Default: null. */
    pinned_repo: MaybeText,
    /** Whether it is used. Default: yes. */
    is_enabled: Type.Optional(Type.Boolean()),
    created_at: Time,
    created_by: MaybeActor,
    updated_at: Time,
  }),
  encode: (note: KnowledgeRecord) => ({
    id: note.id,
    name: note.name,
    body: note.body,
    trigger_description: note.triggerDescription,
    macro: note.macro,
    parent_folder_id: note.parentFolderId,
    pinned_repo: note.pinnedRepo,
    is_enabled: note.isEnabled,
    created_at: formatInstant(note.createdAt),
    created_by: note.createdBy,
    updated_at: formatInstant(note.updatedAt),
  }),
  decode: (note, defaults, reader) => {
    const createdAt = createdAtOf(note, defaults, reader)
    return {
      id: note.id ?? `note-${defaults.ids.hex()}`,
      name: note.name,
      body: note.body ?? '',
      triggerDescription: note.trigger_description ?? '',
      macro: note.macro ?? null,
      parentFolderId: note.parent_folder_id ?? null,
      pinnedRepo: note.pinned_repo ?? null,
      isEnabled: note.is_enabled ?? true,
      createdAt,
      createdBy: note.created_by ?? null,
      updatedAt: reader.instant(['updated_at'], note.updated_at, createdAt),
    }
  },
})
