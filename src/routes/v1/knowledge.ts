import type { Static } from '@sinclair/typebox'
import { Type } from '@sinclair/typebox'
import { sendNothing } from '../../fastapi/answer.ts'
import { joined, listTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import {
  createNote,
  deleteNote,
  listKnowledge,
  type NoteFields,
  updateNote,
} from '../../organization/knowledge.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import {
  CreateKnowledgeParams,
  folderResponse,
  KnowledgePath,
  KnowledgeResponse,
  knowledgeResponse,
  ListKnowledgeResponse,
} from '../../schemas/v1/knowledge.ts'

/** Registers the routes of knowledge entries and their folders. */
export async function knowledgeRoutes(app: ApiInstance): Promise<void> {
  // GET /v1/knowledge
  app.get(
    '/v1/knowledge',
    {
      schema: {
        operationId: 'list_knowledge_v1_knowledge_get',
        summary: 'List all knowledge',
        description: 'List all knowledge entries and folders in the organization.',
        response: { 200: ListKnowledgeResponse },
      },
    },
    async ({ organization }, reply) => {
      const { notes, folders } = await listKnowledge(organization)
      const noteTexts = wrap('{"knowledge":[', listTexts(notes, knowledgeResponse), '],')
      const folderTexts = wrap('"folders":[', listTexts(folders, folderResponse), ']}')
      return sendTexts(reply, joined([noteTexts, folderTexts]))
    },
  )

  // POST /v1/knowledge
  app.post(
    '/v1/knowledge',
    {
      schema: {
        operationId: 'create_knowledge_v1_knowledge_post',
        summary: 'Create knowledge entry',
        description: 'Create a new knowledge entry for the organization.',
        body: CreateKnowledgeParams,
        response: { 200: KnowledgeResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, principal, body }) =>
      knowledgeResponse(await createNote(organization, principal, noteFields(body))),
  )

  // PUT /v1/knowledge/{note_id}
  app.put(
    '/v1/knowledge/:note_id',
    {
      schema: {
        operationId: 'update_knowledge_v1_knowledge__note_id__put',
        summary: 'Update knowledge entry',
        description: 'Update an existing knowledge entry.',
        params: KnowledgePath,
        body: CreateKnowledgeParams,
        response: { 200: KnowledgeResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, principal, params, body }) =>
      knowledgeResponse(await updateNote(organization, principal, params.note_id, noteFields(body))),
  )

  // DELETE /v1/knowledge/{note_id}
  app.delete(
    '/v1/knowledge/:note_id',
    {
      schema: {
        operationId: 'delete_knowledge_v1_knowledge__note_id__delete',
        summary: 'Delete knowledge entry',
        description: 'Delete a knowledge entry from the organization.',
        params: KnowledgePath,
        response: { 204: Type.Null(), 422: HTTPValidationError },
      },
    },
    async ({ organization, principal, params }, reply) => {
      await deleteNote(organization, principal, params.note_id)
      return sendNothing(reply)
    },
  )
}

/** Returns the fields of an entry. Omitted fields are null, also on an update, because an update replaces the whole entry. */
function noteFields(params: Static<typeof CreateKnowledgeParams>): NoteFields {
  return {
    name: params.name,
    body: params.body,
    triggerDescription: params.trigger_description,
    macro: params.macro ?? null,
    parentFolderId: params.parent_folder_id ?? null,
    pinnedRepo: params.pinned_repo ?? null,
  }
}
