import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6, type Socket } from 'node:net'

/** The proxies that are trusted by default: those on the same machine. */
export const LOCAL_PROXIES = '127.0.0.1,::1'

/** The schemes that uvicorn accepts in `X-Forwarded-Proto`. All other values, including lists, are ignored. */
const SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss'])

/**
 * The peers whose `X-Forwarded-Proto` is trusted, in the format of uvicorn's `--forwarded-allow-ips`: IP addresses and networks in CIDR
 * notation, separated by commas. `*` trusts every peer, an empty string none.
 */
export class TrustedProxies {
  readonly #peers: BlockList | 'all'

  /** Parses a list. Default: `LOCAL_PROXIES`. Throws a RangeError for an item that is neither an address nor a network. */
  constructor(list = LOCAL_PROXIES) {
    this.#peers = list.trim() === '*' ? 'all' : peersOf(list)
  }

  /** Returns whether a peer is a trusted proxy. Treats an IPv4-mapped IPv6 address (`::ffff:127.0.0.1`) as the IPv4 address. */
  trusts(address: string | undefined): boolean {
    if (this.#peers === 'all') return true
    return address !== undefined && this.#peers.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  }

  /** Returns the scheme that the client used: the one forwarded by a trusted proxy, else that of the connection. */
  schemeOf(socket: Socket, forwardedProto: string | undefined): string {
    const forwarded = forwardedProto?.trim()
    if (forwarded !== undefined && SCHEMES.has(forwarded) && this.trusts(socket.remoteAddress))
      return forwarded
    return 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http'
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

function peersOf(list: string): BlockList {
  const peers = new BlockList()
  for (const item of list.split(',').map((item) => item.trim())) {
    if (item === '') continue
    const [address = '', prefix] = item.split('/', 2)
    const type = isIPv6(address) ? 'ipv6' : 'ipv4'
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= BITS[type])
    if (isIP(address) === 0 || !isPrefix || item.split('/').length > 2) {
      throw new RangeError(`neither an IP address nor a network: ${item}`)
    }
    if (prefix === undefined) peers.addAddress(address, type)
    else peers.addSubnet(address, Number(prefix), type)
  }
  return peers
}

const BITS = { ipv4: 32, ipv6: 128 } as const

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
