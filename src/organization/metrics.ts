import type { Actor } from '../auth/principal.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import type { TimeRange } from '../simulation/consumption.ts'
import { type DatedPullRequest, datedPullRequests } from '../simulation/pull-requests.ts'
import { type SessionState, sessionAt } from '../simulation/session.ts'
import { eachSession } from './each-session.ts'
import type { Organization } from './organizations.ts'
import { usesPlaybook } from './playbooks.ts'

/** Selects what metrics count: a time range, and optionally the sessions of certain creators or of a playbook. */
export interface MetricsFilter extends TimeRange {
  /** Selects the creators of sessions; undefined for all. */
  readonly isCreator?: ((creator: Actor | null) => boolean) | undefined
  readonly playbookId?: string | undefined
}

/** A session and its current state. */
export interface CountedSession {
  readonly session: SessionRecord
  readonly state: SessionState
}

/** Returns the sessions of organizations that were created in the time range. */
export async function sessionsCreated(
  organizations: readonly Organization[],
  filter: MetricsFilter,
): Promise<CountedSession[]> {
  const counted: CountedSession[] = []
  await eachSession(organizations, isCreatedIn(filter), (session, { now, instant }) => {
    counted.push({ session, state: sessionAt(session, now, instant) })
  })
  return counted
}

/** Returns the pull requests that were opened in the time range, each once, with their current states. */
export async function pullRequestsOpened(
  organizations: readonly Organization[],
  filter: MetricsFilter,
): Promise<DatedPullRequest[]> {
  const byUrl = new Map<string, DatedPullRequest>()
  const where = (session: SessionRecord) => matches(filter, session)
  await eachSession(organizations, where, (session, { now, instant }) => {
    for (const opened of datedPullRequests(session, now, instant)) {
      if (!byUrl.has(opened.url)) byUrl.set(opened.url, opened)
    }
  })
  return [...byUrl.values()].filter(({ openedAt }) => openedAt >= filter.after && openedAt < filter.before)
}

/**
 * Returns the ids of those who created sessions in the time range, by a period of the time of creation, such as its day. The fake
 * has no searches, which would count, too.
 */
export async function creatorsBy<Period>(
  organizations: readonly Organization[],
  filter: MetricsFilter,
  periodOf: (instant: number) => Period,
): Promise<ReadonlyMap<Period, ReadonlySet<string>>> {
  const creators = new Map<Period, Set<string>>()
  await eachSession(organizations, isCreatedIn(filter), ({ createdAt, createdBy }) => {
    if (createdBy === null) return
    const period = periodOf(createdAt)
    const ids = creators.get(period)
    if (ids === undefined) creators.set(period, new Set([createdBy.id]))
    else ids.add(createdBy.id)
  })
  return creators
}

function isCreatedIn(filter: MetricsFilter): (session: SessionRecord) => boolean {
  return (session) => session.createdAt >= filter.after && matches(filter, session)
}

function matches({ before, isCreator, playbookId }: MetricsFilter, session: SessionRecord): boolean {
  return (
    session.createdAt < before &&
    (isCreator === undefined || isCreator(session.createdBy)) &&
    (playbookId === undefined || usesPlaybook(session, playbookId))
  )
}
