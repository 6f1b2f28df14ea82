import { type Destination, resolveUrl, VENDOR_HOST } from './destination.ts'
import type { Fetch } from './fetch.ts'

/**
 * The global fetch, bound to a server: relative addresses are its own, and those of the real service lead to it, too. Other hosts
 * are refused.
 */
export function remoteFetch(destination: Destination): Fetch {
  // Of this moment, since a test may put this very function in the place of the global one.
  const { fetch } = globalThis
  return async (input, init) => {
    if (!(input instanceof Request)) return fetch(rebased(resolveUrl(input, destination), destination), init)
    const url = resolveUrl(input.url, destination)
    return fetch(url.host === VENDOR_HOST ? new Request(rebased(url, destination), input) : input, init)
  }
}

function rebased(url: URL, destination: Destination): URL {
  if (url.host !== VENDOR_HOST) return url
  return resolveUrl(url.pathname + url.search, destination)
}
