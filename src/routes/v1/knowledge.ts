import type { Static } from '@sinclair/typebox'
import { Type } from '@sinclair/typebox'
import { joined, listTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import {
  CreateKnowledgeParams,
  folderResponse,
  KnowledgePath,
  KnowledgeResponse,
  knowledgeResponse,
  ListKnowledgeResponse,
} from '../../schemas/v1/knowledge.ts'
import { notFound } from './errors.ts'

/** The knowledge entries of an organization, and their folders. */
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
      const [notes, folders] = await Promise.all([organization.knowledge.list(), organization.folders.list()])
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
    async ({ organization, principal, body }) => {
      const note = {
        id: `note-${organization.ids.hex()}`,
        ...knowledgeFields(body),
        createdAt: organization.clock.now(),
        createdBy: principal.user,
      }
      await organization.knowledge.insert(note)
      organization.auditLog.write(principal, 'create_knowledge', note.id)
      return knowledgeResponse(note)
    },
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
    async ({ organization, principal, params, body }) => {
      const fields = knowledgeFields(body)
      const note = await organization.knowledge.update(params.note_id, (before) => ({ ...before, ...fields }))
      if (note === undefined) throw notFound('Knowledge')
      organization.auditLog.write(principal, 'update_knowledge', note.id)
      return knowledgeResponse(note)
    },
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
      const deleted = await organization.knowledge.delete(params.note_id)
      if (deleted === undefined) throw notFound('Knowledge')
      organization.auditLog.write(principal, 'delete_knowledge', deleted.id)
      return reply.code(204).send(null)
    },
  )
}

/**
 * All that a client says of an entry; what it leaves out is null, on an update too, which is a full replacement. A lone
 * surrogate is let in by the real thing, too, but nothing could ever show it again.
 */
function knowledgeFields(params: Static<typeof CreateKnowledgeParams>) {
  return {
    name: params.name.toWellFormed(),
    body: params.body.toWellFormed(),
    triggerDescription: params.trigger_description.toWellFormed(),
    macro: params.macro?.toWellFormed() ?? null,
    parentFolderId: params.parent_folder_id?.toWellFormed() ?? null,
    pinnedRepo: params.pinned_repo?.toWellFormed() ?? null,
  }
}
