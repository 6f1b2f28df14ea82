/** What a schema of OpenAPI 3.1 may have that this page writes in another way. */
interface NewerSchema {
  readonly anyOf?: unknown
  readonly type?: unknown
  readonly const?: unknown
  readonly title?: unknown
}

/**
 * A reviver for `JSON.parse` that writes the schemas of an OpenAPI 3.1 document as 3.0 does: one that may be null is `nullable`, several types
 * are alternatives, and a constant is an enum of one value. Leaves out the titles that FastAPI makes of names, which Swagger UI shows beside them.
 */
export function asVersion30(_name: string, value: unknown): unknown {
  const { anyOf, type, const: only, title, ...rest } = Object(value) as NewerSchema
  if (typeof only === 'string') return { ...rest, type, enum: [only] }
  const types = Array.isArray(type) ? type.map((one) => ({ type: one })) : anyOf
  if (!Array.isArray(types))
    return typeof title === 'string' && type !== undefined ? { ...rest, type } : value
  const others = types.filter((one: NewerSchema) => one.type !== 'null')
  const [first] = others
  return {
    ...(others.length > 1 ? { anyOf: others } : '$ref' in first ? { allOf: others } : first),
    ...rest,
    ...(others.length < types.length && { nullable: true }),
  }
}
