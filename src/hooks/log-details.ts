import type { FastifyRequest } from 'fastify'
import { closestName, propertyNamesAt, type SchemaNode } from '../base/suggestions.ts'
import { parseBody } from '../fastapi/body.ts'
import { QueryParameters } from '../fastapi/query.ts'
import { pathTemplate } from '../fastapi/routing.ts'
import type { RecordedRoute } from '../journal/journal.ts'
import { maskHeaders, maskQuery } from '../journal/mask.ts'
import { visibilityOf } from '../journal/secret-fields.ts'
import { unreadFields } from '../journal/unread-fields.ts'

/** How many fields are named. */
const FIELDS_MAX = 20

/**
 * Logs what people who look for a mistake want to know of a request: at `debug` the fields that its route does not read and the names
 * that were probably meant, and at `trace` its headers and its query, too, without credentials.
 */
export function logDetails(request: FastifyRequest, templates: ReadonlySet<string>): void {
  const { log, is404, raw, originalUrl, routeOptions } = request
  const template = is404 ? undefined : pathTemplate(routeOptions.url as string)
  const [path = '', ...rest] = originalUrl.split('?')
  const query = rest.join('?')
  const method = raw.method as string
  if (template === undefined) {
    const near = nearestTemplate(path, templates)
    if (near !== undefined) log.debug({ near }, `no such path, did you mean ${near}?`)
  } else {
    const route = { method, template, schema: { ...routeOptions.schema } }
    const fields = unreadOf(request, route, query)
    if (fields.length > 0) log.debug({ unread: fields }, `not read: ${fields.join(', ')}`)
  }
  const headers = maskHeaders(Object.entries(raw.headers).map(([name, value]) => [name, String(value)]))
  const shown = maskQuery(query, visibilityOf(template === undefined ? null : { method, template })).raw
  log.trace({ headers, query: shown }, 'headers and query')
}

/** The fields that a route does not read, each with the name that was probably meant. */
function unreadOf({ sentBody, raw }: FastifyRequest, route: RecordedRoute, query: string): string[] {
  const isBytes = sentBody instanceof Uint8Array
  const body = isBytes ? parseBody(raw.headers['content-type'], sentBody) : undefined
  const { querystring = {}, body: schema = {} } = route.schema
  const names = new QueryParameters(query).names()
  const hasBody = raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length']) > 0
  const unread = unreadFields(route, { query: names, body, hasBody })
  return unread.slice(0, FIELDS_MAX).map((field) => {
    const [part, ...place] = field.split('.')
    const known = propertyNamesAt(
      (part === 'query' ? querystring : schema) as SchemaNode,
      place.slice(0, -1).map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
    )
    const near = closestName(String(place.at(-1)), known)
    return near === undefined ? field : `${field} (did you mean ${near}?)`
  })
}

/** The route that a path was probably meant for: as many parts, of which those that are no parameters are equal or near. */
function nearestTemplate(path: string, templates: ReadonlySet<string>): string | undefined {
  const parts = path.replace(/\/+$/, '').split('/')
  return [...templates].find((template) => {
    const segments = template.split('/')
    if (segments.length !== parts.length) return false
    return segments.every((segment, index) => {
      const part = parts[index] as string
      return segment.startsWith('{') || part === segment || closestName(part, [segment]) !== undefined
    })
  })
}
