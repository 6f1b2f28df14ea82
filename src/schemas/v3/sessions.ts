import { type Actor, isUser } from '../../auth/principal.ts'
import { unixSeconds } from '../../base/clock.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import type { SessionState, SessionMessage as StateMessage } from '../../simulation/session.ts'
import { type SessionPlace, sessionUrl } from '../session-url.ts'
import type { SessionMessage, SessionResponse } from './contract.ts'

/** Returns a session id as v3 shows it: without the prefix. */
export function bareId(sessionId: string): string {
  return sessionId.replace(/^devin-/, '')
}

function prefixedId(sessionId: string): string {
  return `devin-${bareId(sessionId)}`
}

/** Returns the wire form of a session that was just created: before its first step, even if that is already due. */
export function newSessionResponse(
  session: SessionRecord,
  state: SessionState,
  place: SessionPlace,
): SessionResponse {
  return {
    ...changedSessionResponse(session, state, place),
    status: place.answers.get('v3-created-status'),
    title: session.title,
    updated_at: unixSeconds(session.createdAt),
    acus_consumed: 0,
    pull_requests: [],
  }
}

/** Returns the wire form of a session that an operation has changed, without the members that only get and list have. */
export function changedSessionResponse(
  session: SessionRecord,
  state: SessionState,
  place: SessionPlace,
): SessionResponse {
  return {
    ...sessionResponse(session, state, place),
    child_session_ids: null,
    category: null,
    subcategory: null,
    structured_output: null,
    status_detail: null,
  }
}

/** Returns the wire form of a session. */
export function sessionResponse(
  session: SessionRecord,
  state: SessionState,
  place: SessionPlace,
): SessionResponse {
  const { phase } = state
  const { answers } = place
  const shownId = answers.is('v3-session-id', 'prefixed') ? prefixedId : bareId
  const { user_id, service_user_id } = creatorIds(session.createdBy)
  return {
    session_id: shownId(session.id),
    url: sessionUrl(session.id, place),
    status: phase.status,
    title: state.title,
    tags: [...session.tags],
    playbook_id: session.playbookId,
    user_id,
    org_id: place.orgId,
    created_at: unixSeconds(session.createdAt),
    updated_at: unixSeconds(state.changedAt),
    is_archived: session.archivedAt !== null,
    acus_consumed: state.acus,
    pull_requests: state.pullRequests.map(({ url, state: pr_state }) => ({ pr_url: url, pr_state })),
    parent_session_id: session.parentId === null ? null : shownId(session.parentId),
    child_session_ids: session.childIds.map(shownId),
    service_user_id,
    category: state.category,
    // The name that the vendor documents for a category without a subcategory.
    subcategory: state.subcategory ?? (state.category === null ? null : 'Other'),
    origin: session.origin,
    automation_id: session.automationId,
    structured_output: objectOrNull(state.structuredOutput),
    devin_mode: session.devinMode,
    status_detail:
      phase.status === 'exit' && answers.is('v3-terminated-detail', 'finished') ? 'finished' : phase.detail,
  }
}

/** The user id that a service user has, too. */
export const SERVICE_USER_AS_USER = 'bot_apk'

/** Returns the ids of a user or service user, as v3 shows them. */
export function creatorIds(
  actor: Actor | null,
): Pick<Required<SessionResponse>, 'user_id' | 'service_user_id'> {
  if (actor === null) return { user_id: null, service_user_id: null }
  return isUser(actor)
    ? { user_id: actor.id, service_user_id: null }
    : { user_id: SERVICE_USER_AS_USER, service_user_id: actor.id }
}

/** The contract has objects only; a scenario may give any JSON. */
function objectOrNull(output: unknown): Record<string, unknown> | null {
  const isObject = typeof output === 'object' && output !== null && !Array.isArray(output)
  return isObject ? (output as Record<string, unknown>) : null
}

/** Returns the wire form of a message. Devin's messages have no user and no origin. */
export function messageResponse(
  { type, eventId, at, text, by }: StateMessage,
  { createdBy, origin }: SessionRecord,
): SessionMessage {
  const isDevin = type === 'devin_message'
  const sender = isDevin ? null : (by ?? createdBy)
  return {
    event_id: eventId,
    source: isDevin ? 'devin' : 'user',
    message: text,
    created_at: unixSeconds(at),
    username: usernameOf(sender),
    user_id: creatorIds(sender).user_id,
    // Messages reach the fake only through the API.
    origin: { initial_user_message: origin, user_message: 'api', devin_message: null }[type],
  }
}

function usernameOf(actor: Actor | null): string | null {
  if (actor === null) return null
  return isUser(actor) ? actor.name : `${actor.name} (service account)`
}
