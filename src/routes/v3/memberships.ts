import type { FastifyRequest } from 'fastify'
import { type Membership, membershipIn } from '../../organization/membership.ts'

/** Operations that show members require one of these permissions. */
export const READ_MEMBERS = ['ManageAccountMembership', 'ReadAccountMeta']

/** Operations that change members require this permission. */
export const MANAGE_MEMBERS = 'ManageAccountMembership'

/** Returns where a request is about members: in the organization in its path, or else in the enterprise. */
export function membershipOf({
  server,
  organization,
}: Pick<FastifyRequest, 'server' | 'organization'>): Membership {
  return membershipIn(server.organizations, organization)
}
