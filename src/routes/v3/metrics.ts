import { unixSeconds } from '../../base/clock.ts'
import { days, months, type Periods, weeks } from '../../base/periods.ts'
import { HttpException } from '../../fastapi/errors.ts'
import {
  creatorsBy,
  type MetricsFilter,
  pullRequestsOpened,
  sessionsCreated,
} from '../../organization/metrics.ts'
import type { Organization } from '../../organization/organizations.ts'
import type {
  ActiveUserMetricsResponse,
  PrMetricsResponse,
  SessionMetricsResponse,
  UsageMetrics,
} from '../../schemas/v3/contract.ts'
import {
  pullRequestMetricsResponse,
  searchMetricsResponse,
  sessionMetricsResponse,
  usageMetricsResponse,
} from '../../schemas/v3/metrics.ts'
import { creatorFilter } from './session-filter.ts'
import { type TimeRangeQuery, timeRange } from './time-range.ts'
import type { V3Routes } from './types.ts'

/** The permission under its newer name, and under that of the vendor's older pages. */
const permission = ['ViewOrgMetrics', 'ViewAccountMetrics'] as const

/** The metrics of an organization. */
export const metricsRoutes = {
  // GET /v3/organizations/{org_id}/metrics/active-users
  'GET /v3/organizations/{org_id}/metrics/active-users': {
    permission,
    handle: async ({ organization, query }) => activeUsers([organization], query),
  },

  // GET /v3/organizations/{org_id}/metrics/dau
  'GET /v3/organizations/{org_id}/metrics/dau': {
    permission,
    handle: async ({ organization, query }) => activeUsersBy(days, [organization], query),
  },

  // GET /v3/organizations/{org_id}/metrics/mau
  'GET /v3/organizations/{org_id}/metrics/mau': {
    permission,
    handle: async ({ organization, query }) => activeUsersBy(months, [organization], query),
  },

  // GET /v3/organizations/{org_id}/metrics/prs
  'GET /v3/organizations/{org_id}/metrics/prs': {
    permission,
    handle: async ({ organization, query }) => pullRequestMetrics([organization], query),
  },

  // GET /v3/organizations/{org_id}/metrics/searches
  'GET /v3/organizations/{org_id}/metrics/searches': {
    permission,
    handle: async () => searchMetricsResponse(),
  },

  // GET /v3/organizations/{org_id}/metrics/sessions
  'GET /v3/organizations/{org_id}/metrics/sessions': {
    permission,
    handle: async ({ organization, query }) => sessionMetrics([organization], query),
  },

  // GET /v3/organizations/{org_id}/metrics/usage
  'GET /v3/organizations/{org_id}/metrics/usage': {
    permission,
    handle: async ({ organization, query }) => usageMetrics([organization], query),
  },

  // GET /v3/organizations/{org_id}/metrics/wau
  'GET /v3/organizations/{org_id}/metrics/wau': {
    permission,
    handle: async ({ organization, query }) => activeUsersBy(weeks, [organization], query),
  },
} satisfies V3Routes

/** The query of metrics. */
export interface MetricsQuery extends TimeRangeQuery {
  readonly user_ids?: string[] | null
  readonly service_user_ids?: string[] | null
  readonly playbook_id?: string | null
}

function metricsFilter(query: MetricsQuery): MetricsFilter {
  return {
    ...timeRange(query),
    isCreator: creatorFilter(query),
    playbookId: query.playbook_id ?? undefined,
  }
}

/** The maximum number of periods in an answer. The vendor publishes none for organizations. */
const PERIODS_MAX = 10_000

/** Returns the active users of organizations in the time range. */
export async function activeUsers(
  organizations: readonly Organization[],
  query: MetricsQuery,
): Promise<ActiveUserMetricsResponse> {
  const filter = metricsFilter(query)
  const creators = await creatorsBy(organizations, filter, () => 'range')
  return {
    active_users: creators.get('range')?.size ?? 0,
    end_time: unixSeconds(filter.before),
    start_time: unixSeconds(filter.after),
  }
}

/** Returns the active users of each period that overlaps the range, within the whole period. */
export async function activeUsersBy(
  periods: Periods,
  organizations: readonly Organization[],
  query: MetricsQuery,
): Promise<ActiveUserMetricsResponse[]> {
  const { after, before, ...filter } = metricsFilter(query)
  const starts: number[] = []
  let end = periods.startOf(after)
  while (after < before && end < before) {
    if (starts.push(end) > PERIODS_MAX) throw new HttpException(400, 'The time range is too long')
    end = periods.nextOf(end)
  }
  const [first = 0] = starts
  const creators = await creatorsBy(organizations, { ...filter, after: first, before: end }, periods.startOf)
  return starts.map((start) => ({
    active_users: creators.get(start)?.size ?? 0,
    end_time: unixSeconds(periods.nextOf(start)) - 1,
    start_time: unixSeconds(start),
  }))
}

/** Returns the metrics of the pull requests of organizations. */
export async function pullRequestMetrics(
  organizations: readonly Organization[],
  query: MetricsQuery,
): Promise<PrMetricsResponse> {
  return pullRequestMetricsResponse(await pullRequestsOpened(organizations, metricsFilter(query)))
}

/** Returns the metrics of the sessions of organizations. */
export async function sessionMetrics(
  organizations: readonly Organization[],
  query: MetricsQuery,
): Promise<SessionMetricsResponse> {
  return sessionMetricsResponse(await sessionsCreated(organizations, metricsFilter(query)))
}

/** Returns the metrics of the usage of organizations. */
export async function usageMetrics(
  organizations: readonly Organization[],
  query: MetricsQuery,
): Promise<UsageMetrics> {
  const filter = metricsFilter(query)
  const sessions = await sessionsCreated(organizations, filter)
  return usageMetricsResponse(sessions, await pullRequestsOpened(organizations, filter))
}
