import type { Static } from '@sinclair/typebox'
import { suggestion } from '../base/suggestions.ts'
import { type ValidationIssue, valueError } from '../fastapi/errors.ts'
import { lateValidator, ValidationContext } from '../fastapi/validation/compile.ts'
import { checkPattern, type PatternError } from './patterns.ts'
import { type Effect, endsTurn, Scenario, ScenarioRule, type Step } from './scenario.ts'
import type { Rule } from './scenario-rules.ts'
import { sampleOf } from './session.ts'
import type { SchemaError } from './structured-output.ts'
import { templateNames } from './templates.ts'
import { type NotJsonError, toJson } from './to-json.ts'

const validateRule = lateValidator(ScenarioRule)
const validateScenario = lateValidator(Scenario)

/** A valid rule, or its issues. */
export type CheckedRule = { readonly rule: Rule } | { readonly issues: readonly ValidationIssue[] }

/** The names that a rule is checked against. */
export interface KnownNames {
  /** Returns whether a scenario has this name. */
  readonly isKnown: (name: string) => boolean
  /** Returns all known names, for the suggestion after an unknown one. */
  readonly all: () => readonly string[]
  /** Returns whether another rule has this name. Names of built-in scenarios can be reused. */
  readonly isTaken: (name: string) => boolean
}

/** Checks a rule from a file or the control plane. The locations of its issues start with `at`. */
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

/** Checks the effect of a manual event beyond its schema. Returns it as plain JSON, or its issues. */
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

/** Returns the input as plain JSON. Reports other input as null, because the error response cannot contain it. */
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
  // The checks that a schema cannot express.
  for (const list of ['steps', 'on_message'] as const) {
    const steps = scenario[list] ?? []
    checkOrder(steps, list, context)
    for (const [index, step] of steps.entries()) checkTemplates(step, [list, index], context)
  }
  const { structured_output_schema: schema } = scenario
  if (schema !== undefined) await checkOutputs(scenario, schema, context)
  return scenario
}

/** Reports steps that are earlier than a previous step or come after the end of the turn, since they cannot run as written. */
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

/** Reports unknown templates, which would otherwise appear unchanged in the text. */
function checkTemplates(effect: Effect, at: ValidationIssue['loc'], context: ValidationContext): void {
  const { structured_output, message, title, pull_request, pull_requests, attachment } = effect
  if (sampleOf(structured_output) === 'unknown') {
    const reason = '$sample takes "full" or "partial"'
    report(context, [...at, 'structured_output', '$sample'], reason, structured_output)
  }
  const texts = {
    message,
    title,
    pull_request,
    pull_requests,
    attachment: { content: attachment?.content },
    structured_output,
  }
  for (const { at: loc, text } of textsOf(texts, at)) {
    // Reports one per text, because each issue quotes the whole text.
    const unknown = templateNames(text).find(({ known }) => !known)
    if (unknown !== undefined) report(context, loc, `unknown template {{${unknown.name}}}`, text)
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
        const isAbsent = output === undefined || output === null || sample === 'unknown'
        return isAbsent ? [] : [{ at: [list, index, 'structured_output'], output, sample }]
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
