import type { ChangeFeed } from '../base/changes.ts'
import type { Quota } from '../base/quota.ts'
import { bearerKey } from './credentials.ts'
import { ENTERPRISE_ID, type Principal } from './principal.ts'
import { boundPrincipal, parseKey, principalOfRegistered, type RegisteredKey } from './registered-key.ts'

export type { RegisteredKey } from './registered-key.ts'

/** A v1 key that every server without strict keys accepts. */
export const DEMO_KEY = 'apk_user_demo'

/** A v3 key that every server without strict keys accepts, for all organizations. */
export const DEMO_V3_KEY = 'cog_demo'

/** The explicitly registered and revoked keys of a registry. */
export interface KeyRegistryState {
  readonly registered: ReadonlyMap<string, Principal>
  readonly revoked: ReadonlySet<string>
}

/** What a registry knows about a key. */
export interface KeyStatus {
  /** The principal of a registered key. */
  readonly principal?: Principal
  readonly isRevoked: boolean
  /** Whether it was the key of a service user that a restored state lacks. */
  readonly isRetired: boolean
  /** The order of registration. */
  readonly position: number
}

/** The kind under which changes of keys are recorded. */
const KIND = 'keys'

/** Keys that are always rejected unless registered, so that a client's 403 path can be tested without setup. */
const REJECTED = /^(?:apk_user_|apk_|cog_|devin-session-token\$)(wrong|invalid|expired|revoked)/i

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

/**
 * Decides which keys are valid, and maps each to its principal. Unless `strict`, every well-formed key is valid without registration (an open
 * key), except revoked and retired ones.
 */
export class KeyRegistry {
  /** Whether only registered keys are valid. */
  readonly strict: boolean
  readonly #registered = new Map<string, Principal>()
  readonly #revoked = new Set<string>()
  /** The keys of service users that a restored state lacks. They are invalid until they are registered again. */
  readonly #retired = new Set<string>()
  readonly #cache = new Map<string, Principal>()
  /** The order of registration. */
  readonly #positions = new Map<string, number>()
  #lastPosition = 0
  #quota: Quota | undefined
  #changes: ChangeFeed | undefined
  /** The bytes that are counted towards the quota. */
  #bytes = 0

  /** With `strict`, only registered keys are valid. Default: false, and no keys. Throws like `register`. */
  constructor(options: { strict?: boolean; keys?: Iterable<RegisteredKey> } = {}) {
    this.strict = options.strict ?? false
    for (const key of options.keys ?? []) this.register(key)
  }

  /** Counts the memory of all keys, current and future, towards a quota, and records their changes. */
  attach({ quota, changes }: { readonly quota: Quota; readonly changes?: ChangeFeed }): void {
    this.#quota = quota
    this.#changes = changes
    this.#bytes = 0
    this.#recount()
  }

