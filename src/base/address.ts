import { isIPv6 } from 'node:net'

/** The base URL of a server, without a trailing slash, or the reason why the input is invalid. */
export type ParsedAddress = { readonly url: string } | { readonly flaw: string }

/** What is wrong with an address that contains credentials. */
export const CREDENTIALS_FLAW = 'must not contain a user or a password'

const SCHEME = /^[a-z][a-z\d+.-]*:\/\//i

/**
 * Parses the address of a server. Accepts addresses without a scheme (`localhost:8080`, `::1`) and surrounding
 * whitespace. Removes `/v1`, `/v3` or a path of the control plane at the end. Keeps a path before that, for a server
 * behind a proxy. The flaw contains nothing of the input, which may include a password.
 */
export function parseAddress(given: string): ParsedAddress {
  const text = given.trim()
  if (text === '') return { flaw: 'is empty' }
  const withScheme = SCHEME.test(text) ? text : `http://${isIPv6(text) ? `[${text}]` : text}`
  if (!/^https?:\/\//i.test(withScheme)) return { flaw: 'must begin with http:// or https://' }
  if (!URL.canParse(withScheme)) return { flaw: flawOf(withScheme) }
  const { origin, pathname, username, password } = new URL(withScheme)
  if (username !== '' || password !== '') return { flaw: CREDENTIALS_FLAW }
  const path = pathname.replace(/(?:\/+v[13]|\/+_fake(?:\/.*)?)?\/*$/, '')
  return { url: origin + path }
}

function flawOf(address: string): string {
  const [, authority = ''] = /^https?:\/\/([^/?#]*)/i.exec(address) as RegExpExecArray
  if (authority === '') return 'must name a host'
  if ((authority.match(/:/g) ?? []).length > 1 && !authority.startsWith('[')) {
    return 'must have its IPv6 address in brackets, as in http://[::1]:8080'
  }
  if (/:\d+$/.test(authority)) return 'must have a port from 0 to 65535'
  return 'must have a host and a port that can be read, as in http://localhost:8080'
}
