import type { Static } from '@sinclair/typebox'
import type { ValidationIssue } from '../fastapi/errors.ts'
import { compileValidator, ValidationContext } from '../fastapi/validation/compile.ts'
import { compilePattern, type PatternError } from './patterns.ts'
import { Scenario, ScenarioRule, type Step } from './scenario.ts'
import type { Rule } from './scenario-book.ts'
import { sampleOf } from './session.ts'
import { templateNames } from './templates.ts'

const validateRule = compileValidator(ScenarioRule)
const validateScenario = compileValidator(Scenario)

/** A rule, or all that is wrong with it. */
export type CheckedRule = { readonly rule: Rule } | { readonly issues: readonly ValidationIssue[] }

/** Checks a rule as a file or the control plane brings it. `isKnown` says whether a scenario of that name exists. */
export async function checkRule(
  input: unknown,
  at: ValidationIssue['loc'],
  isKnown: (name: string) => boolean,
): Promise<CheckedRule> {
  const context = new ValidationContext()
  context.path.push(...at)
  const rule = validateRule(input, context) as Static<typeof ScenarioRule>
  if (context.issues.length > 0) return { issues: context.issues }
  const { name, match, scenario } = rule
  checkMatch(match ?? {}, context)
  context.path.push('scenario')
  if (typeof scenario === 'string') {
    if (!isKnown(scenario)) report(context, [], 'no scenario has this name', scenario)
  } else {
    const checked = validateScenario(scenario, context) as Scenario
    if (context.issues.length === 0) await checkScenario(checked, context)
  }
  if (context.issues.length > 0) return { issues: context.issues }
  return { rule: { name, match, scenario: scenario as string | Scenario } }
}

function report(
  context: ValidationContext,
  at: ValidationIssue['loc'],
  reason: string,
  input: unknown,
): void {
  context.issues.push({
    type: 'value_error',
    loc: [...context.path, ...at],
    msg: `Value error, ${reason}`,
    input,
    ctx: { error: {} },
  })
}

function checkMatch(match: Record<string, string>, context: ValidationContext): void {
  for (const [member, pattern] of Object.entries(match)) {
    try {
      compilePattern(pattern)
    } catch (error) {
      report(context, ['match', member], (error as PatternError).message, pattern)
    }
  }
}

/** What a schema cannot say of a scenario. */
async function checkScenario(scenario: Scenario, context: ValidationContext): Promise<void> {
  for (const list of ['steps', 'on_message'] as const) {
    const steps = scenario[list] ?? []
    checkOrder(steps, list, context)
    for (const [index, step] of steps.entries()) checkStep(step, [list, index], context)
  }
  const { structured_output_schema: schema } = scenario
  if (schema !== undefined) await checkOutputs(scenario, schema, context)
}

/** A step that could only happen before the one before it, or after the end, would never do what its author means. */
function checkOrder(steps: readonly Step[], list: string, context: ValidationContext): void {
  let ended = false
  const latest = { after_seconds: 0, after_reads: 0 }
  for (const [index, step] of steps.entries()) {
    if (ended) report(context, [list, index], 'step out of order: the session has ended before it', step)
    for (const unit of ['after_seconds', 'after_reads'] as const) {
      const value = step[unit] ?? latest[unit]
      if (value < latest[unit]) {
        report(context, [list, index, unit], `step out of order: an earlier step has ${latest[unit]}`, value)
      }
      latest[unit] = value
    }
    ended ||= step.status_enum === 'finished' || step.status_enum === 'expired'
  }
}

function checkStep(step: Step, at: ValidationIssue['loc'], context: ValidationContext): void {
  const { structured_output, message, title, pull_request } = step
  if (sampleOf(structured_output) === 'unknown') {
    const reason = '$sample takes "full" or "partial"'
    report(context, [...at, 'structured_output', '$sample'], reason, structured_output)
  }
  const texts = { message, title, pull_request: pull_request?.url }
  for (const [member, text = ''] of Object.entries(texts)) {
    for (const { name, known } of templateNames(text)) {
      if (!known) report(context, [...at, member], `unknown template {{${name}}}`, text)
    }
  }
}

async function checkOutputs(
  { steps, on_message = [] }: Scenario,
  schema: Record<string, unknown>,
  context: ValidationContext,
): Promise<void> {
  const { outputCheck, SchemaError } = await import('./structured-output.ts')
  try {
    const fits = await outputCheck(schema)
    for (const [list, members] of Object.entries({ steps, on_message })) {
      for (const [index, { structured_output: output }] of members.entries()) {
        if (output === undefined || output === null || sampleOf(output) !== undefined) continue
        const problem = fits(output)
        if (problem !== undefined) report(context, [list, index, 'structured_output'], problem, output)
      }
    }
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    report(context, ['structured_output_schema'], error.message, schema)
  }
}
