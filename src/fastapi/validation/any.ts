import { STRICT, type Validate } from './context.ts'
import { allowKeywords, type CompiledSchema, type SchemaPart } from './keywords.ts'

/** Lets everything pass. In a union it fits better than what converts the value, and worse than the value's very type. */
export const validateAny: Validate = (input, context) => {
  context.lower(STRICT)
  return input
}

/** Compiles `Any`. */
export function compileAny(schema: SchemaPart, where: string): CompiledSchema {
  allowKeywords(schema, where, [])
  return { validate: validateAny, label: () => 'any', shape: 'scalar' }
}
