import type { Static } from '@sinclair/typebox'
import { parseInstant } from '../../base/clock.ts'
import { DAY_MICROS } from '../../base/periods.ts'
import { encodeJson } from '../../fastapi/json/encode.ts'
import { listTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { sessionNow } from '../../organization/organizations.ts'
import type { AuditRecord } from '../../resources/audit-log.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import {
  auditLogResponse,
  consumedSession,
  LegacyAuditLogsQuery,
  LegacyAuditLogsResponse,
  LegacyAuthStatusResponse,
  LegacyConsumptionQuery,
  LegacyEnterpriseConsumptionResponse,
} from '../../schemas/v1/legacy.ts'
import {
  EditSessionTagsParams,
  GetSessionResponse,
  PostMessageParams,
  SessionPath,
} from '../../schemas/v1/sessions.ts'
import { badDate } from './errors.ts'
import { postMessage, replaceTags, sendSession } from './session-handlers.ts'

/** Registers the routes of legacy clients. The vendor serves them but omits them from its document, and so does the fake. */
export async function legacyRoutes(app: ApiInstance): Promise<void> {
  // GET /v1/session/{session_id}
  app.get(
    '/v1/session/:session_id',
    { schema: { hide: true, params: SessionPath, response: { 200: GetSessionResponse } } },
    async (request, reply) => sendSession(request, reply),
  )

  // POST /v1/session/{session_id}/message
  app.post(
    '/v1/session/:session_id/message',
    { schema: { hide: true, params: SessionPath, body: PostMessageParams } },
    postMessage,
  )

  // PUT /v1/session/{session_id}/tags
  app.put(
    '/v1/session/:session_id/tags',
    { schema: { hide: true, params: SessionPath, body: EditSessionTagsParams } },
    replaceTags,
  )

  // GET /v1/auth_status
  app.get(
    '/v1/auth_status',
    { schema: { hide: true, response: { 200: LegacyAuthStatusResponse } } },
    async ({ principal }) => ({ status: 'ok', org_id: principal.orgId }),
  )

  // GET /v1/audit-logs
  app.get(
    '/v1/audit-logs',
    { schema: { hide: true, querystring: LegacyAuditLogsQuery, response: { 200: LegacyAuditLogsResponse } } },
    async ({ organization, query }, reply) => {
      const fromNewest = query.before === undefined && query.after === undefined
      const entries = await organization.auditLog.list(fromNewest ? Number(query.limit) : undefined)
      const page = auditPage(entries.reverse(), query)
      return sendTexts(reply, wrap('{"audit_logs":[', listTexts(page, auditLogResponse), ']}'))
    },
  )

  // GET /v1/enterprise/consumption
  app.get(
    '/v1/enterprise/consumption',
    {
      schema: {
        hide: true,
        querystring: LegacyConsumptionQuery,
        response: { 200: LegacyEnterpriseConsumptionResponse },
      },
    },
    async ({ organization, query }, reply) => {
      const start = startOfDay(query.start_date)
      const end = startOfDay(query.end_date) + DAY_MICROS
      const sessions = await organization.sessions.list({
        where: ({ createdAt }) => start <= createdAt && createdAt < end,
      })
      const cycle = { start: query.start_date, end: query.end_date }
      const show = (session: SessionRecord) =>
        consumedSession(session, sessionNow(organization, session), organization)
      const after = `],"cycle":${encodeJson(cycle)}}`
      return sendTexts(reply, wrap('{"sessions":[', listTexts(sessions, show), after))
    },
  )
}

/** Returns the time at which a day starts. Throws HttpException (400) for a text that is not a date. */
function startOfDay(date: string): number {
  const start = /^\d{4}-\d\d-\d\d$/.test(date) ? parseInstant(date) : undefined
  if (start === undefined) throw badDate()
  return start
}

/** Returns the entries between the entry ids `after` and `before`, newest first. Unknown ids are ignored. */
function auditPage(entries: AuditRecord[], query: Static<typeof LegacyAuditLogsQuery>): AuditRecord[] {
  const position = (id: string | undefined) => entries.findIndex((entry) => entry.id === id)
  const first = position(query.before) + 1
  const afterAt = position(query.after)
  const end = afterAt === -1 ? entries.length : afterAt
  return entries.slice(first, Math.min(end, first + Number(query.limit)))
}
