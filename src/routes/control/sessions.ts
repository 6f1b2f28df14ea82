import type { FastifyReply } from 'fastify'
import { sendJson } from '../../fastapi/answer.ts'
import { invalidValue, RequestValidationError } from '../../fastapi/errors.ts'
import { encodeJson } from '../../fastapi/json/encode.ts'
import { listTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { catchUpAll, catchUpSessions } from '../../organization/catch-up.ts'
import { NotFound } from '../../organization/errors.ts'
import type { Place } from '../../organization/merged-list.ts'
import { type Organization, sessionNow } from '../../organization/organizations.ts'
import { addEvent, getSession, sessionId, takeNextStep } from '../../organization/sessions.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { OptionalOrgScope, OrgQuery } from '../../schemas/control/scope.ts'
import { NewEvent, SessionDetail, SessionPage, SessionsQuery } from '../../schemas/control/sessions.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { sessionResponse } from '../../schemas/v1/session-views.ts'
import { GetSessionResponse, SessionPath } from '../../schemas/v1/sessions.ts'
import { checkEffect } from '../../simulation/check-rule.ts'
import { type ControlOptions, organizationsInScope } from './scope.ts'
import type { ListedSession } from './session-view.ts'

/** Registers the routes that show and control sessions. The modules that show them are loaded on first use. */
export async function sessionControlRoutes(
  app: ApiInstance,
  { organizations }: ControlOptions,
): Promise<void> {
  /** Runs an operation on a session of any organization, or of one. Throws NotFound, and the errors of the operation. */
  const sessionIn = async (
    id: string,
    orgId: string | undefined,
    operation: (organization: Organization, id: string) => Promise<SessionRecord>,
  ): Promise<ListedSession> => {
    for (const organization of organizationsInScope(organizations, orgId)) {
      await catchUpSessions(organizations, organization)
      if ((await organization.sessions.get(sessionId(id))) === undefined) continue
      return { organization, session: await operation(organization, id) }
    }
    throw new NotFound('session')
  }

  // GET /_fake/sessions
  app.get(
    '/_fake/sessions',
    {
      schema: {
        operationId: 'list_sessions',
        summary: 'List sessions, the newest first; does not count as a read of them',
        querystring: SessionsQuery,
        response: { 200: SessionPage, 422: HTTPValidationError },
      },
    },
    async ({ query }, reply) => {
      const { org_id: orgId, ids, limit, cursor } = query
      const { summaries } = await import('./session-view.ts')
      const { isPlace, listMerged } = await import('../../organization/merged-list.ts')
      const after = cursor === undefined ? undefined : placeIn(cursor, isPlace)
      const chosen = organizationsInScope(organizations, orgId)
      await catchUpAll(organizations, chosen)
      const selected = ids && new Set(ids.map(sessionId))
      const where = selected && ((session: SessionRecord) => selected.has(session.id))
      const sources = chosen.map((organization) => ({ organization, records: organization.sessions, where }))
      const { placed, hasNext, total } = await listMerged({ sources, order: 'newest', after, limit })
      const sessions = placed.map(({ organization, record }) => ({ organization, session: record }))
      const last = hasNext ? placed.at(-1) : undefined
      const rest = encodeJson({ next_cursor: last === undefined ? null : cursorOf(last.place), total })
      const end = `],${rest.slice(1)}`
      return sendTexts(reply, wrap('{"sessions":[', listTexts(sessions, summaries()), end), { perTurn: 50 })
    },
  )

  // GET /_fake/sessions/{session_id}
  app.get(
    '/_fake/sessions/:session_id',
    {
      schema: {
        operationId: 'get_session',
        summary: 'Get everything that is known about a session; does not count as a read of it',
        params: SessionPath,
        querystring: OrgQuery,
        response: { 200: SessionDetail, 404: ErrorResponse, 422: HTTPValidationError },
      },
    },
    async ({ params, query }, reply) =>
      sendDetail(reply, await sessionIn(params.session_id, query.org_id, getSession)),
  )

  // POST /_fake/sessions/{session_id}/next-step
  app.post(
    '/_fake/sessions/:session_id/next-step',
    {
      schema: {
        operationId: 'take_next_step',
        summary: 'Make the next step of a session happen now, and later ones of the turn earlier by as much',
        params: SessionPath,
        body: OptionalOrgScope,
        response: {
          200: SessionDetail,
          400: ErrorResponse,
          404: ErrorResponse,
          409: ErrorResponse,
          422: HTTPValidationError,
          507: ErrorResponse,
        },
      },
    },
    async ({ params, body }, reply) =>
      sendDetail(reply, await sessionIn(params.session_id, body?.org_id, takeNextStep)),
  )

  // POST /_fake/sessions/{session_id}/events
  app.post(
    '/_fake/sessions/:session_id/events',
    {
      schema: {
        operationId: 'add_session_event',
        summary: 'Add an event to a session',
        params: SessionPath,
        body: NewEvent,
        response: {
          201: GetSessionResponse,
          400: ErrorResponse,
          404: ErrorResponse,
          422: HTTPValidationError,
          507: ErrorResponse,
        },
      },
    },
    async ({ params, body }, reply) => {
      const { org_id: orgId, ...input } = body
      const checked = checkEffect(input, ['body'])
      if ('issues' in checked) throw new RequestValidationError(checked.issues)
      const add = (organization: Organization, id: string) => addEvent(organization, id, checked.effect)
      const { organization, session } = await sessionIn(params.session_id, orgId, add)
      return sendJson(reply, 201, sessionResponse(session, sessionNow(organization, session)))
    },
  )
}

async function sendDetail(reply: FastifyReply, listed: ListedSession): Promise<FastifyReply> {
  const { detailOf, detailTexts } = await import('./session-view.ts')
  return sendTexts(reply, detailTexts(await detailOf(listed)))
}

/** Returns the cursor of the page after a session. */
function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Returns the place in a cursor. Throws RequestValidationError for one that no page has ended with. */
function placeIn(cursor: string, isPlace: (value: unknown) => value is Place): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (isPlace(place)) return place
  } catch {
    // Answered below.
  }
  throw invalidValue(['query', 'cursor'], 'not the cursor of a page', cursor)
}
