import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { URL } from '../base/builtins.ts'
import { assertFetching, assertRunning } from '../base/faked-timers.ts'
import { type Destination, failed, resolveUrl } from './destination.ts'
import type { Fetch } from './fetch.ts'
import { lazyResponse } from './lazy-response.ts'
import { areFetchClassesLoaded, fetchClasses } from './native-fetch.ts'
import { nativeInit } from './native-init.ts'
import { type Hop, redirected, redirectTarget } from './redirect.ts'
import type { ControlRequest, Open, Send } from './send.ts'
import { simpleRequest } from './simple-request.ts'

/** Statuses without a body, for which `Response` refuses one. */
const NULL_BODY_STATUSES = [204, 205, 304]

/** The headers that Node's fetch sends by default. */
const DEFAULT_HEADERS = {
  accept: '*/*',
  'accept-language': '*',
  'sec-fetch-mode': 'cors',
  'user-agent': 'node',
}

/** The maximum number of redirects, from the Fetch standard. */
const REDIRECTS_MAX = 20

/**
 * Returns a fetch that hands requests to an application in this process, without a socket. Otherwise it behaves like Node's, including
 * failures: when the application hangs up, it rejects with a TypeError whose cause has a code.
 */
export function localFetch(app: FastifyInstance, destination: Destination): Fetch {
  return async (input, given) => {
    await assertFetching()
    const chain = simpleChain(input, given, destination) ?? (await chainOf(input, given, destination))
    const { redirect, signal } = chain
    let { hop } = chain
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      resolveUrl(hop.url, destination)
      const answer = await unlessAborted(signal, () => send(app, hop))
      const target = redirectTarget(answer.statusCode, answer.headers)
      if (redirect === 'manual' || target === undefined) return responseOf(answer, hop, redirects > 0, signal)
      if (redirect === 'error') throw failed(new Error('unexpected redirect'))
      hop = redirected(hop, answer.statusCode, target)
    }
    throw failed(new Error('redirect count exceeded'))
  }
}

/** Hands control plane calls to an application in this process. Uses nothing from the Fetch standard. */
export function localSend(app: FastifyInstance): Send {
  return async (call) => {
    await assertRunning()
    const answer = await send(app, sentOf(call))
    const pieces: Buffer[] = []
    for await (const piece of answer.stream()) pieces.push(piece)
    return { status: answer.statusCode, text: Buffer.concat(pieces).toString() }
  }
}

/** Opens control plane calls in an application in this process, like {@link localSend}. */
export function localOpen(app: FastifyInstance): Open {
  return (call) => {
    let stream: Readable | undefined
    let isClosed = false
    const open = async () => {
      await assertRunning()
      const answer = await send(app, sentOf(call))
      stream = answer.stream().setEncoding('utf8')
      if (isClosed) stream.destroy()
      return { status: answer.statusCode, pieces: stream }
    }
    const close = () => {
      isClosed = true
      stream?.destroy()
    }
    return { answer: open(), close }
  }
}

function sentOf({ method, url, headers, body }: ControlRequest): Hop {
  return {
    method,
    url: new URL(url),
    headers: Object.entries(headers),
    body: body === undefined ? undefined : Buffer.from(body),
  }
}

type Input = Parameters<Fetch>[0]

/** The first request of a fetch, and what it does with redirects. */
interface Chain {
  readonly hop: Hop
  readonly redirect: Request['redirect']
  /** Default: the fetch cannot be aborted. */
  readonly signal?: AbortSignal
}

/** Returns the chain of a simple request while Node's fetch classes are not loaded. Returns undefined where `chainOf` must use them. */
function simpleChain(
  input: Input,
  init: RequestInit | undefined,
  destination: Destination,
): Chain | undefined {
  const request = areFetchClassesLoaded() ? undefined : simpleRequest(init)
  if (request === undefined) return undefined
  // Without the classes, nothing is a Request.
  const url = resolveUrl(input as string | URL, destination)
  return url.username + url.password === '' ? { hop: { url, ...request }, redirect: 'follow' } : undefined
}

/** Returns the chain of any request. Throws TypeError for one that `Request` refuses. */
async function chainOf(
  input: Input,
  given: RequestInit | undefined,
  destination: Destination,
): Promise<Chain> {
  const { Request } = fetchClasses()
  const init = await nativeInit(given)
  const request = new Request(input instanceof Request ? input : resolveUrl(input, destination), init)
  const { url, method, headers, redirect, signal } = request
  const hop = { url: new URL(url), method, headers, body: await bodyToSend(request, init?.body) }
  return { hop, redirect, signal }
}

