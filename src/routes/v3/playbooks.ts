import { objectTexts, sendTexts } from '../../fastapi/long-answer.ts'
import { Impossible } from '../../organization/errors.ts'
import {
  createPlaybook,
  deletePlaybook,
  getPlaybook,
  isPublished,
  type PlaybookFields,
  updatePlaybook,
} from '../../organization/playbooks.ts'
import type { PlaybookCreateRequest } from '../../schemas/v3/contract.ts'
import { playbookResponse } from '../../schemas/v3/playbooks.ts'
import { cursorPage } from './pages.ts'
import type { V3Routes } from './types.ts'

const permission = ['ManageAccountPlaybooks', 'ManageOrgPlaybooks']

/** The playbooks of an organization. */
export const playbooksRoutes = {
  // GET /v3/organizations/{org_id}/playbooks
  'GET /v3/organizations/{org_id}/playbooks': {
    permission,
    handle: async ({ organization, query }, reply) => {
      const page = await cursorPage({
        list: 'playbooks',
        organization,
        records: organization.playbooks,
        query,
        order: 'oldest',
        where: isPublished,
        show: (playbook) => playbookResponse(playbook, organization.orgId),
      })
      return sendTexts(reply, objectTexts(page))
    },
  },

  // POST /v3/organizations/{org_id}/playbooks
  'POST /v3/organizations/{org_id}/playbooks': {
    permission,
    handle: async ({ organization, principal, body }) => {
      const playbook = await createPlaybook(organization, principal, playbookFields(body))
      return playbookResponse(playbook, organization.orgId)
    },
  },

  // DELETE /v3/organizations/{org_id}/playbooks/{playbook_id}
  'DELETE /v3/organizations/{org_id}/playbooks/{playbook_id}': {
    permission,
    handle: async ({ organization, principal, params }) => {
      const playbook = await deletePlaybook(organization, principal, params.playbook_id)
      return playbookResponse(playbook, organization.orgId)
    },
  },

  // GET /v3/organizations/{org_id}/playbooks/{playbook_id}
  'GET /v3/organizations/{org_id}/playbooks/{playbook_id}': {
    permission,
    handle: async ({ organization, params }) =>
      playbookResponse(await getPlaybook(organization, params.playbook_id), organization.orgId),
  },

  // PUT /v3/organizations/{org_id}/playbooks/{playbook_id}
  'PUT /v3/organizations/{org_id}/playbooks/{playbook_id}': {
    permission,
    handle: async ({ organization, principal, params, body }) => {
      const fields = playbookFields(body)
      const playbook = await updatePlaybook(organization, principal, params.playbook_id, fields)
      return playbookResponse(playbook, organization.orgId)
    },
  },
} satisfies V3Routes

/** The form of a macro, which the contract describes only in words. */
const MACRO = /^![A-Za-z0-9_-]+$/

/** Returns the fields of a playbook. Those that were not sent have no value. Throws {@link Impossible} for a malformed macro. */
export function playbookFields(body: PlaybookCreateRequest): PlaybookFields {
  const { title, body: text, macro, structured_output_schema: structuredOutputSchema } = body
  if (typeof macro === 'string' && !MACRO.test(macro)) {
    throw new Impossible("macro must start with '!' followed by letters, digits, underscores, or hyphens")
  }
  return { title, body: text, macro, structuredOutputSchema }
}
