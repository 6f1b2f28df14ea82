import { CLOCK_MAX } from '../../base/clock.ts'
import { billingCycles } from '../../organization/enterprise-consumption.ts'
import { currentOrganizations } from '../../organization/enterprise-scope.ts'
import { cycleResponse } from '../../schemas/v3/consumption.ts'
import { consumptionByDay } from './consumption.ts'
import { sortedPage } from './pages.ts'
import type { V3Routes } from './types.ts'

/** The permission under its newer name, and under that of the vendor's older pages. */
const permission = ['ViewAccountConsumption', 'ManageBilling'] as const

/** The consumption of ACUs by all organizations. */
export const enterpriseConsumptionRoutes = {
  // GET /v3/enterprise/consumption/cycles
  'GET /v3/enterprise/consumption/cycles': {
    permission: 'ManageBilling',
    handle: async ({ query, server }) =>
      sortedPage({
        list: 'cycles',
        records: await billingCycles(server.organizations),
        // Newest first.
        sortKey: ({ start }) => [CLOCK_MAX - start],
        query,
        show: cycleResponse,
      }),
  },

  // GET /v3/enterprise/consumption/daily
  'GET /v3/enterprise/consumption/daily': {
    permission,
    handle: async ({ query, server }) =>
      consumptionByDay(await currentOrganizations(server.organizations), query),
  },

  // GET /v3/enterprise/consumption/daily/organizations/{org_id}
  'GET /v3/enterprise/consumption/daily/organizations/{org_id}': {
    permission,
    handle: async ({ organization, query }) => consumptionByDay([organization], query),
  },

  // GET /v3/enterprise/consumption/daily/service-users/{service_user_id}
  'GET /v3/enterprise/consumption/daily/service-users/{service_user_id}': {
    permission,
    handle: async ({ params, query, server }) =>
      consumptionByDay(await currentOrganizations(server.organizations), query, {
        service_user_ids: [params.service_user_id],
      }),
  },

  // GET /v3/enterprise/consumption/daily/users/{user_id}
  'GET /v3/enterprise/consumption/daily/users/{user_id}': {
    permission,
    handle: async ({ params, query, server }) =>
      consumptionByDay(await currentOrganizations(server.organizations), query, {
        user_ids: [params.user_id],
      }),
  },
} satisfies V3Routes
