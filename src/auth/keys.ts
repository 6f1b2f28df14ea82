import type { Quota } from '../base/quota.ts'
import { parseApkKey } from './apk-keys.ts'
import { parseCogKey } from './cog-keys.ts'
import { bearerKey } from './credentials.ts'
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

/** A key from the configuration or the seed, with its owner. */
export interface RegisteredKey {
  readonly key: string
  /** Default: the organization in the key itself, or else the default one. `ENTERPRISE_ID` makes a v3 key one of the enterprise. */
  readonly orgId?: string
  /** The user or, for a service key, the service user. Default: that in the key itself, or else the default one. */
  readonly user?: Actor
  /** The RBAC permissions of a v3 key. Default: all. */
  readonly permissions?: readonly string[]
  /** The roles of a service user, which decide the permissions of its key in each organization. Instead of `permissions`. */
  readonly roles?: readonly RoleAssignment[]
  /** The time at which a v3 key expires, in microseconds since the epoch. Default: never. */
  readonly expiresAt?: number
  /** The session whose own v3 key it is. Default: it belongs to a service user or is a personal access token. */
  readonly session?: KeySession
}

/** A v1 key that every server without strict keys accepts. */
export const DEMO_KEY = 'apk_user_demo'

/** A v3 key that every server without strict keys accepts, for all organizations. */
export const DEMO_V3_KEY = 'cog_demo'

/** The explicitly registered and revoked keys of a registry. */
export interface KeyRegistryState {
  readonly registered: ReadonlyMap<string, Principal>
  readonly revoked: ReadonlySet<string>
}

/** Keys that are always rejected unless registered, so that a client's 403 path can be tested without setup. */
const REJECTED = /^(?:apk_user_|apk_|cog_)(wrong|invalid|expired|revoked)/i

/** The maximum number of cached headers. Beyond it the cache is cleared. */
const CACHE_MAX = 10_000

/** The maximum length of a cached header in characters. Real ones have about 150, but up to 60,000 are possible. */
const CACHED_LENGTH_MAX = 500

/** The maximum number of retired keys that are remembered. Beyond it, the oldest are forgotten. */
const RETIRED_MAX = 10_000

/** The memory overhead of a key without its text, in bytes. */
const KEY_BYTES = 300

/** Returns the memory that the keys of a state use, in bytes. */
function sizeOfKeys({ registered, revoked }: KeyRegistryState): number {
  let bytes = 0
  for (const key of registered.keys()) bytes += KEY_BYTES + key.length
  for (const key of revoked) bytes += KEY_BYTES + key.length
  return bytes
}

/** Decides which keys are valid, and maps each to its principal. */
export class KeyRegistry {
  /** Whether only registered keys are valid. */
  readonly strict: boolean
  readonly #registered = new Map<string, Principal>()
  readonly #revoked = new Set<string>()
  /** The keys of service users that a restored state does not have. Unless registered again, they are not open keys. */
  readonly #retired = new Set<string>()
  readonly #cache = new Map<string, Principal>()
  #quota: Quota | undefined
  /** The bytes that are counted towards the quota. */
  #bytes = 0

  /** With `strict`, only registered keys are valid. Otherwise every well-formed key is, unless revoked. */
  constructor(options: { strict?: boolean; keys?: Iterable<RegisteredKey> } = {}) {
    this.strict = options.strict ?? false
    for (const key of options.keys ?? []) this.register(key)
  }

  /** Counts the memory of the keys, current and future, towards a quota. */
  attachQuota(quota: Quota): void {
    this.#quota = quota
    this.#bytes = 0
    this.#count(sizeOfKeys({ registered: this.#registered, revoked: this.#revoked }))
  }

