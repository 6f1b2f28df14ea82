import { copyString } from '../base/copy-string.ts'
import type { Ids } from '../base/ids.ts'
import type { Quota } from '../base/quota.ts'
import { bearerKey } from './credentials.ts'
import { DEFAULT_ORG_ID, DEFAULT_USER, type Principal, type User, userOf } from './principal.ts'

/** A key that the configuration or the seed names, and whose it is. */
export interface RegisteredKey {
  readonly key: string
  /** Default: the organization the key itself names, else the default one. */
  readonly orgId?: string
  /** Default: the person the key itself names, else the default one. Ignored for service keys. */
  readonly user?: User
}

/** A key that every server with open keys accepts. */
export const DEMO_KEY = 'apk_user_demo'

/** What a ring knows besides what keys say of themselves. */
export interface KeyRegistryState {
  readonly registered: ReadonlyMap<string, Principal>
  readonly revoked: ReadonlySet<string>
}

/** A v1 key: `apk_user_…` or `apk_…` and a tail of the characters that base64 and hand-made keys use. */
const V1_KEY = /^apk_(?:user_)?(?!user_$)[A-Za-z0-9+/=._~-]+$/

/** Tails that open keys refuse, so that a client's 403 path can be tried without any set-up. */
const REFUSED_TAIL = /^(wrong|invalid|expired|revoked)/i

const MINTED_SERVICE = /^(org-[0-9a-f]{32}):[0-9a-f]{32}$/
const MINTED_PERSONAL = /^(.+)_(org-[0-9a-f]{32}):[0-9a-f]{32}$/

/** How many answers of `holderOf` are remembered; past that the memory is emptied. */
const REMEMBERED_MAX = 10_000

/** The longest header that is remembered, in characters: real ones have some 150, and there can be 60,000. */
const REMEMBERED_LENGTH_MAX = 500

/** What a key takes besides its text, in bytes. */
const KEY_BYTES = 300

/** What the keys of a state take in memory, in bytes. */
function sizeOfKeys({ registered, revoked }: KeyRegistryState): number {
  let bytes = 0
  for (const key of registered.keys()) bytes += KEY_BYTES + key.length
  for (const key of revoked) bytes += KEY_BYTES + key.length
  return bytes
}

/** Knows which keys are good and whose they are. */
export class KeyRegistry {
  /** Whether registered keys alone are good. */
  readonly strict: boolean
  readonly #registered = new Map<string, Principal>()
  readonly #revoked = new Set<string>()
  readonly #remembered = new Map<string, Principal>()
  #quota: Quota | undefined
  /** What is counted of the keys so far. */
  #bytes = 0

  /** With `strict`, only registered keys are good; else every well-formed v1 key that was not revoked. */
  constructor(options: { strict?: boolean; keys?: Iterable<RegisteredKey> } = {}) {
    this.strict = options.strict ?? false
    for (const key of options.keys ?? []) this.register(key)
  }

  /** From now on what the keys take counts in a quota. */
  countIn(quota: Quota): void {
    this.#quota = quota
    this.#bytes = 0
    this.#count(sizeOfKeys({ registered: this.#registered, revoked: this.#revoked }))
  }

