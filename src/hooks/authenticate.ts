import type { FastifyRequest } from 'fastify'
import { bearerKey } from '../auth/credentials.ts'
import { AuthError } from '../auth/errors.ts'
import type { KeyRegistry } from '../auth/keys.ts'
import { ENTERPRISE_ID, isMadeUp, mayBeOrgId, type Principal } from '../auth/principal.ts'
import { parseKey } from '../auth/registered-key.ts'
import { permissionsOf } from '../auth/roles.ts'
import type { Admit, LazyRoute } from '../fastapi/lazy-routes.ts'
import { listOf } from '../fastapi/list-of.ts'
import { pathOf } from '../fastapi/target.ts'
import { catchUpSessions } from '../organization/catch-up.ts'
import { NotFound } from '../organization/errors.ts'
import type { Organization, Organizations } from '../organization/organizations.ts'
import { runDueSchedules } from '../organization/schedules.ts'
import { sessionId } from '../organization/sessions.ts'
import { asMember } from '../organization/users.ts'
import { ORG_ID_MAX } from '../schemas/control/scope.ts'
import type { CheckAddress } from './check-address.ts'
import { internalPrincipal } from './internal-calls.ts'

/** What authentication depends on. */
export interface AuthOptions {
  readonly keys: KeyRegistry
  readonly organizations: Organizations
  readonly checkAddress: CheckAddress
}

/**
 * Returns the function that authenticates a request. It runs after the body was parsed and before validation, as a dependency does in
 * FastAPI.
 */
export function authenticate({ keys, organizations, checkAddress }: AuthOptions): Admit {
  return withAddress(checkAddress, (request) => {
    const principal = principalOf(keys, request, 'v1')
    if (organizations.deleted.has(principal.orgId)) {
      throw new AuthError('unknown', 'a key of a deleted organization')
    }
    request.principal = principal
    request.organization = organizations.getEphemeral(principal.orgId)
    return prepare(organizations, request)
  })
}

/** Adds the check of the address. Most requests need no promise, and each `await` takes a tenth of a microsecond. */
function withAddress(checkAddress: CheckAddress, admit: Admit): Admit {
  return (request) => {
    const admitted = admit(request)
    const checked = checkAddress(request)
    return checked === undefined ? admitted : Promise.all([admitted, checked]).then(() => undefined)
  }
}

/** Returns the principal of a request. Throws AuthError without a valid key of the generation. */
function principalOf(
  keys: KeyRegistry,
  { raw }: FastifyRequest,
  generation: Principal['generation'],
): Principal {
  const { authorization } = raw.headers
  const principal = keys.authenticate(authorization)
  if (principal?.generation === generation) return principal
  const internal = internalPrincipal(raw, authorization, generation)
  if (internal !== undefined) return internal
  const key = bearerKey(authorization)
  if (key === undefined) {
    throw new AuthError(
      'missing',
      authorization === undefined
        ? 'no Authorization header'
        : 'the Authorization header is not "Bearer KEY"',
    )
  }
  throw new AuthError(principal === undefined ? 'unknown' : 'refused', whyInvalid(keys, key, generation))
}

/** Returns the reason why a key is not valid for a generation; undefined for a key that is revoked or refused for its name, like `cog_wrong`. */
function whyInvalid(keys: KeyRegistry, key: string, needed: Principal['generation']): string | undefined {
  const given = parseKey(key)?.generation
  if (given === needed) return keys.strict ? 'an unknown or revoked key; --strict-keys is set' : undefined
  const form = given === undefined ? 'not in the form of a key' : `a ${given} key`
  return `${form}; ${needed === 'v3' ? 'v3 needs cog_…' : 'v1 needs apk_…'}`
}

/** The permissions of which an operation requires one; null for none. */
export type RequiredPermission = string | readonly string[] | null

/**
 * Returns the function that authenticates a request to v3, which names its organization in the path. A key that is bound to an organization is
 * refused for all others. An open key is accepted for each one, and reading creates no organization.
 */
export function authenticateV3(
  { keys, organizations, checkAddress }: AuthOptions,
  permissionOf: (request: FastifyRequest) => Promise<RequiredPermission>,
): Admit {
  return withAddress(checkAddress, (request) => {
    const owner = principalOf(keys, request, 'v3')
    const { path } = request.lazyRoute as LazyRoute
    const isEnterprise = isBelowEnterprise(path)
    const { org_id: named } = request.params as { readonly org_id?: string }
    const principal = principalIn(owner, isEnterprise ? null : (named ?? owner.orgId))
    if (isEnterprise && owner.isBound) throw new AuthError('refused', 'a key of an organization')
    if (named !== undefined && !mayUse(principal, named)) {
      throw organizations.answers.is('v3-unknown-organization', '404')
        ? new NotFound('organization')
        : new AuthError('refused', 'not a key of this organization')
    }
    // An operation on an organization itself, such as its deletion, belongs to the enterprise.
    const orgId =
      (isWholeOrganization(path) ? undefined : named) ?? (isEnterprise ? ENTERPRISE_ID : owner.orgId)
    requireUndeleted(organizations, principal, { orgId, path })
    const organization = organizations.getEphemeral(orgId)
    if (hasExpired(organizations, principal, organization))
      throw new AuthError('unknown', 'the key has expired')
    request.principal = principal
    request.organization = organization
    const { permissions } = principal
    if (permissions === null) return prepare(organizations, request)
    return permissionOf(request).then((required) => {
      if (!mayCall(permissions, required)) {
        throw new AuthError('refused', `the key lacks the permission ${listOf(required).join(' or ')}`)
      }
      return prepare(organizations, request)
    })
  })
}

