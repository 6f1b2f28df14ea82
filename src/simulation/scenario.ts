import { type Static, Type } from '@sinclair/typebox'
import { Nullable, StringEnum } from '../schemas/types.ts'

/** The values of a session's `status_enum`, except null. */
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

/** The values of a session's `status_detail` in v3. */
export const STATUS_DETAILS = [
  'working',
  'waiting_for_user',
  'waiting_for_approval',
  'finished',
  'inactivity',
  'user_request',
  'usage_limit_exceeded',
  'out_of_credits',
  'out_of_quota',
  'no_quota_allocation',
  'payment_declined',
  'org_usage_limit_exceeded',
  'total_session_limit_exceeded',
  'error',
  'user_usage_limit_exceeded',
  'contract_expired',
] as const

/** A session's `status_detail` in v3. */
export type StatusDetail = (typeof STATUS_DETAILS)[number]

/** The use-case categories of sessions in v3. */
export const CATEGORIES = [
  'bug_fixing',
  'ci_cd_and_devops',
  'code_quality_and_security',
  'code_review_and_analysis',
  'data_and_automation',
  'documentation_and_content',
  'feature_development',
  'migrations_and_upgrades',
  'other',
  'refactoring_and_optimization',
  'research_and_exploration',
  'unit_test_generation',
] as const

/** The agent modes of sessions in v3. */
export const DEVIN_MODES = ['normal', 'fast', 'lite', 'ultra', 'fusion'] as const

/** The platforms of the machines of sessions in v3. The first is the default. */
export const PLATFORMS = ['linux', 'windows'] as const

/** The kinds of clients that create sessions, as v3 shows them. */
export const ORIGINS = [
  'webapp',
  'slack',
  'teams',
  'api',
  'linear',
  'jira',
  'automation',
  'cli',
  'desktop',
  'code_scan',
  'other',
] as const

/** The states of a pull request. */
export const PULL_REQUEST_STATES = ['open', 'merged', 'closed'] as const

/** Rejects unknown members everywhere in a scenario, so that a typo is never silently ignored. */
const strict = { additionalProperties: false }

/** The changes that a step or event can make to a session. */
const effects = {
  /** v1's `status`, any text. Default: follows from `status_enum`. */
  status: Type.Optional(Type.String({ minLength: 1 })),
  /** v1's `status_enum`. */
  status_enum: Type.Optional(Nullable(StringEnum(STATUS_ENUMS))),
  /** A message that Devin sends. */
  message: Type.Optional(Type.String()),
  /** The new title of the session. */
  title: Type.Optional(Type.String()),
  /** A single open pull request in place of those before; null for none. */
  pull_request: Type.Optional(
    Nullable(
      Type.Object(
        {
          /** The URL of the pull request. */
          url: Type.String({ minLength: 1 }),
        },
        strict,
      ),
    ),
  ),
  /** v3's `status_detail`. Default: follows from the status. A new status resets it. */
  status_detail: Type.Optional(Nullable(StringEnum(STATUS_DETAILS))),
  /** All pull requests, for sessions with several. `pull_request` sets a single open one. v1 shows the first. */
  pull_requests: Type.Optional(
    Type.Array(
      Type.Object(
        {
          /** The URL of the pull request. */
          url: Type.String({ minLength: 1 }),
          /** Its state. Default: `open`. */
          state: Type.Optional(StringEnum(PULL_REQUEST_STATES)),
        },
        strict,
      ),
      { maxItems: 100 },
    ),
  ),
  /** v3's category of the session. */
  category: Type.Optional(Nullable(StringEnum(CATEGORIES))),
  /** v3's subcategory of the session, any text. */
  subcategory: Type.Optional(Nullable(Type.String())),
  /** A text file that Devin attaches. */
  attachment: Type.Optional(
    Type.Object(
      {
        /** One path segment, but not `.` or `..`. */
        name: Type.String({ pattern: '^(?!\\.{1,2}$)[^/\\\\\\p{Cc}]+$', maxLength: 255 }),
        /** Default: `text/plain`. Only characters that a header may contain. */
        content_type: Type.Optional(Type.String({ pattern: '^[ -~]+$', maxLength: 255 })),
        /** The text of the file. */
        content: Type.String({ maxLength: 65_536 }),
      },
      strict,
    ),
  ),
  /** Any JSON; `{"$sample": "full"}` or `{"$sample": "partial"}` stands for data that fits the session's own schema. */
  structured_output: Type.Optional(Type.Unknown()),
  /** The ACUs consumed so far. */
  acus: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
}