  #count(bytes: number): void {
    this.#quota?.record(bytes)
    this.#bytes += bytes
  }

  /** Makes a key valid, even beyond the quota. Throws a RangeError if it does not have the form of a key. */
  register(registered: RegisteredKey): void {
    const { key } = registered
    const own = parseKey(key)
    if (own === undefined)
      throw new RangeError('not a key (apk_user_…, apk_…, cog_… or devin-session-token$…)')
    if (registered.orgId === ENTERPRISE_ID && own.generation === 'v1') {
      throw new RangeError('a v1 key belongs to an organization, not to the enterprise')
    }
    if (!this.#registered.has(key)) this.#count(KEY_BYTES + key.length)
    this.#setPrincipal(key, principalOfRegistered(registered, own))
    this.#cache.clear()
    this.#mark(key)
  }

  #setPrincipal(key: string, principal: Principal): void {
    this.#registered.set(key, principal)
    if (!this.#positions.has(key)) this.#positions.set(key, ++this.#lastPosition)
  }

  #mark(key: string): void {
    this.#changes?.tracker?.mark(KIND, '', key)
  }

  /** Returns all keys that something is known about. */
  known(): Set<string> {
    return new Set([...this.#registered.keys(), ...this.#revoked, ...this.#retired])
  }

  /** Returns what is known about a key; undefined if nothing is. */
  statusOf(key: string): KeyStatus | undefined {
    const principal = this.#registered.get(key)
    const [isRevoked, isRetired] = [this.#revoked.has(key), this.#retired.has(key)]
    if (principal === undefined && !isRevoked && !isRetired) return undefined
    const position = this.#positions.get(key) ?? 0
    return { ...(principal !== undefined && { principal }), isRevoked, isRetired, position }
  }

  /** Sets what is known about a key, as `statusOf` returned it; with undefined, the registry forgets the key. */
  setStatus(key: string, status: KeyStatus | undefined): void {
    this.#count(-this.#bytesOf(key))
    const { principal, isRevoked = false, isRetired = false, position = 0 } = status ?? {}
    this.#registered.delete(key)
    this.#positions.delete(key)
    if (principal !== undefined) {
      this.#registered.set(key, principal)
      this.#positions.set(key, position)
    }
    this.#lastPosition = Math.max(this.#lastPosition, position)
    setMembership(this.#revoked, key, isRevoked)
    setMembership(this.#retired, key, isRetired)
    this.#cache.clear()
    this.#count(this.#bytesOf(key))
  }

  #bytesOf(key: string): number {
    const lists = Number(this.#registered.has(key)) + Number(this.#revoked.has(key))
    return lists * (KEY_BYTES + key.length)
  }

  #recount(): void {
    this.#count(sizeOfKeys({ registered: this.#registered, revoked: this.#revoked }) - this.#bytes)
  }

  /** Makes a key invalid, even if it is registered. Throws StoreFullError. */
  revoke(key: string): void {
    this.revokeEach([key])
  }

  /** Revokes all of these keys. Throws StoreFullError, and then revokes none. */
  revokeEach(keys: readonly string[]): void {
    const revoked = new Set(keys.filter((key) => !this.#revoked.has(key)))
    const bytes = sizeOfKeys({ registered: new Map(), revoked })
    this.#quota?.ensure(bytes)
    this.#count(bytes)
    for (const key of revoked) {
      this.#revoked.add(key)
      this.#mark(key)
    }
    this.#cache.clear()
  }

  /** Revokes all keys that are registered for an organization. Throws StoreFullError. */
  revokeAll(orgId: string): void {
    const registered = [...this.#registered].filter(([, principal]) => principal.orgId === orgId)
    this.revokeEach(registered.map(([key]) => key))
  }

  /** Returns the registered and revoked keys, for `restore`: all, or those of one organization. */
  capture(orgId?: string): KeyRegistryState {
    const registered = [...this.#registered].filter(([key]) => this.#belongsTo(key, orgId))
    // The rows of a database are read in any order.
    const position = ([key]: [string, Principal]) => this.#positions.get(key) as number
    return {
      registered: new Map(registered.sort((one, other) => position(one) - position(other))),
      revoked: new Set([...this.#revoked].filter((key) => this.#belongsTo(key, orgId))),
    }
  }

  /**
   * Replaces the keys with those of a state: all, or those of one organization. Restoring one organization keeps
   * its registered keys, so that a reset does not lock out its owner. Keys of its service users that the state lacks
   * become invalid, since the service users disappear, too. Keys that now belong to another organization are skipped.
   */
  restore({ registered, revoked }: KeyRegistryState, orgId?: string): void {
    this.#markAll()
    this.#retire(registered, orgId)
    if (orgId === undefined) {
      this.#registered.clear()
      this.#positions.clear()
    }
    for (const [key, principal] of registered) {
      const owner = this.#registered.get(key)?.orgId ?? principal.orgId
      const isIncluded = orgId === undefined || (principal.orgId === orgId && owner === orgId)
      if (isIncluded) this.#setPrincipal(key, principal)
    }
    for (const key of this.#revoked) if (this.#belongsTo(key, orgId)) this.#revoked.delete(key)
    for (const key of revoked) if (this.#belongsTo(key, orgId)) this.#revoked.add(key)
    this.#cache.clear()
    this.#recount()
    this.#markAll()
  }

  #markAll(): void {
    if (this.#changes?.tracker === undefined) return
    for (const key of this.known()) this.#mark(key)
  }

  /** Invalidates the keys of service users that a new state lacks: all, or those of one organization. */
  #retire(kept: KeyRegistryState['registered'], orgId: string | undefined): void {
    for (const [key, principal] of this.#registered) {
      const isOfServiceUser = principal.roles !== undefined && this.#belongsTo(key, orgId)
      if (!isOfServiceUser || kept.has(key)) continue
      this.#registered.delete(key)
      this.#positions.delete(key)
      this.#retired.add(key)
    }
    for (const key of this.#retired) {
      if (this.#retired.size <= RETIRED_MAX) break
      this.#retired.delete(key)
    }
  }

  /** Returns the maximum number of additional bytes that restoring a state takes: all of it, or the part of one organization. */
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

function setMembership(set: Set<string>, member: string, isMember: boolean): void {
  if (isMember) set.add(member)
  else set.delete(member)
}
