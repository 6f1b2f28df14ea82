import { propertyNamesAt, type SchemaNode, suggestion } from '../base/suggestions.ts'
import type { ValidationIssue } from '../fastapi/errors.ts'
import { checkRule } from '../simulation/check-rule.ts'
import { RuleWithScenario } from '../simulation/scenario.ts'
import type { Rule, ScenarioRules } from '../simulation/scenario-rules.ts'
import { type Flaw, invalidFile, parseData, readBytes } from './data-file.ts'

/** The number of flaws after which the check of a file stops, since some checks are slow. */
const FLAWS_MAX = 20

/**
 * Adds the rules of a JSON or YAML file, which is a list of rules, or an object `{"scenarios": [rules…]}`. Throws a StartError with a
 * line for each flaw, and adds no rule then.
 */
export async function readScenariosFile(path: string, scenarioRules: ScenarioRules): Promise<void> {
  await addScenarios(path, await parseData(path, await readBytes(path)), scenarioRules)
}

/** Adds rules from parsed data, like {@link readScenariosFile}. `source` is their name in errors. */
export async function addScenarios(
  source: string,
  data: unknown,
  scenarioRules: ScenarioRules,
): Promise<void> {
  const { inputs, at } = rulesIn(source, data)
  const known = scenarioRules.knownNames(null)
  const named = new Set<string>()
  const flaws: Flaw[] = []
  const rules: Rule[] = []
  for (const [index, input] of inputs.entries()) {
    if (flaws.length >= FLAWS_MAX) {
      flaws.push({
        at: [...at, index],
        flaw: 'too many errors; remaining rules not checked',
      })
      break
    }
    const checked = await checkRule(input, [...at, index], {
      isKnown: (name) => named.has(name) || known.isKnown(name),
      all: () => [...named, ...known.all()],
      isTaken: (name) => named.has(name) || known.isTaken(name),
    })
    const name = nameOf(input)
    if (name !== undefined) named.add(name)
    if ('rule' in checked) rules.push(checked.rule)
    else {
      const { issues } = checked
      flaws.push(...issues.map((issue) => flawOf(issue, at.length + 1)))
    }
  }
  if (flaws.length > 0) throw invalidFile(source, flaws)
  for (const rule of rules) scenarioRules.add(rule)
}

function rulesIn(path: string, data: unknown): { inputs: readonly unknown[]; at: string[] } {
  if (Array.isArray(data)) return { inputs: data, at: [] }
  const { scenarios, ...others } = Object(data) as { scenarios?: unknown }
  if (!Array.isArray(scenarios)) {
    throw invalidFile(path, 'neither a list of rules nor {"scenarios": [rules…]}')
  }
  const flaws = Object.keys(others).map((name) => ({ at: [name], flaw: 'Extra inputs are not permitted' }))
  if (flaws.length > 0) throw invalidFile(path, flaws)
  return { inputs: scenarios, at: ['scenarios'] }
}

/** Converts an issue of a rule at `depth` to a flaw. Suggests the closest known name for an unknown one. */
function flawOf({ type, loc, msg }: ValidationIssue, depth: number): Flaw {
  const known =
    type === 'extra_forbidden' ? propertyNamesAt(RuleWithScenario as SchemaNode, loc.slice(depth, -1)) : []
  return { at: loc, flaw: msg.replace(/^Value error, /, '') + suggestion(String(loc.at(-1)), known) }
}

/** Returns the name of a rule, even of an invalid one, so that rules that refer to it get no further flaw. */
function nameOf(input: unknown): string | undefined {
  const { name } = Object(input) as { name?: unknown }
  return typeof name === 'string' ? name : undefined
}
