import { parseApkKey } from './apk-keys.ts'
import { parseCogKey } from './cog-keys.ts'
import {
  type Actor,
  DEFAULT_USER,
  ENTERPRISE_ID,
  isUser,
  type KeySession,
  type Principal,
  type User,
} from './principal.ts'
import { permissionsOf, type RoleAssignment } from './roles.ts'
import { parseSessionToken } from './session-token.ts'

/** A key from the configuration or the seed, with its owner. */
export interface RegisteredKey {
  readonly key: string
  /** `ENTERPRISE_ID` for a v3 key of the enterprise. Default: the organization in the key itself, or else the default one. */
  readonly orgId?: string
  /** The user or, for a service key, the service user. Default: that in the key itself, or else the default one. */
  readonly user?: Actor
  /** The RBAC permissions of a v3 key. Default: all. */
  readonly permissions?: readonly string[]
  /** The roles of a service user, which decide the permissions of its key in each organization. Instead of `permissions`. */
  readonly roles?: readonly RoleAssignment[]
  /** The time at which a v3 key expires, in microseconds since the epoch. Default: never. */
  readonly expiresAt?: number
  /** The session that a v3 key was issued to. Default: it belongs to a service user or is a personal access token. */
  readonly session?: KeySession
}

/** Returns the principal that a key itself names, or undefined for a text that is not a well-formed key. */
export function parseKey(key: string): Principal | undefined {
  return parseApkKey(key) ?? parseCogKey(key) ?? parseSessionToken(key)
}

/** Returns the principal that a key itself names if the key contains its organization, else undefined. */
export function boundPrincipal(key: string): Principal | undefined {
  const principal = parseKey(key)
  return principal?.isBound === true ? principal : undefined
}

/** Returns the principal of a registered key. What the registration lacks is taken from `own`, the principal that the key itself names. */
export function principalOfRegistered(
  { user, permissions, roles, expiresAt, session, ...registered }: RegisteredKey,
  own: Principal,
): Principal {
  const { orgId = own.orgId } = registered
  const actor = user ?? (session?.type === 'windsurf_session' ? DEFAULT_USER : undefined)
  const isBound = orgId !== ENTERPRISE_ID && (roles ?? []).every((role) => role.orgId === orgId)
  const organization = { orgId, isBound }
  const limits = {
    ...(roles === undefined
      ? { permissions: permissions === undefined ? null : new Set(permissions) }
      : { permissions: permissionsOf(roles, orgId), roles }),
    expiresAt: expiresAt ?? null,
    ...(session !== undefined && { session }),
  }
  // A v1 key shows its kind. A v3 key of a user is a personal access token.
  const isPersonal = own.generation === 'v1' ? own.kind === 'personal' : isUser(actor ?? own.actor)
  if (isPersonal) {
    const owner = isUser(actor) ? actor : (own.user as User)
    return { ...own, ...organization, ...limits, kind: 'personal', user: owner, actor: owner }
  }
  const serviceUser = actor === undefined || isUser(actor) ? own.actor : actor
  return { ...own, ...organization, ...limits, kind: 'service', user: null, actor: serviceUser }
}
