import { Readable } from 'node:stream'
import type {
  DoneFuncWithErrOrRes,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify'
import type { KeyRegistry } from '../auth/keys.ts'
import { systemClock } from '../base/clock.ts'
import { isJson } from '../fastapi/body.ts'
import { isInternal } from '../fastapi/internal.ts'
import type { StarletteRoutes } from '../fastapi/routing.ts'
import { pathOf } from '../fastapi/target.ts'
import { type CannedResponse, EMPTY_STATUSES, truncateJson } from '../faults/answer.ts'
import type { Fault, Target } from '../faults/fault.ts'
import { isControl } from '../journal/path-pattern.ts'
import type { Organizations } from '../organization/organizations.ts'
import { organizationIdOf } from './authenticate.ts'
import { CancellableDelays } from './delays.ts'
import { type BodyLimits, drainBody } from './drain-body.ts'
import type { BatchGate } from './join-batches.ts'
import type { JournalRecorder } from './record-journal.ts'
import { writeThrottled } from './throttle.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The fault that applies to the request. */
    fault: Fault | undefined
  }
}

const realClock = systemClock()

/** The dependencies of the fault injector. */
export interface FaultInjectorServices {
  readonly keys: KeyRegistry
  readonly organizations: Organizations
  readonly recorder: JournalRecorder
  readonly routes: StarletteRoutes
  /** Returns the organization of a request without a key if its URL names one. */
  readonly ownerOf: (request: FastifyRequest) => string | undefined
  readonly limits: BodyLimits
  /** Default: no gate, because the state is in memory. */
  readonly gate?: BatchGate | undefined
}

/** Injects faults into requests. Without faults, its only cost is a check per request. */
export class FaultInjector {
  readonly #services: FaultInjectorServices
  readonly #delays = new CancellableDelays()

  constructor(services: FaultInjectorServices) {
    this.#services = services
  }

  /** Registers the hook that applies faults to requests. Call it before registering anything that could respond to them. */
  addRequestHook(app: FastifyInstance): void {
    app.decorateRequest('fault')
    const { gate } = this.#services
    app.addHook('onRequest', (request, reply, done) => {
      const entered = gate?.enter(request)
      if (entered === undefined) this.#inject(request, reply, done)
      else entered.then(() => this.#inject(request, reply, done), done)
    })
    app.addHook('preClose', (done) => {
      this.#delays.cancel()
      done()
    })
  }

  #inject(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
    const { organizations, gate } = this.#services
    const fault = organizations.faults.isEmpty ? undefined : this.#faultFor(request)
    if (fault === undefined) {
      // The request may wait long for its body.
      gate?.leave(request)
      done()
      return
    }
    request.fault = fault
    this.#assignRoute(request)
    request.log.info({ fault: fault.id }, `struck by ${fault.id}`)
    this.#apply(fault, request, reply, done).catch(done)
  }

