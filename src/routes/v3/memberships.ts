import type { FastifyRequest } from 'fastify'
import { existingMembership, type Membership } from '../../organization/membership.ts'

/** Operations that show members require one of these permissions. */
export const READ_MEMBERS = ['ManageAccountMembership', 'ReadAccountMeta']

/** Operations that change members require this permission. */
export const MANAGE_MEMBERS = 'ManageAccountMembership'

/** Returns where a request is about members: in the organization in its path, or else in the enterprise. Throws NotFound. */
export function membershipOf({
  server,
  organization,
}: Pick<FastifyRequest, 'server' | 'organization'>): Promise<Membership> {
  return existingMembership(server.organizations, organization)
}
