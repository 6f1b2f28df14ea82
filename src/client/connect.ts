import { DEMO_KEY, DEMO_V3_KEY, KeyRegistry } from '../auth/keys.ts'
import { DEFAULT_ORG_ID } from '../auth/principal.ts'
import { CREDENTIALS_FLAW, parseAddress } from '../base/address.ts'
import { type FakeDevin, fakeDevinOf } from './fake-devin.ts'
import { httpOpen, httpSend, remoteFetch } from './remote.ts'

/** Options for connecting to a fake that runs elsewhere. */
export interface ConnectOptions {
  /** The `--control-token` of the fake. Default: no token. */
  readonly token?: string | undefined
  /** A v1 key that the fake accepts. Default: the demo key, which works unless the fake has `--strict-keys`. */
  readonly key?: string | undefined
  /** A v3 key that the fake accepts. Default: the demo key of v3, which works unless the fake has `--strict-keys`. */
  readonly v3Key?: string | undefined
  /** The organization of the keys. Default: the one encoded in `key`, else the one in `v3Key`, else the default organization. */
  readonly orgId?: string | undefined
}

/** The names of the options. */
const OPTIONS: readonly string[] = ['token', 'key', 'v3Key', 'orgId'] satisfies (keyof ConnectOptions)[]

/**
 * Returns the same object as `startFakeDevin`, for a fake that runs elsewhere: in a container, or on another machine. Sends no request
 * before the first call. The address may lack `http://` and may end with `/v1` or `/v3`. Throws TypeError for an invalid HTTP address or an
 * unknown option.
 */
export function connectFakeDevin(
  url:
    | string
    | {
        /** The address, as in a `URL`. */
        readonly href: string
      },
  options: ConnectOptions = {},
): FakeDevin {
  // Callers may not use TypeScript, or promise it a variable that is not set.
  if (url == null) {
    throw new TypeError(`the URL of a fake is ${url}: is FAKE_DEVIN_URL set?`)
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`unknown option ${JSON.stringify(unknown)}: the options are ${OPTIONS.join(', ')}`)
  }
  const base = baseOf(String(url))
  const { token, key = DEMO_KEY, v3Key = DEMO_V3_KEY } = options
  const known = new KeyRegistry()
  const orgId = options.orgId ?? known.organizationOf(key) ?? known.organizationOf(v3Key) ?? DEFAULT_ORG_ID
  const fetch = remoteFetch({ url: base })
  // Nothing to close: Node's fetch manages its own connections, and each control call closes its own.
  const close = async () => undefined
  const control = { url: base, send: httpSend(), open: httpOpen(), token }
  return fakeDevinOf({ url: base, key, v3Key, orgId, fetch, close, control })
}

/** Returns the normalized base URL. Errors do not quote the address, since it may hold a password. */
function baseOf(text: string): string {
  const parsed = parseAddress(text)
  if ('url' in parsed) return parsed.url
  const hint = parsed.flaw === CREDENTIALS_FLAW ? '; a token is given as { token }' : ''
  throw new TypeError(`the URL of a fake ${parsed.flaw}${hint}`)
}
