import { type Static, Type } from '@sinclair/typebox'
import { Nullable, StringEnum } from '../schemas/types.ts'

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

/** Unknown members are errors everywhere in a scenario: a typing error must not be a silent nothing. */
const strict = { additionalProperties: false }

/** What a moment of a session's life changes. */
const effects = {
  status: Type.Optional(Type.String({ minLength: 1 })),
  status_enum: Type.Optional(Nullable(StringEnum(STATUS_ENUMS))),
  message: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
  pull_request: Type.Optional(Nullable(Type.Object({ url: Type.String({ minLength: 1 }) }, strict))),
  /** Any JSON; `{"$sample": "full"}` or `{"$sample": "partial"}` stands for data that fits the session's own schema. */
  structured_output: Type.Optional(Type.Unknown()),
  /** ACUs consumed so far. */
  acus: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
}

/** What Devin does at one moment, as told by hand. */
export const Effect = Type.Object(effects, strict)
/** {@link Effect} */
export type Effect = Static<typeof Effect>

/**
 * Whether an effect ends the session: expired, failed (`error`) or exited. A finished session has not ended: it has done its
 * task, takes messages and can be terminated, as seen with the service (a finished session of the newer API is `running`).
 */
export function endsSession({ status, status_enum }: Effect): boolean {
  return status_enum === 'expired' || status === 'error' || status === 'exit'
}

/** Whether no later step of the same turn can happen: the session has ended, or finished what the turn was about. */
export function endsTurn(effect: Effect): boolean {
  return effect.status_enum === 'finished' || endsSession(effect)
}

/**
 * What Devin does at one moment of a scenario: `after_seconds` from the start of the turn, or in the answer to the
 * `after_reads`-th GET of the session in the turn; without either, at the moment of the step before.
 */
export const Step = Type.Object(
  {
    after_seconds: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
    after_reads: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    ...effects,
  },
  strict,
)
/** {@link Step} */
export type Step = Static<typeof Step>

/** Every read looks at all of them. */
const STEPS_MAX = 1000

/** A session's life as data: what happens after its creation, and after each message of a user. */
export const Scenario = Type.Object(
  {
    steps: Type.Array(Step, { maxItems: STEPS_MAX }),
    /** Replaces what is left of the turn when a user's message comes; without it the turn goes on as it was. */
    on_message: Type.Optional(Type.Array(Step, { maxItems: STEPS_MAX })),
    /** Answers the creation with this error instead of making a session. */
    create_error: Type.Optional(
      Type.Object({ status: Type.Integer({ minimum: 400, maximum: 599 }), detail: Type.String() }, strict),
    ),
    /** What the outputs of the steps must fit, checked when the scenario is loaded. Samples follow it where the client sent none. */
    structured_output_schema: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  strict,
)
/** {@link Scenario} */
export type Scenario = Static<typeof Scenario>

/** Which sessions a rule is for: those of which each given member matches. A text matches where it occurs, `/…/` as a regular expression. */
export const Match = Type.Object(
  {
    prompt: Type.Optional(Type.String({ minLength: 1 })),
    title: Type.Optional(Type.String({ minLength: 1 })),
    tag: Type.Optional(Type.String({ minLength: 1 })),
  },
  strict,
)
/** {@link Match} */
export type Match = Static<typeof Match>

/** Which scenario plays for which sessions. A rule without `match` is for all of them, or with a `name` for those that name it. */
export const ScenarioRule = Type.Object(
  {
    /** What `[fake:name]` in a prompt calls the scenario. */
    name: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$', maxLength: 64 })),
    match: Type.Optional(Match),
    /** The name of a scenario, or the scenario itself. Told apart by hand, so that an error names the place in it. */
    scenario: Type.Unknown(),
  },
  strict,
)

/** The same where it holds a scenario and not a name: all members that there can be. */
export const WholeRule = Type.Object({ ...ScenarioRule.properties, scenario: Scenario }, strict)
