import { type SchemaOptions, type TSchema, type TUnsafe, Type } from '@sinclair/typebox'

/** A text out of a fixed list, as pydantic's Literal is published: `{"type": "string", "enum": […]}`. */
export function StringEnum<const Values extends readonly string[]>(
  values: Values,
  options: SchemaOptions = {},
): TUnsafe<Values[number]> {
  return Type.Unsafe<Values[number]>({ ...options, type: 'string', enum: [...values] })
}

/** `schema | None`, as pydantic publishes it: `{"anyOf": […, {"type": "null"}]}`. */
export function Nullable<Schema extends TSchema>(schema: Schema, options: SchemaOptions = {}) {
  return Type.Union([schema, Type.Null()], options)
}

/**
 * A property that may be left out because its schema has a `default`. Validation fills it in, so for the types, unlike with
 * `Type.Optional`, it is always there.
 */
export function Defaulted<Schema extends TSchema>(schema: Schema): Schema {
  return Type.Optional(schema) as TSchema as Schema
}

/** Any JSON object, as pydantic publishes `dict[str, Any]`. */
export function AnyObject(options: SchemaOptions = {}): TUnsafe<Record<string, unknown>> {
  return Type.Unsafe<Record<string, unknown>>({ ...options, type: 'object', additionalProperties: true })
}

/** An ISO 8601 time. */
export function DateTime(options: SchemaOptions = {}) {
  return Type.String({ ...options, format: 'date-time' })
}

const SECRET = 'x-secret'

/** Marks a schema whose values are secrets. They are masked wherever a value of the schema is shown. */
export function Secret<Schema extends TSchema>(schema: Schema): Schema {
  return { ...schema, [SECRET]: true }
}

/** Returns whether a schema is marked by {@link Secret}. */
export function isSecret(schema: TSchema): boolean {
  return schema[SECRET] === true
}
