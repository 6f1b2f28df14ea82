import { BOUND_KEYWORDS, compileBounds } from './bounds.ts'
import { LAX, STRICT, type Validate, type ValidationContext } from './context.ts'
import { allowKeywords, type CompiledSchema, type SchemaPart } from './keywords.ts'
import { stripUnderscores, trimWhiteSpace } from './whitespace.ts'

/** Compiles `float`. NaN and the infinities are floats; integers come out as the nearest float. */
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

/** Undefined after an issue. */
function validateNumber(input: unknown, context: ValidationContext): number | undefined {
  if (typeof input === 'number') return input
  if (typeof input === 'bigint') {
    context.lower(STRICT)
    const value = Number(input)
    // Python cannot make a float of an integer this big, and pydantic then says that it is none.
    return Number.isFinite(value) ? value : reportType(input, context)
  }
  context.lower(LAX)
  if (typeof input === 'boolean') return Number(input)
  if (typeof input !== 'string') return reportType(input, context)
  const value = floatFromText(input)
  if (value !== undefined) return value
  const msg = 'Input should be a valid number, unable to parse string as a number'
  return void context.report('float_parsing', msg, input)
}

function reportType(input: unknown, context: ValidationContext): undefined {
  context.report('float_type', 'Input should be a valid number', input)
}

/** Rust's float syntax on the trimmed text; with underscores only on the text as it is. Undefined where it does not fit. */
function floatFromText(text: string): number | undefined {
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
