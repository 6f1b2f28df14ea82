import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import symbols from 'fastify/lib/symbols.js'
import type { KeyRegistry } from '../auth/keys.ts'
import { systemClock } from '../base/clock.ts'
import { type FormFields, type FormValue, isUploadFile } from '../fastapi/form/form.ts'
import { jsonLength } from '../fastapi/json/length.ts'
import { pathTemplate } from '../fastapi/routing.ts'
import { BODY_KEPT_MAX, type JournalEntry, NotKept, type RecordedRoute } from '../journal/journal.ts'
import { pathOf } from '../journal/path-pattern.ts'
import type { Organization, Organizations } from '../organization/organizations.ts'
import { principalOfRequest } from './authenticate.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** When the request came, in real microseconds since the epoch. */
    receivedAt: number
  }
}

/** What a request that nothing answered counts as. */
const NO_ANSWER = { status: null, answerHeaders: {}, payload: null }

/** What an entry takes besides its texts, in bytes: 260 for objects (measured with Node 24), and the heads of a dozen texts. */
const OVERHEAD = 600

/** The paths of the control plane, whose calls are not written down. */
const CONTROL = '/_fake/'

const machine = systemClock()

/** Records what is received and answered, in the journal of the organization that the key belongs to. */
export class JournalRecorder {
  readonly #keys: KeyRegistry
  readonly #organizations: Organizations
  #lastHeaders: readonly string[] = []

  /** Good keys tell the organization also where a request is answered before its key is looked at. */
  constructor({ keys, organizations }: { keys: KeyRegistry; organizations: Organizations }) {
    this.#keys = keys
    this.#organizations = organizations
  }

  /** Takes the time of requests. To be called before anything else that could answer them is registered. */
  trackTiming(app: FastifyInstance): void {
    app.decorateRequest('receivedAt', 0)
    if (this.#organizations.journals.isOff) return
    app.addHook('onRequest', (request, _reply, done) => {
      request.receivedAt = machine.now()
      done()
    })
  }

  /** Writes down the requests that Fastify answers. To be called before the routes are registered. */
  recordResponses(app: FastifyInstance): void {
    if (this.#organizations.journals.isOff) return
    app.addHook('onRoute', (route) => {
      if (route.url.startsWith(CONTROL)) return
      const recorded = recordedRoute(route)
      const record: NonNullable<typeof route.onSend> = (request, reply, payload, done) => {
        this.#add(request, recorded, answerOf(reply, payload))
        done()
      }
      // Hooks of a route run after those of the application, so what is written down is what goes out.
      route.onSend = [...[route.onSend ?? []].flat(), record]
    })
    app.addHook('onSend', (request, reply, payload, done) => {
      if (request.is404) this.#addUnrouted(request, answerOf(reply, payload))
      done()
    })
  }

  /** Records a request whose connection was closed without an answer. */
  recordAborted(request: FastifyRequest): void {
    this.#addByHand(request, NO_ANSWER)
  }

  /** Writes down an answer that goes out without Fastify, and as much of its body as does. */
  answered(request: FastifyRequest, reply: FastifyReply, sent: Uint8Array): void {
    this.#addByHand(request, answerOf(reply, sent))
  }

  #addByHand(request: FastifyRequest, answer: Answer): void {
    if (this.#organizations.journals.isOff) return
    const route = request.routeOptions as RouteOptions
    if (request.is404) this.#addUnrouted(request, answer)
    else if (!route.url.startsWith(CONTROL)) this.#add(request, recordedRoute(route), answer)
  }

  #addUnrouted(request: FastifyRequest, answer: Answer): void {
    if (!pathOf(request.originalUrl).startsWith(CONTROL)) this.#add(request, null, answer)
  }

  #add(request: FastifyRequest, route: RecordedRoute | null, answer: Answer): void {
    const { journals, clock } = this.#organizations
    const { raw, sentBody, receivedAt, fault } = request
    const rawHeaders = this.#shared(raw.rawHeaders)
    const organization = this.#organizationOf(request)
    const target = request.originalUrl
    const { status, answerHeaders, payload } = answer
    let bytes =
      OVERHEAD + target.length + (payload === null || payload instanceof NotKept ? 0 : payload.length)
    for (let at = 0; at < rawHeaders.length; at++) bytes += (rawHeaders[at] as string).length
    const body = keptBody(sentBody)
    if (body instanceof Uint8Array) bytes += body.length
    else if (body !== undefined && !(body instanceof NotKept)) bytes += JSON.stringify(body).length
    const journal = organization === undefined ? journals.of(null) : organization.journal
    journal.add({
      id: journals.nextId(),
      at: (organization?.clock ?? clock).now(),
      micros: machine.now() - receivedAt,
      orgId: organization?.orgId ?? null,
      method: raw.method as string,
      target,
      rawHeaders,
      body,
      route,
      fault: fault?.id,
      status,
      answerHeaders,
      payload,
      bytes,
    })
  }

