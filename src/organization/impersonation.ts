import { type Principal, type User, userOf } from '../auth/principal.ts'
import { NotPermitted } from './errors.ts'

/** Returns the user in whose name a principal acts, if any. Throws {@link NotPermitted} without the permission to do so. */
export function impersonated({ permissions }: Principal, userId: string | null): User | null {
  if (userId === null) return null
  if (permissions !== null && !permissions.has('ImpersonateOrgSessions')) throw new NotPermitted()
  return userOf(userId.toWellFormed())
}
