import type { SchemaNode } from '../base/suggestions.ts'
import type { RecordedRoute } from './journal.ts'
import { MASK, maskText } from './mask.ts'
import { type Redaction, redactionOf } from './secret-fields.ts'

/** The fields of a request. */
export interface SentFields {
  /** The names of the query parameters. */
  readonly query: readonly string[]
  /** The parsed body, or undefined if none was read. */
  readonly body: unknown
  /** Whether there was a body, even if it was not read. */
  readonly hasBody: boolean
}

/**
 * Returns the paths of the fields that the route does not read, query first: `query.foo`, `body.repos`, `body.session_secrets.0.hint`,
 * or `body` if the route reads no body. Fields that a schema leaves open count as read.
 */
export function unreadFields(route: RecordedRoute, { query, body, hasBody }: SentFields): string[] {
  const { schema = {} } = route
  const redaction = redactionOf(route)
  const known = (schema.querystring as SchemaNode | undefined)?.properties ?? {}
  const unread = query
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => `query.${redaction.showsName(name) ? name : MASK}`)
  if (schema.body !== undefined) collect(schema.body as SchemaNode, body, { path: 'body', redaction }, unread)
  else if (hasBody) unread.push('body')
  return unread.map(maskText)
}

/** A position in a body. */
interface Position {
  readonly path: string
  readonly redaction: Redaction
}

/** Collects unread fields. It descends no deeper than the schema. */
function collect(schema: SchemaNode, value: unknown, position: Position, unread: string[]): void {
  const { path, redaction } = position
  const inner = (name: string | number): Position => ({
    path: `${path}.${name}`,
    redaction: redaction.of(name),
  })
  const parts = schema.anyOf ?? [schema]
  if (Array.isArray(value)) {
    const items = parts.find((part) => part.items !== undefined)?.items
    if (items !== undefined) value.forEach((item, index) => void collect(items, item, inner(index), unread))
    return
  }
  if (typeof value !== 'object' || value === null) return
  const known = parts.find((part) => part.properties !== undefined)?.properties
  if (known === undefined) return
  for (const [name, member] of Object.entries(value)) {
    const property = Object.hasOwn(known, name) ? known[name] : undefined
    if (property !== undefined) collect(property, member, inner(name), unread)
    else unread.push(`${path}.${redaction.showsName(name) ? name : MASK}`)
  }
}
