import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { KeyRegistry } from '../auth/keys.ts'
import { systemClock } from '../base/clock.ts'
import { approximateSize } from '../base/quota.ts'
import { type FormFields, type FormValue, isUploadFile } from '../fastapi/form/form.ts'
import { isInternal } from '../fastapi/internal.ts'
import { jsonLength } from '../fastapi/json/length.ts'
import type { LazyRoutes } from '../fastapi/lazy-routes.ts'
import { listOf } from '../fastapi/list-of.ts'
import { pathOf } from '../fastapi/target.ts'
import { BODY_KEPT_MAX, type JournalEntry, OmittedBody, type RecordedRoute } from '../journal/journal.ts'
import { PATHS_OF_FAKE } from '../journal/path-pattern.ts'
import type { Organization, Organizations } from '../organization/organizations.ts'
import { organizationIdOf } from './authenticate.ts'
import { isShared, recordedLazyRoute, recordedRoute, recordedRouteOf } from './recorded-route.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The time of arrival, in real microseconds since the epoch. */
    receivedAt: number
  }
}

/** The response of an entry without one. */
const NO_RESPONSE = { status: null, responseHeaders: {}, payload: null }

/** The size of an entry without its texts, in bytes: 260 for objects (measured with Node 24), and the headers of a dozen strings. */
const OVERHEAD = 600

/** The number of header names and values whose overhead is part of `OVERHEAD`. */
const HEADER_TEXTS = 12

/** The overhead of each further header name or value, without its characters, in bytes. */
const HEADER_TEXT_BYTES = 28

const realClock = systemClock()

/** The dependencies of a recorder. */
export interface RecorderServices {
  /** Resolves the organization of requests that were responded to before authentication. */
  readonly keys: KeyRegistry
  readonly organizations: Organizations
  /** The routes of the API that Fastify does not know. Default: there are none. */
  readonly lazyRoutes?: readonly LazyRoutes[]
}

/** Records requests and responses in the journal of their organization, except those to paths that only the fake has. */
export class JournalRecorder {
  readonly #keys: KeyRegistry
  readonly #organizations: Organizations
  #lastHeaders: readonly string[] = []

  constructor({ keys, organizations, lazyRoutes = [] }: RecorderServices) {
    this.#keys = keys
    this.#organizations = organizations
    organizations.journals.routes.findOthersBy((method, path) => {
      const route = lazyRoutes.find((routes) => routes.covers(path))?.find(method, path)
      return route && recordedLazyRoute(route)
    })
  }

  /** Registers the hook that measures durations. Call it before registering anything else that could respond to requests. */
  trackTiming(app: FastifyInstance): void {
    app.decorateRequest('receivedAt', 0)
    if (this.#organizations.journals.isOff) return
    app.addHook('onRequest', (request, _reply, done) => {
      request.receivedAt = realClock.now()
      done()
    })
  }

  /** Registers the hooks that record the responses that Fastify sends. Call it before registering the routes. */
  recordResponses(app: FastifyInstance): void {
    const { journals } = this.#organizations
    if (journals.isOff) return
    app.addHook('onRoute', (route) => {
      if (PATHS_OF_FAKE.test(route.url)) return
      const recorded = isShared(route) ? undefined : recordedRoute(route)
      if (recorded !== undefined) journals.routes.add(recorded)
      const record: NonNullable<typeof route.onSend> = (request, reply, payload, done) => {
        this.#add(request, recorded ?? recordedRouteOf(request), responseOf(reply, payload))
        done()
      }
      // Hooks of a route run after those of the application, so this one sees the final response.
      route.onSend = [...listOf(route.onSend), record]
    })
    app.addHook('onSend', (request, reply, payload, done) => {
      if (request.is404) this.#addUnrouted(request, responseOf(reply, payload))
      done()
    })
  }

  /** Records a request whose connection was closed without a response. */
  recordAborted(request: FastifyRequest): void {
    this.#addRaw(request, NO_RESPONSE)
  }

  /** Records a response that is sent without Fastify. `sent` is the part of its body that is sent. */
  recordRawResponse(request: FastifyRequest, reply: FastifyReply, sent: Uint8Array): void {
    this.#addRaw(request, responseOf(reply, sent))
  }

  #addRaw(request: FastifyRequest, response: RecordedResponse): void {
    if (this.#organizations.journals.isOff) return
    const route = recordedRouteOf(request)
    if (route === null) this.#addUnrouted(request, response)
    else if (!PATHS_OF_FAKE.test(route.template)) this.#add(request, route, response)
  }

  #addUnrouted(request: FastifyRequest, response: RecordedResponse): void {
    if (!PATHS_OF_FAKE.test(pathOf(request.originalUrl))) this.#add(request, null, response)
  }

