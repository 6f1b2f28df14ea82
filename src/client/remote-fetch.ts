import type { URL } from '../base/builtins.ts'
import { assertFetching } from '../base/faked-timers.ts'
import { type Destination, resolveUrl, VENDOR_HOST } from './destination.ts'
import type { Fetch } from './fetch.ts'
import { fetch, fetchClasses } from './native-fetch.ts'
import { nativeInit } from './native-init.ts'

/**
 * Returns Node's fetch, bound to a server: relative addresses and those of the real service both reach it. Refuses other hosts.
 */
export function remoteFetch(destination: Destination): Fetch {
  return async (input, given) => {
    await assertFetching()
    const init = await nativeInit(given)
    const { Request } = fetchClasses()
    if (!(input instanceof Request)) return fetch(rebased(resolveUrl(input, destination), destination), init)
    const url = resolveUrl(input.url, destination)
    return fetch(url.host === VENDOR_HOST ? new Request(rebased(url, destination), input) : input, init)
  }
}

function rebased(url: URL, destination: Destination): URL {
  if (url.host !== VENDOR_HOST) return url
  return resolveUrl(url.pathname + url.search, destination)
}
