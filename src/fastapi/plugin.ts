import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  onRequestHookHandler,
  preHandlerHookHandler,
  preParsingHookHandler,
  RouteOptions,
} from 'fastify'
import fp from 'fastify-plugin'
import { answerError, sendFormatted, settleHandler, type ToHttpException } from './answer.ts'
import { parseBody, parseLongBody, readBody, turnAfterValidation, unreadableBody } from './body.ts'
import { clientErrorHandler, INVALID_HTTP } from './client-error.ts'
import { type DrainLimits, earlyAnswers, handleConnections } from './early-answer.ts'
import { ErrorFormats } from './error-format.ts'
import type { HttpException, RequestValidationError } from './errors.ts'
import { type FormFields, readForm } from './form/form.ts'
import type { TrustedProxies } from './forwarded.ts'
import { LONG_JSON } from './json/decode.ts'
import { encodeJson } from './json/encode.ts'
import type { LazyRoute, LazyRoutes } from './lazy-routes.ts'
import type { LingeringClose } from './lingering-close.ts'
import { listOf } from './list-of.ts'
import { QueryParameters } from './query.ts'
import { bodyFormOf, compileRequest, needsValidation, type ValidateRequest } from './request.ts'
import type { StarletteRoutes } from './routing.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly errorFormats: ErrorFormats
  }
  interface FastifyRequest {
    /** The raw body, or the fields of a form; undefined if none was read or it could not be parsed. */
    sentBody: Uint8Array | FormFields | undefined
    /** The route of a request for one of some `LazyRoutes`. */
    lazyRoute: LazyRoute | undefined
    /** The reason why the request was refused, for the log; undefined if it was not refused. */
    refusal: HttpException | RequestValidationError | undefined
    /** The origin at which the client reached the server, e.g. `http://127.0.0.1:8080`. All URLs in answers start with it. */
    readonly origin: string
  }
  interface FastifyContextConfig {
    /** The maximum body size of this route, in bytes, if it is lower than that of all routes. */
    jsonLimit?: number
    /** The lazy routes whose requests this route receives. */
    lazyRoutes?: LazyRoutes
    /** Returns the schemas to validate a request of a lazy route with, or throws to refuse it. Default: the schemas of the route. */
    schemaFor?: (request: FastifyRequest) => FastifySchema
  }
}

/** The objects that the server options and the plugin of an application share. */
export interface DialectServices {
  readonly routes: StarletteRoutes
  /** Closes connections after their last answer. */
  readonly closer: LingeringClose
  /** The proxies whose forwarded headers are trusted. */
  readonly proxies: TrustedProxies
  /** The form of error bodies. Default: `detailFormat` for all paths. */
  readonly errorFormats?: ErrorFormats
  /** The limits for draining a refused body. Default: `DRAIN`. */
  readonly drain?: DrainLimits | undefined
}

/** The options of the plugin. */
export interface FastApiOptions extends Omit<DialectServices, 'drain'> {
  /** The maximum body size of a route with a JSON model, in bytes. */
  readonly jsonLimit: number
  /** Maps an error other than HttpException to its answer. By default, every such error is unexpected. */
  readonly toHttpException?: ToHttpException
  /** The maximum form size of a route with files, in bytes. */
  readonly formLimit: number
}

/**
 * Returns the options that a Fastify application needs for the dialect. A plugin cannot set them, since Fastify reads them on
 * construction.
 */
export function fastApiServerOptions({
  drain,
  errorFormats = new ErrorFormats(),
  ...services
}: DialectServices) {
  const { routes, closer } = services
  return {
    rewriteUrl: (request: IncomingMessage) => routes.rewrite(request.method as string, request.url as string),
    routerOptions: {
      querystringParser: (query: string) => new QueryParameters(query) as unknown as Record<string, unknown>,
      // Only the maximum size of the headers limits the length of a path.
      maxParamLength: MAX_HEADER_BYTES,
    },
    exposeHeadRoutes: false,
    schemaController: { compilersFactory },
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      // Node itself would answer a request without a Host, with an empty 400.
      requireHostHeader: false,
      // Saves a tenth of the CPU time of a request without a body (Node 24). Older versions ignore the option.
      optimizeEmptyRequests: true,
      ServerResponse: earlyAnswers(closer, drain),
    },
    clientErrorHandler: clientErrorHandler({ ...services, errorFormats }),
  }
}

