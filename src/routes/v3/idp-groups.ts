import {
  changeIdpGroupRoles,
  deleteIdpGroup,
  getMemberGroup,
  listIdpGroups,
  listIdpUsers,
  listMemberGroups,
  registerIdpGroups,
  removeMemberGroup,
} from '../../organization/idp-groups.ts'
import {
  assignRole,
  type Membership,
  type RoleChange,
  removeRole,
  updateRole,
} from '../../organization/membership.ts'
import type { IdpGroupRecord } from '../../resources/idp-groups.ts'
import type {
  IdpGroup,
  PaginatedResponseIdpGroup,
  PaginatedResponseIdpGroupUser,
} from '../../schemas/v3/contract.ts'
import { idpGroupResponse, idpUserResponse, memberGroupResponse } from '../../schemas/v3/idp-groups.ts'
import { MANAGE_MEMBERS, membershipOf, READ_MEMBERS } from './memberships.ts'
import { type CursorQuery, sortedPage } from './pages.ts'
import type { V3Request, V3Routes } from './types.ts'

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
    handle: async (request) => {
      const membership = membershipOf(request)
      return shown(membership, await getMemberGroup(membership, request.params.idp_group_name))
    },
  },

  // POST /v3/enterprise/members/idp-groups/{idp_group_name}
  'POST /v3/enterprise/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: roleHandler(assignRole),
  },

  // PATCH /v3/enterprise/members/idp-groups/{idp_group_name}
  'PATCH /v3/enterprise/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: roleHandler(updateRole),
  },

  // DELETE /v3/enterprise/members/idp-groups/{idp_group_name}
  'DELETE /v3/enterprise/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: async (request) => {
      const membership = membershipOf(request)
      const { principal, params } = request
      return shown(membership, await removeMemberGroup(membership, principal, params.idp_group_name))
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
    handle: async (request) => {
      const membership = membershipOf(request)
      return shown(membership, await getMemberGroup(membership, request.params.idp_group_name))
    },
  },

  // POST /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}
  'POST /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: roleHandler(assignRole),
  },

  // PATCH /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}
  'PATCH /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: roleHandler(updateRole),
  },

  // DELETE /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}
  'DELETE /v3/enterprise/organizations/{org_id}/members/idp-groups/{idp_group_name}': {
    permission: MANAGE_MEMBERS,
    handle: async (request) => {
      const membership = membershipOf(request)
      const group = await getMemberGroup(membership, request.params.idp_group_name)
      await changed(membership, request, removeRole(request.principal, membership))
      return shown(membership, group)
    },
  },
} satisfies V3Routes

/** A request about the role of a group. */
type RoleRequest = Pick<
  V3Request<'POST /v3/enterprise/members/idp-groups/{idp_group_name}'>,
  'server' | 'organization' | 'principal' | 'params' | 'body'
>

/** Returns the handler of requests that assign or update the role of the group in their path. */
function roleHandler(changeOf: typeof assignRole): (request: RoleRequest) => Promise<IdpGroup> {
  return async (request) => {
    const membership = membershipOf(request)
    return changed(membership, request, changeOf(request.principal, membership, request.body.role_id))
  }
}

/** Changes the roles of the group in the path of a request. */
async function changed(
  membership: Membership,
  { principal, params }: Pick<RoleRequest, 'principal' | 'params'>,
  change: RoleChange,
): Promise<IdpGroup> {
  return shown(membership, await changeIdpGroupRoles(membership, principal, params.idp_group_name, change))
}

function shown({ orgId }: Membership, group: IdpGroupRecord): IdpGroup {
  return memberGroupResponse(group, orgId)
}

function sortKeyOf({ createdAt, name }: IdpGroupRecord) {
  return [createdAt, name] as const
}

async function groupsPage(membership: Membership, query: CursorQuery): Promise<PaginatedResponseIdpGroup> {
  return sortedPage({
    list: `member-groups:${membership.organization.orgId}`,
    records: await listMemberGroups(membership),
    sortKey: sortKeyOf,
    query,
    show: (group) => shown(membership, group),
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
