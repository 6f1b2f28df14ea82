import { BlockList, isIP, isIPv6 } from 'node:net'

const BITS = { ipv4: 32, ipv6: 128 } as const

/** Returns whether a text is an address or a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  try {
    new Networks([text])
    return true
  } catch {
    return false
  }
}

/** Some IP addresses, and networks in CIDR notation. */
export class Networks {
  readonly #list = new BlockList()

  /** Throws a RangeError for an item that is neither an address nor a network. */
  constructor(items: Iterable<string>) {
    for (const item of items) this.#add(item)
  }

  #add(item: string): void {
    const [address = '', prefix, ...rest] = item.split('/')
    const type = familyOf(address)
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= BITS[type])
    if (isIP(address) === 0 || !isPrefix || rest.length > 0) {
      throw new RangeError(`neither an IP address nor a network: ${item}`)
    }
    if (prefix === undefined) this.#list.addAddress(address, type)
    else this.#list.addSubnet(address, Number(prefix), type)
  }

  /** Returns whether an address is one of them. Treats an IPv4-mapped IPv6 address (`::ffff:127.0.0.1`) as the IPv4 address. */
  include(address: string): boolean {
    return this.#list.check(address, familyOf(address))
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