/**
 * Compilers that keep Fastify from loading Ajv and fast-json-stringify. Each route has a validation hook, and one encoder writes all
 * answers. The cast is needed because Fastify's types accept only these two packages.
 */
const compilersFactory = {
  buildValidator: () => () => () => true,
  buildSerializer: () => () => encodeJson,
} as object

const MAX_HEADER_BYTES = 65_536

/** Makes a Fastify application behave on the wire like a FastAPI application, for any routes. */
export const fastApi = fp(
  async (app: FastifyInstance, options: FastApiOptions) => {
    app.decorate('errorFormats', options.errorFormats ?? new ErrorFormats())
    app.decorateRequest('sentBody')
    app.decorateRequest('origin', {
      getter() {
        return options.proxies.originOf(this.raw)
      },
    })
    app.decorateRequest('refusal')
    app.decorateRequest('lazyRoute')
    app.setErrorHandler(answerError(options))
    // The bound function, which is not the one passed to setErrorHandler.
    const { errorHandler } = app
    app.addHook('onRoute', function (route) {
      options.routes.add(listOf(route.method), route.url)
      addRouteHooks(route, options)
      settleHandler(route, this.errorHandler === errorHandler)
    })
    app.addHook('onRequest', checkRequest(options.routes))
    app.setReplySerializer(encodeJson)
    handleConnections(app.server, options.closer)
  },
  { name: 'fastapi', fastify: '5.x' },
)

/** Headers that hide the body from Fastify, which refuses content types that FastAPI accepts and reads bodies without a schema. */
const NO_BODY_HEADERS = {
  'content-type': undefined,
  'content-length': undefined,
  'transfer-encoding': undefined,
}

function addRouteHooks(route: RouteOptions, options: FastApiOptions): void {
  const { schema } = route
  const readers = bodyReaders(route, options)
  const { lazyRoutes } = route.config ?? {}
  if (lazyRoutes !== undefined) {
    // The handler of the shared route validates.
    addBodyReader(route, ({ lazyRoute }) => (lazyRoute as LazyRoute).body, readers)
    return
  }
  const form = bodyFormOf(schema)
  if (form !== undefined) addBodyReader(route, () => form, readers)
  if (schema === undefined || !needsValidation(schema)) return
  // Compiled at the first request. Compiling all schemas took a twentieth of the startup time.
  let validate: ValidateRequest | undefined
  addValidation(route, (request) => {
    validate ??= compileRequest(schema)
    validate(request)
  })
}

/** Reads and parses the body of a request. */
type ReadBody = (request: FastifyRequest) => Promise<void>

type BodyReaders = Readonly<Record<'json' | 'form', ReadBody>>

function bodyReaders(route: RouteOptions, { jsonLimit, formLimit }: FastApiOptions): BodyReaders {
  return {
    json: async (request) => {
      const { raw, lazyRoute } = request
      const limit = lazyRoute === undefined ? route.config?.jsonLimit : lazyRoute.jsonLimit
      const bytes = await readBody(raw, Math.min(jsonLimit, limit ?? jsonLimit))
      const type = raw.headers['content-type']
      request.body = bytes.length < LONG_JSON ? parseBody(type, bytes) : await parseLongBody(type, bytes)
      request.sentBody = bytes
    },
    form: async (request) => {
      const { raw } = request
      // Otherwise an error would destroy the connection before the answer is sent.
      const chunks = raw.iterator({ destroyOnReturn: false })
      const form = await readForm(raw.headers['content-type'], chunks, formLimit).catch((error) => {
        throw raw.errored === null ? error : unreadableBody()
      })
      request.body = form
      request.sentBody = form
    },
  }
}

