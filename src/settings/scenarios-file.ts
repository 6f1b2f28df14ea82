import { propertyNamesAt, type SchemaNode, suggestion } from '../base/suggestions.ts'
import type { ValidationIssue } from '../fastapi/errors.ts'
import { checkRule } from '../simulation/check-rule.ts'
import { WholeRule } from '../simulation/scenario.ts'
import type { Rule, ScenarioRules } from '../simulation/scenario-rules.ts'
import { type Fault, invalidFile, parseData, readBytes } from './data-file.ts'

/** Beyond so many faults the rest of a file is not looked at: some take a while to find, and nobody reads thousands. */
const FAULTS_MAX = 20

/**
 * Adds the rules of a JSON or YAML file to those there are, and returns them. The file is a list of rules, or an object
 * `{"scenarios": [rules…]}`. Throws a StartError with a line for each thing that is wrong, and then has added nothing.
 */
export async function readScenariosFile(path: string, book: ScenarioRules): Promise<Rule[]> {
  return addScenarios(path, await parseData(path, await readBytes(path)), book)
}

/** The same for rules that are there as data; `source` is what errors call them. */
export async function addScenarios(source: string, data: unknown, book: ScenarioRules): Promise<Rule[]> {
  const { inputs, at } = rulesIn(source, data)
  const inBook = book.knownNames(null)
  const named = new Set<string>()
  const faults: Fault[] = []
  const rules: Rule[] = []
  for (const [index, input] of inputs.entries()) {
    if (faults.length >= FAULTS_MAX) {
      faults.push({
        at: [...at, index],
        fault: 'not looked at, nor what follows, since so much is wrong before',
      })
      break
    }
    const checked = await checkRule(input, [...at, index], {
      isKnown: (name) => named.has(name) || inBook.isKnown(name),
      all: () => [...named, ...inBook.all()],
      isTaken: (name) => named.has(name) || inBook.isTaken(name),
    })
    const name = nameOf(input)
    if (name !== undefined) named.add(name)
    if ('rule' in checked) rules.push(checked.rule)
    else {
      const { issues } = checked
      faults.push(...issues.map((issue) => faultOf(issue, at.length + 1)))
    }
  }
  if (faults.length > 0) throw invalidFile(source, faults)
  for (const rule of rules) book.add(rule)
  return rules
}

function rulesIn(path: string, data: unknown): { inputs: readonly unknown[]; at: string[] } {
  if (Array.isArray(data)) return { inputs: data, at: [] }
  const { scenarios, ...others } = Object(data) as { scenarios?: unknown }
  if (!Array.isArray(scenarios)) {
    throw invalidFile(path, [{ at: [], fault: 'neither a list of rules nor {"scenarios": [rules…]}' }])
  }
  const faults = Object.keys(others).map((name) => ({ at: [name], fault: 'Extra inputs are not permitted' }))
  if (faults.length > 0) throw invalidFile(path, faults)
  return { inputs: scenarios, at: ['scenarios'] }
}

/** The fault of an issue whose rule stands at `depth`, with the nearest known name beside an unknown one. */
function faultOf({ type, loc, msg }: ValidationIssue, depth: number): Fault {
  const known =
    type === 'extra_forbidden' ? propertyNamesAt(WholeRule as SchemaNode, loc.slice(depth, -1)) : []
  return { at: loc, fault: msg.replace(/^Value error, /, '') + suggestion(String(loc.at(-1)), known) }
}

/** Also a rule with a fault has its name, so that the rules which use it are not said to have one, too. */
function nameOf(input: unknown): string | undefined {
  const { name } = Object(input) as { name?: unknown }
  return typeof name === 'string' ? name : undefined
}
