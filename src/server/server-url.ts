/** Returns the URL at which clients on this machine reach an address. An unspecified address is reached by loopback. */
export function urlOf(
  { address, port }: { address: string; port: number },
  scheme: 'http' | 'https' = 'http',
): string {
  const host = LOOPBACK[address] ?? address
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
