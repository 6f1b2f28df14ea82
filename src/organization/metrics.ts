import { nextTurn } from '../fastapi/turns.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import type { TimeRange } from '../simulation/consumption.ts'
import { type DatedPullRequest, datedPullRequests } from '../simulation/pull-requests.ts'
import type { SessionState } from '../simulation/session.ts'
import { SESSIONS_PER_TURN } from './consumption.ts'
import { type Organization, sessionNow } from './organizations.ts'

/** What metrics count: what happened in a time range, or what of it certain users and playbooks are responsible for. */
export interface MetricsFilter extends TimeRange {
  /** The users and service users; undefined for all. */
  readonly creatorIds?: ReadonlySet<string> | undefined
  readonly playbookId?: string | undefined
}

/** A session and its current state. */
export interface CountedSession {
  readonly session: SessionRecord
  readonly state: SessionState
}

/** Returns the sessions that were created in the time range. */
export async function sessionsCreated(
  organization: Organization,
  filter: MetricsFilter,
): Promise<CountedSession[]> {
  const sessions = await organization.sessions.list({
    where: (session) => session.createdAt >= filter.after && matches(filter, session),
  })
  const counted: CountedSession[] = []
  await eachSession(sessions, (session) => {
    counted.push({ session, state: sessionNow(organization, session) })
  })
  return counted
}

/** Returns the pull requests that were opened in the time range, each once, with their current states. */
export async function pullRequestsOpened(
  { sessions, clock }: Organization,
  filter: MetricsFilter,
): Promise<DatedPullRequest[]> {
  const byUrl = new Map<string, DatedPullRequest>()
  const now = clock.now()
  await eachSession(await sessions.list({ where: (session) => matches(filter, session) }), (session) => {
    for (const opened of datedPullRequests(session, now, clock.instant)) {
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
  { sessions }: Organization,
  filter: MetricsFilter,
  periodOf: (instant: number) => Period,
): Promise<ReadonlyMap<Period, ReadonlySet<string>>> {
  const creators = new Map<Period, Set<string>>()
  const created = await sessions.list({
    where: (session) => session.createdAt >= filter.after && matches(filter, session),
  })
  await eachSession(created, ({ createdAt, createdBy }) => {
    if (createdBy === null) return
    const period = periodOf(createdAt)
    const ids = creators.get(period)
    if (ids === undefined) creators.set(period, new Set([createdBy.id]))
    else ids.add(createdBy.id)
  })
  return creators
}

function matches({ before, creatorIds, playbookId }: MetricsFilter, session: SessionRecord): boolean {
  return (
    session.createdAt < before &&
    (creatorIds === undefined || (session.createdBy !== null && creatorIds.has(session.createdBy.id))) &&
    (playbookId === undefined || session.playbookId === playbookId)
  )
}

async function eachSession(
  sessions: readonly SessionRecord[],
  count: (session: SessionRecord) => void,
): Promise<void> {
  for (const [index, session] of sessions.entries()) {
    if (index % SESSIONS_PER_TURN === SESSIONS_PER_TURN - 1) await nextTurn()
    count(session)
  }
}
