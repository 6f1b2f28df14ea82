import type { LiveEvent } from '../../schemas/control/events.ts'
import { columnOf, type SessionSummary } from './sessions.ts'

/** Sessions by their keys. */
export type SessionMap = ReadonlyMap<string, SessionSummary>

/** Returns the key of a session. Two organizations can have sessions of the same id. */
export function keyOf({
  org_id: orgId,
  session_id: id,
}: Pick<SessionSummary, 'org_id' | 'session_id'>): string {
  return `${orgId} ${id}`
}

/** Returns a map of all sessions. */
export function mapOf(sessions: readonly SessionSummary[]): SessionMap {
  return new Map(sessions.map((session) => [keyOf(session), session]))
}

/**
 * Returns a map with the answer to a query for some ids. Removes those that the answer lacks, which no longer exist. New sessions come
 * first, so that those of the same time are in the order of the server.
 */
export function merged(
  before: SessionMap,
  ids: readonly string[],
  answer: readonly SessionSummary[],
): SessionMap {
  const asked = new Set(ids)
  const found = mapOf(answer)
  const after = new Map([...found].filter(([key]) => !before.has(key)))
  for (const [key, session] of before) {
    const shown = asked.has(session.session_id) ? found.get(key) : session
    if (shown !== undefined) after.set(key, shown)
  }
  return after
}

/** Returns the sessions that are new or have moved to another column. */
export function movedBetween(before: SessionMap, after: SessionMap): SessionSummary[] {
  return [...after].flatMap(([key, session]) => {
    const old = before.get(key)
    return old === session || (old && columnOf(old) === columnOf(session)) ? [] : [session]
  })
}

/** The number of changed sessions above which all are read again. */
export const CHANGED_MAX = 500

/** The sessions that have changed since they were read. */
export class ChangedSessions {
  #ids: Set<string> | 'all' = 'all'

  /** Whether all may have changed. */
  get isAll(): boolean {
    return this.#ids === 'all'
  }

  /** Whether any session has changed. */
  get isEmpty(): boolean {
    return this.#ids !== 'all' && this.#ids.size === 0
  }

  /** Handles an event. Returns whether it concerns sessions. */
  note(event: LiveEvent): boolean {
    switch (event.kind) {
      case 'resync':
      case 'reset':
      case 'clock':
      case 'organizations':
        this.add('all')
        return true
      case 'session':
        this.add([event.id])
        return true
      case 'record':
        if (event.collection !== 'sessions') return false
        this.add([event.id])
        return true
      default:
        return false
    }
  }

  /** Adds sessions. */
  add(ids: readonly string[] | 'all'): void {
    if (this.#ids === 'all') return
    if (ids === 'all') {
      this.#ids = 'all'
      return
    }
    for (const id of ids) this.#ids.add(id)
    if (this.#ids.size > CHANGED_MAX) this.#ids = 'all'
  }

  /** Returns the sessions, and forgets them. */
  take(): readonly string[] | 'all' {
    const taken = this.#ids === 'all' ? 'all' : [...this.#ids]
    this.#ids = new Set()
    return taken
  }
}
