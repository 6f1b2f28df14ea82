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
import { type CannedResponse, EMPTY_STATUSES, truncateJson } from '../faults/answer.ts'
import type { Fault, Target } from '../faults/fault.ts'
import { isControl, pathOf } from '../journal/path-pattern.ts'
import type { Organizations } from '../organization/organizations.ts'
import { abortResponse } from './abort-response.ts'
import { principalOfRequest } from './authenticate.ts'
import { CancellableDelays } from './delays.ts'
import { type BodyLimits, drainBody } from './drain-body.ts'
import type { JournalRecorder } from './record-journal.ts'
import { writeThrottled } from './throttle.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What goes wrong with it on purpose. */
    fault: Fault | undefined
  }
}

const machine = systemClock()

/** What faults act on. */
export interface FaultInjectorServices {
  readonly keys: KeyRegistry
  readonly organizations: Organizations
  readonly recorder: JournalRecorder
  /** Whose a request is that brings no key, where its address says so. */
  readonly ownerOf: (request: FastifyRequest) => string | undefined
  readonly limits: BodyLimits
}

/** Makes requests fail as the faults say. Without faults it costs them a look at whether there are any. */
export class FaultInjector {
  readonly #services: FaultInjectorServices
  readonly #pauses = new CancellableDelays()

  constructor(services: FaultInjectorServices) {
    this.#services = services
  }

  /** Strikes requests. To be called before anything that could answer them is registered. */
  addRequestHook(app: FastifyInstance): void {
    app.decorateRequest('fault')
    const { faults } = this.#services.organizations
    app.addHook('onRequest', (request, reply, done) => {
      if (faults.isEmpty) return done()
      const fault = this.#faultFor(request)
      if (fault === undefined) return done()
      request.fault = fault
      request.log.info({ fault: fault.id }, `struck by ${fault.id}`)
      this.#beforeHandler(fault, request, reply, done).catch(done)
    })
    app.addHook('preClose', (done) => {
      this.#pauses.end()
      done()
    })
  }

  /** Spoils answers. To be called when whatever else changes them is registered, but for the journal. */
  addResponseHook(app: FastifyInstance): void {
    app.addHook('onSend', (request, reply, payload, done) => {
      const { fault } = request
      if (fault === undefined) return done(null, payload)
      this.#alterResponse(fault, reply, payload, done).catch(done)
    })
  }

  #faultFor(request: FastifyRequest): Fault | undefined {
    const { organizations, keys, ownerOf } = this.#services
    const path = pathOf(request.originalUrl)
    if (isControl(path)) return undefined
    const again = organizations.faults.retries.take(retryOf(request), machine.now())
    if (again !== undefined) return again
    const target = { method: request.raw.method as string, path }
    const orgId = principalOfRequest(keys, request)?.orgId ?? ownerOf(request)
    const own = orgId === undefined ? undefined : organizations.find(orgId)?.faults.takeMatching(target)
    return own ?? organizations.faults.global.takeMatching(target)
  }

  /** Does what comes before the API has its turn; it has none where `done` is never called. */
  async #beforeHandler(
    { spec, answer }: Fault,
    request: FastifyRequest,
    reply: FastifyReply,
    done: HookHandlerDoneFunction,
  ): Promise<void> {
    const { delay_ms = 0, abort } = spec
    // Whoever hangs up meanwhile does not keep the API from doing what it was asked for: nor would he the real one.
    if (delay_ms > 0) await this.#pauses.wait(delay_ms)
    if (abort !== 'before' && answer === undefined) return done()
    const received = await drainBody(request, this.#services.limits)
    if (answer === undefined || received === 'gone') return this.#abortResponse(reply)
    // What is left of the body must not be taken for the next request.
    if (received === 'too-long') reply.header('connection', 'close')
    sendMadeUp(reply, answer)
  }

  /** Does to an answer what is to be done; Fastify sends it only where `done` is called. */
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
    const isJsonAnswer = isJson(String(reply.getHeader('content-type')))
    const bytes = malformed_json && isJsonAnswer ? Buffer.from(truncateJson(whole.toString())) : whole
    const { raw, statusCode } = reply
    const hasBody = bytes.length > 0 && raw.req.method !== 'HEAD' && !EMPTY_STATUSES.includes(statusCode)
    if (hasBody && (isCut || bytes_per_second !== undefined)) return this.#pour(spec, reply, bytes)
    // Where there is no body to be cut, the client misses the answer all the same.
    if (isCut) return this.#abortResponse(reply)
    done(null, payload === undefined ? payload : bytes)
  }

  /** Sends an answer by hand: the body slowly, or half of it. */
  async #pour({ abort, bytes_per_second }: Fault['spec'], reply: FastifyReply, bytes: Buffer): Promise<void> {
    const { raw, request } = reply
    reply.header('content-length', bytes.length)
    raw.writeHead(reply.statusCode, reply.getHeaders() as Record<string, string>)
    const isCut = abort === 'mid-body'
    const isThere = await writeThrottled(raw, isCut ? bytes.subarray(0, bytes.length >> 1) : bytes, {
      bytesPerSecond: bytes_per_second,
      pauses: this.#pauses,
      onEnd: (length) => this.#services.recorder.answered(request, reply, bytes.subarray(0, length)),
    })
    if (isCut || !isThere) raw.destroy()
    else raw.end()
  }

  #abortResponse({ raw, request }: FastifyReply): void {
    const { fault } = request
    // What was sent before on the connection is what makes a client believe that it was only idle for too long.
    if (fault?.spec.include_retries === true && raw.req.socket.bytesWritten > 0) {
      this.#services.organizations.faults.retries.expect(fault, retryOf(request), machine.now())
    }
    this.#services.recorder.recordAborted(request)
    abortResponse(raw)
  }
}

/** What a retry of a request is told by: everything but its connection and its body, which has not been read yet. */
function retryOf({ raw, originalUrl }: FastifyRequest): Target {
  const { authorization, 'content-length': length } = raw.headers
  return { method: raw.method as string, path: originalUrl, identity: `${length} ${authorization}` }
}

function sendMadeUp(reply: FastifyReply, { status, headers, text }: CannedResponse): void {
  // Bytes, since Fastify adds a charset to the type of a text.
  reply
    .code(status)
    .headers(headers)
    .send(text === '' ? undefined : Buffer.from(text))
}

/** The body of an answer, also of one that would go out piece by piece. */
async function bytesOf(payload: unknown): Promise<Buffer> {
  if (payload instanceof Readable) return Buffer.concat(await payload.toArray())
  return typeof payload === 'string' || payload instanceof Uint8Array ? Buffer.from(payload) : Buffer.alloc(0)
}
