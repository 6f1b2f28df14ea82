import {
  assignRole,
  type Membership,
  type RoleChange,
  removeRole,
  updateRole,
} from '../../organization/membership.ts'
import {
  changeServiceUserRoles,
  createServiceUser,
  deleteServiceUser,
  findServiceUser,
  getServiceUser,
  listServiceUsers,
} from '../../organization/service-users.ts'
import type {
  PaginatedResponseServiceUser,
  ServiceUser,
  ServiceUserProvisionResponse,
} from '../../schemas/v3/contract.ts'
import { serviceUserResponse } from '../../schemas/v3/service-users.ts'
import { MANAGE_MEMBERS, membershipOf, READ_MEMBERS } from './memberships.ts'
import { type CursorQuery, sortedPage } from './pages.ts'
import type { V3Request, V3Routes } from './types.ts'

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
    handle: async ({ server, params }) => {
      const { serviceUser } = await findServiceUser(server.organizations, params.service_user_id)
      return serviceUserResponse(serviceUser, null)
    },
  },

  // POST /v3/enterprise/members/service-users/{service_user_id}
  'POST /v3/enterprise/members/service-users/{service_user_id}': {
    permission: MANAGE_MEMBERS,
    handle: roleHandler(assignRole),
  },

  // PATCH /v3/enterprise/members/service-users/{service_user_id}
  'PATCH /v3/enterprise/members/service-users/{service_user_id}': {
    permission: MANAGE_MEMBERS,
    handle: roleHandler(updateRole),
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
    handle: roleHandler(assignRole),
  },

  // PATCH /v3/enterprise/organizations/{org_id}/members/service-users/{service_user_id}
  'PATCH /v3/enterprise/organizations/{org_id}/members/service-users/{service_user_id}': {
    permission: MANAGE_MEMBERS,
    handle: roleHandler(updateRole),
  },

  // DELETE /v3/enterprise/organizations/{org_id}/members/service-users/{service_user_id}
  'DELETE /v3/enterprise/organizations/{org_id}/members/service-users/{service_user_id}': {
    permission: MANAGE_MEMBERS,
    handle: async (request) => {
      const membership = membershipOf(request)
      const serviceUser = await getServiceUser(membership, request.params.service_user_id)
      await changed(membership, request, removeRole(request.principal, membership))
      return serviceUserResponse(serviceUser, membership.orgId)
    },
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

/** A request about the role of a service user. */
type RoleRequest = Pick<
  V3Request<'POST /v3/enterprise/members/service-users/{service_user_id}'>,
  'server' | 'organization' | 'principal' | 'params' | 'body'
>

/** Returns the handler of requests that assign or update the role of the service user in their path. */
function roleHandler(changeOf: typeof assignRole): (request: RoleRequest) => Promise<ServiceUser> {
  return async (request) => {
    const membership = membershipOf(request)
    return changed(membership, request, changeOf(request.principal, membership, request.body.role_id))
  }
}

/** Changes the roles of the service user in the path of a request. */
async function changed(
  membership: Membership,
  { principal, params, server }: Omit<RoleRequest, 'body'>,
  change: RoleChange,
): Promise<ServiceUser> {
  const { service_user_id: id } = params
  return serviceUserResponse(
    await changeServiceUserRoles(membership, principal, server.keys, id, change),
    membership.orgId,
  )
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
