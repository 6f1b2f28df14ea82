import type { IncomingMessage } from 'node:http'
import { isIPv6, type Socket } from 'node:net'
import { INTERNAL_ADDRESS } from './internal.ts'
import { Networks } from './networks.ts'

/** The proxies that are trusted by default: those on the same machine. */
export const LOCAL_PROXIES = '127.0.0.1,::1'

/** The schemes that uvicorn accepts in `X-Forwarded-Proto`. All other values, including lists, are ignored. */
const SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss'])

/**
 * The peers whose `X-Forwarded-Proto` and `X-Forwarded-For` are trusted, in the format of uvicorn's `--forwarded-allow-ips`: IP addresses and networks in CIDR
 * notation, separated by commas. `*` trusts every peer, an empty string none.
 */
export class TrustedProxies {
  #peers: Networks | 'all' | undefined

  /** Parses a list. Default: `LOCAL_PROXIES`. Throws a RangeError for an item that is neither an address nor a network. */
  constructor(list = LOCAL_PROXIES) {
    // The default is parsed when it is first needed. Node's patterns of addresses take 3 ms.
    if (list !== LOCAL_PROXIES) this.#peers = peersOf(list)
  }

  /** Returns whether a peer is a trusted proxy. The application itself is one. */
  trusts(address: string | undefined): boolean {
    this.#peers ??= peersOf(LOCAL_PROXIES)
    if (this.#peers === 'all' || address === INTERNAL_ADDRESS) return true
    return address !== undefined && this.#peers.include(address)
  }

  /** Returns the scheme that the client used: the one forwarded by a trusted proxy, else that of the connection. */
  schemeOf(socket: Socket, forwardedProto: string | undefined): string {
    const forwarded = forwardedProto?.trim()
    if (forwarded !== undefined && SCHEMES.has(forwarded) && this.trusts(socket.remoteAddress))
      return forwarded
    return 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http'
  }

  /**
   * Returns the address of the client: the last one in the `X-Forwarded-For` of a trusted proxy that is not a trusted proxy itself, as
   * uvicorn does; without one, the peer's.
   */
  clientOf({ socket, headers }: IncomingMessage): string {
    const peer = socket.remoteAddress ?? ''
    const forwarded = headers['x-forwarded-for']
    if (forwarded === undefined || !this.trusts(peer)) return peer
    const hops = String(forwarded)
      .split(',')
      .map((hop) => hop.trim())
    return hops.findLast((hop) => !this.trusts(hop)) ?? (hops[0] as string)
  }

  /**
   * Returns the origin at which the client reached the server, e.g. `https://devin.example.test`. Like uvicorn, ignores
   * `X-Forwarded-Host` and `X-Forwarded-Port`, so a proxy must forward the Host header. Without one (HTTP/1.0), uses the local address.
   */
  originOf({ socket, headers, rawHeaders }: IncomingMessage): string {
    const forwarded =
      headers['x-forwarded-proto'] === undefined ? undefined : lastOf(rawHeaders, 'x-forwarded-proto')
    return `${this.schemeOf(socket, forwarded)}://${headers.host ?? localHost(socket)}`
  }
}

function peersOf(list: string): Networks | 'all' {
  const items = list.split(',').map((item) => item.trim())
  return list.trim() === '*' ? 'all' : new Networks(items.filter((item) => item !== ''))
}

/** Returns the value of the last header with a name, which is the one that uvicorn uses. Node joins all of them. */
function lastOf(rawHeaders: readonly string[], name: string): string | undefined {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && (rawHeaders[index - 1] as string).toLowerCase() === name,
  )
  return values.at(-1)
}

function localHost({ localAddress = '127.0.0.1', localPort }: Socket): string {
  return `${isIPv6(localAddress) ? `[${localAddress}]` : localAddress}:${localPort}`
}
