import { DEMO_KEY, KeyRegistry } from '../auth/keys.ts'
import { DEFAULT_ORG_ID } from '../auth/principal.ts'
import { parseAddress } from '../base/address.ts'
import { type FakeDevin, fakeDevinOf } from './fake-devin.ts'
import { httpSend, remoteFetch } from './remote.ts'

/** How a fake that runs elsewhere is talked to. */
export interface ConnectOptions {
  /** What the fake was given as `--control-token`. Default: nothing. */
  readonly token?: string | undefined
  /** A key that works there. Default: the one that works everywhere but with `--strict-keys`. */
  readonly key?: string | undefined
  /** The organization of that key. Default: the one that the key itself names, else the one of all keys that name none. */
  readonly orgId?: string | undefined
}

/**
 * The object that `startFakeDevin` gives, for a fake that runs elsewhere: in a container, or on another machine. Nothing is asked
 * before it is used. The address may lack `http://`, and end with `/v1`. Throws TypeError for a text that is no HTTP address.
 */
export function connectFakeDevin(
  url: string | { readonly href: string },
  options: ConnectOptions = {},
): FakeDevin {
  const base = baseOf(String(url))
  const { token, key = DEMO_KEY } = options
  const orgId = options.orgId ?? new KeyRegistry().principalOf(key)?.orgId ?? DEFAULT_ORG_ID
  const fetch = remoteFetch({ url: base })
  // Connections are those of the global fetch, which closes them by itself.
  const close = async () => undefined
  return fakeDevinOf({ url: base, key, orgId, fetch, close, control: { url: base, send: httpSend(), token } })
}

/** The address without what a request would add. It is not repeated in errors, since it may hold a password. */
function baseOf(text: string): string {
  const parsed = parseAddress(text)
  if ('url' in parsed) return parsed.url
  const hint = parsed.flaw === 'has no user and password' ? '; a token is given as { token }' : ''
  throw new TypeError(`the URL of a fake ${parsed.flaw}${hint}`)
}
