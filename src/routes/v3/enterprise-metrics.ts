import { days, months, weeks } from '../../base/periods.ts'
import { currentOrganizations } from '../../organization/enterprise-scope.ts'
import { searchMetricsResponse } from '../../schemas/v3/metrics.ts'
import { activeUsers, activeUsersBy, pullRequestMetrics, sessionMetrics, usageMetrics } from './metrics.ts'
import type { V3Routes } from './types.ts'

const permission = 'ViewAccountMetrics'

/** The metrics of all organizations, or of those that a query names. */
export const enterpriseMetricsRoutes = {
  // GET /v3/enterprise/metrics/active-users
  'GET /v3/enterprise/metrics/active-users': {
    permission,
    handle: async ({ query, server }) =>
      activeUsers(await currentOrganizations(server.organizations, query.org_ids), query),
  },

  // GET /v3/enterprise/metrics/dau
  'GET /v3/enterprise/metrics/dau': {
    permission,
    handle: async ({ query, server }) =>
      activeUsersBy(days, await currentOrganizations(server.organizations, query.org_ids), query),
  },

  // GET /v3/enterprise/metrics/mau
  'GET /v3/enterprise/metrics/mau': {
    permission,
    handle: async ({ query, server }) =>
      activeUsersBy(months, await currentOrganizations(server.organizations, query.org_ids), query),
  },

  // GET /v3/enterprise/metrics/prs
  'GET /v3/enterprise/metrics/prs': {
    permission,
    handle: async ({ query, server }) =>
      pullRequestMetrics(await currentOrganizations(server.organizations, query.org_ids), query),
  },

  // GET /v3/enterprise/metrics/searches
  'GET /v3/enterprise/metrics/searches': {
    permission,
    handle: async () => searchMetricsResponse(),
  },

  // GET /v3/enterprise/metrics/sessions
  'GET /v3/enterprise/metrics/sessions': {
    permission,
    handle: async ({ query, server }) =>
      sessionMetrics(await currentOrganizations(server.organizations, query.org_ids), query),
  },

  // GET /v3/enterprise/metrics/usage
  'GET /v3/enterprise/metrics/usage': {
    permission,
    handle: async ({ query, server }) =>
      usageMetrics(await currentOrganizations(server.organizations, query.org_ids), query),
  },

  // GET /v3/enterprise/metrics/wau
  'GET /v3/enterprise/metrics/wau': {
    permission,
    handle: async ({ query, server }) =>
      activeUsersBy(weeks, await currentOrganizations(server.organizations, query.org_ids), query),
  },
} satisfies V3Routes
