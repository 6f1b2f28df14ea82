import type { TSchema } from '@sinclair/typebox'
import type { Validate } from './context.ts'
import { compileSchema } from './schema.ts'

export { type Validate, ValidationContext } from './context.ts'
export { compileParameters, type RawParameters, type ValidateParameters } from './parameters.ts'

/** Like {@link compileValidator}, but compiles the schema when it is first used. A start uses few of them. */
export function lateValidator(schema: TSchema): Validate {
  let validate: Validate | undefined
  return (value, context) => {
    validate ??= compileValidator(schema)
    return validate(value, context)
  }
}

/** Compiles a schema. Throws an Error that names the unsupported part, if any. */
export function compileValidator(schema: TSchema): Validate {
  const where = schema.title ?? schema.$id ?? 'the schema'
  return compileSchema(schema, where).validate
}