  /**
   * The headers of the request before where they are the same, as those of a client mostly are. A copy of them for each of a
   * thousand requests was half of what a journal kept, and took the garbage collector a twentieth of a request (in-process, Node 24).
   */
  #shared(headers: readonly string[]): readonly string[] {
    if (!areSame(headers, this.#lastHeaders)) this.#lastHeaders = headers
    return this.#lastHeaders
  }

  #organizationOf(request: FastifyRequest): Organization | undefined {
    // Where the route has looked at the key itself.
    const found: Organization | undefined = request.organization
    if (found !== undefined) return found
    const principal = principalOfRequest(this.#keys, request)
    return principal === undefined ? undefined : this.#organizations.getEphemeral(principal.orgId)
  }
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false
  return true
}

type Answer = Pick<JournalEntry, 'status' | 'answerHeaders' | 'payload'>

function answerOf(reply: FastifyReply, payload: unknown): Answer {
  return {
    status: reply.statusCode,
    answerHeaders: headersOf(reply),
    payload: typeof payload === 'string' || payload instanceof Uint8Array ? kept(payload) : null,
  }
}

/** Of a body that is long only its length is kept: to make many of such readable would take seconds, and they would drive out the others. */
function kept<B extends string | Uint8Array>(body: B): B | NotKept {
  if (body.length <= BODY_KEPT_MAX) return body
  return new NotKept(typeof body === 'string' ? Buffer.byteLength(body) : body.length)
}

function keptBody(sent: FastifyRequest['sentBody']): JournalEntry['body'] {
  if (sent === undefined) return undefined
  if (sent instanceof Uint8Array) return kept(sent)
  const form = withoutFiles(sent)
  return jsonLength(form, BODY_KEPT_MAX) <= BODY_KEPT_MAX ? form : new NotKept(null)
}

/** The headers of nearly every answer, as far as they are known when it is written down. */
const JSON_ALONE = { 'content-type': 'application/json' } as const

/**
 * The headers of an answer. Each copy of them, made and kept for a thousand requests, took a twentieth of what a request costs
 * in-process (Node 24), and Fastify has no way to look at them without one.
 */
function headersOf(reply: FastifyReply): JournalEntry['answerHeaders'] {
  const headers: JournalEntry['answerHeaders'] = Reflect.get(reply, symbols.kReplyHeaders)
  if (headers['content-type'] !== JSON_ALONE['content-type']) return reply.getHeaders()
  for (const name in headers) if (name !== 'content-type') return reply.getHeaders()
  return JSON_ALONE
}

function recordedRoute({ method, url, schema = {} }: RouteOptions): RecordedRoute {
  return { method: String(method), template: pathTemplate(url), schema }
}

/** A form as JSON; a name that occurs more than once has a list. The bytes of files could be much, and are not needed. */
function withoutFiles(form: FormFields): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    form.names().map((name) => {
      const values = form.all(name).map(withoutBytes)
      return [name, values.length === 1 ? values[0] : values]
    }),
  )
}

function withoutBytes(value: FormValue): unknown {
  if (!isUploadFile(value)) return value
  const { filename, contentType = null, size } = value
  return { filename, content_type: contentType, size }
}
