import { DEMO_KEY, KeyRegistry } from '../auth/keys.ts'
import { DEFAULT_ORG_ID } from '../auth/principal.ts'
import { parseAddress } from '../base/address.ts'
import { type FakeDevin, fakeDevinOf } from './fake-devin.ts'
import { httpSend, remoteFetch } from './remote.ts'

/** Options for connecting to a fake that runs elsewhere. */
export interface ConnectOptions {
  /** The `--control-token` of the fake. Default: no token. */
  readonly token?: string | undefined
  /** A key that the fake accepts. Default: the demo key, which works unless the fake has `--strict-keys`. */
  readonly key?: string | undefined
  /** The organization of that key. Default: the one encoded in the key, else the default organization. */
  readonly orgId?: string | undefined
}

/**
 * Returns the same object as `startFakeDevin`, for a fake that runs elsewhere: in a container, or on another machine. Sends no request
 * before the first call. The address may lack `http://` and may end with `/v1`. Throws TypeError for an invalid HTTP address.
 */
export function connectFakeDevin(
  url: string | { readonly href: string },
  options: ConnectOptions = {},
): FakeDevin {
  const base = baseOf(String(url))
  const { token, key = DEMO_KEY } = options
  const orgId = options.orgId ?? new KeyRegistry().principalOf(key)?.orgId ?? DEFAULT_ORG_ID
  const fetch = remoteFetch({ url: base })
  // Nothing to close: Node's fetch manages its own connections, and each control call closes its own.
  const close = async () => undefined
  return fakeDevinOf({ url: base, key, orgId, fetch, close, control: { url: base, send: httpSend(), token } })
}

/** Returns the normalized base URL. Errors do not quote the address, since it may hold a password. */
function baseOf(text: string): string {
  const parsed = parseAddress(text)
  if ('url' in parsed) return parsed.url
  const hint = parsed.flaw === 'has no user and password' ? '; a token is given as { token }' : ''
  throw new TypeError(`the URL of a fake ${parsed.flaw}${hint}`)
}
