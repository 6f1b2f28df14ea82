import { objectTexts, sendTexts } from '../../fastapi/long-answer.ts'
import { ownerOf, ownersIn } from '../../organization/enterprise-scope.ts'
import { found, NotFound } from '../../organization/errors.ts'
import type { Organization, Organizations } from '../../organization/organizations.ts'
import {
  createPlaybook,
  deletePlaybook,
  findPlaybook,
  getPlaybook,
  isPublished,
  updatePlaybook,
} from '../../organization/playbooks.ts'
import { playbookResponse } from '../../schemas/v3/playbooks.ts'
import { mergedPage } from './merged-page.ts'
import { playbookFields } from './playbooks.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageAccountPlaybooks'

/** The playbooks of the enterprise and of all organizations. */
export const enterprisePlaybooksRoutes = {
  // GET /v3/enterprise/playbooks
  'GET /v3/enterprise/playbooks': {
    permission,
    handle: async ({ query, server }, reply) => {
      const page = await mergedPage({
        list: 'enterprise-playbooks',
        sources: ownersIn(server.organizations).map((organization) => ({
          organization,
          records: organization.playbooks,
          where: isPublished,
        })),
        query,
        order: 'oldest',
        show: (playbook, { orgId }) => playbookResponse(playbook, orgId),
      })
      return sendTexts(reply, objectTexts(page))
    },
  },

  // POST /v3/enterprise/playbooks
  'POST /v3/enterprise/playbooks': {
    permission,
    handle: async ({ organization: enterprise, principal, body }) => {
      const playbook = await createPlaybook(enterprise, principal, playbookFields(body))
      return playbookResponse(playbook, enterprise.orgId)
    },
  },

  // DELETE /v3/enterprise/playbooks/{playbook_id}
  'DELETE /v3/enterprise/playbooks/{playbook_id}': {
    permission,
    handle: async ({ params, principal, server }) => {
      const owner = await ownerOfPlaybook(server.organizations, params.playbook_id)
      return playbookResponse(await deletePlaybook(owner, principal, params.playbook_id), owner.orgId)
    },
  },

  // GET /v3/enterprise/playbooks/{playbook_id}
  'GET /v3/enterprise/playbooks/{playbook_id}': {
    permission,
    handle: async ({ params, server }) => {
      const owner = await ownerOfPlaybook(server.organizations, params.playbook_id)
      return playbookResponse(await getPlaybook(owner, params.playbook_id), owner.orgId)
    },
  },

  // PUT /v3/enterprise/playbooks/{playbook_id}
  'PUT /v3/enterprise/playbooks/{playbook_id}': {
    permission,
    handle: async ({ params, principal, body, server }) => {
      const fields = playbookFields(body)
      const owner = await ownerOfPlaybook(server.organizations, params.playbook_id)
      return playbookResponse(await updatePlaybook(owner, principal, params.playbook_id, fields), owner.orgId)
    },
  },
} satisfies V3Routes

/** Returns the organization of a playbook, or the enterprise. Throws {@link NotFound}. */
async function ownerOfPlaybook(organizations: Organizations, id: string): Promise<Organization> {
  const owner = await ownerOf(ownersIn(organizations), (organization) => findPlaybook(organization, id))
  return found(owner, 'playbook')
}
