import { type Static, Type } from '@sinclair/typebox'
import { Nullable, StringEnum } from '../schemas/v1/types.ts'

/** The values of a session's `status_enum`, besides null. */
export const STATUS_ENUMS = [
  'working',
  'blocked',
  'expired',
  'finished',
  'suspend_requested',
  'suspend_requested_frontend',
  'resume_requested',
  'resume_requested_frontend',
  'resumed',
] as const

/** A session's `status_enum`. */
export type StatusEnum = (typeof STATUS_ENUMS)[number]

/** A pull request, as a scenario names it. */
export const PullRequest = Type.Object(
  { url: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
)

/** What a moment of a session's life changes. */
const effects = {
  status: Type.Optional(Type.String({ minLength: 1 })),
  status_enum: Type.Optional(Nullable(StringEnum(STATUS_ENUMS))),
  message: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
  pull_request: Type.Optional(Nullable(PullRequest)),
  /** Any JSON; `{"$sample": "full"}` or `{"$sample": "partial"}` stands for data that fits the session's own schema. */
  structured_output: Type.Optional(Type.Unknown()),
  /** ACUs consumed so far. */
  acus: Type.Optional(Type.Number({ minimum: 0 })),
}

/** What Devin does at one moment, as told by hand. */
export const Effect = Type.Object(effects, { additionalProperties: false })
/** {@link Effect} */
export type Effect = Static<typeof Effect>

/**
 * What Devin does at one moment of a scenario: `after_seconds` from the start of the turn, or in the answer to the
 * `after_reads`-th GET of the session in the turn; without either, at the moment of the step before.
 */
export const Step = Type.Object(
  {
    after_seconds: Type.Optional(Type.Number({ minimum: 0 })),
    after_reads: Type.Optional(Type.Integer({ minimum: 1 })),
    ...effects,
  },
  { additionalProperties: false },
)
/** {@link Step} */
export type Step = Static<typeof Step>

/** A session's life as data: what happens after its creation, and after each message of a user. */
export const Scenario = Type.Object(
  {
    steps: Type.Array(Step),
    /** Replaces what is left of the turn when a user's message comes; without it the turn goes on as it was. */
    on_message: Type.Optional(Type.Array(Step)),
  },
  { additionalProperties: false },
)
/** {@link Scenario} */
export type Scenario = Static<typeof Scenario>
