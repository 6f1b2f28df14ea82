import type { Actor, Principal } from '../auth/principal.ts'
import { sessionId } from '../resources/session-document.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { eventId } from '../simulation/event-ids.ts'
import { withNextStepNow } from '../simulation/outline.ts'
import type { Effect } from '../simulation/scenario.ts'
import { countsReads, type SessionState, sessionAt } from '../simulation/session.ts'
import {
  READS_MAX,
  requireSessionCapacity,
  SESSION_ITEMS_MAX,
  SessionFullError,
} from '../simulation/session-limits.ts'
import { AlreadyEnded, found, Impossible, InUse, type NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

export { sessionId } from '../resources/session-document.ts'

/** Returns a session and its current state. Counts as one read. Throws {@link NotFound}. */
export async function readSession(
  organization: Organization,
  idInPath: string,
): Promise<{ session: SessionRecord; state: SessionState }> {
  const { sessions, clock } = organization
  const id = sessionId(idInPath)
  const now = clock.now()
  let session = found(await sessions.get(id), 'session')
  if (countsReads(session)) {
    const updated = await sessions.update(id, (before) => ({ ...before, reads: [...before.reads, now] }))
    session = found(updated, 'session')
  }
  return { session, state: sessionAt(session, now, clock.instant) }
}

/** A page of a selection of sessions. */
export interface SessionFilter {
  /** Selects sessions by their tags. */
  readonly tagged?: ((tags: readonly string[]) => boolean) | undefined
  /** Selects the sessions of the user with this email address. */
  readonly email?: string | undefined
  readonly offset: number
  readonly limit: number
}

/** Returns a page of the sessions of an organization, newest first. */
export function listSessions(
  { sessions }: Organization,
  { tagged = () => true, email, offset, limit }: SessionFilter,
): Promise<SessionRecord[]> {
  return sessions.list({
    order: 'newest',
    where: (session) => tagged(session.tags) && (email === undefined || session.createdBy?.email === email),
    offset,
    limit,
  })
}

/**
 * Ends a session, and archives it if `archive` is set. Throws {@link NotFound}, or {@link AlreadyEnded} if it has already ended.
 */
export async function terminateSession(
  { sessions, clock, auditLog }: Organization,
  principal: Principal,
  idInPath: string,
  { archive = false }: { readonly archive?: boolean } = {},
): Promise<SessionRecord> {
  const now = clock.now()
  let isArchived = false
  const updated = await sessions.update(sessionId(idInPath), (before) => {
    if (sessionAt(before, now, clock.instant).endedAt !== null) throw new AlreadyEnded()
    isArchived = archive && before.archivedAt === null
    return { ...before, terminatedAt: now, archivedAt: isArchived ? now : before.archivedAt }
  })
  const session = found(updated, 'session')
  auditLog.write(principal, 'terminate_session', session.id)
  if (isArchived) auditLog.write(principal, 'archive_session', session.id)
  return session
}

/** Archives a session, and puts it to sleep if it is running. Throws {@link NotFound} and SessionFullError. */
export async function archiveSession(
  { sessions, clock, auditLog }: Organization,
  principal: Principal,
  idInPath: string,
): Promise<SessionRecord> {
  const now = clock.now()
  let isFirst = false
  let fallsAsleep = false
  const updated = await sessions.update(sessionId(idInPath), (before) => {
    isFirst = before.archivedAt === null
    const archived = { ...before, archivedAt: before.archivedAt ?? now }
    const state = sessionAt(before, now, clock.instant)
    if (state.endedAt !== null || state.phase.status === 'suspended') return archived
    requireSessionCapacity(before, state)
    fallsAsleep = true
    const event = { at: now, messages: before.messages.length, effect: {}, sleep: true } as const
    return { ...archived, events: [...before.events, event] }
  })
  const session = found(updated, 'session')
  if (isFirst) auditLog.write(principal, 'archive_session', session.id)
  if (fallsAsleep) auditLog.write(principal, 'sleep_session', session.id)
  return session
}

/**
 * Makes the next step of a session happen now, and those after it in its turn earlier by the same time. Throws {@link NotFound},
 * {@link AlreadyEnded}, {@link InUse} if no step follows by itself, and SessionFullError.
 */
export async function takeNextStep(
  { sessions, clock }: Organization,
  idInPath: string,
): Promise<SessionRecord> {
  const moment = { now: clock.now(), instant: clock.instant }
  const session = await sessions.update(sessionId(idInPath), (before) => {
    const state = sessionAt(before, moment.now, moment.instant)
    if (state.endedAt !== null) throw new AlreadyEnded()
    const after = withNextStepNow(before, moment)
    if (after === undefined) throw new InUse('There is no next step')
    requireSessionCapacity(before, state)
    if (after.reads.length > READS_MAX) throw new SessionFullError('items')
    return { ...before, ...after }
  })
  return found(session, 'session')
}

/**
 * Adds an event to a session. Throws {@link NotFound}, {@link AlreadyEnded}, because an event has no effect on an ended session, and
 * SessionFullError.
 */
export async function addEvent(
  { sessions, clock }: Organization,
  idInPath: string,
  effect: Effect,
): Promise<SessionRecord> {
  const at = clock.now()
  const session = await sessions.update(sessionId(idInPath), (before) => {
    const state = sessionAt(before, at, clock.instant)
    if (state.endedAt !== null) throw new AlreadyEnded()
    requireSessionCapacity(before, state)
    return { ...before, events: [...before.events, { at, messages: before.messages.length, effect }] }
  })
  return found(session, 'session')
}

/** Requests an analysis of a session. Returns whether it is the first request. Throws {@link NotFound}. */
export async function requestInsights(
  { sessions, clock, auditLog }: Organization,
  principal: Principal,
  idInPath: string,
): Promise<{ session: SessionRecord; isFirst: boolean }> {
  let isFirst = false
  const updated = await sessions.update(sessionId(idInPath), (before) => {
    isFirst = before.insightsRequestedAt === null
    return isFirst ? { ...before, insightsRequestedAt: clock.now() } : before
  })
  const session = found(updated, 'session')
  if (isFirst) auditLog.write(principal, 'generate_session_insights', session.id)
  return { session, isFirst }
}

/** The response detail for a message to a suspended session. The vendor documents its existence, but not its text. */
const SUSPENDED_DETAIL = 'Session is suspended'

/** The response detail for a message to a session that has ended. The message is not stored. */
const ENDED_DETAIL = 'Session has already exited'

/** A message from a user, and the files that it names in a list of its own. */
export interface NewMessage {
  readonly text: string
  readonly attachmentUrls?: readonly string[]
  /** The user in whose name it is sent. Default: the principal. */
  readonly by?: Actor | null
}

/**
 * Sends a message to a session, and wakes it up if it is suspended. Returns v1's `status` before, too. Throws {@link NotFound}, {@link AlreadyEnded},
 * {@link Impossible} for an archived session or a suspended one that cannot be resumed, and SessionFullError.
 */
export async function receiveMessage(
  { sessions, clock, ids, auditLog }: Organization,
  principal: Principal,
  idInPath: string,
  message: NewMessage,
): Promise<{ session: SessionRecord; statusBefore: string }> {
  const at = clock.now()
  const text = message.text.toWellFormed()
  const urls = message.attachmentUrls?.map((url) => url.toWellFormed()) ?? []
  const by = message.by ?? principal.actor
  let statusBefore = ''
  const updated = await sessions.update(sessionId(idInPath), (before) => {
    const state = sessionAt(before, at, clock.instant)
    statusBefore = state.status
    if (state.endedAt !== null) throw new AlreadyEnded()
    requireNotArchived(before)
    if (state.phase.status === 'suspended' && !before.resumable) {
      throw new Impossible('The session is suspended and cannot be resumed')
    }
    requireSessionCapacity(before, state, text)
    const attachmentUrls = [...before.attachmentUrls, ...urls]
    if (urls.length > 0 && attachmentUrls.length > SESSION_ITEMS_MAX) throw new SessionFullError('items')
    const isCreator = by.id === before.createdBy?.id
    const place = { at, sent: before.messages.length + 1 }
    const received = { eventId: eventId(place, ids.hex()), at, text, reads: before.reads.length }
    const messages = [...before.messages, isCreator ? received : { ...received, by }]
    return { ...before, messages, attachmentUrls }
  })
  const session = found(updated, 'session')
  auditLog.write(principal, 'send_message', session.id)
  return { session, statusBefore }
}

/** Sends a message as `receiveMessage` does, but returns v1's detail, if any: also for a session that does not receive it. */
export async function sendMessage(
  organization: Organization,
  principal: Principal,
  idInPath: string,
  text: string,
): Promise<string | null> {
  try {
    const { statusBefore } = await receiveMessage(organization, principal, idInPath, { text })
    return statusBefore === 'suspended' ? SUSPENDED_DETAIL : null
  } catch (error) {
    if (error instanceof AlreadyEnded) return ENDED_DETAIL
    if (error instanceof Impossible) return error.message
    throw error
  }
}

/** The maximum number of tags of a session to which tags are appended. */
const TAGS_MAX = 50

/**
 * Replaces the tags of a session, or appends those that it does not have. Throws {@link NotFound}, and {@link Impossible} if tags
 * are appended beyond the limit.
 */
export async function updateTags(
  { sessions, clock, auditLog }: Organization,
  principal: Principal,
  idInPath: string,
  { tags, append = false }: { readonly tags: readonly string[]; readonly append?: boolean },
): Promise<SessionRecord> {
  const wellFormed = tags.map((tag) => tag.toWellFormed())
  const updated = await sessions.update(sessionId(idInPath), (before) => {
    requireNotArchived(before)
    const changed = append ? appended(before.tags, wellFormed) : wellFormed
    return { ...before, tags: changed, tagsChangedAt: clock.now() }
  })
  const session = found(updated, 'session')
  auditLog.write(principal, 'update_session_tags', session.id)
  return session
}

/** Throws {@link Impossible} for an archived session, which can only be read, archived again and terminated. */
function requireNotArchived({ archivedAt }: SessionRecord): void {
  if (archivedAt !== null) throw new Impossible('The session is archived')
}

function appended(tags: readonly string[], added: readonly string[]): readonly string[] {
  const fresh = [...new Set(added)].filter((tag) => !tags.includes(tag))
  if (fresh.length > 0 && tags.length + fresh.length > TAGS_MAX) {
    throw new Impossible(`A session can have at most ${TAGS_MAX} tags`)
  }
  return [...tags, ...fresh]
}

/** Returns a session without counting a read. Throws {@link NotFound}. */
export async function getSession({ sessions }: Organization, idInPath: string): Promise<SessionRecord> {
  return found(await sessions.get(sessionId(idInPath)), 'session')
}
