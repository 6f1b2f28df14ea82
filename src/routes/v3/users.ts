import { assignRole, type Membership, removeRole, updateRole } from '../../organization/membership.ts'
import {
  changeUserRoles,
  deleteUser,
  getUser,
  getUserOfEnterprise,
  inviteUsers,
  listUsers,
} from '../../organization/users.ts'
import type { PaginatedResponseUser, User } from '../../schemas/v3/contract.ts'
import { userResponse, userWithIdpRolesResponse } from '../../schemas/v3/users.ts'
import { MANAGE_MEMBERS, membershipOf, READ_MEMBERS } from './memberships.ts'
import { type CursorQuery, sortedPage } from './pages.ts'
import type { V3Request, V3Routes } from './types.ts'

/** The users of the enterprise and of its organizations. */
export const usersRoutes = {
  // GET /v3/enterprise/members/users
  'GET /v3/enterprise/members/users': {
    permission: READ_MEMBERS,
    handle: async (request) => usersPage(membershipOf(request), request.query),
  },

  // POST /v3/enterprise/members/users
  'POST /v3/enterprise/members/users': {
    permission: MANAGE_MEMBERS,
    handle: async (request) => {
      const { principal, body } = request
      const fields = { emails: body.emails, roleId: body.enterprise_role_id }
      const invited = await inviteUsers(membershipOf(request), principal, fields)
      return invited.map((user) => userResponse(user, null))
    },
  },

  // DELETE /v3/enterprise/members/users/{user_id}
  'DELETE /v3/enterprise/members/users/{user_id}': {
    permission: MANAGE_MEMBERS,
    handle: async (request) =>
      userResponse(await deleteUser(membershipOf(request), request.principal, request.params.user_id), null),
  },

  // GET /v3/enterprise/members/users/{user_id}
  'GET /v3/enterprise/members/users/{user_id}': {
    permission: READ_MEMBERS,
    handle: async (request) => {
      const { user, idpRoles } = await getUserOfEnterprise(membershipOf(request), request.params.user_id)
      return userWithIdpRolesResponse(user, idpRoles)
    },
  },

  // PATCH /v3/enterprise/members/users/{user_id}
  'PATCH /v3/enterprise/members/users/{user_id}': {
    permission: MANAGE_MEMBERS,
    handle: roleHandler(updateRole),
  },

  // GET /v3/enterprise/organizations/{org_id}/members/users
  'GET /v3/enterprise/organizations/{org_id}/members/users': {
    permission: READ_MEMBERS,
    handle: async (request) => usersPage(membershipOf(request), request.query),
  },

  // DELETE /v3/enterprise/organizations/{org_id}/members/users/{user_id}
  'DELETE /v3/enterprise/organizations/{org_id}/members/users/{user_id}': {
    permission: MANAGE_MEMBERS,
    handle: async (request) => {
      const { principal, params } = request
      const membership = membershipOf(request)
      const user = await getUser(membership, params.user_id)
      await changeUserRoles(membership, principal, user.id, removeRole(principal, membership))
      return userResponse(user, membership.orgId)
    },
  },

  // PATCH /v3/enterprise/organizations/{org_id}/members/users/{user_id}
  'PATCH /v3/enterprise/organizations/{org_id}/members/users/{user_id}': {
    permission: MANAGE_MEMBERS,
    handle: roleHandler(updateRole),
  },

  // POST /v3/enterprise/organizations/{org_id}/members/users/{user_id}
  'POST /v3/enterprise/organizations/{org_id}/members/users/{user_id}': {
    permission: MANAGE_MEMBERS,
    handle: roleHandler(assignRole),
  },

  // GET /v3beta1/organizations/{org_id}/members/users
  'GET /v3beta1/organizations/{org_id}/members/users': {
    permission: 'ViewOrgMembership',
    handle: async (request) => usersPage(membershipOf(request), request.query),
  },

  // GET /v3beta1/organizations/{org_id}/members/users/{user_id}
  'GET /v3beta1/organizations/{org_id}/members/users/{user_id}': {
    permission: 'ViewOrgMembership',
    handle: async (request) => {
      const membership = membershipOf(request)
      return userResponse(await getUser(membership, request.params.user_id), membership.orgId)
    },
  },
} satisfies V3Routes

/** A request about the role of a user. */
type RoleRequest = Pick<
  V3Request<'PATCH /v3/enterprise/members/users/{user_id}'>,
  'server' | 'organization' | 'principal' | 'params' | 'body'
>

/** Returns the handler of requests that assign or update the role of the user in their path. */
function roleHandler(changeOf: typeof assignRole): (request: RoleRequest) => Promise<User> {
  return async (request) => {
    const { principal, params, body } = request
    const membership = membershipOf(request)
    const change = changeOf(principal, membership, body.role_id)
    return userResponse(
      await changeUserRoles(membership, principal, params.user_id, change),
      membership.orgId,
    )
  }
}

async function usersPage(
  membership: Membership,
  query: CursorQuery & { readonly email?: string | null },
): Promise<PaginatedResponseUser> {
  return sortedPage({
    list: `users:${membership.organization.orgId}`,
    records: await listUsers(membership, query.email),
    sortKey: ({ createdAt, id }) => [createdAt, id],
    query,
    show: (user) => userResponse(user, membership.orgId),
  })
}
