import { type TSchema, Type } from '@sinclair/typebox'
import { type SchemaNode, suggestion } from '../base/suggestions.ts'
import type { LocItem, ValidationIssue } from '../fastapi/errors.ts'
import { Scenario, WholeRule } from '../simulation/scenario.ts'
import { KeyDocument, RuleOwnerDocument, StateDocument } from './schema.ts'

/**
 * The issue with the nearest known name beside an unknown one, and without the input, which may be a secret, or all of the
 * document. `depth` is how many steps of its place lead to the document.
 */
export function redactIssue(issue: ValidationIssue, depth: number): ValidationIssue {
  if (issue.type !== 'extra_forbidden') return { ...issue, input: null }
  const known = namesAt(issue.loc.slice(depth, -1))
  return { ...issue, msg: issue.msg + suggestion(String(issue.loc.at(-1)), known), input: null }
}

/** The shapes of what is checked by hand. */
const CHECKED_BY_HAND: Readonly<Record<string, TSchema>> = {
  keys: Type.Array(KeyDocument),
  scenario: Scenario,
  scenarios: Type.Array(Type.Object({ ...RuleOwnerDocument.properties, ...WholeRule.properties })),
}

/** The names of the members that an object at this place may have. Whatever has a fault inside it has a shape. */
function namesAt(loc: readonly LocItem[]): string[] {
  const variants = (shape: SchemaNode) => shape.anyOf ?? [shape]
  const step = (shape: SchemaNode, at: LocItem) =>
    (typeof at === 'number' ? shape.items : (CHECKED_BY_HAND[at] ?? shape.properties?.[at])) as SchemaNode
  const shapes = loc.reduce<readonly SchemaNode[]>(
    (parents, at) => parents.flatMap((parent) => variants(step(parent, at))),
    [StateDocument as SchemaNode],
  )
  return shapes.flatMap(({ properties = {} }) => Object.keys(properties))
}
