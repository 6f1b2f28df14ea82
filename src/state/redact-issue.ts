import { type TSchema, Type } from '@sinclair/typebox'
import { type SchemaNode, suggestion } from '../base/suggestions.ts'
import type { LocItem, ValidationIssue } from '../fastapi/errors.ts'
import { RuleWithScenario, Scenario } from '../simulation/scenario.ts'
import { KeyDocument, RuleOwnerDocument, StateDocument } from './schema.ts'

/**
 * Returns the issue without its input, which may be a secret or the whole document. The message for an unknown name suggests
 * the nearest known one. `depth` is the length of the path to the document.
 */
export function redactIssue(issue: ValidationIssue, depth: number): ValidationIssue {
  if (issue.type !== 'extra_forbidden') return { ...issue, input: null }
  const known = namesAt(issue.loc.slice(depth, -1))
  return { ...issue, msg: issue.msg + suggestion(String(issue.loc.at(-1)), known), input: null }
}

/** The shapes of the members that are checked separately. */
const CHECKED_SEPARATELY: Readonly<Record<string, TSchema>> = {
  keys: Type.Array(KeyDocument),
  scenario: Scenario,
  scenarios: Type.Array(Type.Object({ ...RuleOwnerDocument.properties, ...RuleWithScenario.properties })),
}

/** Returns the names of the members that an object at this location may have. Every location with an issue has a shape. */
function namesAt(loc: readonly LocItem[]): string[] {
  const variants = (shape: SchemaNode) => shape.anyOf ?? [shape]
  const step = (shape: SchemaNode, at: LocItem) =>
    (typeof at === 'number' ? shape.items : (CHECKED_SEPARATELY[at] ?? shape.properties?.[at])) as SchemaNode
  const shapes = loc.reduce<readonly SchemaNode[]>(
    (parents, at) => parents.flatMap((parent) => variants(step(parent, at))),
    [StateDocument as SchemaNode],
  )
  return shapes.flatMap(({ properties = {} }) => Object.keys(properties))
}
