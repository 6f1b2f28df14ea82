import { type SchemaOptions, type TSchema, type TUnsafe, Type } from '@sinclair/typebox'

/** Returns the schema of a fixed list of strings, as pydantic publishes Literal: `{"type": "string", "enum": […]}`. */
export function StringEnum<const Values extends readonly string[]>(
  values: Values,
  options: SchemaOptions = {},
): TUnsafe<Values[number]> {
  return Type.Unsafe<Values[number]>({ ...options, type: 'string', enum: [...values] })
}

/** Returns the schema of `schema | None`, as pydantic publishes it: `{"anyOf": […, {"type": "null"}]}`. */
export function Nullable<Schema extends TSchema>(schema: Schema, options: SchemaOptions = {}) {
  return Type.Union([schema, Type.Null()], options)
}

/**
 * Marks a property as optional because its schema has a `default`. Validation sets the default, so the property is always present in
 * the static type, unlike with `Type.Optional`.
 */
export function Defaulted<Schema extends TSchema>(schema: Schema): Schema {
  return Type.Optional(schema) as TSchema as Schema
}

/** Returns the schema of any JSON object, as pydantic publishes `dict[str, Any]`. */
export function AnyObject(): TUnsafe<Record<string, unknown>> {
  return Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true })
}

/** Returns the schema of an ISO 8601 time. */
export function DateTime(options: SchemaOptions = {}) {
  return Type.String({ ...options, format: 'date-time' })
}

/** The member of a schema that marks it as {@link Secret}. Documents do not publish it. */
export const SECRET_MARK = 'x-secret'

/** Marks a schema whose values are secrets. They are masked wherever a value of the schema is shown. */
export function Secret<Schema extends object>(schema: Schema): Schema {
  return { ...schema, [SECRET_MARK]: true }
}

/** Returns whether a schema is marked by {@link Secret}. */
export function isSecret(schema: object): boolean {
  return SECRET_MARK in schema && schema[SECRET_MARK] === true
}
