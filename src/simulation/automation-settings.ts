import { type Static, Type } from '@sinclair/typebox'
import { lateValidator, type ValidationContext } from '../fastapi/validation/compile.ts'
import { Defaulted, Nullable, StringEnum } from '../schemas/types.ts'
import { type Conditions, OPERATORS, type Operator, patternFlaw } from './conditions.ts'
import { DEVIN_MODES } from './scenario.ts'
import { type NotJsonError, toJson } from './to-json.ts'

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** An event that starts the actions of an automation. */
export interface Trigger {
  readonly event_type: string
  /** Null for every event of the type. */
  readonly conditions: Conditions | null
  readonly replies: readonly JsonObject[]
}

/** The start of a session. */
export interface Action {
  readonly type: typeof START_SESSION
  readonly prompt: string
  readonly session:
    | (JsonObject & { readonly tags?: readonly string[]; readonly bypass_approval?: boolean })
    | null
}

/** The limits of an automation. */
export interface Limits extends JsonObject {
  /** The ACU limit of its sessions. */
  readonly max_acu_limit?: number | null
  readonly invocations?: { readonly max_per_window?: number; readonly window_seconds?: number } | null
}

/** The settings of an automation, in the form of the API. Objects may have more members than these. */
export interface AutomationSettings {
  readonly name: string
  readonly triggers: readonly Trigger[]
  readonly actions: readonly Action[]
  readonly run_as: JsonObject & { readonly type: 'organization' | 'creator' }
  readonly enabled: boolean
  readonly concurrency: (JsonObject & { readonly max_concurrent_runs?: number }) | null
  readonly limits: Limits | null
  readonly metadata: Readonly<Record<string, string>>
  readonly session_settings: (JsonObject & { readonly devin_mode?: string }) | null
}

/** The type of the events that an automation's webhook receives. */
export const WEBHOOK_EVENT = 'webhook:incoming'

/** The type of the events that a schedule triggers. */
export const SCHEDULE_EVENT = 'schedule:recurring'

/**
 * The operators of the condition on `rrule` whose value is the recurrence rule of a schedule. The vendor's Terraform provider sends
 * `recurrence`, which the published contract lacks.
 */
export const RULE_OPERATORS: readonly Operator[] = ['recurrence', 'matches']

/** The type of the only action. */
const START_SESSION = 'start_session'

/** The maximum length of most lists. */
const LIST_MAX = 50

/** The maximum number of rules of schedules. After each run, the next moment of every rule is computed, which takes up to 0.3 ms (Node 24). */
const RULES_MAX = 50

/** The maximum number of actions. Each event starts as many sessions. */
const ACTIONS_MAX = 20

/** The maximum of `max_per_window`. An automation keeps the times of as many invocations. */
export const INVOCATIONS_MAX = 1_000

const Text = Type.String({ minLength: 0 })
const Count = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) => Type.Integer({ minimum, maximum })
const OpenObject = Type.Unsafe<JsonObject>({ type: 'object', additionalProperties: true })

const ConditionsShape = Type.Object({
  any: Type.Array(
    Type.Object({
      all: Type.Array(
        Type.Object({
          field: Text,
          operator: StringEnum(OPERATORS),
          value: Type.Unknown(),
        }),
        { maxItems: LIST_MAX },
      ),
    }),
    { maxItems: LIST_MAX },
  ),
})

const TriggerShape = Type.Object({
  event_type: Text,
  conditions: Type.Optional(Nullable(ConditionsShape)),
  replies: Type.Optional(Type.Array(OpenObject, { maxItems: LIST_MAX })),
})

const ActionShape = Type.Object({
  type: StringEnum([START_SESSION]),
  prompt: Text,
  session: Type.Optional(
    Nullable(
      Type.Object({
        tags: Type.Optional(Type.Array(Text, { maxItems: LIST_MAX })),
        bypass_approval: Type.Optional(Type.Boolean()),
      }),
    ),
  ),
})

const LimitsShape = Type.Object({
  max_acu_limit: Type.Optional(Nullable(Count(Number.MIN_SAFE_INTEGER))),
  invocations: Type.Optional(
    Nullable(
      Type.Object({
        max_per_window: Type.Optional(Count(1, INVOCATIONS_MAX)),
        window_seconds: Type.Optional(Count(1, 31_536_000)),
      }),
    ),
  ),
})

