import { URL } from '../base/builtins.ts'

/** The host of the real service. The fake answers for it, so no request of a test ever reaches it. */
export const VENDOR_HOST = 'api.devin.ai'

/** The base URL for requests without a host, and the hosts of the fake. */
export interface Destination {
  /** The base of relative addresses, without a trailing slash. */
  readonly url: string
  /** The same over HTTPS. Default: no HTTPS. */
  readonly tlsUrl?: string | undefined
}

/** Resolves an address. `/v1/secrets` belongs to the fake. Throws TypeError for an invalid address and for other hosts. */
export function resolveUrl(input: string | URL, destination: Destination): URL {
  const text = String(input)
  // Joined by hand, because a fake may be served under a path prefix.
  const url = URL.canParse(text)
    ? new URL(text)
    : new URL(`.${text.replace(/^\/*/, '/')}`, `${destination.url}/`)
  const hosts = [destination.url, destination.tlsUrl ?? destination.url].map((own) => new URL(own).host)
  if (/^https?:$/.test(url.protocol) && [VENDOR_HOST, ...hosts].includes(url.host)) return url
  throw failed(new Error(`fetch is bound to the fake (${hosts[0]}); refused ${url.host || url.protocol}`))
}

/** Returns the error that Node's fetch rejects with. Its cause holds the reason. */
export function failed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause })
}
