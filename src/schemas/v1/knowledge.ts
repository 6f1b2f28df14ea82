import { type Static, Type } from '@sinclair/typebox'
import { userOrNull } from '../../auth/principal.ts'
import { formatInstant } from '../../base/clock.ts'
import type { FolderRecord } from '../../resources/folders.ts'
import type { KnowledgeRecord } from '../../resources/knowledge.ts'
import { DateTime, Nullable } from '../types.ts'

/** The path of one knowledge entry. */
export const KnowledgePath = Type.Object({ note_id: Type.String({ title: 'Note Id' }) })

/** The body of `POST /v1/knowledge` and `PUT /v1/knowledge/{note_id}`. */
export const CreateKnowledgeParams = Type.Object(
  {
    name: Type.String({ title: 'Name' }),
    body: Type.String({ title: 'Body' }),
    trigger_description: Type.String({ title: 'Trigger Description' }),
    macro: Type.Optional(Nullable(Type.String(), { title: 'Macro' })),
    parent_folder_id: Type.Optional(Nullable(Type.String(), { title: 'Parent Folder Id' })),
    pinned_repo: Type.Optional(Nullable(Type.String(), { title: 'Pinned Repo' })),
  },
  { $id: 'CreateKnowledgeParams', title: 'CreateKnowledgeParams' },
)

/** The creator of a knowledge entry. */
export const KnowledgeCreatedBy = Type.Object(
  {
    full_name: Type.String({ title: 'Full Name' }),
    id: Type.String({ title: 'Id' }),
    image_url: Type.Optional(Nullable(Type.String(), { title: 'Image Url' })),
  },
  {
    $id: 'KnowledgeCreatedBy',
    title: 'KnowledgeCreatedBy',
    description: 'Information about who created a knowledge entry.',
  },
)

/** A knowledge entry. */
export const KnowledgeResponse = Type.Object(
  {
    id: Type.String({ title: 'Id' }),
    name: Type.String({ title: 'Name' }),
    body: Type.String({ title: 'Body' }),
    trigger_description: Type.String({ title: 'Trigger Description' }),
    created_at: DateTime({ title: 'Created At' }),
    created_by: Type.Optional(Nullable(KnowledgeCreatedBy)),
    macro: Type.Optional(Nullable(Type.String(), { title: 'Macro' })),
    parent_folder_id: Type.Optional(Nullable(Type.String(), { title: 'Parent Folder Id' })),
    pinned_repo: Type.Optional(Nullable(Type.String(), { title: 'Pinned Repo' })),
  },
  { $id: 'KnowledgeResponse', title: 'KnowledgeResponse' },
)

/** A folder of knowledge entries. */
export const FolderResponse = Type.Object(
  {
    id: Type.String({ title: 'Id' }),
    name: Type.String({ title: 'Name' }),
    description: Type.String({ title: 'Description' }),
    created_at: DateTime({ title: 'Created At' }),
  },
  { $id: 'FolderResponse', title: 'FolderResponse' },
)

/** The response of `GET /v1/knowledge`. */
export const ListKnowledgeResponse = Type.Object(
  {
    knowledge: Type.Array(KnowledgeResponse, { title: 'Knowledge' }),
    folders: Type.Array(FolderResponse, { title: 'Folders' }),
  },
  { $id: 'ListKnowledgeResponse', title: 'ListKnowledgeResponse' },
)

/** Returns the wire form of a knowledge entry. */
export function knowledgeResponse(note: KnowledgeRecord): Static<typeof KnowledgeResponse> {
  const createdBy = userOrNull(note.createdBy)
  return {
    id: note.id,
    name: note.name,
    body: note.body,
    trigger_description: note.triggerDescription,
    parent_folder_id: note.parentFolderId,
    created_at: formatInstant(note.createdAt),
    created_by: createdBy === null ? null : { id: createdBy.id, full_name: createdBy.name, image_url: null },
    macro: note.macro,
    pinned_repo: note.pinnedRepo,
  }
}

/** Returns the wire form of a folder. */
export function folderResponse(folder: FolderRecord): Static<typeof FolderResponse> {
  return {
    id: folder.id,
    name: folder.name,
    description: folder.description,
    created_at: formatInstant(folder.createdAt),
  }
}
