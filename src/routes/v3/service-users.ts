import { createServiceUser } from '../../organization/service-users.ts'
import { serviceUserResponse } from '../../schemas/v3/service-users.ts'
import type { V3Routes } from './types.ts'

/** The service users of an organization. */
export const serviceUsersRoutes = {
  // POST /v3/organizations/{org_id}/service-users
  'POST /v3/organizations/{org_id}/service-users': {
    permission: 'ManageOrgServiceUsers',
    handle: async ({ organization, principal, body, server }) => {
      const { serviceUser, token } = await createServiceUser(organization, principal, server.keys, {
        name: body.name,
        roleId: body.role_id,
        ttlSeconds: Number(body.ttl_seconds),
      })
      return { service_user: serviceUserResponse(serviceUser, organization.orgId), token }
    },
  },
} satisfies V3Routes