  #count(bytes: number): void {
    this.#quota?.add(bytes)
    this.#bytes += bytes
  }

  /** Makes a key good, whether there is room or not. Throws a RangeError when it is not shaped like a v1 key. */
  register({ key, orgId, user }: RegisteredKey): void {
    const own = readKey(key)
    if (own === undefined) throw new RangeError('not a v1 key (apk_user_… or apk_…)')
    if (!this.#registered.has(key)) this.#count(KEY_BYTES + key.length)
    this.#registered.set(key, {
      orgId: orgId ?? own.orgId,
      kind: own.kind,
      user: own.kind === 'service' ? null : (user ?? own.user),
    })
    this.#remembered.clear()
  }

  /** Makes a key bad, whatever else is said of it. Throws StoreFullError. */
  revoke(key: string): void {
    if (this.#revoked.has(key)) return
    this.#quota?.demand(KEY_BYTES + key.length)
    this.#count(KEY_BYTES + key.length)
    this.#revoked.add(key)
    this.#remembered.clear()
  }

  /** The keys that were registered and revoked, to be restored later: all, or one organization's. */
  capture(orgId?: string): KeyRegistryState {
    return {
      registered: new Map([...this.#registered].filter(([key]) => this.#isOf(key, orgId))),
      revoked: new Set([...this.#revoked].filter((key) => this.#isOf(key, orgId))),
    }
  }

  /**
   * Replaces the keys with those of a state: all, or one organization's. Restoring one organization keeps its registered keys, since a
   * reset would otherwise lock its owner out, and leaves alone a key that belongs to another one by now.
   */
  restore({ registered, revoked }: KeyRegistryState, orgId?: string): void {
    if (orgId === undefined) this.#registered.clear()
    for (const [key, principal] of registered) {
      const owner = this.#registered.get(key)?.orgId ?? principal.orgId
      const isMeant = orgId === undefined || (principal.orgId === orgId && owner === orgId)
      if (isMeant) this.#registered.set(key, principal)
    }
    for (const key of this.#revoked) if (this.#isOf(key, orgId)) this.#revoked.delete(key)
    for (const key of revoked) if (this.#isOf(key, orgId)) this.#revoked.add(key)
    this.#remembered.clear()
    this.#count(sizeOfKeys({ registered: this.#registered, revoked: this.#revoked }) - this.#bytes)
  }

  /** How many bytes more are taken at most when a state is restored: all of it, or one organization's. */
  bytesMoreWith({ registered, revoked }: KeyRegistryState, orgId?: string): number {
    if (orgId === undefined) return sizeOfKeys({ registered, revoked }) - this.#bytes
    const isNew = ([key, principal]: [string, Principal]) =>
      principal.orgId === orgId && !this.#registered.has(key)
    return sizeOfKeys({
      registered: new Map([...registered].filter(isNew)),
      revoked: new Set([...revoked].filter((key) => this.#isOf(key, orgId) && !this.#revoked.has(key))),
    })
  }

  /**
   * The organization that a key belongs to: the one it is registered for, else the one that its text carries, as minted keys do;
   * undefined for a key that belongs to nobody yet.
   */
  ownerOf(key: string): string | undefined {
    return this.#registered.get(key)?.orgId ?? (carriesOrganization(key) ? readKey(key)?.orgId : undefined)
  }

  #isOf(key: string, orgId: string | undefined): boolean {
    return orgId === undefined || (this.#registered.get(key) ?? readKey(key))?.orgId === orgId
  }

  /** Whose key an `Authorization` header brings; undefined for none, and for a bad one. */
  holderOf(header: string | undefined): Principal | undefined {
    if (header === undefined) return undefined
    // By the whole header, since to take a key out of it costs more than to look it up.
    const remembered = this.#remembered.get(header)
    if (remembered !== undefined) return remembered
    const key = bearerKey(header)
    const principal = key === undefined ? undefined : this.principalOf(key)
    if (principal !== undefined && header.length <= REMEMBERED_LENGTH_MAX) {
      if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear()
      this.#remembered.set(header, principal)
    }
    return principal
  }

  /** Whose the key is; undefined when it is no good. */
  principalOf(key: string): Principal | undefined {
    if (this.#revoked.has(key)) return undefined
    const registered = this.#registered.get(key)
    if (registered !== undefined || this.strict) return registered
    const principal = readKey(key)
    return principal !== undefined && !REFUSED_TAIL.test(tailOf(key)) ? principal : undefined
  }
}

/** What a v1 key says of itself; undefined when it is none. */
function readKey(key: string): Principal | undefined {
  if (!V1_KEY.test(key)) return undefined
  const kind = key.startsWith('apk_user_') ? 'personal' : 'service'
  const text = Buffer.from(tailOf(key), 'base64').toString('latin1')
  if (kind === 'service') {
    const [, orgId] = MINTED_SERVICE.exec(text) ?? []
    return { orgId: orgId === undefined ? DEFAULT_ORG_ID : copyString(orgId), kind, user: null }
  }
  const [, userId, orgId] = MINTED_PERSONAL.exec(text) ?? []
  if (userId === undefined || orgId === undefined) return { orgId: DEFAULT_ORG_ID, kind, user: DEFAULT_USER }
  return { orgId: copyString(orgId), kind, user: userOf(copyString(userId)) }
}

function carriesOrganization(key: string): boolean {
  const text = Buffer.from(tailOf(key), 'base64').toString('latin1')
  return (key.startsWith('apk_user_') ? MINTED_PERSONAL : MINTED_SERVICE).test(text)
}

function tailOf(key: string): string {
  return key.replace(/^apk_(user_)?/, '')
}

/** Two keys in the shape of real ones, which carry their organization: a user's and a service's. */
export function mintKeys(orgId: string, ids: Ids): { personal: string; service: string } {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const userId = `email|${ids.hex().slice(0, 24)}`
  return {
    personal: `apk_user_${base64(`${userId}_${orgId}:${ids.hex()}`)}`,
    service: `apk_${base64(`${orgId}:${ids.hex()}`)}`,
  }
}
