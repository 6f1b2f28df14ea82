import { type Static, Type } from '@sinclair/typebox'
import { sendNothing } from '../../fastapi/answer.ts'
import { listTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import {
  createPlaybook,
  deletePlaybook,
  getPlaybook,
  listPlaybooks,
  type PlaybookFields,
  updatePlaybook,
} from '../../organization/playbooks.ts'
import type { PlaybookRecord } from '../../resources/playbooks.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import {
  CreatePlaybookParams,
  DeletePlaybookResponse,
  PlaybookPath,
  PlaybookResponse,
  playbookResponse,
  UpdatePlaybookResponse,
} from '../../schemas/v1/playbooks.ts'

const SUCCESS = { status: 'success' as const }

/** Registers the routes of team playbooks. */
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
      const playbooks = await listPlaybooks(organization)
      const show = (playbook: PlaybookRecord) => playbookResponse(playbook, organization.orgId)
      const isObject = organization.answers.is('v1-playbook-list', 'object')
      const [before, after] = isObject ? ['{"items":[', ']}'] : ['[', ']']
      return sendTexts(reply, wrap(before, listTexts(playbooks, show), after))
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
      const playbook = await createPlaybook(organization, principal, playbookFields(body))
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
    async ({ organization, params }) =>
      playbookResponse(await getPlaybook(organization, params.playbook_id), organization.orgId),
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
      await updatePlaybook(organization, principal, params.playbook_id, playbookFields(body))
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
    async ({ organization, principal, params }, reply) => {
      await deletePlaybook(organization, principal, params.playbook_id)
      return organization.answers.is('v1-delete-playbook', '204') ? sendNothing(reply) : SUCCESS
    },
  )
}

function playbookFields({ title, body, macro }: Static<typeof CreatePlaybookParams>): PlaybookFields {
  return { title, body, macro: macro ?? null }
}
