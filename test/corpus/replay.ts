import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

type Repeat = { repeat: [string, number][] }
type Body = null | Repeat | { text: string; uniq?: boolean } | { base64: string }

/** One recorded request and the answer of a real FastAPI application to it. */
export interface Case {
  name: string
  category: string
  endpoint: string
  request: { method: string; path: string | Repeat; headers: [string, string][]; body: Body; chunk?: number }
  /**
   * The part of the answer to compare: all of it, its status and content type, or only that routing and validation pass the request
   * to the handler (`handler` in v1, `past` in v3).
   */
  match: 'full' | 'status' | 'handler' | 'past'
  response: { status: number; headers: Record<string, string>; body: string }
}

/** An answer as received. */
export interface Answer {
  status: number
  headers: Map<string, string>
  body: Buffer
}

/** The server that cases are replayed against. */
export interface Target {
  readonly port: number
  /** The value of `{key}` in headers. */
  readonly key: string
  /** The value of `{org}` in paths and answers. */
  readonly orgId?: string
}

/** Returns the recorded cases of a generation of the API, in their order. */
export function recordedCases(generation: 'v1' | 'v3' = 'v1'): Case[] {
  const file = generation === 'v1' ? './cases.jsonl' : './cases-v3.jsonl'
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

let unique = 0

function bodyBytes(body: Body): Buffer<ArrayBuffer> | null {
  if (body === null) return null
  if ('repeat' in body) return Buffer.from(expand(body))
  if ('base64' in body) return Buffer.from(body.base64, 'base64')
  return Buffer.from(body.uniq === true ? body.text.replaceAll('{uniq}', `u${++unique}`) : body.text)
}

function expand(text: string | Repeat): string {
  return typeof text === 'string' ? text : text.repeat.map(([part, times]) => part.repeat(times)).join('')
}

/** Returns the recorded request as raw bytes, which no client library would send. */
function wireBytes({ request }: Case, host: string, { key, orgId = '{org}' }: Target): Buffer {
  const body = bodyBytes(request.body)
  const chunked = request.headers.some(([name]) => name.toLowerCase() === 'transfer-encoding')
  const path = expand(request.path).replaceAll('{org}', orgId)
  const lines = [`${request.method} ${path} HTTP/1.1`, `Host: ${host}`]
  for (const [name, value] of request.headers) lines.push(`${name}: ${value.replaceAll('{key}', key)}`)
  if (body !== null && !chunked) lines.push(`Content-Length: ${body.length}`)
  lines.push('Connection: close', '', '')
  const parts = [Buffer.from(lines.join('\r\n'), 'latin1')]
  if (body !== null) parts.push(...(chunked ? chunks(body, request.chunk ?? 7) : [body]))
  return Buffer.concat(parts)
}

function chunks(body: Buffer<ArrayBuffer>, size: number): Buffer<ArrayBuffer>[] {
  const parts: Buffer<ArrayBuffer>[] = []
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return [...parts, Buffer.from('0\r\n\r\n')]
}

/** Sends bytes to a local port and resolves with everything received until the server closes the connection. */
export function exchange(port: number, bytes: Buffer | string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = []
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(bytes))
    socket.on('data', (data) => received.push(Buffer.from(data)))
    socket.on('error', (error) => (received.length > 0 ? resolve(Buffer.concat(received)) : reject(error)))
    socket.on('end', () => resolve(Buffer.concat(received)))
  })
}

/** Parses the only answer on a connection that was closed after it. */
export function parseAnswer(bytes: Buffer): Answer {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return { status: Number(first.split(' ')[1]), headers, body: bytes.subarray(end + 4) }
}

/** Replays a case against a server. Resolves with a description of each difference from the recorded answer. */
export async function replay(recorded: Case, target: Target): Promise<string[]> {
  const host = `127.0.0.1:${target.port}`
  const got = parseAnswer(await exchange(target.port, wireBytes(recorded, host, target)))
  const fill = (text: string) =>
    text.replaceAll('{origin}', `http://${host}`).replaceAll('{org}', target.orgId ?? '{org}')
  return differences(recorded, got, fill)
}

const COMPARED_HEADERS = ['content-type', 'allow', 'location', 'www-authenticate']
const REFUSALS = [400, 401, 403, 405, 413, 414, 415, 422]

function differences(recorded: Case, got: Answer, fill: (text: string) => string): string[] {
  const { match, response } = recorded
  const text = got.body.toString('utf8')
  if (match === 'past') return isPast(recorded, got) ? [] : [`wanted validation to pass, got ${text}`]
  if (match === 'handler') {
    const refused = REFUSALS.includes(got.status) || got.status >= 500 || text === '{"detail":"Not Found"}'
    return refused ? [`wanted the handler to be reached, got ${got.status} ${text.slice(0, 120)}`] : []
  }
  const found: string[] = []
  if (got.status !== response.status) found.push(`status: want ${response.status}, got ${got.status}`)
  for (const name of match === 'status' ? ['content-type'] : COMPARED_HEADERS) {
    const want = response.headers[name] && fill(response.headers[name])
    if (got.headers.get(name) !== want) found.push(`${name}: want ${want}, got ${got.headers.get(name)}`)
  }
  if (match === 'full' && !sameBody({ ...response, body: fill(response.body) }, text)) {
    found.push(`body: want ${response.body.slice(0, 300)}, got ${text.slice(0, 300)}`)
  }
  return found
}

/** Returns whether a request passed routing, authentication and validation and reached a v3 handler, which may still refuse it. */
function isPast({ endpoint }: Case, { status, body }: Answer): boolean {
  if ([401, 405, 413, 414, 415].includes(status) || status >= 500) return false
  if (![403, 404, 422].includes(status)) return true
  const { detail, errors = [] } = JSON.parse(body.toString('utf8'))
  if (status === 422) return errors.length === 0
  if (status === 404) return detail !== 'Not Found'
  // The deletion of an unknown secret gets the same answer as a rejected key.
  return status !== 403 || detail !== 'Unauthorized' || /^DELETE .*\{secret_id\}$/.test(endpoint)
}

const JSON_TYPES = ['application/json', 'application/problem+json']

function sameBody(want: Case['response'], got: string): boolean {
  if (!JSON_TYPES.includes(want.headers['content-type'] ?? '') || want.body === '') return want.body === got
  return canonical(want.body) === canonical(got)
}

/** Returns JSON text with sorted keys and every integer as written. Floats without a fraction count as integers. */
function canonical(text: string): string {
  const exact = (_key: string, value: unknown, context?: { source: string }): unknown => {
    if (typeof value === 'number' && /^-?\d{16,}$/.test(context?.source ?? ''))
      return `integer ${context?.source}`
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  }
  return JSON.stringify(JSON.parse(text, exact))
}
