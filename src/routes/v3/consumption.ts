import { dailyConsumption, sessionConsumption } from '../../organization/consumption.ts'
import type { Organization } from '../../organization/organizations.ts'
import { consumptionResponse } from '../../schemas/v3/consumption.ts'
import type { ConsumptionResponse } from '../../schemas/v3/contract.ts'
import { creatorFilter } from './session-filter.ts'
import { type TimeRangeQuery, timeRange } from './time-range.ts'
import type { V3Routes } from './types.ts'

/** The permission under its newer name, and under that of the vendor's older pages. */
const permission = ['ViewOrgConsumption', 'ManageBilling'] as const

/** The consumption of ACUs. */
export const consumptionRoutes = {
  // GET /v3/organizations/{org_id}/consumption/daily
  'GET /v3/organizations/{org_id}/consumption/daily': {
    permission,
    handle: async ({ organization, query }) => consumptionByDay([organization], query),
  },

  // GET /v3/organizations/{org_id}/consumption/daily/service-users/{service_user_id}
  'GET /v3/organizations/{org_id}/consumption/daily/service-users/{service_user_id}': {
    permission,
    handle: async ({ organization, params, query }) =>
      consumptionByDay([organization], query, { service_user_ids: [params.service_user_id] }),
  },

  // GET /v3/organizations/{org_id}/consumption/daily/sessions/{session_id}
  'GET /v3/organizations/{org_id}/consumption/daily/sessions/{session_id}': {
    permission,
    handle: async ({ organization, params, query }) =>
      consumptionResponse(await sessionConsumption(organization, timeRange(query), params.session_id)),
  },

  // GET /v3/organizations/{org_id}/consumption/daily/users/{user_id}
  'GET /v3/organizations/{org_id}/consumption/daily/users/{user_id}': {
    permission,
    handle: async ({ organization, params, query }) =>
      consumptionByDay([organization], query, { user_ids: [params.user_id] }),
  },
} satisfies V3Routes

/** Returns the daily consumption of organizations by sessions of some creators. Default: of all creators. */
export async function consumptionByDay(
  organizations: readonly Organization[],
  query: TimeRangeQuery,
  creators: Parameters<typeof creatorFilter>[0] = {},
): Promise<ConsumptionResponse> {
  return consumptionResponse(await dailyConsumption(organizations, timeRange(query), creatorFilter(creators)))
}
