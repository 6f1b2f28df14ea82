import type { SessionState } from '../../simulation/session.ts'
import { sessionSize } from '../../simulation/session-size.ts'
import { rounded } from './consumption.ts'
import type {
  PrMetricsResponse,
  SessionCountsByOrigin,
  SessionCountsBySize,
  SessionMetricsResponse,
  UsageMetrics,
} from './contract.ts'

/** A session that metrics count. */
interface CountedSession {
  readonly session: { readonly origin: string; readonly playbookId: string | null }
  readonly state: SessionState
}

/** A pull request that metrics count. */
interface CountedPullRequest {
  readonly state: 'open' | 'merged' | 'closed'
}

/** The fake has no searches. */
const NO_SEARCHES = 0

/** Returns the metrics of sessions. */
export function sessionMetricsResponse(sessions: readonly CountedSession[]): SessionMetricsResponse {
  const withMerged = sessions.filter(({ state }) => state.pullRequests.some((one) => one.state === 'merged'))
  const acus = sessions.reduce((sum, { state }) => sum + state.acus, 0)
  return {
    avg_acus_per_session: sessions.length === 0 ? 0 : rounded(acus / sessions.length),
    sessions_created_by_origin: countsByOrigin(sessions),
    sessions_created_by_size: countsBySize(sessions),
    sessions_created_count: sessions.length,
    sessions_created_with_playbook_count: sessions.filter(({ session }) => session.playbookId !== null)
      .length,
    sessions_created_with_search_count: NO_SEARCHES,
    sessions_with_merged_prs_by_size: countsBySize(withMerged),
    sessions_with_merged_prs_count: withMerged.length,
  }
}

/** Sessions of other origins are counted under none. Those that schedules start are part of `automation`. */
function countsByOrigin(sessions: readonly CountedSession[]): SessionCountsByOrigin {
  const counts: SessionCountsByOrigin = {
    api: 0,
    automation: 0,
    code_scan: 0,
    desktop: 0,
    jira: 0,
    linear: 0,
    slack: 0,
    teams: 0,
    webapp: 0,
  }
  for (const { session } of sessions) {
    const { origin } = session
    if (Object.hasOwn(counts, origin)) counts[origin as keyof SessionCountsByOrigin]++
  }
  return counts
}

function countsBySize(sessions: readonly CountedSession[]): SessionCountsBySize {
  const counts: SessionCountsBySize = { l: 0, m: 0, s: 0, xl: 0, xs: 0 }
  for (const { state } of sessions) counts[sessionSize(state.acus, state.messages.length)]++
  return counts
}

/** Returns the metrics of pull requests. Sessions of the fake take over none that were opened elsewhere. */
export function pullRequestMetricsResponse(pullRequests: readonly CountedPullRequest[]): PrMetricsResponse {
  return {
    prs_closed_count: countOf('closed', pullRequests),
    prs_created_count: pullRequests.length,
    prs_merged_count: countOf('merged', pullRequests),
    prs_opened_count: countOf('open', pullRequests),
    prs_taken_over_closed_count: 0,
    prs_taken_over_count: 0,
    prs_taken_over_merged_count: 0,
    prs_taken_over_opened_count: 0,
  }
}

/** Returns the metrics of usage. */
export function usageMetricsResponse(
  sessions: readonly CountedSession[],
  pullRequests: readonly CountedPullRequest[],
): UsageMetrics {
  return {
    prs_created_count: pullRequests.length,
    prs_merged_count: countOf('merged', pullRequests),
    searches_count: NO_SEARCHES,
    sessions_count: sessions.length,
  }
}

/** Returns the number of searches. */
export function searchMetricsResponse(): { searches_created_count: number } {
  return { searches_created_count: NO_SEARCHES }
}

function countOf(state: CountedPullRequest['state'], pullRequests: readonly CountedPullRequest[]): number {
  return pullRequests.filter((one) => one.state === state).length
}
