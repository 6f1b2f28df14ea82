import type { Static } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answers } from '../../answers/answers.ts'
import { sendNothing } from '../../fastapi/answer.ts'
import { NOT_QUOTED, QUOTED_MAX } from '../../fastapi/bounded-issues.ts'
import { HttpException, invalidValue } from '../../fastapi/errors.ts'
import { encodeJson } from '../../fastapi/json/encode.ts'
import { jsonLength } from '../../fastapi/json/length.ts'
import { listTexts, objectTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { createSession, type NewSession } from '../../organization/create-session.ts'
import { InvalidField } from '../../organization/errors.ts'
import { sessionNow } from '../../organization/organizations.ts'
import {
  listSessions,
  readSession,
  type SessionFilter,
  sendMessage,
  terminateSession,
  updateTags,
} from '../../organization/sessions.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { Nullable } from '../../schemas/types.ts'
import { createSessionResponse, sessionResponse, sessionSummary } from '../../schemas/v1/session-views.ts'
import {
  CreateSessionParams,
  CreateSessionResponse,
  EditSessionTagsParams,
  EditTagsResponse,
  GetSessionResponse,
  LimitedSessionsQuery,
  ListSessionsQuery,
  ListSessionsResponse,
  MessageSentResponse,
  PostMessageParams,
  SessionPath,
  TerminateSessionResponse,
} from '../../schemas/v1/sessions.ts'
import { warnOfNearAttachments } from '../../simulation/attachment-lines.ts'
import type { SessionState } from '../../simulation/session.ts'

const TERMINATED = { detail: 'Session terminated successfully' }

/** The response to a replacement of tags. */
export const TAGS_UPDATED = { detail: 'Tags updated successfully' }

/** What `GET /v1/sessions` takes. */
const LIST = { querystring: ListSessionsQuery }
const LIMITED_LIST = { querystring: LimitedSessionsQuery }

/** What a message takes. */
const MESSAGE = { params: SessionPath, body: PostMessageParams }

/** Registers the session routes. */
export async function sessionsRoutes(app: ApiInstance): Promise<void> {
  // GET /v1/sessions
  app.get(
    '/v1/sessions',
    {
      schema: {
        operationId: 'list_sessions_endpoint_v1_sessions_get',
        summary: 'List sessions',
        description:
          'List all Devin sessions for your organization. Supports pagination and filtering by tags and user email.',
        ...LIST,
        response: { 200: ListSessionsResponse, 422: HTTPValidationError },
      },
      config: {
        schemaFor: ({ organization: { answers } }: FastifyRequest) =>
          answers.is('v1-list-bounds', 'limited') ? LIMITED_LIST : LIST,
      },
    },
    async ({ organization, query }, reply) => {
      const { answers } = organization
      const sessions = await listSessions(organization, sessionFilter(query, answers))
      const show = (session: SessionRecord) =>
        withStatus(sessionSummary(session, sessionNow(organization, session)), answers)
      return sendTexts(reply, wrap('{"sessions":[', listTexts(sessions, show), ']}'))
    },
  )

  // POST /v1/sessions
  app.post(
    '/v1/sessions',
    {
      schema: {
        operationId: 'create_session_endpoint_v1_sessions_post',
        summary: 'Create a new session',
        description: 'Create a new Devin session with the specified prompt and configuration options.',
        body: CreateSessionParams,
        response: { 200: CreateSessionResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, principal, body, log }) => {
      warnOfNearAttachments(body.prompt, log)
      const { session, isNew } = await createSession(organization, principal, newSession(body)).catch(
        rethrowInvalidField,
      )
      const otherwise = organization.answers.is('v1-is-new-session', 'absent') ? undefined : null
      return createSessionResponse(session.id, body.idempotent ? isNew : otherwise, organization)
    },
  )

  // GET /v1/sessions/{session_id}
  app.get(
    '/v1/sessions/:session_id',
    {
      schema: {
        operationId: 'get_session_endpoint_v1_sessions__session_id__get',
        summary: 'Retrieve details about an existing session',
        description:
          'Retrieve detailed information about an existing Devin session, including its status, output, and metadata.',
        params: SessionPath,
        response: { 200: GetSessionResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, params }, reply) => {
      const { session, state } = await readSession(organization, params.session_id)
      return sendSession(reply, session, state)
    },
  )

  // DELETE /v1/sessions/{session_id}
  app.delete(
    '/v1/sessions/:session_id',
    {
      schema: {
        operationId: 'terminate_session_endpoint_v1_sessions__session_id__delete',
        summary: 'Terminate a session',
        description: 'Terminate an active Devin session. The session must not have already exited.',
        params: SessionPath,
        response: { 200: TerminateSessionResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, principal, params }) => {
      await terminateSession(organization, principal, params.session_id)
      return TERMINATED
    },
  )

  // POST /v1/sessions/{session_id}/message
  app.post(
    '/v1/sessions/:session_id/message',
    {
      schema: {
        operationId: 'post_message_to_session_v1_sessions__session_id__message_post',
        summary: 'Send a message to a session',
        description:
          'Send a message to an active Devin session. The session must be in a running state to receive messages. Returns null on success, or a detail message if the session is already suspended.',
        params: SessionPath,
        body: PostMessageParams,
        response: { 200: MessageAnswer, 422: HTTPValidationError },
      },
      config: { schemaFor: pluralMessage },
    },
    async ({ organization, principal, params, body, log }, reply) => {
      warnOfNearAttachments(body.message, log)
      const detail = await sendMessage(organization, principal, params.session_id, body.message)
      return messageAnswer(reply, detail)
    },
  )

  // PUT /v1/sessions/{session_id}/tags
  app.put(
    '/v1/sessions/:session_id/tags',
    {
      schema: {
        operationId: 'edit_session_tags_v1_sessions__session_id__tags_put',
        summary: 'Update session tags',
        description: 'Update the tags associated with a Devin session.',
        params: SessionPath,
        body: EditSessionTagsParams,
        response: { 200: EditTagsResponse, 422: HTTPValidationError },
      },
    },
    async ({ organization, principal, params, body }) => {
      await updateTags(organization, principal, params.session_id, { tags: body.tags })
      return TAGS_UPDATED
    },
  )
}

/** The maximum number of messages and tags of a session that is encoded as a whole. */
const SHORT_MAX = 500

/** Sends a session with its messages. Encodes it piece by piece if it has many messages or tags. */
export async function sendSession(
  reply: FastifyReply,
  session: SessionRecord,
  state: SessionState,
): Promise<Static<typeof GetSessionResponse> | FastifyReply> {
  const answer = withStatus(sessionResponse(session, state), reply.request.organization.answers)
  const isShort = state.messages.length + session.tags.length <= SHORT_MAX
  return isShort ? answer : sendTexts(reply, objectTexts(answer))
}

const MessageAnswer = Nullable(MessageSentResponse, {
  title: 'Response Post Message To Session V1 Sessions  Session Id  Message Post',
})

/** Returns a session whose `status` has the words that are chosen. */
function withStatus<Shown extends Pick<Static<typeof GetSessionResponse>, 'status' | 'status_enum'>>(
  session: Shown,
  answers: Answers,
): Shown {
  const status = answers.is('v1-session-status', 'status-enum') ? session.status_enum : null
  return status == null ? session : { ...session, status }
}

/** Answers a message: `detail` says why it has no effect, or is null. */
export function messageAnswer(reply: FastifyReply, detail: string | null) {
  if (detail !== null) return { detail }
  return reply.request.organization.answers.is('v1-message', '204') ? sendNothing(reply) : null
}

/** Refuses a message with the 405 of a service that has only the singular path for it. No witness noted its `Allow`. */
function pluralMessage({ organization }: FastifyRequest): typeof MESSAGE {
  if (organization.answers.is('v1-message-path', 'singular'))
    throw new HttpException(405, 'Method Not Allowed')
  return MESSAGE
}

function sessionFilter(query: Static<typeof ListSessionsQuery>, answers: Answers): SessionFilter {
  return {
    tagged: query.tags ? tagFilter(query.tags, answers) : undefined,
    email: query.user_email ?? undefined,
    offset: toNonNegative(query.skip ?? query.offset),
    limit: toNonNegative(query.limit),
  }
}

/** Clients send tags repeated or comma-separated. The vendor does not document which form it accepts. */
function tagFilter(wanted: readonly string[], answers: Answers): (tags: readonly string[]) => boolean {
  if (answers.is('v1-tag-filter', 'all')) {
    const lists = wanted.map((tag) => ({ tag, parts: tag.split(',') }))
    return (tags) => {
      const set = new Set(tags)
      return lists.every(({ tag, parts }) => set.has(tag) || parts.every((part) => set.has(part)))
    }
  }
  const any = new Set(wanted.flatMap((tag) => [tag, ...tag.split(',')]))
  return (tags) => tags.some((tag) => any.has(tag))
}

/** Returns a number of a query, or 0 if it is negative. At run time, it can be a bigint despite its type. */
function toNonNegative(value: number): number {
  return Math.max(0, Number(value))
}

function newSession(params: Static<typeof CreateSessionParams>): NewSession {
  return {
    prompt: params.prompt,
    idempotent: params.idempotent,
    title: params.title,
    tags: params.tags,
    unlisted: params.unlisted,
    maxAcuLimit: params.max_acu_limit,
    snapshotId: params.snapshot_id,
    playbookId: params.playbook_id,
    knowledgeIds: params.knowledge_ids,
    secretIds: params.secret_ids,
    sessionSecretKeys: params.session_secrets?.map(({ key }) => key),
    structuredOutputSchema: params.structured_output_schema,
  }
}

/** Rethrows an invalid field of a new session as a 422, in the form of FastAPI's application-level checks. Rethrows other errors. */
function rethrowInvalidField(error: unknown): never {
  if (!(error instanceof InvalidField)) throw error
  const isPrompt = error.field === 'prompt'
  const field = isPrompt ? 'prompt' : 'structured_output_schema'
  const reason = isPrompt ? error.message : `structured_output_schema ${error.message}`
  throw invalidValue(['body', field], reason, quotable(error.input))
}

/** Returns a value to quote in an error, or null if JSON cannot encode it (NaN, for example). FastAPI's own checks would crash. */
function quotable(value: unknown): unknown {
  if (jsonLength(value, QUOTED_MAX) > QUOTED_MAX) return NOT_QUOTED
  try {
    encodeJson({ detail: [{ input: value }] })
    return value
  } catch {
    return null
  }
}
