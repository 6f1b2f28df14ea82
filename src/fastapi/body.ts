import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { HttpException, RequestValidationError } from './errors.ts'
import { GrowingBytes } from './growing-bytes.ts'
import {
  BodyDecodeError,
  decodeJson,
  decodeLongJson,
  type JsonDecodeError,
  LONG_JSON,
} from './json/decode.ts'
import { nextTurn } from './turns.ts'

/** Returns 413 with Starlette's detail since Python 3.13. Closes the connection, because the rest of the body is not read. */
export function contentTooLarge(): HttpException {
  return new HttpException(413, 'Content Too Large', { connection: 'close' })
}

/** Returns FastAPI's 400 for any error while a body is read, including a disconnect of the client. */
export function unreadableBody(): HttpException {
  return new HttpException(400, 'There was an error parsing the body')
}

/**
 * Reads a request's body. Rejects with an HttpException: 413 once the body exceeds `limit` bytes, 400 if the client disconnects
 * before its end, or has done so before this call.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // A single chunk is not copied. Several chunks are merged, since a one-byte chunk takes four hundred times its size.
    let first: Buffer | undefined
    let rest: GrowingBytes | undefined
    let size = 0
    const settle = (error?: Error): void => {
      // Without listeners, Node drains the rest of the body, so the answer can still be sent.
      request.off('data', onData).off('end', onEnd).off('error', onError)
      if (error !== undefined) reject(error)
      else resolve(rest === undefined ? (first ?? Buffer.alloc(0)) : Buffer.from(rest.take().buffer))
    }
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      if (size > limit) settle(contentTooLarge())
      else if (first === undefined) first = chunk
      else {
        if (rest === undefined) {
          rest = new GrowingBytes()
          rest.append(first)
        }
        rest.append(chunk)
      }
    }
    const onEnd = (): void => settle()
    const onError = (): void => settle(unreadableBody())
    // A request without an announced body emits no events, not even 'end'.
    if (request.readableEnded) settle()
    // The error was emitted before this call, while the request waited for its turn or for the store.
    else if (request.errored !== null) reject(unreadableBody())
    else if (Number(request.headers['content-length']) > limit) reject(contentTooLarge())
    else request.on('data', onData).once('end', onEnd).once('error', onError)
  })
}

/**
 * Parses a body as FastAPI does for a route with a JSON model. Returns undefined for an empty body, the decoded value if the content
 * type is JSON or missing, else the body as a string. Throws RequestValidationError or HttpException (400).
 */
export function parseBody(contentType: string | undefined, bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  if (!isJson(contentType)) return rawText(bytes)
  try {
    return decodeJson(bytes)
  } catch (error) {
    throw toFastApiError(error)
  }
}

/** Like `parseBody`, but yields to the event loop while it decodes a long body. Rejects with the same errors. */
export async function parseLongBody(contentType: string | undefined, bytes: Uint8Array): Promise<unknown> {
  if (bytes.length < LONG_JSON || !isJson(contentType)) return parseBody(contentType, bytes)
  return decodeLongJson(bytes).catch((error) => {
    throw toFastApiError(error)
  })
}

/** Converts an error of `decodeJson` to the one that FastAPI raises. */
function toFastApiError(error: unknown): Error {
  if (error instanceof BodyDecodeError) return unreadableBody()
  // decodeJson throws no other error.
  const { position, message } = error as JsonDecodeError
  return new RequestValidationError([
    {
      type: 'json_invalid',
      loc: ['body', position],
      msg: 'JSON decode error',
      input: {},
      ctx: { error: message },
    },
  ])
}

/** Returns whether FastAPI treats a content type as JSON: `application/json`, `application/<anything>+json` or missing, with any parameters. */
export function isJson(contentType: string | undefined): boolean {
  if (contentType === undefined || contentType === 'application/json') return true
  const type = (contentType.split(';', 1)[0] as string).trim().toLowerCase()
  return type === '' ? contentType.trim() === '' : /^application\/(?:json|[^/]*\+json)$/.test(type)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes a body as a string. Returns a lone surrogate for invalid UTF-8: echoing it fails, as FastAPI crashes there. */
function rawText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return '\ud800'
  }
}

/**
 * Resolves in the next turn of the event loop for a request with a long body. Validation and handler of such a request both take long, so the
 * server yields in between. Returns undefined for other requests.
 */
export function turnAfterValidation({ sentBody }: FastifyRequest): Promise<void> | undefined {
  return sentBody instanceof Uint8Array && sentBody.length >= LONG_JSON ? nextTurn() : undefined
}
