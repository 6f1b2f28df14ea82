import type { Principal } from '../auth/principal.ts'
import { isNetwork, Networks } from '../fastapi/networks.ts'
import { IP_RANGES_MAX, type SettingsRecord } from '../resources/settings.ts'
import { Impossible } from './errors.ts'
import type { Organizations } from './organizations.ts'
import { changeSettings } from './settings.ts'

/**
 * Changes the IP ranges from which the enterprise may be used. An empty list allows all addresses. `change` returns the new ranges.
 * Throws {@link Impossible} for a range that is neither an address nor in CIDR notation, and for too many ranges.
 */
export async function changeIpRanges(
  { enterprise }: Organizations,
  principal: Principal,
  change: (before: readonly string[]) => readonly string[],
): Promise<SettingsRecord> {
  const changed = await changeSettings(enterprise, (before) => {
    const ipRanges = [...new Set(change(before.ipRanges))]
    if (ipRanges.length > IP_RANGES_MAX)
      throw new Impossible(`There can be at most ${IP_RANGES_MAX} IP ranges`)
    for (const range of ipRanges) if (!isNetwork(range)) throw new Impossible(`Invalid IP range: ${range}`)
    return { ipRanges }
  })
  enterprise.auditLog.write(principal, 'update_ip_access_list', enterprise.orgId)
  return changed
}

/** Returns whether the enterprise may be used from an address. */
export function mayAccessFrom({ ipRanges }: SettingsRecord, address: string): boolean {
  return ipRanges.length === 0 || networksOf(ipRanges).include(address)
}

/** The parsed networks by list of ranges, since a thousand ranges take milliseconds to parse. A list never changes. */
const parsed = new WeakMap<readonly string[], Networks>()

function networksOf(ipRanges: readonly string[]): Networks {
  const networks = parsed.get(ipRanges) ?? new Networks(ipRanges)
  parsed.set(ipRanges, networks)
  return networks
}

let loopback: Networks | undefined

/** Returns whether an address is one of this machine. */
export function isLoopback(address: string): boolean {
  loopback ??= new Networks(['127.0.0.0/8', '::1'])
  return loopback.include(address)
}
