import { type Static, Type } from '@sinclair/typebox'
import { OrgId, StrictObject } from './scope.ts'

/** An event to deliver to an automation. */
export const NewAutomationEvent = StrictObject({
  org_id: OrgId,
  /** The `event_type` of one of its triggers. */
  event_type: Type.String({ minLength: 1 }),
  /** The data of the event: any JSON. Default: none. */
  event: Type.Optional(Type.Unknown()),
})
/** {@link NewAutomationEvent} */
export type NewAutomationEvent = Static<typeof NewAutomationEvent>

/** The sessions that an event has started: none if it does not meet the conditions of the trigger. */
export const StartedSessions = Type.Object(
  {
    /** The ids of the sessions. */
    session_ids: Type.Array(Type.String()),
  },
  { $id: 'StartedSessions', title: 'StartedSessions' },
)
/** {@link StartedSessions} */
export type StartedSessions = Static<typeof StartedSessions>
