import { URL } from '../base/builtins.ts'

/** The host that clients know for the real service. A fake takes its place, so that nothing of a test ever gets there. */
export const VENDOR_HOST = 'api.devin.ai'

/** Where a request goes that names no host, and which hosts are the fake's. */
export interface Destination {
  /** What relative addresses are resolved against, without a slash at the end. */
  readonly url: string
  /** The same over HTTPS. Default: there is none. */
  readonly tlsUrl?: string | undefined
}

/** The absolute form of an address: `/v1/secrets` is one of the fake. Throws TypeError for what is no address, and for other hosts. */
export function resolveUrl(input: string | URL, destination: Destination): URL {
  const text = String(input)
  // Joined by hand, since a fake may be served below a path.
  const url = URL.canParse(text)
    ? new URL(text)
    : new URL(`.${text.replace(/^\/*/, '/')}`, `${destination.url}/`)
  const hosts = [destination.url, destination.tlsUrl ?? destination.url].map((own) => new URL(own).host)
  if (/^https?:$/.test(url.protocol) && [VENDOR_HOST, ...hosts].includes(url.host)) return url
  throw failed(new Error(`this fetch reaches the fake alone (${hosts[0]}), not ${url.host || url.protocol}`))
}

/** The error that Node's fetch ends with, whose cause says what happened. */
export function failed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause })
}
