import type { Validate, ValidationContext } from './context.ts'
import { validateDate } from './date.ts'
import { validateDateTime } from './datetime.ts'
import {
  allowKeywords,
  type CompiledSchema,
  numberKeyword,
  type SchemaPart,
  unsupportedSchema,
} from './keywords.ts'
import { validateUuid } from './uuid.ts'

const FORMATS = new Map<unknown, CompiledSchema>([
  ['date-time', { validate: validateDateTime, label: () => 'datetime', shape: 'scalar' }],
  ['date', { validate: validateDate, label: () => 'date', shape: 'scalar' }],
  ['uuid', { validate: validateUuid, label: () => 'uuid', shape: 'scalar' }],
])

/** Compiles `str`, and the types that are strings in JSON: `datetime`, `date` and `UUID`. */
export function compileString(schema: SchemaPart, where: string): CompiledSchema {
  if (schema.format !== undefined) {
    allowKeywords(schema, where, ['type', 'format'])
    const compiled = FORMATS.get(schema.format)
    if (compiled === undefined) throw unsupportedSchema(where, `the format "${schema.format}"`)
    return compiled
  }
  allowKeywords(schema, where, ['type', 'minLength', 'maxLength', 'pattern'])
  const check = compileConstraints(schema, where)
  if (check === undefined) return { validate: validateString, label: () => 'str', shape: 'scalar' }
  const validate: Validate = (input, context) => {
    const value = validateString(input, context)
    if (value !== undefined) check(value, context)
    return value
  }
  return { validate, label: () => 'constrained-str', shape: 'scalar' }
}

function validateString(input: unknown, context: ValidationContext): string | undefined {
  if (typeof input === 'string') return input
  return void context.report('string_type', 'Input should be a valid string', input)
}

function compileConstraints(
  schema: SchemaPart,
  where: string,
): ((text: string, context: ValidationContext) => void) | undefined {
  const min = numberKeyword(schema, where, 'minLength')
  const max = numberKeyword(schema, where, 'maxLength')
  const { pattern } = schema
  if (min === undefined && max === undefined && pattern === undefined) return undefined
  // Rust's `\d` and `\w` match all of Unicode, unlike JavaScript's. The patterns of the API are ASCII.
  const regex = typeof pattern === 'string' ? new RegExp(pattern, 'u') : undefined
  return (text, context) => {
    if (!text.isWellFormed()) {
      // Without constraints, pydantic does not inspect the string, so it accepts lone surrogates.
      const msg = 'Input should be a valid string, unable to parse raw data as a unicode string'
      context.report('string_unicode', msg, text)
    } else if (min !== undefined && isShorter(text, min)) {
      const msg = `String should have at least ${characters(min)}`
      context.report('string_too_short', msg, text, { min_length: min })
    } else if (max !== undefined && isLonger(text, max)) {
      const msg = `String should have at most ${characters(max)}`
      context.report('string_too_long', msg, text, { max_length: max })
    } else if (regex !== undefined && !regex.test(text)) {
      const msg = `String should match pattern '${pattern}'`
      context.report('string_pattern_mismatch', msg, text, { pattern })
    }
  }
}

function characters(count: number): string {
  return count === 1 ? '1 character' : `${count} characters`
}

/** Counts code points only if needed: each takes one or two UTF-16 code units. */
function isShorter(text: string, min: number): boolean {
  return text.length < min || (text.length < 2 * min && countCodePoints(text) < min)
}

function isLonger(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || countCodePoints(text) > max)
}

function countCodePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
