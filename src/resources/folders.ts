import { Type } from '@sinclair/typebox'
import { formatInstant } from '../base/clock.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, RecordId, StrictObject, Text, Time } from './resource.ts'

/** A folder of knowledge entries. The v1 API cannot create one; a seed can. */
export interface FolderRecord extends StoredRecord {
  readonly name: string
  readonly description: string
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

export const folders = defineResource({
  name: 'folders',
  document: StrictObject({
    id: RecordId,
    name: Text,
    description: Type.Optional(Text),
    created_at: Time,
  }),
  encode: ({ id, name, description, createdAt }: FolderRecord) => ({
    id,
    name,
    description,
    created_at: formatInstant(createdAt),
  }),
  decode: (folder, defaults, reader) => ({
    id: folder.id ?? `folder-${defaults.ids.hex()}`,
    name: folder.name,
    description: folder.description ?? '',
    createdAt: createdAtOf(folder, defaults, reader),
  }),
})
