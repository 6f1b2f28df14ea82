import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ErrorFormats } from './error-format.ts'
import type { TrustedProxies } from './forwarded.ts'
import type { LingeringClose } from './lingering-close.ts'
import type { StarletteRoutes } from './routing.ts'

/** Node's error for data that it cannot parse as a request. */
export interface ClientError {
  readonly code?: string
  /** The last received packet, if any. */
  readonly rawPacket?: unknown
  /** The number of its bytes that were parsed. */
  readonly bytesParsed?: number
}

/** uvicorn's answer to data that is not HTTP. */
export const INVALID_HTTP = 'Invalid HTTP request received.'

const PLAIN_TEXT = 'text/plain; charset=utf-8'

/** Status lines by Node's error code. All other errors are 400. */
const STATUSES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** The services that answers to invalid data need. */
interface ClientErrorServices {
  readonly routes: StarletteRoutes
  readonly closer: LingeringClose
  readonly proxies: TrustedProxies
  readonly errorFormats: ErrorFormats
}

/**
 * Answers data that Node cannot parse as a request, and closes the connection. A method that only Node rejects gets the application's
 * answer, all other data gets uvicorn's. Earlier requests on the same connection are answered first.
 */
export function clientErrorHandler(
  services: ClientErrorServices,
): (error: ClientError, socket: Socket) => void {
  const { closer } = services
  return (error, socket) => {
    // Data after the last answer is ignored, and a disconnected client gets no answer.
    if (closer.isClosing(socket) || !socket.writable) return
    const text = isBeingAnswered(socket) ? undefined : answerTo(error, socket, services)
    // Otherwise Node reports each further packet as another error.
    closer.discardInput(socket)
    afterAnswers(socket, () => closer.close(socket, text))
  }
}

/** Returns whether the answer to the failed request has begun. A second one written into it would corrupt both. */
function isBeingAnswered(socket: Socket): boolean {
  const pending = pendingAnswer(socket)
  return pending !== undefined && !pending.req.complete && pending.headersSent
}

function answerTo(
  error: ClientError,
  socket: Socket,
  { routes, proxies, errorFormats }: ClientErrorServices,
): string {
  const target = error.code === 'HPE_INVALID_METHOD' ? targetOf(error) : undefined
  if (target === undefined) {
    const status = STATUSES[String(error.code)] ?? '400 Bad Request'
    return answer(status, { 'content-type': PLAIN_TEXT }, INVALID_HTTP)
  }
  const resolution = routes.resolve(
    target.path,
    `${proxies.schemeOf(socket, target.forwardedProto)}://${target.host}`,
  )
  if (resolution.kind === 'redirect') {
    return answer('307 Temporary Redirect', { location: resolution.location }, '')
  }
  const [status, detail] = resolution.kind === 'not-found' ? [404, 'Not Found'] : [405, 'Method Not Allowed']
  const allow = resolution.kind === 'not-found' ? {} : { allow: resolution.allow }
  const { contentType, body } = errorFormats.encode(target.path, { status, detail })
  return answer(`${status} ${detail}`, { ...allow, 'content-type': contentType }, body)
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) (\/[\x21-\x7e]*) HTTP\/1\.[01]\r\n/

const HOST = /\r\nhost:[ \t]*([\x21-\x7e]+)[ \t]*\r\n/i

/** Matches the last of several headers, which is the one that counts. */
const FORWARDED_PROTO = /^[\s\S]*\r\nx-forwarded-proto:([^\r\n]*)\r\n/i

/** The target of a request that Node has not parsed. */
interface Target {
  readonly path: string
  readonly host: string
  readonly forwardedProto: string | undefined
}

/** Parses the target of a request with a method that only Node rejects, e.g. `delete`. Returns undefined for anything else. */
function targetOf({ rawPacket, bytesParsed = 0 }: ClientError): Target | undefined {
  const text = Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1') : ''
  const [line = '', method = '', path] = REQUEST_LINE.exec(text) ?? []
  // If earlier requests are in the same packet, the text starts with one of them.
  if (path === undefined || bytesParsed > method.length) return undefined
  const head = text.slice(line.length - 2, text.indexOf('\r\n\r\n') + 2)
  const [, host] = HOST.exec(head) ?? []
  return host === undefined ? undefined : { path, host, forwardedProto: FORWARDED_PROTO.exec(head)?.[1] }
}

function answer(status: string, headers: Readonly<Record<string, string>>, body: string): string {
  const all = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`
}

/** Calls back after all pending answers on a socket. Skips an answer that has not begun if its request is incomplete. */
export function afterAnswers(socket: Socket, done: () => void): void {
  const pending = pendingAnswer(socket)
  if (pending !== undefined && (pending.req.complete || pending.headersSent)) {
    pending.once('close', () => afterAnswers(socket, done))
  } else done()
}

/** Returns the response that is being written to a socket or is next in line. */
function pendingAnswer(socket: Socket): ServerResponse | undefined {
  // Node has no public API for this, and a separate queue would slow down every request.
  const pending: unknown = Reflect.get(socket, '_httpMessage')
  // A written response is pending until it is closed: on Node 22 it still holds the socket until then.
  return pending instanceof ServerResponse && !pending.closed ? pending : undefined
}
