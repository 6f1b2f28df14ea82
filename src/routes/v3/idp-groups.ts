import {
  deleteIdpGroup,
  idpGroupsIn,
  listIdpGroups,
  listIdpUsers,
  listMemberGroups,
  registerIdpGroups,
  removeMemberGroup,
} from '../../organization/idp-groups.ts'
import type { Membership } from '../../organization/membership.ts'
import type { IdpGroupRecord } from '../../resources/idp-groups.ts'
import type { PaginatedResponseIdpGroup, PaginatedResponseIdpGroupUser } from '../../schemas/v3/contract.ts'
import { idpGroupResponse, idpUserResponse, memberGroupResponse } from '../../schemas/v3/idp-groups.ts'
import type { CursorQuery } from './cursors.ts'
import { MANAGE_MEMBERS, memberHandlers, membershipOf, READ_MEMBERS } from './memberships.ts'
import { sortedPage } from './pages.ts'
import type { V3Routes } from './types.ts'

const group = memberHandlers({
  membersOf: (request) => idpGroupsIn(membershipOf(request)),
  idOf: ({ idp_group_name }: { readonly idp_group_name: string }) => idp_group_name,
  show: memberGroupResponse,
})

/** The groups of identity providers, and their roles in the enterprise and in its organizations. */
export const idpGroupsRoutes = {
  // GET /v3/enterprise/idp-groups
  'GET /v3/enterprise/idp-groups': {
    permission: READ_MEMBERS,
    handle: async ({ organization, query }) =>
      sortedPage({
        list: 'idp-groups',
        records: await listIdpGroups(organization),
        sortKey: sortKeyOf,
        query,
        show: idpGroupResponse,
      }),
  },

  // POST /v3/enterprise/idp-groups
  'POST /v3/enterprise/idp-groups': {
    permission: MANAGE_MEMBERS,
    handle: async ({ organization, principal, body }) =>
      (await registerIdpGroups(organization, principal, body.idp_group_names)).map(idpGroupResponse),
  },

  // DELETE /v3/enterprise/idp-groups/{idp_group_name}
  'DELETE /v3/enterprise/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: async ({ organization, principal, params }) =>
      idpGroupResponse(await deleteIdpGroup(organization, principal, params.idp_group_name)),
  },

  // GET /v3/enterprise/members/idp-groups
  'GET /v3/enterprise/members/idp-groups': {
    permission: READ_MEMBERS,
    handle: async (request) => groupsPage(membershipOf(request), request.query),
  },

  // GET /v3/enterprise/members/idp-users
  'GET /v3/enterprise/members/idp-users': {
    permission: READ_MEMBERS,
    handle: async (request) => idpUsersPage(membershipOf(request), request.query),
  },

  // GET /v3/enterprise/members/idp-groups/{idp_group_name}
  'GET /v3/enterprise/members/idp-groups/{idp_group_name}': {
    permission: READ_MEMBERS,
    handle: group.get,
  },

  // POST /v3/enterprise/members/idp-groups/{idp_group_name}
  'POST /v3/enterprise/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: group.assign,
  },

  // PATCH /v3/enterprise/members/idp-groups/{idp_group_name}
  'PATCH /v3/enterprise/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: group.update,
  },

  // DELETE /v3/enterprise/members/idp-groups/{idp_group_name}
  'DELETE /v3/enterprise/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: async (request) => {
      const { principal, params } = request
      const removed = await removeMemberGroup(membershipOf(request), principal, params.idp_group_name)
      return memberGroupResponse(removed, null)
    },
  },

  // GET /v3/enterprise/organizations/{org_id}/members/idp-groups
  'GET /v3/enterprise/organizations/{org_id}/members/idp-groups': {
    permission: READ_MEMBERS,
    handle: async (request) => groupsPage(membershipOf(request), request.query),
  },

  // GET /v3/enterprise/organizations/{org_id}/members/idp-users
  'GET /v3/enterprise/organizations/{org_id}/members/idp-users': {
    permission: READ_MEMBERS,
    handle: async (request) => idpUsersPage(membershipOf(request), request.query),
  },

  // GET /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}
  'GET /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}': {
    permission: READ_MEMBERS,
    handle: group.get,
  },

  // POST /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}
  'POST /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: group.assign,
  },

  // PATCH /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}
  'PATCH /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: group.update,
  },

  // DELETE /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}
  'DELETE /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: group.remove,
  },
} satisfies V3Routes

function sortKeyOf({ createdAt, name }: IdpGroupRecord) {
  return [createdAt, name] as const
}

async function groupsPage(membership: Membership, query: CursorQuery): Promise<PaginatedResponseIdpGroup> {
  return sortedPage({
    list: `member-groups:${membership.organization.orgId}`,
    records: await listMemberGroups(membership),
    sortKey: sortKeyOf,
    query,
    show: (group) => memberGroupResponse(group, membership.orgId),
  })
}

async function idpUsersPage(
  membership: Membership,
  query: CursorQuery & { readonly email?: string | null },
): Promise<PaginatedResponseIdpGroupUser> {
  return sortedPage({
    list: `idp-users:${membership.organization.orgId}`,
    records: await listIdpUsers(membership, query.email),
    sortKey: ({ user }) => [0, user.id],
    query,
    show: idpUserResponse,
  })
}
