import { LAX, type ValidationContext } from './context.ts'
import { INT64_LIMIT } from './integer.ts'
import { allowKeywords, type CompiledSchema, type SchemaPart } from './keywords.ts'

const WORDS = new Map([
  ...['1', 't', 'y', 'on', 'yes', 'true'].map((word) => [word, true] as const),
  ...['0', 'f', 'n', 'no', 'off', 'false'].map((word) => [word, false] as const),
])

/** The length of the longest word; longer texts need not be lower-cased. */
const LONGEST_WORD = 5

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

/** Compiles `bool`. */
export function compileBoolean(schema: SchemaPart, where: string): CompiledSchema {
  allowKeywords(schema, where, ['type'])
  return { validate: validateBoolean, label: () => 'bool', shape: 'scalar' }
}

function validateBoolean(input: unknown, context: ValidationContext): boolean | undefined {
  if (typeof input === 'boolean') return input
  context.lower(LAX)
  if (typeof input === 'string') {
    const value = booleanFromText(input)
    return value ?? reportParsing(input, context)
  }
  if (input === 1) return true
  if (input === 0) return false
  if (fitsInt64(input)) return reportParsing(input, context)
  return void context.report('bool_type', 'Input should be a valid boolean', input)
}

/** Only ASCII letters have a case here: lower-casing all would make `k` of the Kelvin sign, but no word has a k. */
function booleanFromText(text: string): boolean | undefined {
  return text.length <= LONGEST_WORD ? WORDS.get(text.toLowerCase()) : undefined
}

/** Whether pydantic-core can turn the value into an i64 at all: only then it goes on to ask whether it is 0 or 1. */
function fitsInt64(input: unknown): boolean {
  if (typeof input === 'bigint') return input >= INT64_MIN && input <= INT64_MAX
  return Number.isInteger(input) && Math.abs(input as number) < INT64_LIMIT
}

function reportParsing(input: unknown, context: ValidationContext): undefined {
  context.report('bool_parsing', 'Input should be a valid boolean, unable to interpret input', input)
}
