import type { Static } from '@sinclair/typebox'
import { suggestion } from '../base/suggestions.ts'
import { type ValidationIssue, valueError } from '../fastapi/errors.ts'
import { compileValidator, ValidationContext } from '../fastapi/validation/compile.ts'
import { checkPattern, type PatternError } from './patterns.ts'
import { type Effect, endsTurn, Scenario, ScenarioRule, type Step } from './scenario.ts'
import type { Rule } from './scenario-rules.ts'
import { sampleOf } from './session.ts'
import type { SchemaError } from './structured-output.ts'
import { templateNames } from './templates.ts'
import { type NotJsonError, toJson } from './to-json.ts'

const validateRule = compileValidator(ScenarioRule)
const validateScenario = compileValidator(Scenario)

/** A rule, or all that is wrong with it. */
export type CheckedRule = { readonly rule: Rule } | { readonly issues: readonly ValidationIssue[] }

/** What a rule's names are checked against. */
export interface KnownNames {
  /** Whether a scenario has this name. */
  readonly isKnown: (name: string) => boolean
  /** All of those names, for whoever gave one that none has. */
  readonly all: () => readonly string[]
  /** Whether another rule has this name. What is built in may be named anew. */
  readonly isTaken: (name: string) => boolean
}

/** Checks a rule as a file or the control plane brings it; its issues are at `at` and below. */
export async function checkRule(
  input: unknown,
  at: ValidationIssue['loc'],
  names: KnownNames,
): Promise<CheckedRule> {
  const context = new ValidationContext()
  context.path.push(...at)
  const plain = checkPlain(input, context)
  if (context.issues.length > 0) return { issues: context.issues }
  const rule = validateRule(plain, context) as Static<typeof ScenarioRule>
  if (context.issues.length > 0) return { issues: context.issues }
  const { name, match } = rule
  if (name !== undefined && names.isTaken(name)) report(context, ['name'], 'another rule has this name', name)
  checkMatch(match ?? {}, context)
  context.path.push('scenario')
  const scenario = await checkScenario(rule.scenario, names, context)
  return context.issues.length > 0 ? { issues: context.issues } : { rule: { name, match, scenario } }
}

/** Checks what is made to happen by hand, beyond its schema; gives it as plain JSON, or all that is wrong with it. */
export function checkEffect(
  input: Effect,
  at: ValidationIssue['loc'],
): { readonly effect: Effect } | { readonly issues: readonly ValidationIssue[] } {
  const context = new ValidationContext()
  context.path.push(...at)
  const effect = checkPlain(input, context) as Effect
  if (context.issues.length === 0) checkTemplates(effect, [], context)
  return context.issues.length > 0 ? { issues: context.issues } : { effect }
}

function report(
  context: ValidationContext,
  at: ValidationIssue['loc'],
  reason: string,
  input: unknown,
): void {
  if (!context.isFull) context.issues.push(valueError([...context.path, ...at], reason, input))
}

/** What is not plain could not be shown in the answer that refuses it, either. */
function checkPlain(input: unknown, context: ValidationContext): unknown {
  try {
    return toJson(input)
  } catch (error) {
    return report(context, [], (error as NotJsonError).message, null)
  }
}

function checkMatch(match: Record<string, string>, context: ValidationContext): void {
  for (const [member, pattern] of Object.entries(match)) {
    try {
      checkPattern(pattern)
    } catch (error) {
      report(context, ['match', member], (error as PatternError).message, pattern)
    }
  }
}

async function checkScenario(
  input: unknown,
  names: KnownNames,
  context: ValidationContext,
): Promise<string | Scenario> {
  if (typeof input === 'string') {
    if (!names.isKnown(input)) {
      report(context, [], `no scenario has this name${suggestion(input, names.all())}`, input)
    }
    return input
  }
  const scenario = validateScenario(input, context) as Scenario
  if (context.issues.length > 0) return scenario
  // What a schema cannot say of a scenario.
  for (const list of ['steps', 'on_message'] as const) {
    const steps = scenario[list] ?? []
    checkOrder(steps, list, context)
    for (const [index, step] of steps.entries()) checkTemplates(step, [list, index], context)
  }
  const { structured_output_schema: schema } = scenario
  if (schema !== undefined) await checkOutputs(scenario, schema, context)
  return scenario
}

/** A step that could only happen before the one before it, or after the end, would never do what its author means. */
function checkOrder(steps: readonly Step[], list: string, context: ValidationContext): void {
  let isOver = false
  const latest = { after_seconds: 0, after_reads: 0 }
  for (const [index, step] of steps.entries()) {
    if (isOver) {
      report(context, [list, index], 'step out of order: the session has finished or ended before it', step)
    }
    for (const unit of ['after_seconds', 'after_reads'] as const) {
      const value = step[unit] ?? latest[unit]
      if (value < latest[unit]) {
        report(context, [list, index, unit], `step out of order: an earlier step has ${latest[unit]}`, value)
      }
      latest[unit] = value
    }
    isOver ||= endsTurn(step)
  }
}

/** A template that is none would be shown as it stands. */
function checkTemplates(effect: Effect, at: ValidationIssue['loc'], context: ValidationContext): void {
  const { structured_output, message, title, pull_request } = effect
  if (sampleOf(structured_output) === 'unknown') {
    const reason = '$sample takes "full" or "partial"'
    report(context, [...at, 'structured_output', '$sample'], reason, structured_output)
  }
  for (const { at: place, text } of textsOf({ message, title, pull_request, structured_output }, at)) {
    // One of a text will do: each quotes the whole of it.
    const unknown = templateNames(text).find(({ known }) => !known)
    if (unknown !== undefined) report(context, place, `unknown template {{${unknown.name}}}`, text)
  }
}

function* textsOf(
  value: unknown,
  at: ValidationIssue['loc'],
): Iterable<{ at: ValidationIssue['loc']; text: string }> {
  if (typeof value === 'string') yield { at, text: value }
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* textsOf(item, [...at, index])
  } else if (value !== null && typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) yield* textsOf(member, [...at, key])
  }
}

async function checkOutputs(
  { steps, on_message = [] }: Scenario,
  schema: Record<string, unknown>,
  context: ValidationContext,
): Promise<void> {
  const { outputCheck, sampleOutputs } = await import('./structured-output.ts')
  try {
    const problemsOf = await outputCheck(schema)
    const samples = await sampleOutputs(schema, 1)
    const outputs = Object.entries({ steps, on_message }).flatMap(([list, members]) =>
      members.flatMap(({ structured_output: output }, index) => {
        const sample = sampleOf(output)
        const isNone = output === undefined || output === null || sample === 'unknown'
        return isNone ? [] : [{ at: [list, index, 'structured_output'], output, sample }]
      }),
    )
    const problems = await problemsOf(
      outputs.map(({ output, sample }) => (sample === undefined ? output : samples[sample])),
    )
    for (const [index, { at, output, sample }] of outputs.entries()) {
      const problem = problems[index]
      if (problem === undefined) continue
      const noSample = 'no sample was found that fits structured_output_schema'
      report(context, at, sample === undefined ? problem : noSample, output)
    }
  } catch (error) {
    report(context, ['structured_output_schema'], (error as SchemaError).message, schema)
  }
}
