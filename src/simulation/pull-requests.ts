import type { SessionHistory } from './history.ts'
import { momentsOf } from './moments.ts'
import { type PullRequest, sessionAt } from './session.ts'

/** A pull request of a session and when its state changed, in microseconds since the epoch. */
export interface DatedPullRequest extends PullRequest {
  readonly openedAt: number
  /** The time at which it was merged or closed; null while it is open. */
  readonly settledAt: number | null
}

/** The maximum number of changes of a session's pull requests that are dated. A real session has a few. */
const CHANGES_MAX = 200

/** Returns all pull requests that a session has had up to `now`, in the order in which they were opened. */
export function datedPullRequests(
  history: SessionHistory,
  now: number,
  instant: boolean,
): DatedPullRequest[] {
  const changes = momentsOf(
    history,
    { now, instant },
    ({ pull_request, pull_requests }) => pull_request !== undefined || pull_requests !== undefined,
  ).slice(0, CHANGES_MAX)
  const found = new Map<string, DatedPullRequest>()
  for (const at of changes) {
    for (const { url, state } of sessionAt(history, at, instant).pullRequests) {
      const { openedAt = at, settledAt = null } = found.get(url) ?? {}
      found.set(url, { url, state, openedAt, settledAt: state === 'open' ? null : (settledAt ?? at) })
    }
  }
  return [...found.values()]
}