/** The effect of a manual event on a session. */
export const Effect = Type.Object(effects, strict)
/** {@link Effect} */
export type Effect = Static<typeof Effect>

/**
 * Returns whether an effect ends the session: expired, failed (`error`) or exited. A finished session has not ended: it still
 * accepts messages and can be terminated, as observed on the service (in the newer API, a finished session is `running`).
 */
export function endsSession({ status, status_enum }: Effect): boolean {
  return status_enum === 'expired' || status === 'error' || status === 'exit'
}

/** Returns whether an effect finishes the turn, by the status of either generation. */
export function finishes({ status, status_enum, status_detail }: Effect): boolean {
  return status_enum === 'finished' || status_detail === 'finished' || status === 'finished'
}

/** Returns whether an effect ends the turn, so that its later steps cannot happen: the session has ended or finished. */
export function endsTurn(effect: Effect): boolean {
  return effect.status_enum === 'finished' || endsSession(effect)
}

/** The maximum of `after_seconds`. */
export const AFTER_SECONDS_MAX = 1e9

/** The maximum of `after_reads`. */
export const AFTER_READS_MAX = 100_000

/**
 * A step of a scenario. It happens `after_seconds` after the start of the turn, or with the response to the `after_reads`-th
 * GET of the session in the turn. Without either, it happens together with the previous step.
 */
export const Step = Type.Object(
  {
    /** The time after the start of the turn, in seconds. */
    after_seconds: Type.Optional(Type.Number({ minimum: 0, maximum: AFTER_SECONDS_MAX })),
    /** The number of GET requests for the session since the start of the turn, this step being in the answer to the last. */
    after_reads: Type.Optional(Type.Integer({ minimum: 1, maximum: AFTER_READS_MAX })),
    ...effects,
  },
  strict,
)
/** {@link Step} */
export type Step = Static<typeof Step>

/** The maximum number of steps in a list. Every read processes all of them. */
export const STEPS_MAX = 1000

/** The behavior of a session as data: the steps after its creation and after each user message. */
export const Scenario = Type.Object(
  {
    /** The steps of the first turn, which begins with the creation. */
    steps: Type.Array(Step, { maxItems: STEPS_MAX }),
    /** The steps that replace the rest of the turn after a user message. Without them, the turn continues unchanged. */
    on_message: Type.Optional(Type.Array(Step, { maxItems: STEPS_MAX })),
    /** The results of commands that clients run in the session's machine. The first one that matches applies. */
    commands: Type.Optional(
      Type.Array(
        Type.Object(
          {
            /** A text that the command contains. Default: any command. */
            match: Type.Optional(Type.String({ minLength: 1 })),
            /** Any JSON. */
            response: Type.Unknown(),
          },
          strict,
        ),
        { maxItems: 100 },
      ),
    ),
    /** The error response to the creation. No session is created. */
    create_error: Type.Optional(
      Type.Object(
        {
          /** The status of the response. */
          status: Type.Integer({ minimum: 400, maximum: 599 }),
          /** Its `detail`. */
          detail: Type.String(),
        },
        strict,
      ),
    ),
    /** The schema for the outputs of the steps, checked when the scenario is loaded. Samples use it if the client sent no schema. */
    structured_output_schema: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  strict,
)
/** {@link Scenario} */
export type Scenario = Static<typeof Scenario>

/** The sessions that a rule applies to: every given member must match. Values are substrings, or regular expressions as `/…/`. */
export const Match = Type.Object(
  {
    /** What the prompt has to match. */
    prompt: Type.Optional(Type.String({ minLength: 1 })),
    /** What the title has to match. */
    title: Type.Optional(Type.String({ minLength: 1 })),
    /** What one of the tags has to match. */
    tag: Type.Optional(Type.String({ minLength: 1 })),
  },
  strict,
)
/** {@link Match} */
export type Match = Static<typeof Match>

/** A rule that assigns a scenario to sessions. Without `match` it applies to all sessions, or with a `name` only to those that name it. */
export const ScenarioRule = Type.Object(
  {
    /** The name that `[fake:name]` in a prompt refers to. */
    name: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$', maxLength: 64 })),
    /** The sessions that it applies to. Default: all or, with a `name`, those that name it. */
    match: Type.Optional(Match),
    /** The name of a scenario, or the scenario itself. Not a union, so that errors have their exact location in the scenario. */
    scenario: Type.Unknown(),
  },
  strict,
)

/** A {@link ScenarioRule} with an inline scenario. It has all possible members. */
export const RuleWithScenario = Type.Object({ ...ScenarioRule.properties, scenario: Scenario }, strict)
