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
import type { ActiveUserMetricsResponse } from '../../schemas/v3/contract.ts'
import {
  pullRequestMetricsResponse,
  searchMetricsResponse,
  sessionMetricsResponse,
  usageMetricsResponse,
} from '../../schemas/v3/metrics.ts'
import { type TimeRangeQuery, timeRange } from './time-range.ts'
import type { V3Routes } from './types.ts'

/** The newer name, and the one of older pages. */
const permission = ['ViewOrgMetrics', 'ViewAccountMetrics'] as const

/** The metrics of an organization. */
export const metricsRoutes = {
  // GET /v3/organizations/{org_id}/metrics/active-users
  'GET /v3/organizations/{org_id}/metrics/active-users': {
    permission,
    handle: async ({ organization, query }) => {
      const filter = metricsFilter(query)
      const creators = await creatorsBy(organization, filter, () => 'range')
      return {
        active_users: creators.get('range')?.size ?? 0,
        end_time: unixSeconds(filter.before),
        start_time: unixSeconds(filter.after),
      }
    },
  },

  // GET /v3/organizations/{org_id}/metrics/dau
  'GET /v3/organizations/{org_id}/metrics/dau': {
    permission,
    handle: async ({ organization, query }) => activeUsers(organization, query, days),
  },

  // GET /v3/organizations/{org_id}/metrics/mau
  'GET /v3/organizations/{org_id}/metrics/mau': {
    permission,
    handle: async ({ organization, query }) => activeUsers(organization, query, months),
  },

  // GET /v3/organizations/{org_id}/metrics/prs
  'GET /v3/organizations/{org_id}/metrics/prs': {
    permission,
    handle: async ({ organization, query }) =>
      pullRequestMetricsResponse(await pullRequestsOpened(organization, metricsFilter(query))),
  },

  // GET /v3/organizations/{org_id}/metrics/searches
  'GET /v3/organizations/{org_id}/metrics/searches': {
    permission,
    handle: async () => searchMetricsResponse(),
  },

  // GET /v3/organizations/{org_id}/metrics/sessions
  'GET /v3/organizations/{org_id}/metrics/sessions': {
    permission,
    handle: async ({ organization, query }) =>
      sessionMetricsResponse(await sessionsCreated(organization, metricsFilter(query))),
  },

  // GET /v3/organizations/{org_id}/metrics/usage
  'GET /v3/organizations/{org_id}/metrics/usage': {
    permission,
    handle: async ({ organization, query }) => {
      const filter = metricsFilter(query)
      const sessions = await sessionsCreated(organization, filter)
      return usageMetricsResponse(sessions, await pullRequestsOpened(organization, filter))
    },
  },

  // GET /v3/organizations/{org_id}/metrics/wau
  'GET /v3/organizations/{org_id}/metrics/wau': {
    permission,
    handle: async ({ organization, query }) => activeUsers(organization, query, weeks),
  },
} satisfies V3Routes

interface MetricsQuery extends TimeRangeQuery {
  readonly user_ids?: readonly string[] | null
  readonly service_user_ids?: readonly string[] | null
  readonly playbook_id?: string | null
}

function metricsFilter(query: MetricsQuery): MetricsFilter {
  const { user_ids: users, service_user_ids: serviceUsers, playbook_id: playbookId } = query
  return {
    ...timeRange(query),
    creatorIds: users || serviceUsers ? new Set([...(users ?? []), ...(serviceUsers ?? [])]) : undefined,
    playbookId: playbookId ?? undefined,
  }
}

/** The maximum number of periods in an answer. The vendor publishes none for organizations. */
const PERIODS_MAX = 10_000

/** Returns the active users of each period that the range has a part of. A period counts as a whole. */
async function activeUsers(
  organization: Organization,
  query: MetricsQuery,
  periods: Periods,
): Promise<ActiveUserMetricsResponse[]> {
  const { after, before, ...filter } = metricsFilter(query)
  const starts: number[] = []
  let end = periods.startOf(after)
  while (after < before && end < before) {
    if (starts.push(end) > PERIODS_MAX) throw new HttpException(400, 'The time range is too long')
    end = periods.nextOf(end)
  }
  const [first = 0] = starts
  const creators = await creatorsBy(organization, { ...filter, after: first, before: end }, periods.startOf)
  return starts.map((start) => ({
    active_users: creators.get(start)?.size ?? 0,
    end_time: unixSeconds(periods.nextOf(start)) - 1,
    start_time: unixSeconds(start),
  }))
}
