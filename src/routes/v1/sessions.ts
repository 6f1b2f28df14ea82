import type { Static } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import type { Answers } from '../../answers/answers.ts'
import { NOT_QUOTED, QUOTED_MAX } from '../../fastapi/bounded-issues.ts'
import { HttpException, invalidValue } from '../../fastapi/errors.ts'
import { encodeJson } from '../../fastapi/json/encode.ts'
import { jsonLength } from '../../fastapi/json/length.ts'
import { listTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { createSession, type NewSession } from '../../organization/create-session.ts'
import { InvalidField } from '../../organization/errors.ts'
import { sessionNow } from '../../organization/organizations.ts'
import { listSessions, type SessionFilter, terminateSession } from '../../organization/sessions.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { Nullable } from '../../schemas/types.ts'
import { createSessionResponse, sessionSummary } from '../../schemas/v1/session-views.ts'
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
import { postMessage, replaceTags, sendSession, withStatus } from './session-handlers.ts'

const TERMINATED = { detail: 'Session terminated successfully' }

/** The request schemas of `GET /v1/sessions`, by the answer to `v1-list-bounds`. */
const LIST = { querystring: ListSessionsQuery }
const LIMITED_LIST = { querystring: LimitedSessionsQuery }

/** The request schemas of a message. */
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
    async (request, reply) => sendSession(request, reply),
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
      config: { schemaFor: messageSchema },
    },
    postMessage,
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
    replaceTags,
  )
}

const MessageAnswer = Nullable(MessageSentResponse, {
  title: 'Response Post Message To Session V1 Sessions  Session Id  Message Post',
})

/** Returns the schemas of a message on the plural path, or throws the 405 of a service that lacks this path. Its `Allow` header is not known. */
function messageSchema({ organization }: FastifyRequest): typeof MESSAGE {
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

/** Returns a number of a query, or 0 if it is negative. At run time, a large one is a bigint despite its type. */
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
