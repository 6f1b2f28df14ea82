import { BOUND_KEYWORDS, compileBounds } from './bounds.ts'
import { LAX, STRICT, type Validate, type ValidationContext } from './context.ts'
import { allowKeywords, type CompiledSchema, type SchemaPart } from './keywords.ts'
import { stripUnderscores, trimWhiteSpace } from './whitespace.ts'

/** Compiles `float`. NaN and the infinities are valid. Integers become the nearest float. */
export function compileNumber(schema: SchemaPart, where: string): CompiledSchema {
  allowKeywords(schema, where, ['type', ...BOUND_KEYWORDS])
  const checkBounds = compileBounds(schema, where)
  if (checkBounds === undefined) return { validate: validateNumber, label: () => 'float', shape: 'scalar' }
  const validate: Validate = (input, context) => {
    const value = validateNumber(input, context)
    if (value !== undefined) checkBounds(value, input, context)
    return value
  }
  return { validate, label: () => 'constrained-float', shape: 'scalar' }
}

/** Returns undefined after reporting an issue. */
function validateNumber(input: unknown, context: ValidationContext): number | undefined {
  if (typeof input === 'number') return input
  if (typeof input === 'bigint') {
    context.floorExactness(STRICT)
    const value = Number(input)
    // Python cannot convert larger integers to a float. pydantic then reports a wrong type.
    return Number.isFinite(value) ? value : reportTypeError(input, context)
  }
  context.floorExactness(LAX)
  if (typeof input === 'boolean') return Number(input)
  if (typeof input !== 'string') return reportTypeError(input, context)
  const value = floatFromString(input)
  if (value !== undefined) return value
  const msg = 'Input should be a valid number, unable to parse string as a number'
  return void context.report('float_parsing', msg, input)
}

function reportTypeError(input: unknown, context: ValidationContext): undefined {
  context.report('float_type', 'Input should be a valid number', input)
}

/** Parses Rust's float syntax. Trims the string unless it has underscores. Returns undefined if invalid. */
function floatFromString(text: string): number | undefined {
  const value = rustFloat(trimWhiteSpace(text))
  if (value !== undefined) return value
  const stripped = stripUnderscores(text)
  return stripped === undefined ? undefined : rustFloat(stripped)
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const NAMED = /^([+-]?)(?:(inf|infinity)|nan)$/i

function rustFloat(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text)
  const named = NAMED.exec(text)
  if (named === null) return undefined
  if (named[2] === undefined) return Number.NaN
  return named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
