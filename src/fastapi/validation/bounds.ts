import type { ValidationContext } from './context.ts'
import { numberKeyword, type SchemaPart } from './keywords.ts'

/** The keywords that {@link compileBounds} supports. */
export const BOUND_KEYWORDS = ['maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum']

/** Reports at most one issue about `input` if `value`, its converted form, violates a bound. */
export type CheckBounds = (value: number | bigint, input: unknown, context: ValidationContext) => void

interface Bound {
  readonly type: string
  readonly msg: string
  readonly ctx: Record<string, unknown>
  readonly holds: (value: number | bigint) => boolean
}

/** Compiles the bounds of a number. Returns undefined without bounds. NaN violates every bound, as in pydantic. */
export function compileBounds(schema: SchemaPart, where: string): CheckBounds | undefined {
  const bounds: Bound[] = []
  const add = (keyword: string, make: (limit: number) => Bound) => {
    const limit = numberKeyword(schema, where, keyword)
    if (limit !== undefined) bounds.push(make(limit))
  }
  // In the order in which pydantic-core checks them.
  add('maximum', (le) =>
    comparison('less_than_equal', 'less than or equal to', { le }, (value) => value <= le),
  )
  add('exclusiveMaximum', (lt) => comparison('less_than', 'less than', { lt }, (value) => value < lt))
  add('minimum', (ge) =>
    comparison('greater_than_equal', 'greater than or equal to', { ge }, (value) => value >= ge),
  )
  add('exclusiveMinimum', (gt) => comparison('greater_than', 'greater than', { gt }, (value) => value > gt))
  if (bounds.length === 0) return undefined
  return (value, input, context) => {
    const broken = bounds.find((bound) => !bound.holds(value))
    if (broken !== undefined) context.report(broken.type, broken.msg, input, broken.ctx)
  }
}

function comparison(
  type: string,
  words: string,
  ctx: Record<string, number>,
  holds: (value: number | bigint) => boolean,
): Bound {
  return { type, msg: `Input should be ${words} ${Object.values(ctx)[0]}`, ctx, holds }
}