/** Returns a stream if the caller gave one, else bytes, which have a length and can be sent twice. */
async function bodyToSend(request: Request, given: unknown): Promise<Hop['body']> {
  const { body, signal } = request
  if (body === null) return undefined
  if (!(Symbol.asyncIterator in Object(given))) {
    return Buffer.from(await unlessAborted(signal, () => request.arrayBuffer()))
  }
  // Node has two types of web streams that differ only in name.
  return Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0], { signal })
}

type Answer = Awaited<ReturnType<typeof send>>

/** Always sends the body as a stream: light-my-request sends any other with `setImmediate`, which mocked timers stop. */
async function send(app: FastifyInstance, { url, method, headers, body }: Hop) {
  try {
    const answer = await app.inject({
      // Any method is allowed here; Fastify's types only list those with a shorthand function.
      method: method as 'GET',
      url: url.pathname + url.search,
      headers: {
        host: url.host,
        connection: 'keep-alive',
        ...DEFAULT_HEADERS,
        ...Object.fromEntries(headers),
        ...lengthHeader(method, body),
      },
      payload: body instanceof Readable ? body : Readable.from(body === undefined ? [] : [body]),
      payloadAsStream: true,
    })
    // The body is not read after the answer has begun, and a refused body may be endless.
    if (body instanceof Readable) body.destroy()
    return answer
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'FST_ERR_REOPENED_CLOSE_SERVER') throw failed(withCode('the fake is closed', 'ECONNREFUSED'))
    if (code === 'LIGHT_ECONNRESET') throw failed(withCode('other side closed', 'UND_ERR_SOCKET'))
    throw failed(error)
  }
}

/** Returns the length headers as on the wire. Methods that may have a body announce an empty one, too. */
function lengthHeader(method: string, body: Hop['body']): Record<string, string> {
  if (body instanceof Readable) return { 'transfer-encoding': 'chunked' }
  if (body !== undefined) return { 'content-length': String(body.length) }
  return ['POST', 'PUT', 'PATCH'].includes(method) ? { 'content-length': '0' } : {}
}

function withCode(message: string, code: string): Error {
  return Object.assign(new Error(message), { code })
}

function responseOf(
  answer: Answer,
  hop: Hop,
  isRedirected: boolean,
  signal: AbortSignal | undefined,
): Response {
  const { statusCode: status, statusMessage: statusText } = answer
  const body = bodyOf(answer, hop)
  const create = () => {
    const { Headers, Response } = fetchClasses()
    const headers = new Headers()
    for (const [name, values] of Object.entries(answer.headers)) {
      for (const value of [values].flat()) headers.append(name, String(value))
    }
    const content = body instanceof Readable ? webStream(body, signal) : body
    return located(new Response(content, { status, statusText, headers }), hop.url, isRedirected)
  }
  if (body instanceof Readable || areFetchClassesLoaded()) return create()
  return lazyResponse({ status, statusText, url: addressOf(hop.url), redirected: isRedirected }, body, create)
}

/** Returns the body: its bytes if they are complete, as those of most answers are. */
function bodyOf(answer: Answer, { method }: Hop): Readable | Uint8Array<ArrayBuffer> | null {
  if (method === 'HEAD' || NULL_BODY_STATUSES.includes(answer.statusCode)) return null
  const stream = answer.stream()
  if (!answer.raw.res.writableEnded) return stream
  return (stream.read() as Buffer<ArrayBuffer> | null) ?? new Uint8Array()
}

function webStream(stream: Readable, signal: AbortSignal | undefined): ReadableStream {
  const abort = () => stream.destroy(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  const chunks = stream[Symbol.asyncIterator]()
  const { ReadableStream } = fetchClasses()
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await chunks.next()
        if (done !== true) return controller.enqueue(value)
        signal?.removeEventListener('abort', abort)
        controller.close()
      } catch (error) {
        controller.error(
          signal?.aborted === true ? signal.reason : new TypeError('terminated', { cause: error }),
        )
      }
    },
    cancel: () => void stream.destroy(),
  })
}

/** Settles like the begun operation, but rejects at once when the signal aborts. */
async function unlessAborted<Value>(
  signal: AbortSignal | undefined,
  begin: () => Promise<Value>,
): Promise<Value> {
  if (signal === undefined) return begin()
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([begin(), aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Sets the URL of a response and of its clones, which the constructor does not accept. */
function located(response: Response, url: URL, isRedirected: boolean): Response {
  const { clone } = response
  const values = {
    url: addressOf(url),
    redirected: isRedirected,
    type: 'basic',
    clone: () => located(clone.call(response), url, isRedirected),
  }
  // They can be changed, or no lazy response could pass them on.
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(response, name, { value, configurable: true })
  }
  return response
}

/** Returns the address that a response shows. */
function addressOf({ href }: URL): string {
  return href.replace(/#.*/, '')
}
