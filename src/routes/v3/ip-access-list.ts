import { changeIpRanges } from '../../organization/ip-access-list.ts'
import { settingsOf } from '../../organization/settings.ts'
import type { SettingsRecord } from '../../resources/settings.ts'
import type { IpAccessListResponse } from '../../schemas/v3/contract.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageEnterpriseSettings'

/** The addresses from which the enterprise may be used. */
export const ipAccessListRoutes = {
  // DELETE /v3/enterprise/ip-access-list
  'DELETE /v3/enterprise/ip-access-list': {
    permission,
    handle: async ({ principal, server }) =>
      ipAccessListResponse(await changeIpRanges(server.organizations, principal, () => [])),
  },

  // GET /v3/enterprise/ip-access-list
  'GET /v3/enterprise/ip-access-list': {
    permission,
    handle: async ({ organization }) => ipAccessListResponse(await settingsOf(organization)),
  },

  // POST /v3/enterprise/ip-access-list
  'POST /v3/enterprise/ip-access-list': {
    permission,
    handle: async ({ principal, body, server }) =>
      ipAccessListResponse(
        await changeIpRanges(server.organizations, principal, (before) => [...before, ...body.ip_ranges]),
      ),
  },

  // PUT /v3/enterprise/ip-access-list
  'PUT /v3/enterprise/ip-access-list': {
    permission,
    handle: async ({ principal, body, server }) =>
      ipAccessListResponse(await changeIpRanges(server.organizations, principal, () => body.ip_ranges)),
  },
} satisfies V3Routes

function ipAccessListResponse({ ipRanges }: SettingsRecord): IpAccessListResponse {
  return { ip_ranges: [...ipRanges] }
}
