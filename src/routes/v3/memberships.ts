import type { FastifyRequest } from 'fastify'
import {
  assignRole,
  type Member,
  type Members,
  type Membership,
  membershipIn,
  removeRole,
  updateRole,
} from '../../organization/membership.ts'

/** Operations that show members require one of these permissions. */
export const READ_MEMBERS = ['ManageAccountMembership', 'ReadAccountMeta']

/** Operations that change members require this permission. */
export const MANAGE_MEMBERS = 'ManageAccountMembership'

/** Returns the membership that a request is about: in the organization in its path, or else in the enterprise. */
export function membershipOf({
  server,
  organization,
}: Pick<FastifyRequest, 'server' | 'organization'>): Membership {
  return membershipIn(server.organizations, organization)
}

/** What a request about the role of a member needs. */
type MemberRequest<Params> = Pick<FastifyRequest, 'server' | 'organization' | 'principal'> & {
  readonly params: Params
}

/** A request that gives a role to a member. */
type RoleRequest<Params> = MemberRequest<Params> & { readonly body: { readonly role_id: string } }

interface MemberRoutes<Params, M extends Member, Response> {
  /** Returns the members that a request is about. */
  readonly membersOf: (request: MemberRequest<Params>) => Members<M>
  /** Returns the id of the member in the path of a request. */
  readonly idOf: (params: Params) => string
  /** Returns the wire form of a member with its roles in an organization or, for null, all of them. */
  readonly show: (member: M, orgId: string | null) => Response
}

/** Returns the handlers of requests about the role of the member in their path. */
export function memberHandlers<Params, M extends Member, Response>({
  membersOf,
  idOf,
  show,
}: MemberRoutes<Params, M, Response>) {
  const giveRole = (give: typeof assignRole) => async (request: RoleRequest<Params>) => {
    const { principal, params, body } = request
    const members = membersOf(request)
    return show(await give(members, principal, idOf(params), body.role_id), members.membership.orgId)
  }
  return {
    get: async (request: MemberRequest<Params>) => {
      const members = membersOf(request)
      return show(await members.get(idOf(request.params)), members.membership.orgId)
    },
    assign: giveRole(assignRole),
    update: giveRole(updateRole),
    remove: async (request: MemberRequest<Params>) => {
      const members = membersOf(request)
      const removed = await removeRole(members, request.principal, idOf(request.params))
      return show(removed, members.membership.orgId)
    },
  }
}
