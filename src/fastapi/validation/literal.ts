import { LAX, type Validate } from './context.ts'
import {
  allowKeywords,
  type CompiledSchema,
  className,
  type SchemaPart,
  unsupportedSchema,
} from './keywords.ts'
import { pythonRepr } from './python-repr.ts'

type Member = string | number | boolean | null

/** A keyword next to `enum`: the values belong to an Enum class instead of a Literal, which changes the error's type. */
const PYTHON_ENUM = 'x-python-enum'

/** Compiles `Literal[…]`, written as `const` or `enum`, or a str Enum. */
export function compileLiteral(schema: SchemaPart, where: string): CompiledSchema {
  allowKeywords(schema, where, ['type', 'const', 'enum'])
  const members = readMembers(schema, where)
  const isEnum = schema[PYTHON_ENUM] === true
  if (isEnum && !members.every((member) => typeof member === 'string')) {
    throw unsupportedSchema(where, 'an Enum with members other than strings')
  }
  const type = isEnum ? 'enum' : 'literal_error'
  const expected = joinWithOr(members.map(pythonRepr))
  const find = compileLookup(members)
  const validate: Validate = (input, context) => {
    if (isEnum) context.floorExactness(LAX)
    const member = find(input)
    if (member === undefined) context.report(type, `Input should be ${expected}`, input, { expected })
    return member
  }
  const label = isEnum
    ? () => `str-enum[${className(schema, where)}]`
    : () => `literal[${members.map(pythonRepr).join(',')}]`
  return { validate, label, shape: 'scalar' }
}

function readMembers(schema: SchemaPart, where: string): Member[] {
  const members: unknown = 'const' in schema ? [schema.const] : schema.enum
  if (Array.isArray(members) && members.length > 0 && members.every(isMember)) return members
  throw unsupportedSchema(where, 'a Literal with members other than strings, integers, booleans and null')
}

function isMember(value: unknown): value is Member {
  return (
    value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
  )
}

/**
 * Returns a function that finds the member that a value equals. `1`, `1.0` and `True` are equal in Python, so each matches the others unless a
 * member has its own type.
 */
function compileLookup(members: readonly Member[]): (input: unknown) => Member | undefined {
  const exact = new Set<unknown>(members)
  const numeric = members.filter((member) => typeof member === 'number' || typeof member === 'boolean')
  return (input) => {
    if (exact.has(input)) return input as Member
    if (typeof input !== 'number' && typeof input !== 'boolean') return undefined
    return numeric.findLast((member) => Number(member) === Number(input))
  }
}

/** Formats a list as `a`, `a or b` or `a, b or c`. */
function joinWithOr(words: readonly string[]): string {
  const parts = [words.slice(0, -1).join(', '), ...words.slice(-1)]
  return parts.filter((part) => part !== '').join(' or ')
}
