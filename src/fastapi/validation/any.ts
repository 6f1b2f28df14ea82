import { STRICT, type Validate } from './context.ts'
import { allowKeywords, type CompiledSchema, type SchemaPart } from './keywords.ts'

/** Accepts any value. In a union, it ranks above members that convert the value and below the exact type. */
export const validateAny: Validate = (input, context) => {
  context.floorExactness(STRICT)
  return input
}

/** Compiles `Any`. */
export function compileAny(schema: SchemaPart, where: string): CompiledSchema {
  allowKeywords(schema, where, [])
  return { validate: validateAny, label: () => 'any', shape: 'scalar' }
}
