import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  preHandlerHookHandler,
  preParsingHookHandler,
  RouteOptions,
} from 'fastify'
import fp from 'fastify-plugin'
import { answerError, type PlannedAnswer, sendJson, settleHandler } from './answer.ts'
import { parseBody, parseLongBody, readBody, unreadableBody } from './body.ts'
import { clientErrorHandler, INVALID_HTTP } from './client-error.ts'
import { type DrainLimits, earlyAnswers, handleConnections } from './early-answer.ts'
import type { HttpException, RequestValidationError } from './errors.ts'
import { type FormFields, readForm } from './form/form.ts'
import type { TrustedProxies } from './forwarded.ts'
import { LONG_JSON } from './json/decode.ts'
import { encodeJson } from './json/encode.ts'
import type { LingeringClose } from './lingering-close.ts'
import { QueryParameters } from './query.ts'
import { compileRequest, isForm, needsValidation, type ValidateRequest } from './request.ts'
import type { StarletteRoutes } from './routing.ts'
import { nextTurn } from './turns.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body before anything was made of it; undefined where none was read, or it could not be parsed. */
    sentBody: Uint8Array | FormFields | undefined
    /** Why the request was refused, for the log; undefined where it was not. */
    refusal: HttpException | RequestValidationError | undefined
    /** The origin under which the client reached the server, such as `http://127.0.0.1:8080`. Every address that is answered starts with it. */
    readonly origin: string
  }
  interface FastifyContextConfig {
    /** The longest body that this route reads, in bytes, where that of all routes is longer. */
    jsonLimit?: number
  }
}

/** What the dialect shares between the options of an application and its plugin. */
export interface DialectServices {
  readonly routes: StarletteRoutes
  /** Closes connections whose last answer is out. */
  readonly closer: LingeringClose
  /** The proxies whose forwarded headers count. */
  readonly proxies: TrustedProxies
  /** How much of a refused body is drained. Default: `DRAIN`. */
  readonly drain?: DrainLimits | undefined
}

/** How a FastAPI application is told to behave. */
export interface FastApiOptions extends Omit<DialectServices, 'drain'> {
  /** The longest body that a route with a JSON model reads, in bytes. */
  readonly jsonLimit: number
  /** What to answer to an error that is no HttpException; undefined where nobody planned it. Default: nothing is planned. */
  readonly toHttpException?: PlannedAnswer
  /** The longest form that a route with files reads, in bytes. */
  readonly formLimit: number
}

/**
 * The options that a Fastify application needs for the dialect. They cannot be set by a plugin, since Fastify reads them
 * when it is made.
 */
export function fastApiServerOptions({ routes, closer, proxies, drain }: DialectServices) {
  return {
    rewriteUrl: (request: IncomingMessage) => routes.rewrite(request.method as string, request.url as string),
    routerOptions: {
      querystringParser: (query: string) => new QueryParameters(query) as unknown as Record<string, unknown>,
      // The length of a path is bounded by the size of the headers alone.
      maxParamLength: MAX_HEADER_BYTES,
    },
    exposeHeadRoutes: false,
    schemaController: { compilersFactory },
    // Node would answer a request without a Host itself, with an empty 400.
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      requireHostHeader: false,
      // No stream for a body that cannot come takes a tenth less of the processor per request (Node 24; before, it is unknown).
      optimizeEmptyRequests: true,
      ServerResponse: earlyAnswers(closer, drain),
    },
    clientErrorHandler: clientErrorHandler(routes, { closer, proxies }),
  }
}

/**
 * Keeps Fastify from loading Ajv and fast-json-stringify: validation is a hook of each route, and one encoder writes all
 * answers. Fastify's types admit nothing but the two packages here.
 */
const compilersFactory = {
  buildValidator: () => () => () => true,
  buildSerializer: () => () => encodeJson,
} as object

const MAX_HEADER_BYTES = 65_536

