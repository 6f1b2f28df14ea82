import { DEFAULT_ORG_ID, DEFAULT_USER, type Principal, type User, userOf } from './principal.ts'

/** A key that the configuration or the seed names, and whose it is. */
export interface RegisteredKey {
  readonly key: string
  /** Default: the organisation the key itself names, else the default one. */
  readonly orgId?: string
  /** Default: the person the key itself names, else the default one. Ignored for service keys. */
  readonly user?: User
}

/** A v1 key: `apk_user_…` or `apk_…` and a tail of the characters that base64 and hand-made keys use. */
const V1_KEY = /^apk_(?:user_)?(?!user_$)[A-Za-z0-9+/=._~-]+$/

/** Tails that open keys refuse, so that a client's 403 path can be tried without any set-up. */
const REFUSED_TAIL = /^(wrong|invalid|expired|revoked)/i

const MINTED_SERVICE = /^(org-[0-9a-f]{32}):[0-9a-f]{32}$/
const MINTED_PERSONAL = /^(.+)_(org-[0-9a-f]{32}):[0-9a-f]{32}$/

/** How many answers of `principalOf` are remembered; past that the memory is emptied. */
const REMEMBERED_MAX = 10_000

/** Knows which keys are good and whose they are. */
export class KeyRing {
  readonly #strict: boolean
  readonly #registered = new Map<string, Principal>()
  readonly #revoked = new Set<string>()
  readonly #remembered = new Map<string, Principal>()

  /** With `strict`, only registered keys are good; else every well-formed v1 key that was not revoked. */
  constructor(options: { strict?: boolean; keys?: Iterable<RegisteredKey> } = {}) {
    this.#strict = options.strict ?? false
    for (const key of options.keys ?? []) this.register(key)
  }

  /** Makes a key good. Throws a RangeError when it is not shaped like a v1 key. */
  register({ key, orgId, user }: RegisteredKey): void {
    const own = readKey(key)
    if (own === undefined) throw new RangeError('not a v1 key (apk_user_… or apk_…)')
    this.#registered.set(key, {
      orgId: orgId ?? own.orgId,
      kind: own.kind,
      user: own.kind === 'service' ? null : (user ?? own.user),
    })
    this.#remembered.clear()
  }

  /** Makes a key bad, whatever else is said of it. */
  revoke(key: string): void {
    this.#revoked.add(key)
    this.#remembered.clear()
  }

  /** Whose the key is; undefined when it is no good. */
  principalOf(key: string): Principal | undefined {
    const remembered = this.#remembered.get(key)
    if (remembered !== undefined) return remembered
    const principal = this.#resolve(key)
    if (principal !== undefined) {
      if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear()
      this.#remembered.set(key, principal)
    }
    return principal
  }

  #resolve(key: string): Principal | undefined {
    if (this.#revoked.has(key)) return undefined
    const registered = this.#registered.get(key)
    if (registered !== undefined || this.#strict) return registered
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
    return { orgId: MINTED_SERVICE.exec(text)?.[1] ?? DEFAULT_ORG_ID, kind, user: null }
  }
  const [, userId, orgId = DEFAULT_ORG_ID] = MINTED_PERSONAL.exec(text) ?? []
  return { orgId, kind, user: userId === undefined ? DEFAULT_USER : userOf(userId) }
}

function tailOf(key: string): string {
  return key.replace(/^apk_(user_)?/, '')
}
