import type { IncomingMessage } from 'node:http'
import { HttpException, RequestValidationError } from './errors.ts'
import { GrowingBytes } from './growing-bytes.ts'
import {
  BodyDecodeError,
  decodeJson,
  decodeLongJson,
  type JsonDecodeError,
  LONG_JSON,
} from './json/decode.ts'

/** 413, as Starlette words it from Python 3.13 on. The connection ends, since the rest of the body is not read. */
export function contentTooLarge(): HttpException {
  return new HttpException(413, 'Content Too Large', { connection: 'close' })
}

/** 400: what FastAPI makes of anything that goes wrong while a body is read, also of a client that hangs up. */
export function unreadableBody(): HttpException {
  return new HttpException(400, 'There was an error parsing the body')
}

/**
 * Reads a request's body. Rejects with an HttpException: 413 once it is longer than `limit` bytes, 400 when the client hangs up
 * before its end.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // A body in one piece is not copied. Kept as they come, pieces of a byte would take four hundred times their size.
    let first: Buffer | undefined
    let rest: GrowingBytes | undefined
    let size = 0
    const settle = (error?: Error): void => {
      // Without listeners Node drains what is left of the body, so that the answer still gets out.
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
    // Nothing was announced, so nothing comes, not even the end.
    if (request.readableEnded) settle()
    else if (Number(request.headers['content-length']) > limit) reject(contentTooLarge())
    else request.on('data', onData).once('end', onEnd).once('error', onError)
  })
}

/**
 * What FastAPI makes of a body for a route with a JSON model: undefined when there is none, the decoded value when the
 * content type says JSON (or nothing), else the text. Throws RequestValidationError or HttpException (400).
 */
export function parseBody(contentType: string | undefined, bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  if (!isJson(contentType)) return rawText(bytes)
  try {
    return decodeJson(bytes)
  } catch (error) {
    throw answerTo(error)
  }
}

/** What `parseBody` does, while others have their turns of the event loop where it takes long. Rejects with what that throws. */
export async function parseLongBody(contentType: string | undefined, bytes: Uint8Array): Promise<unknown> {
  if (bytes.length < LONG_JSON || !isJson(contentType)) return parseBody(contentType, bytes)
  return decodeLongJson(bytes).catch((error) => {
    throw answerTo(error)
  })
}

/** What FastAPI makes of an error of `decodeJson`. */
function answerTo(error: unknown): Error {
  if (error instanceof BodyDecodeError) return unreadableBody()
  // decodeJson throws nothing else.
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

/** FastAPI's test: no content type, or `application/json`, or `application/<anything>+json`; parameters do not count. */
export function isJson(contentType: string | undefined): boolean {
  if (contentType === undefined || contentType === 'application/json') return true
  const type = (contentType.split(';', 1)[0] as string).trim().toLowerCase()
  return type === '' ? contentType.trim() === '' : /^application\/(?:json|[^/]*\+json)$/.test(type)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The body as text. Bytes that are no UTF-8 become a text that cannot be echoed, since FastAPI crashes on them there. */
function rawText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return '\ud800'
  }
}
