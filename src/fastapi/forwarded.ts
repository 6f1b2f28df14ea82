import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6, type Socket } from 'node:net'

/** The proxies that are trusted unless configured otherwise: those on the same machine. */
export const LOCAL_PROXIES = '127.0.0.1,::1'

/** The schemes that uvicorn takes from `X-Forwarded-Proto`; any other value is ignored, lists included. */
const SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss'])

/**
 * The peers whose `X-Forwarded-Proto` counts, as uvicorn's `--forwarded-allow-ips` names them: IP addresses and networks in CIDR
 * notation, separated by commas; `*` for every peer, and an empty text for none.
 */
export class TrustedProxies {
  readonly #peers: BlockList | 'all'

  /** Throws a RangeError for an item that is neither an address nor a network. Default: `LOCAL_PROXIES`. */
  constructor(list = LOCAL_PROXIES) {
    this.#peers = list.trim() === '*' ? 'all' : peersOf(list)
  }

  /** Whether a peer is a trusted proxy. An IPv4 address mapped into IPv6 (`::ffff:127.0.0.1`) counts as the IPv4 address. */
  trusts(address: string | undefined): boolean {
    if (this.#peers === 'all') return true
    return address !== undefined && this.#peers.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  }

  /** The scheme that the client used: the one that a trusted proxy forwards, else that of the connection. */
  schemeOf(socket: Socket, forwardedProto: string | undefined): string {
    const forwarded = forwardedProto?.trim()
    if (forwarded !== undefined && SCHEMES.has(forwarded) && this.trusts(socket.remoteAddress))
      return forwarded
    return 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http'
  }

  /**
   * The origin under which the client reached the server, such as `https://devin.example.test`. As in uvicorn, `X-Forwarded-Host` and
   * `X-Forwarded-Port` are not read: a proxy has to pass the Host on. Without a Host (HTTP/1.0) it is the local address.
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

/** The last header of a name: of several, uvicorn reads the last one, and Node joins them. */
function lastOf(rawHeaders: readonly string[], name: string): string | undefined {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && (rawHeaders[index - 1] as string).toLowerCase() === name,
  )
  return values.at(-1)
}

function localHost({ localAddress = '127.0.0.1', localPort }: Socket): string {
  return `${isIPv6(localAddress) ? `[${localAddress}]` : localAddress}:${localPort}`
}
