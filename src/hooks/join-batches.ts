import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { UnavailableError } from '../database/types.ts'
import { isInternal } from '../fastapi/internal.ts'
import { listOf } from '../fastapi/list-of.ts'
import type { Replica } from '../persistence/replica.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the request uses the state of the server; see `BatchGate`. */
    isInBatch: boolean
    /** Whether the state cannot be used now, so that the request is answered with 503 and not recorded. */
    isRefused: boolean
  }
}

/** The latest response on a connection. As a property, because a WeakMap took 1 of the 40 µs of a deletion (in-process, Node 24). */
const LATEST = Symbol('latest response')

/** The connection of a request. */
type OrderedSocket = Socket & { [LATEST]?: ServerResponse }

/** How long clients should wait while the database is unavailable, in seconds. */
const RETRY_AFTER = '1'

/** The headers of an answer while the database is unavailable. */
export const UNAVAILABLE_HEADERS = { 'retry-after': RETRY_AFTER } as const

/**
 * Lets requests use the state of a server that keeps it in a database: each part of a request that reads or changes it runs in a batch of
 * the replica, and no answer is sent before its changes are durable. While a request waits for its client or for a delay, it is in none.
 */
export class BatchGate {
  readonly #replica: Pick<Replica, 'enter' | 'leave' | 'settle'>

  constructor(replica: Pick<Replica, 'enter' | 'leave' | 'settle'>) {
    this.#replica = replica
  }

  /** Lets a request join a batch. Returns undefined if it may continue at once. Rejects with UnavailableError, after which the request is refused. */
  enter(request: FastifyRequest): Promise<void> | undefined {
    // A request of the application to itself is part of the request that sends it.
    if (request.isInBatch || request.isRefused || isInternal(request.raw)) return undefined
    const entered = this.#replica.enter()
    if (entered === undefined) {
      request.isInBatch = true
      return undefined
    }
    return entered.then(
      () => {
        request.isInBatch = true
      },
      (error: unknown) => {
        request.isRefused = true
        throw error
      },
    )
  }

  /** Lets a request leave its batch before it waits for something else. It joins another one later. */
  leave(request: FastifyRequest): void {
    if (!request.isInBatch) return
    request.isInBatch = false
    this.#replica.leave()
  }

  /** Lets a request leave its batch. Returns undefined if all that it has changed is durable, or else resolves when it is. */
  settle(request: FastifyRequest): Promise<void> | undefined {
    if (!request.isInBatch) return undefined
    request.isInBatch = false
    return this.#replica.settle()?.catch((error: unknown) => {
      request.isRefused = true
      throw error
    })
  }

  /** Runs the end of a request whose answer is not sent by Fastify. Resolves when it is durable, or if the database is unavailable. */
  async finish(request: FastifyRequest, action: () => void): Promise<void> {
    try {
      await this.enter(request)
      if (!request.isRefused) action()
      await this.settle(request)
    } catch {
      // The connection is closed, or its response has begun: nothing else can tell the client.
    }
  }

  /**
   * Registers the hook by which the requests of one connection wait for those before them, as they do on the real service: while the first one
   * waits for a batch, a client that does not wait for its answer may send others. Call it before registering any other hook.
   */
  keepOrder(app: FastifyInstance): void {
    app.addHook('onRequest', ({ raw }, reply, done) => {
      const socket: OrderedSocket = raw.socket
      const previous = socket[LATEST]
      socket[LATEST] = reply.raw
      if (previous === undefined || previous.writableFinished || previous.destroyed) done()
      else previous.once('close', () => done())
    })
  }

  /** Registers the hooks with which requests join a batch. Call it before registering any other that uses the state, except the fault injector's. */
  addRequestHooks(app: FastifyInstance): void {
    app.decorateRequest('isInBatch', false)
    app.decorateRequest('isRefused', false)
    app.addHook('preValidation', (request, _reply, done) => {
      const entered = this.enter(request)
      if (entered === undefined) done()
      else entered.then(() => done(), done)
    })
    app.addHook('onSend', (request, reply, payload, done) => {
      const entered = this.enter(request)
      if (entered === undefined) done(null, payload)
      else answerLater(entered, { reply, payload, done })
    })
    // Normally it has already left.
    app.addHook('onResponse', (request, _reply, done) => {
      this.leave(request)
      done()
    })
  }

  /** Registers the hooks that keep back each response until it is durable. Call it after all others that change the state, and before the routes. */
  addResponseHooks(app: FastifyInstance): void {
    const settle: onSendHookHandler<unknown> = (request, reply, payload, done) => {
      const settled = this.settle(request)
      if (settled === undefined) done(null, payload)
      else answerLater(settled, { reply, payload, done })
    }
    app.addHook('onRoute', (route) => {
      // Hooks of a route run after those of the application.
      route.onSend = [...listOf(route.onSend), settle]
    })
    app.addHook('onSend', (request, reply, payload, done) => {
      if (request.is404) settle.call(app, request, reply, payload, done)
      else done(null, payload)
    })
  }
}

/** Continues with a response once a promise is fulfilled, or with a 503 if it is rejected. */
function answerLater(
  ready: Promise<void>,
  {
    reply,
    payload,
    done,
  }: { reply: FastifyReply; payload: unknown; done: (error: null, payload: unknown) => void },
): void {
  ready.then(
    () => done(null, payload),
    (error: unknown) => done(null, unavailable(reply, error)),
  )
}

/** Turns a response into a 503. Returns its body. */
function unavailable(reply: FastifyReply, error: unknown): Buffer {
  const { request, server } = reply
  request.log.error({ err: error }, 'the state could not be stored')
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
  const detail = error instanceof UnavailableError ? error.message : 'The state could not be stored'
  const refusal = { status: 503, detail }
  const { contentType, body } = server.errorFormats.encode(request.originalUrl, refusal, request)
  reply.code(503).headers({ ...UNAVAILABLE_HEADERS, 'content-type': contentType })
  return Buffer.from(body)
}
