import { compileAny } from './any.ts'
import { compileBoolean } from './boolean.ts'
import type { Validate } from './context.ts'
import { compileInteger } from './integer.ts'
import { allowKeywords, type CompiledSchema, type SchemaPart, unsupportedSchema } from './keywords.ts'
import { compileList } from './list.ts'
import { compileLiteral } from './literal.ts'
import { compileNumber } from './number.ts'
import { compileObject } from './object.ts'
import { compileString } from './string.ts'
import { compileUnion } from './union.ts'

/** Compiles a schema or a part of one. Throws an Error that names the unsupported part, if any. */
export function compileSchema(schema: unknown, where: string): CompiledSchema {
  if (typeof schema !== 'object' || schema === null)
    throw unsupportedSchema(where, 'a schema that is not an object')
  const part = schema as SchemaPart
  if ('anyOf' in part) return compileUnion(part, where, compileSchema)
  if ('const' in part || 'enum' in part) return compileLiteral(part, where)
  switch (part.type) {
    case 'string':
      return compileString(part, where)
    case 'integer':
      return compileInteger(part, where)
    case 'number':
      return compileNumber(part, where)
    case 'boolean':
      return compileBoolean(part, where)
    case 'null':
      return compileNull(part, where)
    case 'array':
      return compileList(part, where, compileSchema)
    case 'object':
      return compileObject(part, where, compileSchema)
    case undefined:
      return compileAny(part, where)
    default:
      throw unsupportedSchema(where, `the type "${part.type}"`)
  }
}

function compileNull(schema: SchemaPart, where: string): CompiledSchema {
  allowKeywords(schema, where, ['type'])
  const validate: Validate = (input, context) => {
    if (input !== null) context.report('none_required', 'Input should be None', input)
    return null
  }
  return { validate, label: () => 'none', shape: 'scalar' }
}
