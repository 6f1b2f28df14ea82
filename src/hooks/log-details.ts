import type { FastifyRequest, FastifySchema } from 'fastify'
import { closestName, propertyNamesAt, type SchemaNode } from '../base/suggestions.ts'
import { parseBody } from '../fastapi/body.ts'
import { QueryParameters } from '../fastapi/query.ts'
import { withoutEndSlashes } from '../fastapi/target.ts'
import type { RecordedRoute } from '../journal/journal.ts'
import { maskHeaders, maskQuery } from '../journal/mask.ts'
import { redactionOf } from '../journal/secret-fields.ts'
import { unreadFields } from '../journal/unread-fields.ts'
import { recordedRouteOf } from './recorded-route.ts'

/** The maximum number of logged fields. */
const FIELDS_MAX = 20

/**
 * Logs details of a request for debugging. At `debug`, these are the fields that its route does not read, with suggestions; at `trace`,
 * also its headers and its query without credentials. The schemas of its route must be loaded.
 */
export function logDetails(request: FastifyRequest, templates: readonly string[]): void {
  const { log, raw, originalUrl } = request
  const route = recordedRouteOf(request)
  const [path = '', ...rest] = originalUrl.split('?')
  const query = rest.join('?')
  if (route === null) {
    const near = similarTemplate(path, templates)
    if (near !== undefined) log.debug({ near }, `no such path, did you mean ${near}?`)
  } else {
    const fields = describeUnread(request, route, query)
    if (fields.length > 0) log.debug({ unread: fields }, `not read: ${fields.join(', ')}`)
  }
  const headers = maskHeaders(Object.entries(raw.headers).map(([name, value]) => [name, String(value)]))
  const shown = maskQuery(query, redactionOf(route)).raw
  log.trace({ headers, query: shown }, 'headers and query')
}

/** Returns the fields that the route does not read, each with a suggestion if there is one. */
function describeUnread({ sentBody, raw }: FastifyRequest, route: RecordedRoute, query: string): string[] {
  const isBytes = sentBody instanceof Uint8Array
  const body = isBytes ? parseBody(raw.headers['content-type'], sentBody) : undefined
  const { querystring = {}, body: schema = {} } = route.schema as FastifySchema
  const names = new QueryParameters(query).names()
  const hasBody = raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length']) > 0
  const unread = unreadFields(route, { query: names, body, hasBody })
  return unread.slice(0, FIELDS_MAX).map((field) => {
    const [part, ...steps] = field.split('.')
    const known = propertyNamesAt(
      (part === 'query' ? querystring : schema) as SchemaNode,
      steps.slice(0, -1).map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
    )
    const near = closestName(String(steps.at(-1)), known)
    return near === undefined ? field : `${field} (did you mean ${near}?)`
  })
}

/** Returns the first template similar to a path: it has as many segments, and those that are not parameters are equal or similar. */
function similarTemplate(path: string, templates: readonly string[]): string | undefined {
  const parts = withoutEndSlashes(path).split('/')
  return templates.find((template) => {
    const segments = template.split('/')
    if (segments.length !== parts.length) return false
    return segments.every((segment, index) => {
      const part = parts[index] as string
      return segment.startsWith('{') || part === segment || closestName(part, [segment]) !== undefined
    })
  })
}
