import type { FidelityRow } from './row.ts'

const PREFIX = 'GET /v3/organizations/{org_id}/metrics'

/** The facts about metrics. */
export const v3Metrics: readonly FidelityRow[] = [
  {
    operation: `${PREFIX}/active-users`,
    what: 'the operation',
    value: 'the number of users and service users who created a session within the range',
    confidence: 'documented',
    source: 'v3/metrics/organizations-metrics-active-users; that service users count is a guess',
  },
  {
    operation: `${PREFIX}/active-users`,
    what: 'parameters',
    value:
      '`user_ids` and `service_user_ids`, by the ids that sessions show, as in their list and in consumption: those in either list count, and `bot_apk` is the user id of every service user',
    confidence: 'guess',
    source: 'newer pages have `min_sessions` and `min_searches` instead, which are ignored',
  },
  {
    operation: `${PREFIX}/dau`,
    what: 'the operation',
    value: 'the active users of each day of UTC that the range has a part of',
    confidence: 'documented',
    source: 'v3/metrics/metrics-dau; that a day counts as a whole is a guess',
  },
  {
    operation: `${PREFIX}/dau`,
    what: '`end_time`',
    value: 'the last second of the period',
    confidence: 'guess',
    source: 'v3/metrics/metrics-wau says that weeks end on Sundays at 23:59:59',
  },
  {
    operation: `${PREFIX}/dau`,
    what: 'answer to a range of more than 10,000 periods',
    value: 'status 400, with the reason as `detail`',
    confidence: 'guess',
    source: 'a limit of the fake',
  },
  {
    operation: `${PREFIX}/wau`,
    what: 'the operation',
    value: 'as `dau`, for weeks of UTC from Monday to Sunday',
    confidence: 'documented',
    source: 'v3/metrics/metrics-wau',
  },
  {
    operation: `${PREFIX}/mau`,
    what: 'the operation',
    value: 'as `dau`, for months of UTC',
    confidence: 'documented',
    source: 'v3/metrics/metrics-mau',
  },
  {
    operation: `${PREFIX}/sessions`,
    what: 'the operation',
    value:
      'counts the sessions created within the range, by origin and size, and those with merged pull requests',
    confidence: 'documented',
    source: 'v3/metrics/organizations-metrics-sessions',
  },
  {
    operation: `${PREFIX}/sessions`,
    what: 'size of a session',
    value:
      '`xs` below 1 ACU and 10 messages, `s` below 3 and 30, `m` below 10 and 100, `l` below 20 and 300, otherwise `xl`',
    confidence: 'guess',
    source: 'the SDK says that it depends on ACUs and messages',
  },
  {
    operation: `${PREFIX}/prs`,
    what: 'the operation',
    value:
      'counts the pull requests that sessions opened within the range, by their state now; none is ever taken over',
    confidence: 'documented',
    source: '`PrMetricsResponse` of the SDK; that the opening counts is a guess',
  },
  {
    operation: `${PREFIX}/searches`,
    what: 'the operation',
    value: 'always 0: the fake has no searches',
    confidence: 'documented',
    source: 'v3/metrics/organizations-metrics-searches has the shape',
  },
  {
    operation: `${PREFIX}/usage`,
    what: 'the operation',
    value: 'the counts of `sessions`, `prs` and `searches` in one answer',
    confidence: 'documented',
    source: 'v3/metrics/organizations-metrics-usage',
  },
]
