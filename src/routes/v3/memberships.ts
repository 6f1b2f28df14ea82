import type { FastifyRequest } from 'fastify'
import { existingMembership, type Membership } from '../../organization/membership.ts'

/** The permissions of which the operations that show members require one. */
export const READ_MEMBERS = ['ManageAccountMembership', 'ReadAccountMeta']

/** The permission that the operations require that change members. */
export const MANAGE_MEMBERS = 'ManageAccountMembership'

/** Returns where a request is about members: in the organization in its path, or else in the enterprise. Throws NotFound. */
export function membershipOf({
  server,
  organization,
}: Pick<FastifyRequest, 'server' | 'organization'>): Promise<Membership> {
  return existingMembership(server.organizations, organization)
}
