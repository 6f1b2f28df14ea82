import { BOUND_KEYWORDS, compileBounds } from './bounds.ts'
import { LAX, type Validate, type ValidationContext } from './context.ts'
import { allowKeywords, type CompiledSchema, type SchemaPart } from './keywords.ts'
import { stripUnderscores, trimWhiteSpace } from './whitespace.ts'

/** The maximum length of an integer that Python parses, including the sign. */
const MAX_DIGITS = 4300

/** The exclusive limit of a signed 64-bit integer's magnitude. pydantic-core converts floats to i64. */
export const INT64_LIMIT = 2 ** 63

/** Compiles `int`. Integers of magnitude 2^53 and above become bigint, all others number. */
export function compileInteger(schema: SchemaPart, where: string): CompiledSchema {
  allowKeywords(schema, where, ['type', ...BOUND_KEYWORDS])
  const checkBounds = compileBounds(schema, where)
  if (checkBounds === undefined) return { validate: validateInteger, label: () => 'int', shape: 'scalar' }
  const validate: Validate = (input, context) => {
    const value = validateInteger(input, context)
    if (value !== undefined) checkBounds(value, input, context)
    return value
  }
  return { validate, label: () => 'constrained-int', shape: 'scalar' }
}

/** Returns undefined after reporting an issue. */
function validateInteger(input: unknown, context: ValidationContext): number | bigint | undefined {
  if (typeof input === 'number') return integerFromNumber(input, context)
  if (typeof input === 'bigint') return input
  context.floorExactness(LAX)
  if (typeof input === 'boolean') return Number(input)
  if (typeof input !== 'string') {
    return void context.report('int_type', 'Input should be a valid integer', input)
  }
  const value = integerFromString(input)
  if (value === 'int_parsing') {
    return void context.report(value, `Input should be a valid integer, ${UNABLE_TO_PARSE}`, input)
  }
  if (value === 'int_parsing_size') return void context.report(value, EXCEEDED_SIZE, input)
  return value
}

const UNABLE_TO_PARSE = 'unable to parse string as an integer'
const EXCEEDED_SIZE = 'Unable to parse input string as an integer, exceeded maximum size'

/**
 * Returns undefined after reporting an issue. `5.0` counts as exact, because JSON's `5.0` and `5` are the same number here. Only a union could
 * show the difference.
 */
function integerFromNumber(input: number, context: ValidationContext): number | bigint | undefined {
  // Adding zero converts -0 to 0.
  if (Number.isSafeInteger(input)) return input + 0
  context.floorExactness(LAX)
  if (!Number.isFinite(input)) {
    return void context.report('finite_number', 'Input should be a finite number', input)
  }
  if (!Number.isInteger(input)) {
    const msg = 'Input should be a valid integer, got a number with a fractional part'
    return void context.report('int_from_float', msg, input)
  }
  if (Math.abs(input) >= INT64_LIMIT) return void context.report('int_parsing_size', EXCEEDED_SIZE, input)
  return BigInt(input)
}

/** Parses an integer as pydantic-core does. Returns the type of its error if parsing fails. */
function integerFromString(text: string): number | bigint | 'int_parsing' | 'int_parsing_size' {
  if (SHORT_INTEGER.test(text)) return Number(text) + 0
  // The length is checked before cleaning, regardless of what follows the digits.
  if (lengthOfLeadingDigits(text) > MAX_DIGITS) return 'int_parsing_size'
  const cleaned = cleanIntegerString(text)
  if (cleaned === undefined || cleaned.length > MAX_DIGITS || !INTEGER.test(cleaned)) return 'int_parsing'
  const value = Number(cleaned)
  return Number.isSafeInteger(value) ? value + 0 : BigInt(cleaned)
}

const SHORT_INTEGER = /^-?(?:0|[1-9]\d{0,14})$/
const INTEGER = /^-?(?:0|[1-9]\d*)$/

function lengthOfLeadingDigits(text: string): number {
  return /^-?[1-9]\d*/.exec(text)?.[0].length ?? 0
}

/**
 * Strips White_Space, a plus sign, leading zeros, a `.000` and single underscores. Returns undefined where pydantic-core
 * fails. The part after leading zeros is parsed separately, so `0__5` and `0-5` are valid.
 */
function cleanIntegerString(text: string): string | undefined {
  let digits = trimWhiteSpace(text)
  if (digits.startsWith('+')) {
    digits = digits.slice(1)
    if (digits.startsWith('-')) return undefined
  }
  const negative = digits.startsWith('-')
  if (negative) digits = digits.slice(1)
  const stripped = stripLeadingZeros(digits)
  if (stripped === undefined) return undefined
  digits = stripDecimalZeros(stripped)
  digits = stripUnderscores(digits) ?? digits
  return negative ? `-${digits}` : digits
}

function stripLeadingZeros(digits: string): string | undefined {
  if (!digits.startsWith('0')) return digits
  const rest = digits.search(/[^0_]/)
  // Only zeros: keeps the last character. A trailing underscore is rejected later.
  if (rest === -1) return digits.slice(-1)
  if (/[1-9-]/.test(digits.charAt(rest))) return digits.slice(rest)
  return digits[rest] === '.' ? digits.slice(rest - 1) : undefined
}

function stripDecimalZeros(digits: string): string {
  const point = digits.indexOf('.')
  return point !== -1 && /^0+$/.test(digits.slice(point + 1)) ? digits.slice(0, point) : digits
}
