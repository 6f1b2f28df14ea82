import type { TSchema } from '@sinclair/typebox'
import type { Validate } from './context.ts'
import { compileSchema } from './schema.ts'

export { type Validate, ValidationContext } from './context.ts'
export { compileParameters, type RawParameters, type ValidateParameters } from './parameters.ts'

/** Compiles a schema. Throws an Error that names the unsupported part, if any. */
export function compileValidator(schema: TSchema): Validate {
  const where = schema.title ?? schema.$id ?? 'the schema'
  return compileSchema(schema, where).validate
}
