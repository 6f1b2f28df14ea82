import { Type } from '@sinclair/typebox'
import { HttpException } from '../../fastapi/errors.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import type { Refused } from '../../organization/automation-runs.ts'
import { NotFound } from '../../organization/errors.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import { NewAutomationEvent, StartedSessions } from '../../schemas/control/automations.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { type ControlOptions, organizationsInScope } from './scope.ts'

const AutomationPath = Type.Object({ automation_id: Type.String() })

const REFUSALS: Readonly<Record<Refused, readonly [status: number, detail: string]>> = {
  disabled: [409, 'Automation is disabled'],
  'too many invocations': [429, 'Automation has reached its limit of invocations'],
  'too many runs': [429, 'Automation has reached its limit of concurrent runs'],
}

/** Returns the answer to an event: the ids of its sessions as v3 shows them. Throws HttpException for a refused event. */
export function eventAnswer(result: readonly SessionRecord[] | Refused): StartedSessions {
  if (typeof result === 'string') throw new HttpException(...REFUSALS[result])
  return { session_ids: result.map(({ id }) => id.slice('devin-'.length)) }
}

/** Registers the route that fires the triggers of automations, in place of the services that their events come from. */
export async function automationControlRoutes(
  app: ApiInstance,
  { organizations }: ControlOptions,
): Promise<void> {
  // POST /_fake/automations/{automation_id}/trigger
  app.post(
    '/_fake/automations/:automation_id/trigger',
    {
      schema: {
        operationId: 'trigger_automation',
        summary: 'Let an event happen that a trigger of an automation waits for',
        params: AutomationPath,
        body: NewAutomationEvent,
        response: {
          200: StartedSessions,
          400: ErrorResponse,
          404: ErrorResponse,
          409: ErrorResponse,
          422: HTTPValidationError,
          429: ErrorResponse,
          507: ErrorResponse,
        },
      },
    },
    async ({ params, body: { org_id: orgId, event_type: type, event: data = null } }) => {
      // Loaded by the first event, like the rest of the automations.
      const { receiveEvent } = await import('../../organization/automation-runs.ts')
      for (const organization of organizationsInScope(organizations, orgId)) {
        const automation = await organization.automations.get(params.automation_id)
        if (automation !== undefined) {
          return eventAnswer(await receiveEvent({ organization, automation }, { type, data }))
        }
      }
      throw new NotFound('automation')
    },
  )
}
