import { type Static, Type } from '@sinclair/typebox'
import { DateTime, StringEnum } from '../types.ts'
import { OrgId, StrictObject } from './scope.ts'

/** The seconds that pass per real second, or `instant` to skip every wait for time to pass. */
const Speed = Type.Union([
  Type.Number({ exclusiveMinimum: 0, maximum: 1e6 }),
  StringEnum(['instant'], { title: 'Instant' }),
])

/** The time of a clock and its speed. */
export const Clock = Type.Object(
  {
    /** The current time of the fake, ISO 8601. */
    now: DateTime(),
    /** Whether time stands still until it is moved. */
    frozen: Type.Boolean(),
    speed: Speed,
  },
  { $id: 'Clock', title: 'Clock' },
)
/** {@link Clock} */
export type Clock = Static<typeof Clock>

/** The new settings of a clock. Omitted members stay unchanged. */
export const SetClock = StrictObject({
  org_id: OrgId,
  /** The new time, ISO 8601. Default: unchanged. */
  now: Type.Optional(DateTime()),
  /** Whether to stop the clock. Default: unchanged. */
  frozen: Type.Optional(Type.Boolean()),
  /** The seconds that pass per real second, or `instant` to skip every wait for time to pass. Default: unchanged. */
  speed: Type.Optional(Speed),
})
/** {@link SetClock} */
export type SetClock = Static<typeof SetClock>

/** The time by which to advance a clock. */
export const AdvanceClock = StrictObject({
  org_id: OrgId,
  /** The number of seconds. */
  seconds: Type.Number({ minimum: 0, maximum: 1e9 }),
})
/** {@link AdvanceClock} */
export type AdvanceClock = Static<typeof AdvanceClock>
