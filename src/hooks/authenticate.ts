import type { FastifyRequest, preValidationHookHandler } from 'fastify'
import { bearerKey } from '../auth/credentials.ts'
import { AuthError } from '../auth/errors.ts'
import type { KeyRegistry } from '../auth/keys.ts'
import type { Principal } from '../auth/principal.ts'
import { pathOf } from '../fastapi/target.ts'
import type { Organizations } from '../organization/organizations.ts'
import { runDueSchedules } from '../organization/schedules.ts'
import { ORG_ID_MAX } from '../schemas/control/scope.ts'

/**
 * Returns the hook that authenticates a request. It runs after the body was parsed and before validation, as a dependency does in
 * FastAPI.
 */
export function authenticate(keys: KeyRegistry, organizations: Organizations): preValidationHookHandler {
  return hookOf((request) => {
    const { authorization } = request.raw.headers
    const principal = keys.authenticate(authorization)
    if (principal === undefined || principal.generation !== 'v1') throw authError(authorization)
    request.principal = principal
    request.organization = organizations.getEphemeral(principal.orgId)
    return runDueSchedules(request.organization)
  })
}

/**
 * Returns a hook that runs a function, which throws or rejects to refuse the request. Most requests need no promise, and each
 * `await` takes a tenth of a microsecond.
 */
function hookOf(admit: (request: FastifyRequest) => Promise<void> | undefined): preValidationHookHandler {
  return (request, _reply, done) => {
    try {
      const pending = admit(request)
      if (pending === undefined) done()
      else pending.then(() => done(), done)
    } catch (error) {
      done(error as Error)
    }
  }
}

function authError(authorization: string | undefined): AuthError {
  return new AuthError(bearerKey(authorization) === undefined ? 'missing' : 'refused')
}

/** The permissions of which an operation requires one; null for none. */
export type RequiredPermission = string | readonly string[] | null

/**
 * Returns the hook that authenticates a request to v3, which names its organization in the path. A key that belongs to an
 * organization is refused for all others, an open key is accepted for each, and reading creates none.
 */
export function authenticateV3(
  keys: KeyRegistry,
  organizations: Organizations,
  permissionOf: (request: FastifyRequest) => Promise<RequiredPermission>,
): preValidationHookHandler {
  return hookOf((request) => {
    const { authorization } = request.raw.headers
    const principal = keys.authenticate(authorization)
    if (principal === undefined || principal.generation !== 'v3') throw authError(authorization)
    const { org_id: orgId = principal.orgId } = request.params as { readonly org_id?: string }
    if (!mayUse(principal, orgId)) throw authError(authorization)
    const organization = organizations.getEphemeral(orgId)
    if (principal.expiresAt !== null && principal.expiresAt <= organization.clock.now()) {
      throw authError(authorization)
    }
    request.principal = principal
    request.organization = organization
    const { permissions } = principal
    if (permissions === null) return runDueSchedules(organization)
    return permissionOf(request).then((required) => {
      if (!mayCall(permissions, required)) throw authError(authorization)
      return runDueSchedules(organization)
    })
  })
}

function mayUse({ isBound, orgId: own }: Principal, orgId: string): boolean {
  return isBound ? own === orgId : orgId.startsWith('org-') && orgId.length <= ORG_ID_MAX
}

function mayCall(permissions: ReadonlySet<string>, required: RequiredPermission): boolean {
  return required === null || [required].flat().some((name) => permissions.has(name))
}

/** Matches the organization in a path of v3. */
const PATH_OF_ORGANIZATION = /^\/v3(?:beta1)?\/(?:[^/]+\/)*?organizations\/([^/]+)/

/**
 * Returns the organization that a request is attributed to, even on routes without authentication: the one in a path of v3 if the key
 * may use it, else that of the key. Returns undefined without a valid key.
 */
export function organizationIdOf(
  keys: KeyRegistry,
  { raw, originalUrl }: Pick<FastifyRequest, 'raw' | 'originalUrl'>,
): string | undefined {
  const principal = keys.authenticate(raw.headers.authorization)
  if (principal === undefined || principal.generation === 'v1') return principal?.orgId
  const [, orgId] = PATH_OF_ORGANIZATION.exec(pathOf(originalUrl)) ?? []
  return orgId !== undefined && mayUse(principal, orgId) ? orgId : principal.orgId
}
