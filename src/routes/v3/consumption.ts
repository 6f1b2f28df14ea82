import { dailyConsumption, sessionConsumption } from '../../organization/consumption.ts'
import { consumptionResponse } from '../../schemas/v3/consumption.ts'
import { creatorFilter } from './session-filter.ts'
import { timeRange } from './time-range.ts'
import type { V3Routes } from './types.ts'

/** The permission under its newer name, and under that of the vendor's older pages. */
const permission = ['ViewOrgConsumption', 'ManageBilling'] as const

/** The consumption of ACUs. */
export const consumptionRoutes = {
  // GET /v3/organizations/{org_id}/consumption/daily
  'GET /v3/organizations/{org_id}/consumption/daily': {
    permission,
    handle: async ({ organization, query }) =>
      consumptionResponse(await dailyConsumption([organization], timeRange(query))),
  },

  // GET /v3/organizations/{org_id}/consumption/daily/service-users/{service_user_id}
  'GET /v3/organizations/{org_id}/consumption/daily/service-users/{service_user_id}': {
    permission,
    handle: async ({ organization, params, query }) => {
      const isCreator = creatorFilter({ service_user_ids: [params.service_user_id] })
      return consumptionResponse(await dailyConsumption([organization], timeRange(query), isCreator))
    },
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
    handle: async ({ organization, params, query }) => {
      const isCreator = creatorFilter({ user_ids: [params.user_id] })
      return consumptionResponse(await dailyConsumption([organization], timeRange(query), isCreator))
    },
  },
} satisfies V3Routes