  #count(bytes: number): void {
    this.#quota?.record(bytes)
    this.#bytes += bytes
  }

  /** Makes a key valid, even beyond the quota. Throws a RangeError if it does not have the form of a key. */
  register(registered: RegisteredKey): void {
    const { key } = registered
    const own = parseKey(key)
    if (own === undefined) throw new RangeError('not a key (apk_user_…, apk_… or cog_…)')
    if (registered.orgId === ENTERPRISE_ID && own.generation === 'v1') {
      throw new RangeError('a v1 key belongs to an organization, not to the enterprise')
    }
    if (!this.#registered.has(key)) this.#count(KEY_BYTES + key.length)
    this.#registered.set(key, principalOfRegistered(registered, own))
    this.#cache.clear()
  }

  /** Makes a key invalid, even if it is registered. Throws StoreFullError. */
  revoke(key: string): void {
    this.revokeEach([key])
  }

  /** Revokes keys. Throws StoreFullError, after which all are as before. */
  revokeEach(keys: readonly string[]): void {
    const revoked = new Set(keys.filter((key) => !this.#revoked.has(key)))
    const bytes = sizeOfKeys({ registered: new Map(), revoked })
    this.#quota?.ensure(bytes)
    this.#count(bytes)
    for (const key of revoked) this.#revoked.add(key)
    this.#cache.clear()
  }

  /** Revokes all keys that are registered for an organization. Throws StoreFullError. */
  revokeAll(orgId: string): void {
    const registered = [...this.#registered].filter(([, principal]) => principal.orgId === orgId)
    this.revokeEach(registered.map(([key]) => key))
  }

  /** Returns the registered and revoked keys, for `restore`: all, or those of one organization. */
  capture(orgId?: string): KeyRegistryState {
    return {
      registered: new Map([...this.#registered].filter(([key]) => this.#belongsTo(key, orgId))),
      revoked: new Set([...this.#revoked].filter((key) => this.#belongsTo(key, orgId))),
    }
  }

  /**
   * Replaces the keys with those of a state: all, or those of one organization. Restoring one organization keeps
   * its registered keys, so that a reset does not lock out its owner; but the keys of its service users stop if the
   * state does not have them, as their records do. It skips keys that now belong to another organization.
   */
  restore({ registered, revoked }: KeyRegistryState, orgId?: string): void {
    this.#retire(registered, orgId)
    if (orgId === undefined) this.#registered.clear()
    for (const [key, principal] of registered) {
      const owner = this.#registered.get(key)?.orgId ?? principal.orgId
      const isIncluded = orgId === undefined || (principal.orgId === orgId && owner === orgId)
      if (isIncluded) this.#registered.set(key, principal)
    }
    for (const key of this.#revoked) if (this.#belongsTo(key, orgId)) this.#revoked.delete(key)
    for (const key of revoked) if (this.#belongsTo(key, orgId)) this.#revoked.add(key)
    this.#cache.clear()
    this.#count(sizeOfKeys({ registered: this.#registered, revoked: this.#revoked }) - this.#bytes)
  }

  /** Makes the keys of service users invalid that a new state does not have: of all, or of one organization. */
  #retire(kept: KeyRegistryState['registered'], orgId: string | undefined): void {
    for (const [key, principal] of this.#registered) {
      const isOfServiceUser = principal.roles !== undefined && this.#belongsTo(key, orgId)
      if (!isOfServiceUser || kept.has(key)) continue
      this.#registered.delete(key)
      this.#retired.add(key)
    }
    for (const key of this.#retired) {
      if (this.#retired.size <= RETIRED_MAX) break
      this.#retired.delete(key)
    }
  }

  /** Returns the maximum of additional bytes that restoring a state uses: all of it, or that of one organization. */
  additionalBytes({ registered, revoked }: KeyRegistryState, orgId?: string): number {
    if (orgId === undefined) return sizeOfKeys({ registered, revoked }) - this.#bytes
    const isNew = ([key, principal]: [string, Principal]) =>
      principal.orgId === orgId && !this.#registered.has(key)
    return sizeOfKeys({
      registered: new Map([...registered].filter(isNew)),
      revoked: new Set([...revoked].filter((key) => this.#belongsTo(key, orgId) && !this.#revoked.has(key))),
    })
  }

  /**
   * Returns the organization of a key: the one it is registered for, or else the one in its text, which minted
   * keys contain. Returns undefined if the key has neither.
   */
  organizationOf(key: string): string | undefined {
    return (this.#registered.get(key) ?? boundPrincipal(key))?.orgId
  }

  #belongsTo(key: string, orgId: string | undefined): boolean {
    return orgId === undefined || (this.#registered.get(key) ?? parseKey(key))?.orgId === orgId
  }

  /** Returns the principal of an `Authorization` header, or undefined if its key is missing or invalid. */
  authenticate(header: string | undefined): Principal | undefined {
    if (header === undefined) return undefined
    // The cache is keyed by the whole header, because parsing it costs more than the lookup.
    const cached = this.#cache.get(header)
    if (cached !== undefined) return cached
    const key = bearerKey(header)
    const principal = key === undefined ? undefined : this.principalOf(key)
    if (principal !== undefined && header.length <= CACHED_LENGTH_MAX) {
      if (this.#cache.size >= CACHE_MAX) this.#cache.clear()
      this.#cache.set(header, principal)
    }
    return principal
  }

  /** Returns the principal of a key, or undefined if the key is invalid. */
  principalOf(key: string): Principal | undefined {
    if (this.#revoked.has(key)) return undefined
    const registered = this.#registered.get(key)
    if (registered !== undefined || this.strict || this.#retired.has(key)) return registered
    const principal = parseKey(key)
    return REJECTED.test(key) ? undefined : principal
  }
}

/** Returns the principal in a key itself, or undefined if it does not have the form of one. */
function parseKey(key: string): Principal | undefined {
  return parseApkKey(key) ?? parseCogKey(key)
}

/** Returns the principal in a key that contains its organization. */
function boundPrincipal(key: string): Principal | undefined {
  const principal = parseKey(key)
  return principal?.isBound === true ? principal : undefined
}

/** Returns the principal of a registered key: that in the key itself, with everything that the registration says instead. */
function principalOfRegistered(
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
  const isPersonal = own.generation === 'v1' ? own.kind === 'personal' : (actor ?? own.actor).email !== null
  if (isPersonal) {
    const owner = isUser(actor ?? null) ? (actor as User) : (own.user as User)
    return { ...own, ...organization, ...limits, kind: 'personal', user: owner, actor: owner }
  }
  const serviceUser = actor === undefined || isUser(actor) ? own.actor : actor
  return { ...own, ...organization, ...limits, kind: 'service', user: null, actor: serviceUser }
}
