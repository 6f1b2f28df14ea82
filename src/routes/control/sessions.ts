import { sendJson } from '../../fastapi/answer.ts'
import { RequestValidationError } from '../../fastapi/errors.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { AlreadyEnded, NotFound } from '../../organization/errors.ts'
import { type Organization, sessionNow } from '../../organization/organizations.ts'
import { runDueSchedules } from '../../organization/schedules.ts'
import { sessionId } from '../../organization/sessions.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { NewEvent } from '../../schemas/control/sessions.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { GetSessionResponse, SessionPath, sessionResponse } from '../../schemas/v1/sessions.ts'
import { checkEffect } from '../../simulation/check-rule.ts'
import type { Effect } from '../../simulation/scenario.ts'
import { requireSessionCapacity } from '../../simulation/session-limits.ts'
import type { ControlOptions } from './scope.ts'
import { organizationsInScope } from './scope.ts'

/** Registers the routes that control sessions. */
export async function sessionControlRoutes(
  app: ApiInstance,
  { organizations }: ControlOptions,
): Promise<void> {
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
      for (const organization of organizationsInScope(organizations, orgId)) {
        await runDueSchedules(organization)
        const session = await addEvent(organization, sessionId(params.session_id), checked.effect)
        if (session !== undefined) {
          return sendJson(reply, 201, sessionResponse(session, sessionNow(organization, session)))
        }
      }
      throw new NotFound('session')
    },
  )
}

/** Adds an event to a session. Throws AlreadyEnded (400), because an event has no effect on an ended session, and SessionFullError. */
function addEvent(
  organization: Organization,
  id: string,
  effect: Effect,
): Promise<SessionRecord | undefined> {
  const at = organization.clock.now()
  return organization.sessions.update(id, (before) => {
    const state = sessionNow(organization, before)
    if (state.endedAt !== null) throw new AlreadyEnded()
    requireSessionCapacity(before, state)
    return { ...before, events: [...before.events, { at, messages: before.messages.length, effect }] }
  })
}
