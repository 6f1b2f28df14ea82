import type { TObject } from '@sinclair/typebox'
import type { ValidationContext } from './context.ts'
import { allowKeywords, unsupportedSchema } from './keywords.ts'
import { compileFields, type Field } from './object.ts'
import { compileSchema } from './schema.ts'

/** The raw values by name. `last` returns the value of a scalar parameter. `all` returns an empty array for an absent name. */
export interface RawParameters {
  last(name: string): string | undefined
  all(name: string): string[]
}

/** Looks up and validates every parameter. Returns the coerced values, with defaults for absent ones. */
export type ValidateParameters = (
  lookup: RawParameters,
  context: ValidationContext,
) => Record<string, unknown>

/** Compiles the parameters of a query or path, which are the properties of `schema`. Throws like `compileValidator`. */
export function compileParameters(schema: TObject, location: 'query' | 'path'): ValidateParameters {
  allowKeywords(schema, location, ['type', 'properties', 'required'])
  const fields = compileFields(schema, location, compileSchema)
  for (const { name, shape } of fields) {
    if (shape === 'other')
      throw unsupportedSchema(`${location}.${name}`, 'a parameter that is neither a scalar nor a list')
  }
  return (lookup, context) => {
    const values: Record<string, unknown> = {}
    context.path.push(location)
    for (const field of fields) {
      context.path.push(field.name)
      const raw = lookUp(field, lookup)
      if (raw !== undefined) values[field.name] = field.validate(raw, context)
      else if (field.required) context.report('missing', 'Field required', null)
      else if (field.makeDefault !== undefined) values[field.name] = field.makeDefault()
      context.path.pop()
    }
    context.path.pop()
    return values
  }
}

function lookUp({ name, shape }: Field, lookup: RawParameters): string | string[] | undefined {
  if (shape === 'scalar') return lookup.last(name)
  const values = lookup.all(name)
  return values.length > 0 ? values : undefined
}
