import { type Static, Type } from '@sinclair/typebox'
import { fixedJson } from '../../fastapi/json/encode.ts'
import { listTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import type { Organization } from '../../organization/organizations.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import {
  CreatePlaybookParams,
  DeletePlaybookResponse,
  PlaybookPath,
  PlaybookResponse,
  playbookResponse,
  UpdatePlaybookResponse,
} from '../../schemas/v1/playbooks.ts'
import type { PlaybookRecord } from '../../store/records.ts'
import { UniqueKeyError } from '../../store/types.ts'
import { macroTaken, notFound } from './errors.ts'

const SUCCESS = fixedJson({ status: 'success' as const })

/** The team playbooks of an organization. */
export async function playbooksRoutes(app: ApiInstance): Promise<void> {
  // GET /v1/playbooks
  app.get(
    '/v1/playbooks',
    {
      schema: {
        operationId: 'list_playbooks_v1_playbooks_get',
        summary: 'List playbooks',
        description:
          'Retrieve all team playbooks accessible to your organization. Only team playbooks are returned via the API.',
        response: {
          200: Type.Array(PlaybookResponse, { title: 'Response List Playbooks V1 Playbooks Get' }),
        },
      },
    },
    async ({ organization }, reply) => {
      const playbooks = await organization.playbooks.list({ where: isPublished })
      const show = (playbook: PlaybookRecord) => playbookResponse(playbook, organization.orgId)
      return sendTexts(reply, wrap('[', listTexts(playbooks, show), ']'))
    },
  )

  // POST /v1/playbooks
  app.post(
    '/v1/playbooks',
    {
      schema: {
        operationId: 'create_playbook_v1_playbooks_post',
        summary: 'Create playbook',
        description: 'Create a new team playbook. Requires ManageOrgPlaybooks permission.',
        body: CreatePlaybookParams,
        response: { 200: PlaybookResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, principal, body }) => {
      const now = organization.clock.now()
      const playbook: PlaybookRecord = {
        id: `playbook-${organization.ids.hex()}`,
        ...playbookFields(body),
        status: 'published',
        createdAt: now,
        createdBy: principal.user,
        updatedAt: now,
        updatedBy: principal.user,
      }
      await mapMacroConflict(organization.playbooks.insert(playbook))
      organization.auditLog.write(principal, 'create_playbook', playbook.id)
      return playbookResponse(playbook, organization.orgId)
    },
  )

  // GET /v1/playbooks/{playbook_id}
  app.get(
    '/v1/playbooks/:playbook_id',
    {
      schema: {
        operationId: 'get_playbook_v1_playbooks__playbook_id__get',
        summary: 'Get playbook',
        description: 'Retrieve details of a specific playbook by its ID.',
        params: PlaybookPath,
        response: { 200: PlaybookResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, params }) => {
      const playbook = await organization.playbooks.get(params.playbook_id)
      if (playbook === undefined || !isPublished(playbook)) throw notFound('Playbook')
      return playbookResponse(playbook, organization.orgId)
    },
  )

  // PUT /v1/playbooks/{playbook_id}
  app.put(
    '/v1/playbooks/:playbook_id',
    {
      schema: {
        operationId: 'update_playbook_v1_playbooks__playbook_id__put',
        summary: 'Update playbook',
        description:
          'Update an existing team playbook. Requires ManageOrgPlaybooks permission. Only team playbooks can be updated.',
        params: PlaybookPath,
        body: CreatePlaybookParams,
        response: { 200: UpdatePlaybookResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, principal, params, body }) => {
      const fields = {
        ...playbookFields(body),
        updatedAt: organization.clock.now(),
        updatedBy: principal.user,
      }
      const playbook = await mapMacroConflict(updatePublished(organization, params.playbook_id, fields))
      organization.auditLog.write(principal, 'update_playbook', playbook.id)
      return SUCCESS
    },
  )

  // DELETE /v1/playbooks/{playbook_id}
  app.delete(
    '/v1/playbooks/:playbook_id',
    {
      schema: {
        operationId: 'delete_playbook_v1_playbooks__playbook_id__delete',
        summary: 'Delete playbook',
        description:
          'Delete a team playbook. Requires ManageOrgPlaybooks permission. This marks the playbook as deleted and removes any associated macro.',
        params: PlaybookPath,
        response: { 200: DeletePlaybookResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, principal, params }) => {
      const playbook = await updatePublished(organization, params.playbook_id, {
        status: 'deleted',
        macro: null,
      })
      organization.auditLog.write(principal, 'delete_playbook', playbook.id)
      return SUCCESS
    },
  )
}

function isPublished(playbook: PlaybookRecord): boolean {
  return playbook.status === 'published'
}

/** What a client says of a playbook. What is not checked for length may hold a lone surrogate, which nothing could show. */
function playbookFields({ title, body, macro }: Static<typeof CreatePlaybookParams>) {
  return { title, body, macro: macro?.toWellFormed() ?? null }
}

/** Looks and changes in one step, so that of two who delete a playbook one does. Throws ApiError (404) or UniqueKeyError. */
async function updatePublished(
  { playbooks }: Organization,
  id: string,
  fields: Partial<PlaybookRecord>,
): Promise<PlaybookRecord> {
  const playbook = await playbooks.update(id, (before) => {
    if (!isPublished(before)) throw notFound('Playbook')
    return { ...before, ...fields }
  })
  if (playbook === undefined) throw notFound('Playbook')
  return playbook
}

async function mapMacroConflict<R>(write: Promise<R>): Promise<R> {
  try {
    return await write
  } catch (error) {
    throw error instanceof UniqueKeyError ? macroTaken() : error
  }
}
