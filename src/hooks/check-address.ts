import type { FastifyRequest } from 'fastify'
import { AuthError } from '../auth/errors.ts'
import { ENTERPRISE_ID } from '../auth/principal.ts'
import type { TrustedProxies } from '../fastapi/forwarded.ts'
import { isInternal } from '../fastapi/internal.ts'
import { isLoopback, mayAccessFrom } from '../organization/ip-access-list.ts'
import type { Organizations } from '../organization/organizations.ts'
import { settingsOf } from '../organization/settings.ts'

/** Refuses a request whose address is not in the enterprise's IP access list: throws or rejects with AuthError. */
export type CheckAddress = (request: FastifyRequest) => Promise<void> | undefined

/** What the check of addresses depends on. */
export interface CheckAddressOptions {
  readonly organizations: Organizations
  readonly proxies: TrustedProxies
  /** Whether addresses of this machine are checked, too. */
  readonly checkLoopback: boolean
}

/** Returns the check of addresses. It costs nothing as long as the enterprise has no settings. */
export function addressCheck({ organizations, proxies, checkLoopback }: CheckAddressOptions): CheckAddress {
  return (request) => {
    const enterprise = organizations.find(ENTERPRISE_ID)
    if (enterprise === undefined) return undefined
    return settingsOf(enterprise).then((settings) => {
      if (settings.ipRanges.length === 0 || isInternal(request.raw)) return
      const address = proxies.clientOf(request.raw)
      if (!checkLoopback && isLoopback(address)) return
      if (!mayAccessFrom(settings, address))
        throw new AuthError('refused', 'the address is not in the IP access list')
    })
  }
}
