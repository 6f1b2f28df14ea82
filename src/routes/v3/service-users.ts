import type { Membership } from '../../organization/membership.ts'
import {
  createServiceUser,
  deleteServiceUser,
  listServiceUsers,
  serviceUsersIn,
} from '../../organization/service-users.ts'
import type { PaginatedResponseServiceUser, ServiceUserProvisionResponse } from '../../schemas/v3/contract.ts'
import { serviceUserResponse } from '../../schemas/v3/service-users.ts'
import type { CursorQuery } from './cursors.ts'
import { MANAGE_MEMBERS, memberHandlers, membershipOf, READ_MEMBERS } from './memberships.ts'
import { sortedPage } from './pages.ts'
import type { V3Request, V3Routes } from './types.ts'

const serviceUser = memberHandlers({
  membersOf: (request) => serviceUsersIn(membershipOf(request), request.server.keys),
  idOf: ({ service_user_id }: { readonly service_user_id: string }) => service_user_id,
  show: serviceUserResponse,
})

/** The service users of the enterprise and of its organizations. */
export const serviceUsersRoutes = {
  // POST /v3/organizations/{org_id}/service-users
  'POST /v3/organizations/{org_id}/service-users': {
    permission: 'ManageOrgServiceUsers',
    handle: (request) => provision(request, request.organization.orgId),
  },

  // POST /v3/enterprise/service-users
  'POST /v3/enterprise/service-users': {
    permission: 'ManageAccountServiceUsers',
    handle: (request) => provision(request, null),
  },

  // GET /v3/enterprise/members/service-users
  'GET /v3/enterprise/members/service-users': {
    permission: READ_MEMBERS,
    handle: async (request) => serviceUsersPage(membershipOf(request), request.query),
  },

  // GET /v3/enterprise/members/service-users/{service_user_id}
  'GET /v3/enterprise/members/service-users/{service_user_id}': {
    permission: READ_MEMBERS,
    handle: serviceUser.get,
  },

  // POST /v3/enterprise/members/service-users/{service_user_id}
  'POST /v3/enterprise/members/service-users/{service_user_id}': {
    permission: MANAGE_MEMBERS,
    handle: serviceUser.assign,
  },

  // PATCH /v3/enterprise/members/service-users/{service_user_id}
  'PATCH /v3/enterprise/members/service-users/{service_user_id}': {
    permission: MANAGE_MEMBERS,
    handle: serviceUser.update,
  },

  // DELETE /v3/enterprise/members/service-users/{service_user_id}
  'DELETE /v3/enterprise/members/service-users/{service_user_id}': {
    permission: MANAGE_MEMBERS,
    handle: async ({ principal, params, server: { organizations, keys } }) =>
      serviceUserResponse(
        await deleteServiceUser(organizations, principal, keys, params.service_user_id),
        null,
      ),
  },

  // GET /v3/enterprise/organizations/{org_id}/members/service-users
  'GET /v3/enterprise/organizations/{org_id}/members/service-users': {
    permission: READ_MEMBERS,
    handle: async (request) => serviceUsersPage(membershipOf(request), request.query),
  },

  // POST /v3/enterprise/organizations/{org_id}/members/service-users/{service_user_id}
  'POST /v3/enterprise/organizations/{org_id}/members/service-users/{service_user_id}': {
    permission: MANAGE_MEMBERS,
    handle: serviceUser.assign,
  },

  // PATCH /v3/enterprise/organizations/{org_id}/members/service-users/{service_user_id}
  'PATCH /v3/enterprise/organizations/{org_id}/members/service-users/{service_user_id}': {
    permission: MANAGE_MEMBERS,
    handle: serviceUser.update,
  },

  // DELETE /v3/enterprise/organizations/{org_id}/members/service-users/{service_user_id}
  'DELETE /v3/enterprise/organizations/{org_id}/members/service-users/{service_user_id}': {
    permission: MANAGE_MEMBERS,
    handle: serviceUser.remove,
  },
} satisfies V3Routes

/** A request to provision a service user. */
type ProvisionRequest = Pick<
  V3Request<'POST /v3/enterprise/service-users'>,
  'organization' | 'principal' | 'body' | 'server'
>

async function provision(
  { organization, principal, body, server }: ProvisionRequest,
  orgId: string | null,
): Promise<ServiceUserProvisionResponse> {
  const { serviceUser, token } = await createServiceUser(organization, principal, server.keys, {
    name: body.name,
    roleId: body.role_id,
    ttlSeconds: Number(body.ttl_seconds),
  })
  return { service_user: serviceUserResponse(serviceUser, orgId), token }
}

async function serviceUsersPage(
  membership: Membership,
  query: CursorQuery & { readonly include_inactive: boolean },
): Promise<PaginatedResponseServiceUser> {
  return sortedPage({
    list: `service-users:${membership.organization.orgId}`,
    records: await listServiceUsers(membership, query.include_inactive),
    sortKey: ({ createdAt, id }) => [createdAt, id],
    query,
    show: (serviceUser) => serviceUserResponse(serviceUser, membership.orgId),
  })
}