/** Makes a Fastify application answer on the wire like a FastAPI one. Knows nothing of the routes' purpose. */
export const fastApi = fp(
  async (app: FastifyInstance, options: FastApiOptions) => {
    app.decorateRequest('sentBody')
    app.decorateRequest('origin', {
      getter() {
        return options.proxies.originOf(this.raw)
      },
    })
    app.decorateRequest('refusal')
    app.setErrorHandler(answerError(options))
    // Fastify binds it, so this is another function.
    const { errorHandler } = app
    app.addHook('onRoute', function (route) {
      options.routes.add([route.method].flat(), route.url)
      addRouteHooks(route, options)
      settleHandler(route, this.errorHandler === errorHandler)
    })
    app.addHook('onRequest', checkRequest(options.routes))
    app.setReplySerializer(encodeJson)
    handleConnections(app.server, options.closer)
  },
  { name: 'fastapi', fastify: '5.x' },
)

/** Fastify must not look at a body: it refuses content types that FastAPI lets pass, and reads where nothing is declared. */
const NO_BODY_HEADERS = {
  'content-type': undefined,
  'content-length': undefined,
  'transfer-encoding': undefined,
}

function addRouteHooks(route: RouteOptions, { jsonLimit, formLimit }: FastApiOptions): void {
  const { schema } = route
  const readJson: preParsingHookHandler = async (request, _reply, payload) => {
    const { raw } = request
    const bytes = await readBody(raw, Math.min(jsonLimit, route.config?.jsonLimit ?? jsonLimit))
    const type = raw.headers['content-type']
    request.body = bytes.length < LONG_JSON ? parseBody(type, bytes) : await parseLongBody(type, bytes)
    request.sentBody = bytes
    return payload
  }
  const readFiles: preParsingHookHandler = async (request, _reply, payload) => {
    const { raw } = request
    // Otherwise an error would end the connection before it is answered.
    const chunks = raw.iterator({ destroyOnReturn: false })
    const form = await readForm(raw.headers['content-type'], chunks, formLimit).catch((error) => {
      throw raw.errored === null ? error : unreadableBody()
    })
    request.body = form
    request.sentBody = form
    return payload
  }
  if (schema?.body !== undefined) {
    route.preParsing = [isForm(schema) ? readFiles : readJson, ...[route.preParsing ?? []].flat()]
  }

  if (schema === undefined || !needsValidation(schema)) return
  // Compiled at the first request: to compile all was a twentieth of a start.
  let validate: ValidateRequest | undefined
  const validation: preHandlerHookHandler = (request, _reply, done) => {
    try {
      validate ??= compileRequest(schema)
      validate(request)
    } catch (error) {
      return done(error as Error)
    }
    // Of a list of millions the validation takes long, and so does what is done with it.
    if (request.sentBody instanceof Uint8Array && request.sentBody.length >= LONG_JSON)
      void nextTurn().then(() => done())
    else done()
  }
  route.preHandler = [validation, ...[route.preHandler ?? []].flat()]
}

/** Answers what no route takes, and readies the others for Fastify. One hook, since each takes a tenth of a microsecond. */
function checkRequest(routes: StarletteRoutes): onRequestHookHandler {
  return (request, reply, done) => {
    const { headers, httpVersion } = request.raw
    // HTTP/1.1 wants a Host, and to uvicorn a request without one is no HTTP.
    if (headers.host === undefined && httpVersion === '1.1') return refuseNoHttp(reply)
    if (request.is404) return answerUnrouted(routes, request, reply)
    // Whoever asks for the headers then gets a copy of them.
    if (announcesBody(headers)) request.headers = NO_BODY_HEADERS
    afterEarlierAnswers(reply, done)
  }
}

/**
 * Calls back when the answers to earlier requests of the same connection are out, as uvicorn does: a client that sends hundreds of
 * requests without reading would otherwise have as many answers made at once. The response gets the socket when it is its turn.
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

function refuseNoHttp(reply: FastifyReply): void {
  reply.code(400).header('connection', 'close').type('text/plain; charset=utf-8').send(INVALID_HTTP)
}

function answerUnrouted(routes: StarletteRoutes, request: FastifyRequest, reply: FastifyReply): void {
  const resolution = routes.resolve(request.originalUrl, request.origin)
  if (resolution.kind === 'redirect') {
    reply.code(307).header('location', resolution.location).send()
  } else if (resolution.kind === 'method-not-allowed') {
    sendJson(reply.header('allow', resolution.allow), 405, { detail: 'Method Not Allowed' })
  } else sendJson(reply, 404, { detail: 'Not Found' })
}
