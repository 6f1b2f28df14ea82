import { LAX, type Validate } from './context.ts'
import { allowKeywords, type CompiledSchema, className, notUnderstood, type SchemaPart } from './keywords.ts'
import { pythonRepr } from './python-repr.ts'

type Member = string | number | boolean | null

/** Beside `enum`: the values are those of an Enum class, not of a Literal. The wire tells them apart by the error's type. */
const PYTHON_ENUM = 'x-python-enum'

/** Compiles `Literal[…]`, written as `const` or `enum`, or a str Enum. */
export function compileLiteral(schema: SchemaPart, where: string): CompiledSchema {
  allowKeywords(schema, where, ['type', 'const', 'enum'])
  const members = readMembers(schema, where)
  const isEnum = schema[PYTHON_ENUM] === true
  if (isEnum && !members.every((member) => typeof member === 'string')) {
    throw notUnderstood(where, 'an Enum with values other than texts')
  }
  const type = isEnum ? 'enum' : 'literal_error'
  const expected = listOf(members.map(pythonRepr))
  const find = compileLookup(members)
  const validate: Validate = (input, context) => {
    if (isEnum) context.lower(LAX)
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
  throw notUnderstood(where, 'a Literal of anything but texts, integers, booleans and null')
}

function isMember(value: unknown): value is Member {
  return (
    value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
  )
}

/** `1`, `1.0` and `True` are equal in Python, and so one finds the other where its own type is not among the members. */
function compileLookup(members: readonly Member[]): (input: unknown) => Member | undefined {
  const exact = new Set<unknown>(members)
  const numeric = members.filter((member) => typeof member === 'number' || typeof member === 'boolean')
  return (input) => {
    if (exact.has(input)) return input as Member
    if (typeof input !== 'number' && typeof input !== 'boolean') return undefined
    return numeric.findLast((member) => Number(member) === Number(input))
  }
}

/** `a`, `a or b`, `a, b or c`. */
function listOf(words: readonly string[]): string {
  const parts = [words.slice(0, -1).join(', '), ...words.slice(-1)]
  return parts.filter((part) => part !== '').join(' or ')
}
