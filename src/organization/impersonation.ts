import { type Principal, type User, userOf } from '../auth/principal.ts'
import { NotPermitted } from './errors.ts'
import type { Organization } from './organizations.ts'
import { asMember } from './users.ts'

/** Returns the user in whose name a principal acts, if any. Throws {@link NotPermitted} without the permission to do so. */
export async function impersonated(
  organization: Organization,
  { permissions }: Principal,
  userId: string | null,
): Promise<User | null> {
  if (userId === null) return null
  if (permissions !== null && !permissions.has('ImpersonateOrgSessions')) throw new NotPermitted()
  return asMember(organization.enterprise(), userOf(userId.toWellFormed()))
}
