import type { FastifyRequest, preValidationAsyncHookHandler, preValidationHookHandler } from 'fastify'
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
  return (request, _reply, done) => {
    const { authorization } = request.raw.headers
    const principal = keys.authenticate(authorization)
    if (principal === undefined || principal.generation !== 'v1') return done(authError(authorization))
    request.principal = principal
    request.organization = organizations.getEphemeral(principal.orgId)
    const runs = runDueSchedules(request.organization)
    if (runs === undefined) done()
    else runs.then(() => done(), done)
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
): preValidationAsyncHookHandler {
  return async (request) => {
    const { authorization } = request.raw.headers
    const principal = keys.authenticate(authorization)
    if (principal === undefined || principal.generation !== 'v3') throw authError(authorization)
    const { org_id: orgId = principal.orgId } = request.params as { readonly org_id?: string }
    if (!mayUse(principal, orgId)) throw authError(authorization)
    const organization = organizations.getEphemeral(orgId)
    if (principal.expiresAt !== null && principal.expiresAt <= organization.clock.now()) {
      throw authError(authorization)
    }
    const { permissions } = principal
    if (permissions !== null && !mayCall(permissions, await permissionOf(request))) {
      throw authError(authorization)
    }
    request.principal = principal
    request.organization = organization
    const runs = runDueSchedules(organization)
    if (runs !== undefined) await runs
  }
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
