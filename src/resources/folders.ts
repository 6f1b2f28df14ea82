import { Type } from '@sinclair/typebox'
import { formatInstant } from '../base/clock.ts'
import type { StoredRecord } from '../store/types.ts'
import type { DocumentReader } from './document-reader.ts'
import { createdAtOf, defineResource, MaybeText, RecordId, StrictObject, Text, Time } from './resource.ts'

/** A folder of knowledge entries. The API cannot create one; a seed can. */
export interface FolderRecord extends StoredRecord {
  readonly name: string
  readonly description: string
  /** The folder that contains this one; null at the top. */
  readonly parentFolderId: string | null
  /** Whether the entries in the folder, and in the folders below it, are used. */
  readonly isEnabled: boolean
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

const declaration = defineResource({
  name: 'folders',
  document: StrictObject({
    id: RecordId,
    /** The name. */
    name: Text,
    /** What it is for. Default: empty. */
    description: Type.Optional(Text),
    /** The id of the folder that contains it; null at the top. Default: null. */
    parent_folder_id: MaybeText,
    /** Whether the entries in it, and in the folders below it, are used. Default: yes. */
    is_enabled: Type.Optional(Type.Boolean()),
    created_at: Time,
  }),
  encode: ({ id, name, description, parentFolderId, isEnabled, createdAt }: FolderRecord) => ({
    id,
    name,
    description,
    parent_folder_id: parentFolderId,
    is_enabled: isEnabled,
    created_at: formatInstant(createdAt),
  }),
  decode: (folder, defaults, reader) => ({
    id: folder.id ?? `folder-${defaults.ids.hex()}`,
    name: folder.name,
    description: folder.description ?? '',
    parentFolderId: folder.parent_folder_id ?? null,
    isEnabled: folder.is_enabled ?? true,
    createdAt: createdAtOf(folder, defaults, reader),
  }),
})

/** The folders of knowledge entries. */
export const folders = {
  ...declaration,
  async decodeAll(...[documents, defaults, reader]: Parameters<typeof declaration.decodeAll>) {
    const records = await declaration.decodeAll(documents, defaults, reader)
    rejectMisplaced(records, reader)
    return records
  },
}

/** The maximum number of folders above a folder. Without a limit, the paths of a long chain would take quadratic memory. */
const DEPTH_MAX = 32

/** Rejects folders whose place is not a place in a tree. */
function rejectMisplaced(records: readonly FolderRecord[], reader: DocumentReader): void {
  const byId = new Map(records.map((folder) => [folder.id, folder]))
  reader.eachItem(records, ({ parentFolderId }) => {
    if (parentFolderId !== null && !byId.has(parentFolderId)) {
      reader.reject(['parent_folder_id'], 'no such folder')
    } else if (isTooDeep(parentFolderId, byId)) {
      reader.reject(
        ['parent_folder_id'],
        `the folder is inside itself, or more than ${DEPTH_MAX} folders deep`,
      )
    }
  })
}

function isTooDeep(parentFolderId: string | null, byId: ReadonlyMap<string, FolderRecord>): boolean {
  let id = parentFolderId
  for (let depth = 0; id !== null; depth++) {
    if (depth === DEPTH_MAX) return true
    id = byId.get(id)?.parentFolderId ?? null
  }
  return false
}
