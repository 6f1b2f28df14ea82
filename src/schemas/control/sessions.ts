import type { Static } from '@sinclair/typebox'
import { Effect } from '../../simulation/scenario.ts'
import { OrgId, StrictObject } from './scope.ts'

/** What Devin is to do now. */
export const NewEvent = StrictObject({ org_id: OrgId, ...Effect.properties })
/** {@link NewEvent} */
export type NewEvent = Static<typeof NewEvent>
