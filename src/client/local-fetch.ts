import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { URL } from '../base/builtins.ts'
import { assertFetching, assertRunning } from '../base/faked-timers.ts'
import { type Destination, failed, resolveUrl } from './destination.ts'
import type { Fetch } from './fetch.ts'
import { Headers, ReadableStream, Request, Response } from './native-fetch.ts'
import { nativeInit } from './native-init.ts'
import { type Hop, isRedirect, redirected } from './redirect.ts'
import type { ControlRequest, Open, Send } from './send.ts'

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
    const init = await nativeInit(given)
    const request = new Request(input instanceof Request ? input : resolveUrl(input, destination), init)
    const { redirect, signal } = request
    let hop = await firstHop(request, init?.body)
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      resolveUrl(hop.url, destination)
      const answer = await unlessAborted(signal, () => send(app, hop))
      const response = responseOf(answer, hop, signal)
      if (redirect === 'manual' || !isRedirect(response)) return located(response, hop.url, redirects > 0)
      if (redirect === 'error') throw failed(new Error('unexpected redirect'))
      hop = redirected(hop, response)
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

function sentOf({ method, url, headers, body }: ControlRequest): Sent {
  return {
    method,
    url: new URL(url),
    headers: Object.entries(headers),
    body: body === undefined ? undefined : Buffer.from(body),
  }
}

async function firstHop(request: Request, given: unknown): Promise<Hop> {
  const { url, method, headers } = request
  return { url: new URL(url), method, headers, body: await bodyToSend(request, given) }
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

/** A request to the application. */
type Sent = Omit<Hop, 'headers'> & { readonly headers: Iterable<readonly [string, string]> }

type Answer = Awaited<ReturnType<typeof send>>

/** Always sends the body as a stream: light-my-request sends any other with `setImmediate`, which mocked timers stop. */
async function send(app: FastifyInstance, { url, method, headers, body }: Sent) {
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

function responseOf(answer: Answer, { method }: Hop, signal: AbortSignal): Response {
  const headers = new Headers()
  for (const [name, values] of Object.entries(answer.headers)) {
    for (const value of [values].flat()) headers.append(name, String(value))
  }
  const { statusCode: status, statusMessage: statusText } = answer
  const hasBody = method !== 'HEAD' && !NULL_BODY_STATUSES.includes(status)
  return new Response(hasBody ? bodyOf(answer, signal) : null, { status, statusText, headers })
}

/** Returns the body. Most answers are already complete and need no stream. */
function bodyOf(answer: Answer, signal: AbortSignal): ReadableStream | Uint8Array<ArrayBuffer> {
  const stream = answer.stream()
  if (answer.raw.res.writableEnded) return (stream.read() as Buffer<ArrayBuffer> | null) ?? new Uint8Array()
  const abort = () => stream.destroy(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const chunks = stream[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await chunks.next()
        if (done !== true) return controller.enqueue(value)
        signal.removeEventListener('abort', abort)
        controller.close()
      } catch (error) {
        controller.error(signal.aborted ? signal.reason : new TypeError('terminated', { cause: error }))
      }
    },
    cancel: () => void stream.destroy(),
  })
}

/** Settles like the begun operation, but rejects at once when the signal aborts. */
async function unlessAborted<Value>(signal: AbortSignal, begin: () => Promise<Value>): Promise<Value> {
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
  const href = url.href.replace(/#.*/, '')
  const { clone } = response
  return Object.defineProperties(response, {
    url: { value: href },
    redirected: { value: isRedirected },
    type: { value: 'basic' },
    clone: { value: () => located(clone.call(response), url, isRedirected) },
  })
}