/** Returns whether a path of the enterprise is that of an organization itself, not of something in it. */
function isWholeOrganization(path: string): boolean {
  return path.endsWith('/enterprise/organizations/{org_id}')
}

/**
 * Throws for a deleted organization, and for one that does not exist if a key of the enterprise names it. The error is AuthError for a key
 * that is bound to the organization and for its audit logs, else NotFound. An open key is valid for every other organization in a path.
 */
function requireUndeleted(
  organizations: Organizations,
  principal: Principal,
  { orgId, path }: { readonly orgId: string; readonly path: string },
): void {
  const isUnknown =
    principal.orgId === ENTERPRISE_ID &&
    orgId !== ENTERPRISE_ID &&
    organizations.inEnterprise(orgId) === undefined
  if (!isUnknown && !organizations.deleted.has(orgId)) return
  if (principal.isBound) throw new AuthError('unknown', 'a key of a deleted organization')
  // The 403 was observed for this operation only.
  throw path.endsWith('/enterprise/organizations/{org_id}/audit-logs')
    ? new AuthError('refused', 'an unknown organization')
    : new NotFound('organization')
}

/** Returns whether a key has expired, by the clock of the owner of its service user, or else of the organization that it is used for. */
function hasExpired(
  organizations: Organizations,
  { expiresAt, roles, orgId }: Principal,
  { clock }: Organization,
): boolean {
  if (expiresAt === null) return false
  return expiresAt <= (roles === undefined ? clock : organizations.getEphemeral(orgId).clock).now()
}

/** Prepares a request for its operation. Returns undefined if there is nothing to wait for. */
function prepare(organizations: Organizations, request: FastifyRequest): Promise<void> | undefined {
  const identified = identify(organizations, request)
  const caughtUp = catchUp(organizations, request)
  return identified === undefined ? caughtUp : Promise.all([identified, caughtUp]).then(() => undefined)
}

/**
 * Looks up the actor if the key does not fully name it: the creator of the session that the key was issued to, or the name and the email
 * address of a user of whom the key contains only the id.
 */
function identify(organizations: Organizations, request: FastifyRequest): Promise<void> | undefined {
  const { principal, organization } = request
  const { user, session: own } = principal
  if (own?.type === 'devin_brain') {
    return organization.sessions.get(sessionId(own.devinId)).then((session) => {
      request.principal = { ...principal, actor: session?.createdBy ?? principal.actor }
    })
  }
  const enterprise = user === null ? undefined : organizations.find(ENTERPRISE_ID)
  if (user === null || enterprise === undefined || !isMadeUp(user)) return undefined
  return asMember(enterprise, user).then((member) => {
    request.principal = { ...principal, user: member, actor: member }
  })
}

/**
 * Runs the schedules that have become due since the last request and, for operations on sessions, suspends those that have reached a limit.
 * Returns undefined if there is nothing to wait for.
 */
function catchUp(
  organizations: Organizations,
  { organization, lazyRoute }: FastifyRequest,
): Promise<void> | undefined {
  // Only sessions show that a limit is reached. The target of a request may have them in another spelling: `/v1/%73essions`.
  if ((lazyRoute as LazyRoute).path.includes('/session')) return catchUpSessions(organizations, organization)
  return runDueSchedules(organization)
}

/** Returns whether an operation belongs to the enterprise, so that keys of organizations may not use it. */
function isBelowEnterprise(path: string): boolean {
  return path.startsWith('/v3/enterprise/') || path.startsWith('/v3beta1/enterprise/')
}

/** Returns a principal with the permissions that its roles give in an organization or, for null, for operations of the enterprise. */
function principalIn(principal: Principal, orgId: string | null): Principal {
  const { roles } = principal
  return roles === undefined ? principal : { ...principal, permissions: permissionsOf(roles, orgId) }
}

/**
 * Returns whether a key may be used for an organization. Without a role there, it may not even use the operations that require no
 * permission.
 */
function mayUse({ isBound, orgId: own, permissions, roles }: Principal, orgId: string): boolean {
  if (roles !== undefined && permissions?.size === 0) return false
  return isBound ? own === orgId : mayBeOrgId(orgId) && orgId.length <= ORG_ID_MAX
}

function mayCall(permissions: ReadonlySet<string>, required: RequiredPermission): boolean {
  return required === null || listOf(required).some((name) => permissions.has(name))
}

/** Matches the organization in a path of v3, except the enterprise's path of the organization itself. */
const PATH_OF_ORGANIZATION =
  /^\/v3(?:beta1)?\/(?!enterprise\/organizations\/[^/]+$)(?:[^/]+\/)*?organizations\/([^/]+)/

/** Returns the id of the organization, or of the enterprise, that a path of v3 is about; undefined for other paths. */
function organizationInPath(path: string): string | undefined {
  const [, orgId] = PATH_OF_ORGANIZATION.exec(path) ?? []
  return orgId ?? (isBelowEnterprise(path) ? ENTERPRISE_ID : undefined)
}

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
  const orgId = organizationInPath(pathOf(originalUrl))
  if (orgId === undefined || (orgId === ENTERPRISE_ID && principal.isBound)) return principal.orgId
  return orgId === ENTERPRISE_ID || mayUse(principalIn(principal, orgId), orgId) ? orgId : principal.orgId
}
