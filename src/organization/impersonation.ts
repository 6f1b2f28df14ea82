import { type Principal, type User, userOf } from '../auth/principal.ts'
import { type NotPermitted, requirePermission } from './errors.ts'
import type { Organization } from './organizations.ts'
import { asMember } from './users.ts'

/** Returns the user in whose name a principal acts, if any. Throws {@link NotPermitted} without the permission to do so. */
export async function impersonated(
  organization: Organization,
  principal: Principal,
  userId: string | null,
): Promise<User | null> {
  if (userId === null) return null
  requirePermission(principal, 'ImpersonateOrgSessions')
  return asMember(organization.findEnterprise(), userOf(userId.toWellFormed()))
}
