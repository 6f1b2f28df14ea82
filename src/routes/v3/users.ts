import type { Membership } from '../../organization/membership.ts'
import { deleteUser, getUserOfEnterprise, inviteUsers, listUsers, usersIn } from '../../organization/users.ts'
import type { PaginatedResponseUser } from '../../schemas/v3/contract.ts'
import { userResponse, userWithIdpRolesResponse } from '../../schemas/v3/users.ts'
import type { CursorQuery } from './cursors.ts'
import { MANAGE_MEMBERS, memberHandlers, membershipOf, READ_MEMBERS } from './memberships.ts'
import { sortedPage } from './pages.ts'
import type { V3Routes } from './types.ts'

const user = memberHandlers({
  membersOf: (request) => usersIn(membershipOf(request)),
  idOf: ({ user_id }: { readonly user_id: string }) => user_id,
  show: userResponse,
})

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
    handle: user.update,
  },

  // GET /v3/enterprise/organizations/{org_id}/members/users
  'GET /v3/enterprise/organizations/{org_id}/members/users': {
    permission: READ_MEMBERS,
    handle: async (request) => usersPage(membershipOf(request), request.query),
  },

  // DELETE /v3/enterprise/organizations/{org_id}/members/users/{user_id}
  'DELETE /v3/enterprise/organizations/{org_id}/members/users/{user_id}': {
    permission: MANAGE_MEMBERS,
    handle: user.remove,
  },

  // PATCH /v3/enterprise/organizations/{org_id}/members/users/{user_id}
  'PATCH /v3/enterprise/organizations/{org_id}/members/users/{user_id}': {
    permission: MANAGE_MEMBERS,
    handle: user.update,
  },

  // POST /v3/enterprise/organizations/{org_id}/members/users/{user_id}
  'POST /v3/enterprise/organizations/{org_id}/members/users/{user_id}': {
    permission: MANAGE_MEMBERS,
    handle: user.assign,
  },

  // GET /v3beta1/organizations/{org_id}/members/users
  'GET /v3beta1/organizations/{org_id}/members/users': {
    permission: 'ViewOrgMembership',
    handle: async (request) => usersPage(membershipOf(request), request.query),
  },

  // GET /v3beta1/organizations/{org_id}/members/users/{user_id}
  'GET /v3beta1/organizations/{org_id}/members/users/{user_id}': {
    permission: 'ViewOrgMembership',
    handle: user.get,
  },
} satisfies V3Routes

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
