import type { Static } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answers } from '../../answers/answers.ts'
import { sendNothing } from '../../fastapi/answer.ts'
import { objectTexts, sendTexts } from '../../fastapi/long-answer.ts'
import { readSession, sendMessage, updateTags } from '../../organization/sessions.ts'
import { sessionResponse } from '../../schemas/v1/session-views.ts'
import type {
  EditSessionTagsParams,
  GetSessionResponse,
  PostMessageParams,
  SessionPath,
} from '../../schemas/v1/sessions.ts'
import { warnOfNearAttachments } from '../../simulation/attachment-lines.ts'

// The handlers that the current and the legacy routes of a session share.

/** The maximum number of messages and tags of a session that is encoded as a whole. */
const SHORT_MAX = 500

/** A request about the session in its path. */
type SessionRequest<Body = unknown> = Pick<FastifyRequest, 'organization' | 'principal' | 'log'> & {
  readonly params: Static<typeof SessionPath>
  readonly body: Body
}

/** Returns a session with its messages as the answer, or sends it piece by piece if it has many messages or tags. */
export async function sendSession(
  { organization, params }: SessionRequest,
  reply: FastifyReply,
): Promise<Static<typeof GetSessionResponse> | FastifyReply> {
  const { session, state } = await readSession(organization, params.session_id)
  const answer = withStatus(sessionResponse(session, state), organization.answers)
  const isShort = state.messages.length + session.tags.length <= SHORT_MAX
  return isShort ? answer : sendTexts(reply, objectTexts(answer))
}

/** Sends a message to a session. The answer has a `detail` if it has no effect. */
export async function postMessage(
  {
    organization,
    principal,
    params,
    body: { message },
    log,
  }: SessionRequest<Static<typeof PostMessageParams>>,
  reply: FastifyReply,
) {
  warnOfNearAttachments(message, log)
  const detail = await sendMessage(organization, principal, params.session_id, message)
  if (detail !== null) return { detail }
  return organization.answers.is('v1-message', '204') ? sendNothing(reply) : null
}

/** Replaces the tags of a session. */
export async function replaceTags({
  organization,
  principal,
  params,
  body: { tags },
}: SessionRequest<Static<typeof EditSessionTagsParams>>) {
  await updateTags(organization, principal, params.session_id, { tags })
  return TAGS_UPDATED
}

const TAGS_UPDATED = { detail: 'Tags updated successfully' }

/** Returns a session with the `status` that the answer to `v1-session-status` chooses. */
export function withStatus<Shown extends Pick<Static<typeof GetSessionResponse>, 'status' | 'status_enum'>>(
  session: Shown,
  answers: Answers,
): Shown {
  const status = answers.is('v1-session-status', 'status-enum') ? session.status_enum : null
  return status == null ? session : { ...session, status }
}
