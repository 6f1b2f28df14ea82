import { type Static, Type } from '@sinclair/typebox'
import { DateTime, StringEnum } from '../types.ts'
import { OrgId, StrictObject } from './scope.ts'

/** How many seconds pass in one; `instant` where what only waits for time to pass happens at once. */
const Speed = Type.Union([
  Type.Number({ exclusiveMinimum: 0, maximum: 1e6 }),
  StringEnum(['instant'], { title: 'Instant' }),
])

/** What time it is, and how it passes. */
export const Clock = Type.Object(
  { now: DateTime(), frozen: Type.Boolean(), speed: Speed },
  { $id: 'Clock', title: 'Clock' },
)
/** {@link Clock} */
export type Clock = Static<typeof Clock>

/** How a clock is to go on; what is left out stays. */
export const SetClock = StrictObject({
  org_id: OrgId,
  now: Type.Optional(DateTime()),
  frozen: Type.Optional(Type.Boolean()),
  speed: Type.Optional(Speed),
})
/** {@link SetClock} */
export type SetClock = Static<typeof SetClock>

/** How much time is to pass at once. */
export const AdvanceClock = StrictObject({
  org_id: OrgId,
  seconds: Type.Number({ minimum: 0, maximum: 1e9 }),
})
/** {@link AdvanceClock} */
export type AdvanceClock = Static<typeof AdvanceClock>
