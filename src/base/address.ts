import { isIPv6 } from 'node:net'

/** The base URL of a server, without a trailing slash, or the reason why the input is invalid. */
export type ParsedAddress = { readonly url: string } | { readonly flaw: string }

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
  if (!/^https?:\/\//i.test(withScheme)) return { flaw: 'begins with http:// or https://' }
  if (!URL.canParse(withScheme)) return { flaw: flawOf(withScheme) }
  const { origin, pathname, username, password } = new URL(withScheme)
  if (username !== '' || password !== '') return { flaw: 'has no user and password' }
  const path = pathname.replace(/(?:\/+v[13]|\/+_fake(?:\/.*)?)?\/*$/, '')
  return { url: origin + path }
}

function flawOf(address: string): string {
  const [, authority = ''] = /^https?:\/\/([^/?#]*)/i.exec(address) as RegExpExecArray
  if (authority === '') return 'names a host'
  if ((authority.match(/:/g) ?? []).length > 1 && !authority.startsWith('[')) {
    return 'has an IPv6 address in brackets, as in http://[::1]:8080'
  }
  if (/:\d+$/.test(authority)) return 'has a port from 0 to 65535'
  return 'has a host and a port that can be read, as in http://localhost:8080'
}
