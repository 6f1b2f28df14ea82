import type { Static } from '@sinclair/typebox'
import { userOrNull } from '../../auth/principal.ts'
import { formatInstant } from '../../base/clock.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import type { SessionState } from '../../simulation/session.ts'
import { type SessionPlace, sessionUrl } from '../session-url.ts'
import type { CreateSessionResponse, GetSessionResponse, SessionSummary } from './sessions.ts'

/** Returns the wire form of a new session, or of an existing one for an idempotent request. Leaves out `is_new_session` if it is undefined. */
export function createSessionResponse(
  id: string,
  isNewSession: boolean | null | undefined,
  place: Pick<SessionPlace, 'appUrl'>,
): Static<typeof CreateSessionResponse> {
  return {
    session_id: id,
    url: sessionUrl(id, place),
    ...(isNewSession !== undefined && { is_new_session: isNewSession }),
  }
}

/** Returns the wire form of a session in the list. */
export function sessionSummary(session: SessionRecord, state: SessionState): Static<typeof SessionSummary> {
  return { ...sessionFields(session, state), requesting_user_email: session.createdBy?.email ?? null }
}

/** Returns the wire form of a session with its messages. */
export function sessionResponse(
  session: SessionRecord,
  state: SessionState,
): Static<typeof GetSessionResponse> {
  const messages = state.messages.map(({ type, eventId, at, text, by = session.createdBy }) => ({
    type,
    event_id: eventId,
    message: text,
    timestamp: formatInstant(at),
    ...(type === 'devin_message'
      ? { username: null, origin: null, user_id: null }
      : { username: userOrNull(by)?.email ?? null, origin: 'api', user_id: userOrNull(by)?.id ?? null }),
  }))
  return { ...sessionFields(session, state), messages }
}

function sessionFields(session: SessionRecord, state: SessionState) {
  return {
    session_id: session.id,
    status: state.status,
    status_enum: state.statusEnum,
    title: state.title,
    created_at: formatInstant(session.createdAt),
    updated_at: formatInstant(state.updatedAt),
    snapshot_id: session.snapshotId,
    playbook_id: session.playbookId,
    tags: [...session.tags],
    pull_request: firstPullRequest(state),
    structured_output: state.structuredOutput,
  }
}

/** v1 shows one pull request, without its state. */
function firstPullRequest({ pullRequests: [first] }: SessionState): { url: string } | null {
  return first === undefined ? null : { url: first.url }
}
