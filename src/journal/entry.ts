import { formatInstant } from '../base/clock.ts'
import { isJson, parseBody } from '../fastapi/body.ts'
import { decodeJson } from '../fastapi/json/decode.ts'
import { listOf } from '../fastapi/list-of.ts'
import { withoutUser } from '../fastapi/percent.ts'
import { QueryParameters } from '../fastapi/query.ts'
import type { RequestEntry } from '../schemas/control/journal.ts'
import { type JournalEntry, OmittedBody } from './journal.ts'
import { MASK, maskHeaders, maskJson, maskQuery, maskText } from './mask.ts'
import { HIDDEN, type Redaction, redactionOf, responseRedactionOf } from './secret-fields.ts'
import { unreadFields } from './unread-fields.ts'

/** Returns the path as sent, without the query and without the user and password of an absolute URL. */
export function sentPath({ target }: JournalEntry): string {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  return path.startsWith('/') ? path : withoutUser(path)
}

/** Returns the query as sent, without its question mark. */
export function sentQuery({ target }: JournalEntry): string {
  const mark = target.indexOf('?')
  return mark === -1 ? '' : target.slice(mark + 1)
}

/** Returns the parsed body, not masked. Returns undefined without a body or if it could not be parsed. */
export function sentBody(entry: JournalEntry): unknown {
  const { body } = entry
  if (body instanceof OmittedBody) return String(body)
  return body instanceof Uint8Array ? parseBody(sentHeader(entry, 'content-type'), body) : body
}

/** Returns the masked form of an entry that the control plane shows. The schema of its route must be loaded. */
export function toRequestEntry(recorded: JournalEntry): RequestEntry {
  const entry = asSent(recorded)
  const { id, at, orgId, method, route, status, micros, fault } = entry
  const redaction = redactionOf(route)
  const query = sentQuery(entry)
  const body = sentBody(entry)
  const responseBody = responseBodyOf(entry, redaction)
  const length = bodyLength(entry)
  const fields = { query: new QueryParameters(query).names(), body, hasBody: length !== 0 }
  return {
    id,
    time: formatInstant(at),
    org_id: orgId,
    method,
    path: maskText(sentPath(entry)),
    route: route?.template ?? null,
    query: maskQuery(query, redaction),
    headers: maskHeaders(pairsOf(entry.rawHeaders)),
    ...(body !== undefined && {
      body: entry.body instanceof OmittedBody ? body : maskJson(body, redaction),
    }),
    body_bytes: length,
    status,
    response_headers: maskHeaders(responseHeadersOf(entry)),
    ...(responseBody !== undefined && { response_body: responseBody }),
    duration_ms: Math.round(micros / 10) / 100,
    ...(fault !== undefined && { fault }),
    unread_fields: route === null ? [] : unreadFields(route, fields),
  }
}

/** Removes the body of a 204 and its headers, as Fastify does after the entry is recorded. */
function asSent(entry: JournalEntry): JournalEntry {
  if (entry.status !== 204) return entry
  const { 'content-type': _type, 'content-length': _length, ...responseHeaders } = entry.responseHeaders
  return { ...entry, responseHeaders, payload: null }
}

function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    pairs.push([rawHeaders[at] as string, rawHeaders[at + 1] as string])
  }
  return pairs
}

/** Returns the values of a header that was sent, joined like in a Fetch `Headers`, or undefined. `name` is in lower case. */
export function sentHeaderValues({ rawHeaders }: JournalEntry, name: string): string | undefined {
  const values = pairsOf(rawHeaders).filter(([sent]) => sent.toLowerCase() === name)
  return values.length === 0 ? undefined : values.map(([, value]) => value).join(', ')
}

/** Returns the first header of a name, as Node does. */
function sentHeader({ rawHeaders }: JournalEntry, name: string): string | undefined {
  return pairsOf(rawHeaders).find(([sent]) => sent.toLowerCase() === name)?.[1]
}

/** Returns the length of the request body in bytes, or null for a chunked body that was not kept. */
function bodyLength(entry: JournalEntry): number | null {
  if (entry.body instanceof Uint8Array) return entry.body.length
  if (entry.body instanceof OmittedBody && entry.body.size !== null) return entry.body.size
  if (sentHeader(entry, 'transfer-encoding') !== undefined) return null
  return Number(sentHeader(entry, 'content-length') ?? 0)
}

/** Yields the response headers, with the length that Fastify adds after the entry is recorded. */
function* responseHeadersOf({ responseHeaders, payload }: JournalEntry): Iterable<[string, string]> {
  for (const [name, values] of Object.entries(responseHeaders)) {
    for (const value of listOf(values)) yield [name, String(value)]
  }
  if (payload !== null && responseHeaders['content-length'] === undefined) {
    yield [
      'content-length',
      String(payload instanceof OmittedBody ? payload.size : Buffer.byteLength(payload)),
    ]
  }
}

function responseBodyOf(
  { payload, responseHeaders, status, route }: JournalEntry,
  redaction: Redaction,
): unknown {
  if (payload instanceof OmittedBody) return String(payload)
  if (payload === null || payload.length === 0) return undefined
  const bytes = Buffer.from(payload)
  if (!isJson(String(responseHeaders['content-type']))) return maskText(bytes.toString())
  try {
    return redactResponse(decodeJson(bytes), redaction, responseRedactionOf(route, status))
  } catch {
    // A fault may have truncated it in the middle of a secret.
    return redaction.scalars && status !== 422 ? maskText(bytes.toString()) : MASK
  }
}

/** The members of a 422 response that list issues: v1 has them in `detail`, v3 in `errors`. */
const ISSUE_LISTS = ['detail', 'errors']

/** Masks a response. A 422 response quotes input, to which the rules of the request apply. */
function redactResponse(response: unknown, redaction: Redaction, rules: Redaction): unknown {
  const shown = maskJson(response, rules)
  const issues = ISSUE_LISTS.flatMap((name) => {
    const list: unknown = Object(response)[name]
    return Array.isArray(list) ? [[name, list.map((issue) => redactIssue(issue, redaction))]] : []
  })
  return issues.length === 0 ? shown : { ...Object(shown), ...Object.fromEntries(issues) }
}

function redactIssue(issue: unknown, redaction: Redaction): unknown {
  const { type, loc, input } = Object(issue) as { type?: unknown; loc?: unknown; input?: unknown }
  if (input === undefined) return maskJson(issue)
  const [part, ...names] = Array.isArray(loc) ? loc : []
  // The input of a missing field is the object that lacks it.
  if (type === 'missing') names.pop()
  const isNamed = part === 'body' || redaction.scalars
  const rules = isNamed ? names.reduce((outer: Redaction, name) => outer.of(name), redaction) : HIDDEN
  return { ...Object(maskJson(issue)), input: maskJson(input, rules) }
}
