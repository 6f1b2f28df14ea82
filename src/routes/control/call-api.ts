import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { isJson } from '../../fastapi/body.ts'
import { HttpException, invalidValue } from '../../fastapi/errors.ts'
import { INTERNAL_ADDRESS } from '../../fastapi/internal.ts'
import { encodeJson } from '../../fastapi/json/encode.ts'
import { internalAuthorization } from '../../hooks/internal-calls.ts'
import type { ApiCall } from '../../schemas/control/calls.ts'

/** A call whose parts have been checked. */
export interface CheckedCall {
  readonly orgId: string
  readonly method: ApiCall['method']
  /** A path of the API with its query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

/** The maximum length of all headers of a call, in characters. */
const HEADERS_MAX = 16_384

/** Headers that the server sets, or that are about a connection, which such a call does not have. */
const REFUSED_HEADERS =
  /^(?:authorization|connection|content-length|expect|forwarded|host|keep-alive|te|trailer|transfer-encoding|upgrade|(?:proxy|x-forwarded)-.*)$/

/** Checks what the schema of a call cannot express. Throws RequestValidationError. */
export function checkCall({ org_id: orgId, method, path, headers = {}, body }: ApiCall): CheckedCall {
  const url = path.replaceAll('{org_id}', encodeURIComponent(orgId))
  if (!isApiUrl(url))
    throw invalidValue(['body', 'path'], 'not a percent-encoded path below /v1/, /v3/ or /v3beta1/', path)
  const flaw = headersFlaw(headers)
  if (flaw !== undefined) throw invalidValue(['body', 'headers'], flaw, null)
  return { orgId, method, url, headers, body: body == null ? undefined : bytesOf(body) }
}

/** Returns whether a target is below one of the prefixes of the API, also after `.` and `..` are resolved. */
function isApiUrl(url: string): boolean {
  const [path = ''] = url.split('?', 1)
  const hasDots = path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))
  return /^\/v(?:1|3|3beta1)\/[!-~]*$/.test(url) && !/[#\\]/.test(url) && !hasDots
}

/** Returns what is wrong with headers. Does not quote them, because they may contain keys. */
function headersFlaw(headers: Readonly<Record<string, string>>): string | undefined {
  let length = 0
  for (const [name, value] of Object.entries(headers)) {
    length += name.length + value.length
    if (length > HEADERS_MAX) return `longer than ${HEADERS_MAX} characters`
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t -~\u0080-\u00ff]*$/.test(value))
      return 'not valid in HTTP'
    if (REFUSED_HEADERS.test(name.toLowerCase())) return `${name.toLowerCase()} is set by the server`
  }
  return undefined
}

function bytesOf(body: unknown): Buffer {
  try {
    return Buffer.from(encodeJson(body))
  } catch {
    throw invalidValue(['body', 'body'], 'not valid in JSON', null)
  }
}

/**
 * Sends a call to the application as one of its organizations. Returns the answer as JSON in pieces. `origin` is that of the server, as
 * its client sees it. Throws HttpException (503) if the server stops.
 */
export async function callApi(
  app: Pick<FastifyInstance, 'inject'>,
  call: CheckedCall,
  origin: string,
): Promise<Iterable<string>> {
  const answer = await send(app, call, origin)
  const { statusCode: status, headers: own } = answer
  const type = String(own['content-type'])
  const stream = answer.stream()
  const headers = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)]))
  const head = `{"status":${status},"headers":${encodeJson(headers)},"body":`
  if (!isJson(type) && !type.startsWith('text/')) {
    stream.destroy()
    return [head, 'null}']
  }
  const pieces: string[] = []
  for await (const piece of stream.setEncoding('utf8')) pieces.push(piece)
  if (pieces.length === 0) return [head, 'null}']
  // JSON is passed on as it is: it may have numbers that JavaScript would round.
  return isJson(type) ? [head, ...pieces, '}'] : [head, encodeJson(pieces.join('')), '}']
}

/** Sends the body as a stream: light-my-request sends any other with `setImmediate`, which mocked timers stop. */
async function send(
  app: Pick<FastifyInstance, 'inject'>,
  { orgId, method, url, headers, body }: CheckedCall,
  origin: string,
) {
  const [protocol = '', host] = origin.split('://')
  try {
    return await app.inject({
      method,
      url,
      remoteAddress: INTERNAL_ADDRESS,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...lowerCase(headers),
        ...(['POST', 'PUT', 'PATCH'].includes(method) || body !== undefined
          ? { 'content-length': String(body?.length ?? 0) }
          : {}),
        host,
        'x-forwarded-proto': protocol,
        authorization: internalAuthorization(orgId),
      },
      payload: Readable.from(body === undefined ? [] : [body]),
      payloadAsStream: true,
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'FST_ERR_REOPENED_CLOSE_SERVER') throw error
    throw new HttpException(503, 'The server stops')
  }
}

function lowerCase(headers: CheckedCall['headers']): CheckedCall['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
