import { isIPv6 } from 'node:net'

/** Where clients on this machine reach an address; one that stands for every address is reached by loopback. */
export function urlOf(
  { address, port }: { address: string; port: number },
  scheme: 'http' | 'https' = 'http',
): string {
  const host = LOOPBACK[address] ?? address
  return `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
