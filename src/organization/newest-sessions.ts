import type { SessionRecord } from '../resources/sessions.ts'
import type { Organization } from './organizations.ts'

/** The position of a session among those of several organizations. */
export interface SessionPosition {
  /** Microseconds since the epoch. */
  readonly createdAt: number
  /** The order of insertion in its organization. */
  readonly position: number
  readonly orgId: string
}

/** A session in a list of several organizations. */
export interface ListedSession {
  readonly organization: Organization
  readonly session: SessionRecord
}

/** A selection of sessions, and the part of it to return. */
export interface NewestQuery {
  /** Default: all. */
  readonly ids?: ReadonlySet<string> | undefined
  /** The position of the last session before the page. Default: the first page. */
  readonly after?: SessionPosition | undefined
  readonly limit: number
}

/** A page of sessions. */
export interface NewestPage {
  readonly sessions: readonly ListedSession[]
  /** The position of the last session, if there are more. */
  readonly next: SessionPosition | undefined
  /** The number of sessions on all pages. */
  readonly total: number
}

type Entry = SessionPosition & ListedSession

/** Returns the sessions of organizations, the last created first. Sessions created at the same time are in the reverse order of insertion. */
export async function newestSessions(
  organizations: readonly Organization[],
  { ids, after, limit }: NewestQuery,
): Promise<NewestPage> {
  let total = 0
  const first = new FirstEntries(limit + 1)
  for (const organization of organizations) {
    const { orgId } = organization
    await organization.sessions.walk('newest', (session, position) => {
      if (ids?.has(session.id) === false) return
      total++
      const { createdAt } = session
      const own = { createdAt, position, orgId }
      if (after === undefined || compare(own, after) > 0) first.add({ ...own, organization, session })
    })
  }
  const entries = first.all()
  const sessions = entries.slice(0, limit)
  return { sessions, next: entries.length > limit ? positionOf(sessions.at(-1) as Entry) : undefined, total }
}

function positionOf({ createdAt, position, orgId }: Entry): SessionPosition {
  return { createdAt, position, orgId }
}

/** The first of many entries, without sorting all of them. */
class FirstEntries {
  readonly #count: number
  #entries: Entry[] = []
  /** The last entry that is certainly among the first, if there are enough. */
  #last: Entry | undefined

  constructor(count: number) {
    this.#count = count
  }

  add(entry: Entry): void {
    if (this.#last !== undefined && compare(entry, this.#last) > 0) return
    this.#entries.push(entry)
    if (this.#entries.length < 2 * this.#count) return
    this.#entries = this.all()
    this.#last = this.#entries.at(-1)
  }

  /** Returns the first entries in order. */
  all(): Entry[] {
    return this.#entries.sort(compare).slice(0, this.#count)
  }
}

function compare(one: SessionPosition, other: SessionPosition): number {
  const difference = other.createdAt - one.createdAt || other.position - one.position
  if (difference !== 0 || one.orgId === other.orgId) return difference
  return one.orgId < other.orgId ? -1 : 1
}
