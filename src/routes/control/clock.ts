import { CLOCK_MAX, type ClockSettings, formatInstant, parseClockTime } from '../../base/clock.ts'
import { invalidValue } from '../../fastapi/errors.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { AdvanceClock, Clock, SetClock } from '../../schemas/control/clock.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { OrgQuery } from '../../schemas/control/scope.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { type ControlOptions, clocksOf, organizationOrServer } from './scope.ts'

/** Registers the clock routes, for all organizations or one. */
export async function clockRoutes(app: ApiInstance, { organizations }: ControlOptions): Promise<void> {
  const clockResponse = (orgId: string | undefined): Clock => {
    const { clock } = organizationOrServer(organizations, orgId)
    return {
      now: formatInstant(clock.now()),
      frozen: clock.frozen,
      speed: clock.instant ? 'instant' : clock.speed,
    }
  }

  const publish = (orgId: string | undefined) =>
    organizations.events.live?.publish({ kind: 'clock', org_id: orgId ?? null })

  // GET /_fake/clock
  app.get(
    '/_fake/clock',
    {
      schema: {
        operationId: 'get_clock',
        summary: 'Get the time and the settings of a clock',
        querystring: OrgQuery,
        response: { 200: Clock, 422: HTTPValidationError },
      },
    },
    async ({ query }) => clockResponse(query.org_id),
  )

  // PUT /_fake/clock
  app.put(
    '/_fake/clock',
    {
      schema: {
        operationId: 'set_clock',
        summary: 'Set, freeze or speed up a clock; omitted settings stay',
        body: SetClock,
        response: { 200: Clock, 404: ErrorResponse, 422: HTTPValidationError, 507: ErrorResponse },
      },
    },
    async ({ body }) => {
      const settings = clockSettings(body)
      for (const clock of clocksOf(organizations, body.org_id)) clock.adjust(settings)
      publish(body.org_id)
      return clockResponse(body.org_id)
    },
  )

  // POST /_fake/clock/advance
  app.post(
    '/_fake/clock/advance',
    {
      schema: {
        operationId: 'advance_clock',
        summary: 'Advance a clock',
        body: AdvanceClock,
        response: { 200: Clock, 404: ErrorResponse, 422: HTTPValidationError, 507: ErrorResponse },
      },
    },
    async ({ body }) => {
      const micros = Math.round(body.seconds * 1_000_000)
      for (const clock of clocksOf(organizations, body.org_id)) clock.adjust({ now: clock.now() + micros })
      publish(body.org_id)
      return clockResponse(body.org_id)
    },
  )
}

function clockSettings({ now, frozen, speed }: SetClock): ClockSettings {
  return {
    ...(now !== undefined && { now: instantOf(now) }),
    ...(frozen !== undefined && { frozen }),
    ...(speed === 'instant' && { instant: true }),
    ...(typeof speed === 'number' && { instant: false, speed }),
  }
}

/** Parses a time. Throws RequestValidationError if it is invalid or outside the range of the clock. */
function instantOf(now: string): number {
  const instant = parseClockTime(now)
  if (instant !== undefined) return instant
  const reason = `the clock goes from ${formatInstant(0)} to ${formatInstant(CLOCK_MAX)}`
  throw invalidValue(['body', 'now'], reason, now)
}
