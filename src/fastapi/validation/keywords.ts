import type { Validate } from './context.ts'

/** A JSON schema, or a part of one, read as plain data. */
export type SchemaPart = Readonly<Record<string, unknown>>

/** A compiled schema part. */
export interface CompiledSchema {
  readonly validate: Validate
  /** What pydantic writes into the loc of a union member, like `list[str]`. Throws for a model without a title. */
  readonly label: () => string
  /** Whether a parameter of this type takes one text, all texts of its name, or cannot be one. */
  readonly shape: 'scalar' | 'list' | 'other'
}

/** Compiles a part; `where` names it in errors. */
export type CompilePart = (schema: unknown, where: string) => CompiledSchema

/** Keywords that say something to readers only; `default` is for the object around the part. */
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

/** Throws for a keyword outside `understood` that would change what is valid. */
export function allowKeywords(schema: SchemaPart, where: string, understood: readonly string[]): void {
  for (const keyword of Object.keys(schema)) {
    const known = understood.includes(keyword) || ANNOTATIONS.has(keyword)
    if (!known && !keyword.startsWith('x-')) throw notUnderstood(where, `the keyword "${keyword}"`)
  }
}

/** The error for a part of a schema that pydantic's rules cannot be applied to. */
export function notUnderstood(where: string, what: string): Error {
  return new Error(`Cannot validate ${where}: ${what} is not understood here`)
}

/** A keyword whose value has to be a number; undefined when absent. Throws for anything else. */
export function numberKeyword(schema: SchemaPart, where: string, keyword: string): number | undefined {
  const value = schema[keyword]
  if (value === undefined || typeof value === 'number') return value
  throw notUnderstood(where, `a "${keyword}" that is no number`)
}

/** The class name of a model or enum: its `title`, else its `$id`. Throws when it has neither. */
export function className(schema: SchemaPart, where: string): string {
  const name = schema.title ?? schema.$id
  if (typeof name === 'string') return name
  throw notUnderstood(where, 'a union member without a title')
}
