import { formatInstant } from '../base/clock.ts'
import { isJson, parseBody } from '../fastapi/body.ts'
import { decodeJson } from '../fastapi/json/decode.ts'
import { withoutUser } from '../fastapi/percent.ts'
import { QueryParameters } from '../fastapi/query.ts'
import type { RequestEntry } from '../schemas/control/journal.ts'
import { type JournalEntry, NotKept } from './journal.ts'
import { MASK, maskHeaders, maskJson, maskQuery, maskText } from './mask.ts'
import { ANSWER, HIDDEN, OPEN, type Redaction, visibilityOf } from './secret-fields.ts'
import { unreadFields } from './unread-fields.ts'

/** The path as it was sent, without the query, and without the user and the password that an absolute one may name. */
export function sentPath({ target }: JournalEntry): string {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  return path.startsWith('/') ? path : withoutUser(path)
}

/** The query as it was sent, without its question mark. */
export function sentQuery({ target }: JournalEntry): string {
  const mark = target.indexOf('?')
  return mark === -1 ? '' : target.slice(mark + 1)
}

/** The parsed body, not masked; undefined where there was none, or none that could be parsed. */
export function sentBody(exchange: JournalEntry): unknown {
  const { body } = exchange
  if (body instanceof NotKept) return String(body)
  return body instanceof Uint8Array ? parseBody(sentHeader(exchange, 'content-type'), body) : body
}

/** An exchange as it is shown. */
export function toRequestEntry(written: JournalEntry): RequestEntry {
  const exchange = asSent(written)
  const { id, at, orgId, method, route, status, micros, fault } = exchange
  const visibility = visibilityOf(route)
  const query = sentQuery(exchange)
  const body = sentBody(exchange)
  const responseBody = shownAnswer(exchange, visibility)
  const length = bodyLength(exchange)
  const fields = { query: new QueryParameters(query).names(), body, hasBody: length !== 0 }
  return {
    id,
    time: formatInstant(at),
    org_id: orgId,
    method,
    path: maskText(sentPath(exchange)),
    route: route?.template ?? null,
    query: maskQuery(query, visibility),
    headers: maskHeaders(pairsOf(exchange.rawHeaders)),
    ...(body !== undefined && { body: exchange.body instanceof NotKept ? body : maskJson(body, visibility) }),
    body_bytes: length,
    status,
    response_headers: maskHeaders(answerHeaders(exchange)),
    ...(responseBody !== undefined && { response_body: responseBody }),
    duration_ms: Math.round(micros / 10) / 100,
    ...(fault !== undefined && { fault }),
    unread_fields: route === null ? [] : unreadFields(route, fields),
  }
}

/** Fastify takes the body and its headers from a 204 when the journal has been written. */
function asSent(exchange: JournalEntry): JournalEntry {
  if (exchange.status !== 204) return exchange
  const { 'content-type': _type, 'content-length': _length, ...answerHeaders } = exchange.answerHeaders
  return { ...exchange, answerHeaders, payload: null }
}

function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    pairs.push([rawHeaders[at] as string, rawHeaders[at + 1] as string])
  }
  return pairs
}

/** The first one counts, as in Node. */
function sentHeader({ rawHeaders }: JournalEntry, name: string): string | undefined {
  return pairsOf(rawHeaders).find(([sent]) => sent.toLowerCase() === name)?.[1]
}

/** In bytes; null where a body came piece by piece and was not kept. */
function bodyLength(exchange: JournalEntry): number | null {
  if (exchange.body instanceof Uint8Array) return exchange.body.length
  if (exchange.body instanceof NotKept && exchange.body.size !== null) return exchange.body.size
  if (sentHeader(exchange, 'transfer-encoding') !== undefined) return null
  return Number(sentHeader(exchange, 'content-length') ?? 0)
}

/** Fastify adds the length last, when the journal has been written. */
function* answerHeaders({ answerHeaders, payload }: JournalEntry): Iterable<[string, string]> {
  for (const [name, values] of Object.entries(answerHeaders)) {
    for (const value of [values ?? []].flat()) yield [name, String(value)]
  }
  if (payload !== null && answerHeaders['content-length'] === undefined) {
    yield ['content-length', String(payload instanceof NotKept ? payload.size : Buffer.byteLength(payload))]
  }
}

function shownAnswer({ payload, answerHeaders, status }: JournalEntry, visibility: Redaction): unknown {
  if (payload instanceof NotKept) return String(payload)
  if (payload === null || payload.length === 0) return undefined
  const bytes = Buffer.from(payload)
  if (!isJson(String(answerHeaders['content-type']))) return maskText(bytes.toString())
  try {
    return showAnswer(decodeJson(bytes), visibility)
  } catch {
    // A fault may have cut it in the middle of a secret.
    return visibility === OPEN && status !== 422 ? maskText(bytes.toString()) : MASK
  }
}

/** A 422 answer quotes what was sent: of that, the same may be shown as of the body. */
function showAnswer(answer: unknown, visibility: Redaction): unknown {
  const shown = maskJson(answer, ANSWER)
  const { detail } = Object(answer) as { detail?: unknown }
  if (!Array.isArray(detail)) return shown
  return { ...Object(shown), detail: detail.map((issue) => showIssue(issue, visibility)) }
}

function showIssue(issue: unknown, visibility: Redaction): unknown {
  const { type, loc, input } = Object(issue) as { type?: unknown; loc?: unknown; input?: unknown }
  if (input === undefined) return maskJson(issue)
  const [part, ...names] = Array.isArray(loc) ? loc : []
  // Of what is missing, that is quoted in which it is missing.
  if (type === 'missing') names.pop()
  const isNamed = part === 'body' || visibility === OPEN
  const at = isNamed ? names.reduce((one: Redaction, name) => one.of(name), visibility) : HIDDEN
  return { ...Object(maskJson(issue)), input: maskJson(input, at) }
}
