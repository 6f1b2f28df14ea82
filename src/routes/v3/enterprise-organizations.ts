import {
  createOrganization,
  deleteOrganization,
  getOrganization,
  listOrganizations,
  type OrganizationFields,
  updateOrganization,
} from '../../organization/enterprise-organizations.ts'
import type { OrganizationUpdateRequest } from '../../schemas/v3/contract.ts'
import { organizationResponse } from '../../schemas/v3/enterprise-organizations.ts'
import { finiteNumber } from '../../simulation/finite-number.ts'
import { sortedPage } from './pages.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageEnterpriseSettings'

/** The organizations of the enterprise. */
export const enterpriseOrganizationsRoutes = {
  // GET /v3/enterprise/organizations
  'GET /v3/enterprise/organizations': {
    permission: [permission, 'ReadAccountMeta'],
    handle: async ({ query, server }) =>
      sortedPage({
        list: 'organizations',
        records: await listOrganizations(server.organizations),
        sortKey: ({ organization, settings }) => [settings.createdAt, organization.orgId],
        query,
        show: organizationResponse,
      }),
  },

  // POST /v3/enterprise/organizations
  'POST /v3/enterprise/organizations': {
    permission,
    handle: async ({ body, principal, server }) =>
      organizationResponse(
        await createOrganization(server.organizations, principal, { ...limitsOf(body), name: body.name }),
      ),
  },

  // DELETE /v3/enterprise/organizations/{org_id}
  'DELETE /v3/enterprise/organizations/{org_id}': {
    permission,
    handle: async ({ params, principal, server: { organizations, keys } }) =>
      organizationResponse(await deleteOrganization(organizations, principal, keys, params.org_id)),
  },

  // GET /v3/enterprise/organizations/{org_id}
  'GET /v3/enterprise/organizations/{org_id}': {
    permission: [permission, 'ReadAccountMeta'],
    handle: async ({ params, server }) =>
      organizationResponse(await getOrganization(server.organizations, params.org_id)),
  },

  // PATCH /v3/enterprise/organizations/{org_id}
  'PATCH /v3/enterprise/organizations/{org_id}': {
    permission,
    handle: async ({ params, body, principal, server }) => {
      const fields = { ...limitsOf(body), ...(body.name != null && { name: body.name }) }
      return organizationResponse(
        await updateOrganization(server.organizations, principal, params.org_id, fields),
      )
    },
  },
} satisfies V3Routes

/** Returns the limits that were sent. A limit of null is removed; one that was not sent stays. */
function limitsOf({
  max_cycle_acu_limit: cycle,
  max_session_acu_limit: session,
}: OrganizationUpdateRequest): OrganizationFields {
  return {
    ...(cycle !== undefined && { maxCycleAcuLimit: cycle === null ? null : finiteNumber(cycle) }),
    ...(session !== undefined && { maxSessionAcuLimit: session === null ? null : finiteNumber(session) }),
  }
}
