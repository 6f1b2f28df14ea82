import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { type AppOptions, buildApp } from '../src/app.ts'
import { makeCertificate } from '../src/server/tls/certificate.ts'
import { listenTls } from '../src/server/tls/listener.ts'
import { parseAnswers, type WireAnswer } from './fuzz/wire.ts'

/** A valid key. */
export const KEY = 'apk_user_test'
/** The maximum size of a body, in bytes. */
const JSON_LIMIT = 1_000
/** Small limits, so that tests do not have to wait for them. */
export const LIMITS: NonNullable<AppOptions['limits']> = {
  jsonBytes: JSON_LIMIT,
  uploadBytes: JSON_LIMIT,
  linger: { ms: 60, bytes: 8_000_000 },
  drain: { bytes: 1_000_000, ms: 60 },
}

/** A limit that no test reaches before it times out. */
export const NEVER = 1_000_000_000

/** The content of bodies: text that looks like a request but must never be parsed as one. */
export const SMUGGLED = 'DELETE /smuggled HTTP/1.1\r\nhost: h\r\n\r\n'
/** Returns a number of bytes of {@link SMUGGLED}. */
export const filler = (length: number) =>
  SMUGGLED.repeat(Math.ceil(length / SMUGGLED.length)).slice(0, length)
/** A valid request. */
export const NEXT = `GET /v1/secrets HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${KEY}\r\n\r\n`

/** A listening application. */
export interface Running {
  readonly app: FastifyInstance
  /** Opens a connection. Resolves with both of its ends. */
  open(): Promise<{ client: Socket; server: Socket }>
  /** The URLs of the received requests. */
  readonly asked: string[]
}

/** Starts a listening application. Closes it when the test ends. */
export async function run(t: Test, { isTls = false, limits = LIMITS } = {}): Promise<Running> {
  const app = await buildApp({ limits })
  const asked: string[] = []
  app.addHook('onRequest', async (request) => void asked.push(request.originalUrl))
  await app.listen({ port: 0, host: '127.0.0.1' })
  const identity = isTls ? await makeCertificate('127.0.0.1') : undefined
  const tlsListener = identity && (await listenTls(app.server, identity, { host: '127.0.0.1', port: 0 }))
  t.teardown(async () => {
    app.server.closeAllConnections()
    tlsListener?.destroyConnections()
    await Promise.all([app.close(), tlsListener?.close()])
  })
  const open = async () => {
    const arrived = once(app.server, 'connection')
    const options = { host: '127.0.0.1', allowHalfOpen: true }
    const client =
      tlsListener === undefined
        ? connect({ ...options, port: (app.server.address() as AddressInfo).port })
        : connectTls({
            ...options,
            port: tlsListener.port,
            servername: 'api.devin.ai',
            rejectUnauthorized: false,
          })
    // A connection that is cut may be reset.
    client.on('error', () => undefined)
    t.teardown(() => client.destroy())
    const [server] = (await arrived) as [Socket]
    return { client, server }
  }
  return { app, open, asked }
}

/** Returns whether an answer announces the end of its connection. */
export const isLast = (answer: WireAnswer | undefined) => answer?.headers.get('connection') === 'close'

/** Reads answers until there are `count`, the last one of the connection has arrived, or the server has closed it. */
export async function read(client: Socket, count: number): Promise<WireAnswer[]> {
  const received: Buffer[] = []
  let answers: WireAnswer[] = []
  client.resume()
  for await (const [chunk] of chunksOf(client)) {
    received.push(chunk)
    try {
      answers = parseAnswers(Buffer.concat(received))
    } catch {
      // The answer is incomplete so far.
    }
    if (answers.length >= count || isLast(answers.at(-1))) break
  }
  return parseAnswers(Buffer.concat(received))
}

async function* chunksOf(client: Socket): AsyncGenerator<[Buffer]> {
  const queue: (Buffer | undefined)[] = []
  let wake = () => {}
  const add = (chunk?: Buffer) => {
    queue.push(chunk)
    wake()
  }
  client
    .on('data', add)
    .once('end', () => add())
    .once('close', () => add())
  for (;;) {
    while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const chunk = queue.shift()
    if (chunk === undefined) return
    yield [chunk]
  }
}
