import type { Validate } from './context.ts'
import {
  allowKeywords,
  type CompiledSchema,
  type CompilePart,
  numberKeyword,
  type SchemaPart,
} from './keywords.ts'

/** Compiles `list[…]`. */
export function compileList(schema: SchemaPart, where: string, compile: CompilePart): CompiledSchema {
  allowKeywords(schema, where, ['type', 'items', 'minItems', 'maxItems'])
  const { items: itemSchema = {} } = schema
  const items = compile(itemSchema, `${where}.items`)
  const min = numberKeyword(schema, where, 'minItems') ?? 0
  const max = numberKeyword(schema, where, 'maxItems') ?? Number.POSITIVE_INFINITY
  const validate: Validate = (input, context) => {
    if (!Array.isArray(input)) {
      return void context.report('list_type', 'Input should be a valid list', input)
    }
    const { length } = input
    if (length > max) {
      const msg = `List should have at most ${lengthAfter(max, length)}`
      return void context.report('too_long', msg, input, {
        field_type: 'List',
        max_length: max,
        actual_length: length,
      })
    }
    const issuesBefore = context.issues.length
    const output: unknown[] = []
    for (let index = 0; index < length && !context.isFull; index++) {
      context.path.push(index)
      output.push(items.validate(input[index], context))
      context.path.pop()
    }
    if (length < min && context.issues.length === issuesBefore) {
      const msg = `List should have at least ${lengthAfter(min, length)}`
      context.report('too_short', msg, input, { field_type: 'List', min_length: min, actual_length: length })
    }
    return output
  }
  return { validate, label: () => `list[${items.label()}]`, shape: 'list' }
}

function lengthAfter(limit: number, length: number): string {
  return `${limit} ${limit === 1 ? 'item' : 'items'} after validation, not ${length}`
}
