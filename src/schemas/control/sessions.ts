import type { Static } from '@sinclair/typebox'
import { Effect } from '../../simulation/scenario.ts'
import { OrgId, StrictObject } from './scope.ts'

/** An event to add to a session now. */
export const NewEvent = StrictObject({ org_id: OrgId, ...Effect.properties })
/** {@link NewEvent} */
export type NewEvent = Static<typeof NewEvent>