/** The members that are checked. Nested objects keep their other members. */
const SettingsShape = Type.Object({
  name: Text,
  triggers: Type.Array(TriggerShape, { maxItems: LIST_MAX }),
  actions: Type.Array(ActionShape, { maxItems: ACTIONS_MAX }),
  run_as: Type.Object({ type: StringEnum(['organization', 'creator']) }),
  enabled: Defaulted(Type.Boolean({ default: true })),
  concurrency: Type.Optional(
    Nullable(
      Type.Object({
        max_concurrent_runs: Type.Optional(Count(1)),
        max_queue_depth: Type.Optional(Count(0)),
      }),
    ),
  ),
  limits: Type.Optional(Nullable(LimitsShape)),
  metadata: Type.Optional(Type.Record(Type.String(), Text)),
  session_settings: Type.Optional(
    Nullable(Type.Object({ devin_mode: Type.Optional(StringEnum(DEVIN_MODES)) })),
  ),
})

type SettingsShape = Static<typeof SettingsShape>

/** Returns whether an automation is enabled and has a schedule. */
export function runsBySchedule({ enabled, triggers }: AutomationSettings): boolean {
  return enabled && triggers.some(({ event_type: type }) => type === SCHEDULE_EVENT)
}

/** The settings of an automation before they are checked. */
export type UncheckedSettings = { readonly [Name in keyof AutomationSettings]?: unknown }

const validate = lateValidator(SettingsShape)

/** Checks the settings of an automation. Reports issues to `context`, after which the result is undefined. */
export function checkSettings(
  input: UncheckedSettings,
  context: ValidationContext,
): AutomationSettings | undefined {
  const before = context.issues.length
  const plain = plainSettings(input, context)
  const known = validate(plain, context) as SettingsShape
  if (context.issues.length > before) return undefined
  checkTriggers(known, context)
  if (context.issues.length > before) return undefined
  // The same actions as sent, with the members that are not checked.
  const sent = plain.actions as readonly { readonly session?: unknown }[]
  return {
    name: known.name,
    triggers: known.triggers.map(({ event_type, conditions = null, replies = [] }) => ({
      event_type,
      conditions,
      replies,
    })),
    actions: known.actions.map(({ type, prompt, session }, index) => ({
      type,
      prompt,
      session: withOthers(sent[index]?.session, session),
    })),
    run_as: { ...Object(plain.run_as), ...known.run_as },
    enabled: known.enabled,
    concurrency: withOthers(plain.concurrency, known.concurrency),
    limits: withOthers(plain.limits, known.limits),
    metadata: known.metadata ?? {},
    session_settings: withOthers(plain.session_settings, known.session_settings),
  }
}

function plainSettings(input: UncheckedSettings, context: ValidationContext): UncheckedSettings {
  try {
    return toJson(input) as UncheckedSettings
  } catch (error) {
    context.report('value_error', `Value error, ${(error as NotJsonError).message}`, null, { error: {} })
    return {}
  }
}

/** Returns a checked object with the members of the original that are not checked. */
function withOthers<Known extends object>(original: unknown, known: Known | null | undefined): Known | null {
  return known == null ? null : { ...Object(original), ...known }
}

/** Returns the recurrence rules of the schedules among triggers. */
export function rulesOf(
  triggers: readonly { readonly event_type: string; readonly conditions?: Conditions | null }[],
): readonly unknown[] {
  return triggers
    .filter(({ event_type: type }) => type === SCHEDULE_EVENT)
    .flatMap(({ conditions }) => conditions?.any.flatMap(({ all }) => all) ?? [])
    .filter(({ field, operator }) => field === 'rrule' && RULE_OPERATORS.includes(operator))
    .map(({ value }) => value)
}

function checkTriggers({ triggers }: SettingsShape, context: ValidationContext): void {
  const problem = (at: readonly (string | number)[], reason: string) => {
    context.path.push('triggers', ...at)
    context.report('value_error', `Value error, ${reason}`, null, { error: {} })
    context.path.length -= at.length + 1
  }
  if (triggers.filter(({ event_type: type }) => type === WEBHOOK_EVENT).length > 1) {
    problem([], `at most one ${WEBHOOK_EVENT} trigger`)
  }
  if (rulesOf(triggers).length > RULES_MAX) problem([], `at most ${RULES_MAX} rules of schedules`)
  for (const [index, { conditions }] of triggers.entries()) {
    for (const condition of (conditions?.any ?? []).flatMap(({ all }) => all)) {
      const flaw = patternFlaw(condition)
      if (flaw !== undefined) problem([index, 'conditions'], `the value of ${condition.operator} ${flaw}`)
    }
  }
}
