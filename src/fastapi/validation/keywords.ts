import type { Validate } from './context.ts'

/** A JSON schema, or a part of one, as plain data. */
export type SchemaPart = Readonly<Record<string, unknown>>

/** A compiled schema part. */
export interface CompiledSchema {
  readonly validate: Validate
  /** Returns pydantic's label in the loc of a union member, such as `list[str]`. Throws for a model without a title. */
  readonly label: () => string
  /** The shape of a parameter of this type: one value, all values of its name, or not allowed as a parameter. */
  readonly shape: 'scalar' | 'list' | 'other'
}

/** Compiles a part. `where` names it in errors. */
export type CompilePart = (schema: unknown, where: string) => CompiledSchema

/** Keywords that do not affect validation. The enclosing object applies `default`. */
const ANNOTATIONS = new Set([
  '$comment',
  '$id',
  'default',
  'deprecated',
  'description',
  'example',
  'examples',
  'readOnly',
  'title',
  'writeOnly',
])

/** Throws for a keyword that affects validation and is not in `supported`. */
export function allowKeywords(schema: SchemaPart, where: string, supported: readonly string[]): void {
  for (const keyword of Object.keys(schema)) {
    const known = supported.includes(keyword) || ANNOTATIONS.has(keyword)
    if (!known && !keyword.startsWith('x-')) throw unsupportedSchema(where, `the keyword "${keyword}"`)
  }
}

/** Returns the error for an unsupported part of a schema. */
export function unsupportedSchema(where: string, what: string): Error {
  return new Error(`Cannot validate ${where}: ${what} is not supported`)
}

/** Returns the value of a numeric keyword, or undefined if absent. Throws if it is not a number. */
export function numberKeyword(schema: SchemaPart, where: string, keyword: string): number | undefined {
  const value = schema[keyword]
  if (value === undefined || typeof value === 'number') return value
  throw unsupportedSchema(where, `a "${keyword}" that is not a number`)
}

/** Returns the class name of a model or enum: its `title`, else its `$id`. Throws if it has neither. */
export function className(schema: SchemaPart, where: string): string {
  const name = schema.title ?? schema.$id
  if (typeof name === 'string') return name
  throw unsupportedSchema(where, 'a union member without a title')
}