  /** Applies a fault once it is certain that no other request will be counted in its place. */
  async #apply(
    fault: Fault,
    request: FastifyRequest,
    reply: FastifyReply,
    done: HookHandlerDoneFunction,
  ): Promise<void> {
    await this.#services.gate?.settle(request)
    await this.#beforeHandler(fault, request, reply, done)
  }

  /** Registers the hook that applies faults to responses. Call it after all other hooks that change them, but before the journal's. */
  addResponseHook(app: FastifyInstance): void {
    app.addHook('onSend', (request, reply, payload, done) => {
      const { fault } = request
      if (fault === undefined) return done(null, payload)
      this.#alterResponse(fault, reply, payload, done).catch(done)
    })
  }

  /** Sets the lazy route of a request, which the dialect would do after this hook. */
  #assignRoute(request: FastifyRequest): void {
    this.#services.routes.mountedAt(request.raw.url as string)?.assign(request)
  }

  #faultFor(request: FastifyRequest): Fault | undefined {
    const { organizations, keys, ownerOf } = this.#services
    const path = pathOf(request.originalUrl)
    // A browser's request for `/` has a route of the control plane.
    if (isControl(path) || isControl(String(request.routeOptions.url)) || isInternal(request.raw))
      return undefined
    const retried = organizations.faults.retries.take(retryTargetOf(request), realClock.now())
    if (retried !== undefined) return retried
    const target = { method: request.raw.method as string, path }
    const orgId = organizationIdOf(keys, request) ?? ownerOf(request)
    const own = orgId === undefined ? undefined : organizations.find(orgId)?.faults.takeMatching(target)
    return own ?? organizations.faults.global.takeMatching(target)
  }

  /** Applies the part of a fault that precedes the handler. The handler runs only if `done` is called. */
  async #beforeHandler(
    { spec, answer }: Fault,
    request: FastifyRequest,
    reply: FastifyReply,
    done: HookHandlerDoneFunction,
  ): Promise<void> {
    const { delay_ms = 0, abort } = spec
    // The operation still runs if the client disconnects during the delay, as on the real service.
    if (delay_ms > 0) await this.#delays.wait(delay_ms)
    if (abort !== 'before' && answer === undefined) return done()
    const received = await drainBody(request, this.#services.limits)
    if (answer === undefined || received === 'aborted') return this.#abortResponse(reply)
    // The rest of the body must not be parsed as the next request.
    if (received === 'too-long') reply.header('connection', 'close')
    sendCanned(reply, answer)
  }

  /** Applies the part of a fault that concerns the response. Fastify sends the response only if `done` is called. */
  async #alterResponse(
    { spec }: Fault,
    reply: FastifyReply,
    payload: unknown,
    done: DoneFuncWithErrOrRes,
  ): Promise<void> {
    const { abort, bytes_per_second, malformed_json = false } = spec
    if (abort === 'after') return this.#abortResponse(reply)
    const isCut = abort === 'mid-body'
    if (!isCut && bytes_per_second === undefined && !malformed_json) return done(null, payload)
    const whole = await bytesOf(payload)
    const isJsonResponse = isJson(String(reply.getHeader('content-type')))
    const bytes = malformed_json && isJsonResponse ? Buffer.from(truncateJson(whole.toString())) : whole
    const { raw, statusCode } = reply
    const hasBody = bytes.length > 0 && raw.req.method !== 'HEAD' && !EMPTY_STATUSES.includes(statusCode)
    if (hasBody && (isCut || bytes_per_second !== undefined)) return this.#sendRaw(spec, reply, bytes)
    // There is no body to cut, so the whole response is dropped.
    if (isCut) return this.#abortResponse(reply)
    done(null, payload === undefined ? payload : bytes)
  }

  /** Sends a response without Fastify: the body throttled, or only its first half. */
  async #sendRaw(
    { abort, bytes_per_second }: Fault['spec'],
    reply: FastifyReply,
    bytes: Buffer,
  ): Promise<void> {
    const { raw, request } = reply
    await this.#services.gate?.settle(request)
    reply.header('content-length', bytes.length)
    raw.writeHead(reply.statusCode, reply.getHeaders() as Record<string, string>)
    const isCut = abort === 'mid-body'
    const isConnected = await writeThrottled(raw, isCut ? bytes.subarray(0, bytes.length >> 1) : bytes, {
      bytesPerSecond: bytes_per_second,
      delays: this.#delays,
      onEnd: (length) =>
        this.#finish(request, () =>
          this.#services.recorder.recordRawResponse(request, reply, bytes.subarray(0, length)),
        ),
    })
    if (isCut || !isConnected) raw.destroy()
    else raw.end()
  }

  async #abortResponse({ raw, request }: FastifyReply): Promise<void> {
    const { fault } = request
    await this.#finish(request, () => {
      // Clients retry on their own only on a connection that was used before, which they assume was closed as idle.
      if (fault?.spec.include_retries === true && raw.req.socket.bytesWritten > 0) {
        this.#services.organizations.faults.retries.expect(fault, retryTargetOf(request), realClock.now())
      }
      this.#services.recorder.recordAborted(request)
    })
    // Responses to earlier pipelined requests are sent first. Node emits `socket` when it is the turn of this one.
    if (raw.socket === null) raw.once('socket', () => raw.destroy())
    else raw.destroy()
  }

  /** Runs the end of a request, which the journal records, before the client sees it. */
  async #finish(request: FastifyRequest, action: () => void): Promise<void> {
    const { gate } = this.#services
    if (gate === undefined) action()
    else await gate.finish(request, action)
  }
}

/** Returns what identifies a retry of a request: everything but its connection and its body, which has not been read yet. */
function retryTargetOf({ raw, originalUrl }: FastifyRequest): Target {
  const { authorization, 'content-length': length } = raw.headers
  return { method: raw.method as string, path: originalUrl, identity: `${length} ${authorization}` }
}

function sendCanned(reply: FastifyReply, { status, headers, text, detail }: CannedResponse): void {
  reply.code(status).headers(headers)
  if (detail === undefined) return void reply.send(text === '' ? undefined : Buffer.from(text))
  const { request, server } = reply
  const error = { status, detail }
  const { contentType, body } = server.errorFormats.encode(request.originalUrl, error, request)
  // Fastify adds a charset to the content type of a string, but not of bytes.
  reply.header('content-type', contentType).send(Buffer.from(body))
}

/** Returns the body of a response, which may be a stream. */
async function bytesOf(payload: unknown): Promise<Buffer> {
  if (payload instanceof Readable) return Buffer.concat(await payload.toArray())
  return typeof payload === 'string' || payload instanceof Uint8Array ? Buffer.from(payload) : Buffer.alloc(0)
}
