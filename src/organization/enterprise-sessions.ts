import { catchUpSessions } from './catch-up.ts'
import { organizationsIn, ownerOf } from './enterprise-scope.ts'
import { found, type NotFound } from './errors.ts'
import type { Organization, Organizations } from './organizations.ts'
import { sessionId } from './sessions.ts'

/**
 * Returns the organization of a session after {@link catchUpSessions}. `orgId` narrows the search to one organization. Throws
 * {@link NotFound}.
 */
export async function organizationOfSession(
  organizations: Organizations,
  idInPath: string,
  orgId: string | null,
): Promise<Organization> {
  const id = sessionId(idInPath)
  const candidates = organizationsIn(organizations, orgId === null ? null : [orgId])
  const organization = found(await ownerOf(candidates, ({ sessions }) => sessions.get(id)), 'session')
  await catchUpSessions(organizations, organization)
  return organization
}