  #add(request: FastifyRequest, route: RecordedRoute | null, response: RecordedResponse): void {
    const { journals, clock } = this.#organizations
    const { raw, sentBody, receivedAt, fault } = request
    if (isInternal(raw) || request.isRefused) return
    const rawHeaders = this.#shared(raw.rawHeaders)
    // It is set if the request was authenticated.
    const authenticated: Organization | undefined = request.organization
    const orgId = authenticated === undefined ? this.#orgIdOf(request) : authenticated.orgId
    const organization = authenticated ?? (orgId === null ? undefined : this.#organizations.find(orgId))
    const target = request.originalUrl
    const { status, responseHeaders, payload } = response
    const [body, bodyBytes] = recordedBody(sentBody)
    let bytes = OVERHEAD + target.length + bodyBytes
    if (payload !== null && !(payload instanceof OmittedBody)) bytes += payload.length
    for (let at = 0; at < rawHeaders.length; at++) {
      bytes += (rawHeaders[at] as string).length + (at < HEADER_TEXTS ? 0 : HEADER_TEXT_BYTES)
    }
    const journal = organization === undefined ? journals.of(orgId) : organization.journal
    journal.add({
      id: journals.nextId(),
      at: (organization?.clock ?? clock).now(),
      micros: realClock.now() - receivedAt,
      orgId,
      method: raw.method as string,
      target,
      rawHeaders,
      body,
      route,
      fault: fault?.id,
      status,
      responseHeaders,
      payload,
      bytes,
    })
  }

  /**
   * Returns the headers of the previous request if they are equal, as they mostly are for one client. Separate copies took half of the
   * memory of a journal with a thousand entries, and a twentieth of a request's time for garbage collection (in-process, Node 24).
   */
  #shared(headers: readonly string[]): readonly string[] {
    if (!areEqual(headers, this.#lastHeaders)) this.#lastHeaders = headers
    return this.#lastHeaders
  }

  /**
   * Returns the id of the organization of a request that was answered before authentication; null without a valid key, or if it was deleted.
   * Recording a request never creates an organization.
   */
  #orgIdOf(request: FastifyRequest): string | null {
    const orgId = organizationIdOf(this.#keys, request)
    return orgId === undefined || this.#organizations.deleted.has(orgId) ? null : orgId
  }
}

function areEqual(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false
  return true
}

type RecordedResponse = Pick<JournalEntry, 'status' | 'responseHeaders' | 'payload'>

function responseOf(reply: FastifyReply, payload: unknown): RecordedResponse {
  return {
    status: reply.statusCode,
    responseHeaders: headersOf(reply),
    payload: typeof payload === 'string' || payload instanceof Uint8Array ? keptOrOmitted(payload) : null,
  }
}

/** Replaces a long body by its length. Long bodies would take seconds to show, and would evict other entries. */
function keptOrOmitted<Body extends string | Uint8Array>(body: Body): Body | OmittedBody {
  if (body.length <= BODY_KEPT_MAX) return body
  return new OmittedBody(typeof body === 'string' ? Buffer.byteLength(body) : body.length)
}

const NO_BODY = [undefined, 0] as const

/** Returns the body of a request as it is recorded, and roughly the bytes that it takes in memory. */
function recordedBody(
  sent: FastifyRequest['sentBody'],
): readonly [body: JournalEntry['body'], bytes: number] {
  if (sent === undefined) return NO_BODY
  if (sent instanceof Uint8Array) {
    const body = keptOrOmitted(sent)
    return [body, body === sent ? sent.length : 0]
  }
  const form = withoutFiles(sent)
  if (jsonLength(form, BODY_KEPT_MAX) > BODY_KEPT_MAX) return [new OmittedBody(null), 0]
  return [form, approximateSize(form, true)]
}

/** The headers of nearly all responses at the time of recording, by their only value. */
const CONTENT_TYPE_ONLY = new Map(
  ['application/json', 'application/problem+json'].map((type) => [type, { 'content-type': type }]),
)

/** Returns the headers of a response. The most common headers are shared, since a copy per entry takes memory. */
function headersOf(reply: FastifyReply): JournalEntry['responseHeaders'] {
  const headers = reply.getHeaders()
  for (const name in headers) if (name !== 'content-type') return headers
  return CONTENT_TYPE_ONLY.get(String(headers['content-type'])) ?? headers
}

/** Returns a form as JSON, with a list for a name that occurs more than once. The contents of files are omitted for their size. */
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
