import type { Principal } from '../auth/principal.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { countsReads, type SessionState, sessionAt } from '../simulation/session.ts'
import { requireSessionCapacity } from '../simulation/session-limits.ts'
import { AlreadyEnded, NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** Returns the stored id for an id in a path, where the prefix is optional. */
export function sessionId(idInPath: string): string {
  return idInPath.startsWith('devin-') ? idInPath : `devin-${idInPath}`
}

/** Returns a session and its current state. Counts as one read. Throws {@link NotFound}. */
export async function readSession(
  organization: Organization,
  idInPath: string,
): Promise<{ session: SessionRecord; state: SessionState }> {
  const { sessions, clock } = organization
  const id = sessionId(idInPath)
  const now = clock.now()
  let session = await sessions.get(id)
  if (session !== undefined && countsReads(session)) {
    session = await sessions.update(id, (before) => ({ ...before, reads: [...before.reads, now] }))
  }
  if (session === undefined) throw new NotFound('session')
  return { session, state: sessionAt(session, now, clock.instant) }
}

/** A page of a selection of sessions. */
export interface SessionFilter {
  /** Selects the sessions with at least one of these tags. */
  readonly tags?: ReadonlySet<string> | undefined
  /** Selects the sessions of the user with this email address. */
  readonly email?: string | undefined
  readonly offset: number
  readonly limit: number
}

/** Returns a page of the sessions of an organization, newest first. */
export function listSessions(
  { sessions }: Organization,
  { tags, email, offset, limit }: SessionFilter,
): Promise<SessionRecord[]> {
  return sessions.list({
    order: 'newest',
    where: (session) =>
      (!tags || session.tags.some((tag) => tags.has(tag))) &&
      (email === undefined || session.createdBy?.email === email),
    offset,
    limit,
  })
}

/** Ends a session. Throws {@link NotFound}, or {@link AlreadyEnded} if it has already ended. */
export async function terminateSession(
  { sessions, clock, auditLog }: Organization,
  principal: Principal,
  idInPath: string,
): Promise<void> {
  const now = clock.now()
  const session = await sessions.update(sessionId(idInPath), (before) => {
    if (sessionAt(before, now, clock.instant).endedAt !== null) throw new AlreadyEnded()
    return { ...before, terminatedAt: now }
  })
  if (session === undefined) throw new NotFound('session')
  auditLog.write(principal, 'terminate_session', session.id)
}

/** The response detail for a message to a suspended session. The vendor documents its existence, but not its text. */
export const SUSPENDED_DETAIL = 'Session is suspended'

/** The response detail for a message to a session that has ended. The message is not stored. */
export const ENDED_DETAIL = 'Session has already exited'

/** Sends a user's message to a session. Returns the response detail, if any. Throws {@link NotFound} and SessionFullError. */
export async function sendMessage(
  { sessions, clock, ids, auditLog }: Organization,
  principal: Principal,
  idInPath: string,
  message: string,
): Promise<string | null> {
  const at = clock.now()
  const text = message.toWellFormed()
  let detail: string | null = null
  const session = await sessions.update(sessionId(idInPath), (before) => {
    const state = sessionAt(before, at, clock.instant)
    const { status, endedAt } = state
    if (endedAt !== null) {
      detail = ENDED_DETAIL
      return before
    }
    requireSessionCapacity(before, state, text)
    detail = status === 'suspended' ? SUSPENDED_DETAIL : null
    const received = { eventId: `event-${ids.hex()}`, at, text, reads: before.reads.length }
    return { ...before, messages: [...before.messages, received] }
  })
  if (session === undefined) throw new NotFound('session')
  if (detail !== ENDED_DETAIL) auditLog.write(principal, 'send_message', session.id)
  return detail
}

/** Replaces the tags of a session. Throws {@link NotFound}. */
export async function replaceTags(
  { sessions, auditLog }: Organization,
  principal: Principal,
  idInPath: string,
  tags: readonly string[],
): Promise<void> {
  const wellFormed = tags.map((tag) => tag.toWellFormed())
  const session = await sessions.update(sessionId(idInPath), (before) => ({ ...before, tags: wellFormed }))
  if (session === undefined) throw new NotFound('session')
  auditLog.write(principal, 'update_session_tags', session.id)
}
