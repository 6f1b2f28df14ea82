import type { RecordedRoute } from './journal.ts'
import { MASK, maskText } from './mask.ts'
import { type Redaction, visibilityOf } from './secret-fields.ts'

/** What a JSON schema says of what it reads. */
interface SchemaPart {
  readonly properties?: Readonly<Record<string, SchemaPart>>
  readonly items?: SchemaPart
  readonly anyOf?: readonly SchemaPart[]
}

/** What a client sent to a route. */
export interface SentFields {
  /** The names of the query's parameters. */
  readonly query: readonly string[]
  /** The parsed body; undefined when none was read. */
  readonly body: unknown
  /** Whether there was one, read or not. */
  readonly hasBody: boolean
}

/**
 * The paths of the fields that the route does not read, query first: `query.foo`, `body.repos`,
 * `body.session_secrets.0.hint`; `body` alone where the route reads no body at all. What a schema leaves open is read.
 */
export function unreadFields(route: RecordedRoute, { query, body, hasBody }: SentFields): string[] {
  const { schema } = route
  const visibility = visibilityOf(route)
  const known = (schema.querystring as SchemaPart | undefined)?.properties ?? {}
  const unread = query
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => `query.${visibility.showsName(name) ? name : MASK}`)
  if (schema.body !== undefined) collect(schema.body as SchemaPart, body, { at: 'body', visibility }, unread)
  else if (hasBody) unread.push('body')
  return unread.map(maskText)
}

/** Where in a body one is. */
interface Place {
  readonly at: string
  readonly visibility: Redaction
}

/** Goes no deeper than the schema does. */
function collect(schema: SchemaPart, value: unknown, place: Place, unread: string[]): void {
  const { at, visibility } = place
  const inner = (name: string | number): Place => ({ at: `${at}.${name}`, visibility: visibility.of(name) })
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
    else unread.push(`${at}.${visibility.showsName(name) ? name : MASK}`)
  }
}
