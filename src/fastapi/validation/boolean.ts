import { LAX, type ValidationContext } from './context.ts'
import { INT64_LIMIT } from './integer.ts'
import { allowKeywords, type CompiledSchema, type SchemaPart } from './keywords.ts'

const WORDS = new Map([
  ...['1', 't', 'y', 'on', 'yes', 'true'].map((word) => [word, true] as const),
  ...['0', 'f', 'n', 'no', 'off', 'false'].map((word) => [word, false] as const),
])

/** The length of the longest word. Longer strings are not converted to lower case. */
const WORD_LENGTH_MAX = 5

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

/** Compiles `bool`. */
export function compileBoolean(schema: SchemaPart, where: string): CompiledSchema {
  allowKeywords(schema, where, ['type'])
  return { validate: validateBoolean, label: () => 'bool', shape: 'scalar' }
}

function validateBoolean(input: unknown, context: ValidationContext): boolean | undefined {
  if (typeof input === 'boolean') return input
  context.floorExactness(LAX)
  if (typeof input === 'string') {
    const value = booleanFromString(input)
    return value ?? reportParsingError(input, context)
  }
  if (input === 1) return true
  if (input === 0) return false
  if (fitsInt64(input)) return reportParsingError(input, context)
  return void context.report('bool_type', 'Input should be a valid boolean', input)
}

/** Returns the boolean that a word means. `toLowerCase` is safe, although it maps the Kelvin sign to `k`: no word contains a `k`. */
function booleanFromString(text: string): boolean | undefined {
  return text.length <= WORD_LENGTH_MAX ? WORDS.get(text.toLowerCase()) : undefined
}

/** Returns whether pydantic-core can convert the value to an i64. Only then does it check for 0 and 1. */
function fitsInt64(input: unknown): boolean {
  if (typeof input === 'bigint') return input >= INT64_MIN && input <= INT64_MAX
  return Number.isInteger(input) && Math.abs(input as number) < INT64_LIMIT
}

function reportParsingError(input: unknown, context: ValidationContext): undefined {
  context.report('bool_parsing', 'Input should be a valid boolean, unable to interpret input', input)
}