/** Reads the body of each request before other hooks do, in the form that its route has, or not at all. */
function addBodyReader(
  route: RouteOptions,
  formOf: (request: FastifyRequest) => keyof BodyReaders | undefined,
  readers: BodyReaders,
): void {
  const reader: preParsingHookHandler = (request, _reply, payload, done) => {
    const form = formOf(request)
    if (form === undefined) done(null, payload)
    else readers[form](request).then(() => done(null, payload), done)
  }
  route.preParsing = [reader, ...listOf(route.preParsing)]
}

/** Runs a function that throws for an invalid request before the handler. */
function addValidation(route: RouteOptions, validate: ValidateRequest): void {
  const validation: preHandlerHookHandler = (request, _reply, done) => {
    try {
      validate(request)
    } catch (error) {
      return done(error as Error)
    }
    const turn = turnAfterValidation(request)
    if (turn === undefined) done()
    else void turn.then(() => done())
  }
  route.preHandler = [validation, ...listOf(route.preHandler)]
}

/** Answers requests without a route and prepares the others. This is a single hook, since each takes a tenth of a microsecond. */
function checkRequest(routes: StarletteRoutes): onRequestHookHandler {
  return (request, reply, done) => {
    const { headers, httpVersion } = request.raw
    // HTTP/1.1 requires a Host, and uvicorn treats a request without one as invalid HTTP.
    if (headers.host === undefined && httpVersion === '1.1') return refuseInvalidHttp(reply)
    const lazyRoutes = routes.mountedAt(request.raw.url as string)
    const loading = lazyRoutes?.load()
    const arrival = { request, reply, lazyRoutes, done }
    if (loading === undefined) prepare(routes, arrival)
    else loading.then(() => prepare(routes, arrival), done)
  }
}

/** A request that has just arrived, and the lazy routes that its path belongs to. They are loaded. */
interface Arrival {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly lazyRoutes: LazyRoutes | undefined
  readonly done: () => void
}

/** Answers a request without a route. Calls `done` for any other, when its turn comes. */
function prepare(routes: StarletteRoutes, { request, reply, lazyRoutes, done }: Arrival): void {
  if (request.is404 || lazyRoutes?.assign(request) === false) {
    answerUnrouted(routes, request, reply)
    return
  }
  // Set only if needed, since Fastify then copies the headers on each access.
  if (announcesBody(request.raw.headers)) request.headers = NO_BODY_HEADERS
  afterEarlierAnswers(reply, done)
}

/**
 * Calls back after the answers to earlier requests on the same connection, as uvicorn does. Otherwise a client that pipelines hundreds
 * of requests without reading would have all their answers in memory at once. A response gets the socket when it is next.
 */
function afterEarlierAnswers({ raw }: FastifyReply, done: () => void): void {
  if (raw.socket === null) raw.once('socket', () => done())
  else done()
}

function announcesBody(headers: IncomingHttpHeaders): boolean {
  return (
    headers['content-type'] !== undefined ||
    headers['content-length'] !== undefined ||
    headers['transfer-encoding'] !== undefined
  )
}

function refuseInvalidHttp(reply: FastifyReply): void {
  reply.code(400).header('connection', 'close').type('text/plain; charset=utf-8').send(INVALID_HTTP)
}

function answerUnrouted(routes: StarletteRoutes, request: FastifyRequest, reply: FastifyReply): void {
  const resolution = routes.resolve(request.originalUrl, request.origin)
  if (resolution.kind === 'redirect') {
    // Fastify would not add the length for HEAD.
    reply.code(307).header('location', resolution.location).header('content-length', '0').send()
  } else if (resolution.kind === 'method-not-allowed') {
    sendFormatted(reply.header('allow', resolution.allow), { status: 405, detail: 'Method Not Allowed' })
  } else sendFormatted(reply, { status: 404, detail: 'Not Found' })
}
