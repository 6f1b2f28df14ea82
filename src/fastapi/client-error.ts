import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TrustedProxies } from './forwarded.ts'
import { encodeJson } from './json/encode.ts'
import type { LingeringClose } from './lingering-close.ts'
import type { StarletteRoutes } from './routing.ts'

/** What Node says of bytes that it cannot make a request of. */
export interface ClientError {
  readonly code?: string
  /** The bytes that came last, if any. */
  readonly rawPacket?: unknown
  /** How much of that was understood. */
  readonly bytesParsed?: number
}

/** What uvicorn says to what is no HTTP. */
export const INVALID_HTTP = 'Invalid HTTP request received.'

const PLAIN_TEXT = 'text/plain; charset=utf-8'

/** By Node's code of the error; whatever else it is, 400. */
const STATUSES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/**
 * Answers bytes that Node cannot make a request of, and closes the connection: as the application would answer a method that
 * Node does not know, and else as uvicorn does. Requests before them on the same connection get their answers first.
 */
export function clientErrorHandler(
  routes: StarletteRoutes,
  { closer, proxies }: { readonly closer: LingeringClose; readonly proxies: TrustedProxies },
): (error: ClientError, socket: Socket) => void {
  return (error, socket) => {
    // After the last answer nothing is a request, and a client that hung up gets no answer.
    if (closer.isClosing(socket) || !socket.writable) return
    const text = isBeingAnswered(socket) ? undefined : answerTo(error, socket, routes, proxies)
    // Node would report each further packet as another error.
    closer.discardInput(socket)
    afterAnswers(socket, () => closer.close(socket, text))
  }
}

/** Whether the request that failed has an answer that has begun: to write another into it would spoil both. */
function isBeingAnswered(socket: Socket): boolean {
  const pending = pendingAnswer(socket)
  return pending !== undefined && !pending.req.complete && pending.headersSent
}

function answerTo(
  error: ClientError,
  socket: Socket,
  routes: StarletteRoutes,
  proxies: TrustedProxies,
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
  const json = { 'content-type': 'application/json' }
  if (resolution.kind === 'not-found')
    return answer('404 Not Found', json, encodeJson({ detail: 'Not Found' }))
  const detail = 'Method Not Allowed'
  return answer(`405 ${detail}`, { allow: resolution.allow, ...json }, encodeJson({ detail }))
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) (\/[\x21-\x7e]*) HTTP\/1\.[01]\r\n/

const HOST = /\r\nhost:[ \t]*([\x21-\x7e]+)[ \t]*\r\n/i

/** The last header counts, as everywhere. */
const FORWARDED_PROTO = /^[\s\S]*\r\nx-forwarded-proto:([^\r\n]*)\r\n/i

/** Where a request goes that Node has not parsed. */
interface Target {
  readonly path: string
  readonly host: string
  readonly forwardedProto: string | undefined
}

/** Of a request with a method that only Node does not know (`delete`, say): where it goes. Undefined for anything else. */
function targetOf({ rawPacket, bytesParsed = 0 }: ClientError): Target | undefined {
  const text = Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1') : ''
  const [line = '', method = '', path] = REQUEST_LINE.exec(text) ?? []
  // Behind other requests of the same packet it would be theirs that is read here.
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

/** Calls back once every answer that is due on the socket is out; one to a request whose body has not ended must have begun. */
export function afterAnswers(socket: Socket, done: () => void): void {
  const pending = pendingAnswer(socket)
  if (pending !== undefined && (pending.req.complete || pending.headersSent)) {
    pending.once('close', () => afterAnswers(socket, done))
  } else done()
}

/** The response that is being written to a socket, or is to be next. */
function pendingAnswer(socket: Socket): ServerResponse | undefined {
  // Node shows nobody which answer is next, and a list of our own would cost every request.
  const pending: unknown = Reflect.get(socket, '_httpMessage')
  // One that is written counts until it is closed: on Node 22 it still holds the socket then.
  return pending instanceof ServerResponse && !pending.closed ? pending : undefined
}
