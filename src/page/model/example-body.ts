/** The part of a JSON Schema from which an example follows. */
export interface BodySchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, BodySchema>>
  readonly required?: readonly string[]
  readonly items?: BodySchema
  readonly anyOf?: readonly BodySchema[]
  readonly oneOf?: readonly BodySchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly example?: unknown
  readonly examples?: readonly unknown[]
  readonly minItems?: number
  readonly minLength?: number
  readonly minimum?: number
  readonly format?: string
}

/** How many objects an example may have within each other: a schema may refer to itself. */
const DEPTH_MAX = 6

/**
 * Returns the shortest example of a schema: the required members alone, since others are ids of something else as a rule, which a
 * generated text is not. `schemas` are those that it refers to, by name.
 */
export function exampleOf(
  schema: BodySchema,
  schemas: Readonly<Record<string, BodySchema>>,
  name = 'text',
  depth = 0,
): unknown {
  const known = knownExample(schema)
  if (known !== undefined) return known
  if (depth > DEPTH_MAX) return null
  const { $ref, anyOf, oneOf = anyOf, properties, required = [], items, minItems = 0 } = schema
  const within = (inner: BodySchema, of: string) => exampleOf(inner, schemas, of, depth + 1)
  const referred = $ref === undefined ? oneOf?.[0] : schemas[$ref.slice($ref.lastIndexOf('/') + 1)]
  if (referred !== undefined) return within(referred, name)
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return Object.fromEntries(
        required.map((member) => [member, within(properties?.[member] ?? {}, member)]),
      )
    case 'array':
      return Array.from({ length: minItems }, () => within(items ?? {}, name))
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return schema.format === 'date-time' ? '2026-01-01T00:00:00Z' : name.padEnd(schema.minLength ?? 0, 'x')
  }
}

function knownExample({ example, examples, default: usual, const: only, enum: values }: BodySchema): unknown {
  return example ?? examples?.[0] ?? only ?? values?.[0] ?? usual
}
