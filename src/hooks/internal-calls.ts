import { DEFAULT_USER, ENTERPRISE_ID, type Principal } from '../auth/principal.ts'
import { isInternal } from '../fastapi/internal.ts'

/** The prefix of the organization in the `Authorization` header of a call of the application to itself. No key begins like this. */
const CREDENTIALS = 'Bearer organization:'

/** Returns the `Authorization` header of a call that the application makes to itself in the name of an organization. */
export function internalAuthorization(orgId: string): string {
  return CREDENTIALS + encodeURIComponent(orgId)
}

/**
 * Returns the principal of a call that the application makes to itself; undefined for all other requests. It is the default user with all
 * permissions of the organization, or of the enterprise, which v1 does not have.
 */
export function internalPrincipal(
  raw: Parameters<typeof isInternal>[0],
  authorization: string | undefined,
  generation: Principal['generation'],
): Principal | undefined {
  if (!isInternal(raw) || !authorization?.startsWith(CREDENTIALS)) return undefined
  const orgId = decodeURIComponent(authorization.slice(CREDENTIALS.length))
  const isEnterprise = orgId === ENTERPRISE_ID
  if (isEnterprise && generation === 'v1') return undefined
  return {
    generation,
    orgId,
    isBound: !isEnterprise,
    kind: 'personal',
    user: DEFAULT_USER,
    actor: DEFAULT_USER,
    permissions: null,
    expiresAt: null,
  }
}
