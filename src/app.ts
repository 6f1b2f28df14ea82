import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { KeyRegistry } from './auth/keys.ts'
import { systemClock } from './base/clock.ts'
import { randomIds } from './base/ids.ts'
import type { DrainLimits } from './fastapi/early-answer.ts'
import { ErrorFormats } from './fastapi/error-format.ts'
import { TrustedProxies } from './fastapi/forwarded.ts'
import type { LazyRoutes } from './fastapi/lazy-routes.ts'
import { LingeringClose, type LingerLimits } from './fastapi/lingering-close.ts'
import { fastApi, fastApiServerOptions } from './fastapi/plugin.ts'
import { StarletteRoutes } from './fastapi/routing.ts'
import type { AuthOptions } from './hooks/authenticate.ts'
import { batchWrites } from './hooks/batch-writes.ts'
import { addressCheck } from './hooks/check-address.ts'
import { closeIdleConnections, limitConnections, TIMEOUTS } from './hooks/connections.ts'
import { FaultInjector } from './hooks/inject-faults.ts'
import { BatchGate } from './hooks/join-batches.ts'
import { type Defer, type Details, logRequests } from './hooks/log-requests.ts'
import { JournalRecorder } from './hooks/record-journal.ts'
import type { ApiInstance } from './hooks/types.ts'
import type { JournalLimits } from './journal/journal.ts'
import { Organizations } from './organization/organizations.ts'
import type { Replica } from './persistence/replica.ts'
import { exposeHead } from './routes/control/head.ts'
import { CONTROL_PATH, control, controlLazyRoutes } from './routes/control/plugin.ts'
import { isBrowserAtRoot } from './routes/control/root.ts'
import { toHttpException } from './routes/http-exception.ts'
import { storageOwner, storageRoutes } from './routes/storage.ts'
import { documentRoutes } from './routes/v1/documents.ts'
import { v1, v1LazyRoutes } from './routes/v1/plugin.ts'
import { documentRoutes as v3DocumentRoutes } from './routes/v3/documents.ts'
import { v3ErrorFormat } from './routes/v3/error-format.ts'
import { V3_PREFIXES, v3, v3LazyRoutes } from './routes/v3/plugin.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { StateService } from './state/service.ts'
import { Snapshots } from './state/snapshots.ts'
import { memoryStore } from './store/memory.ts'

/** The parts of an application. Each is optional. */
export interface AppOptions {
  /** Default: a registry with open keys. */
  readonly keys?: KeyRegistry
  /** Default: organizations over a new store in memory, with the machine's clock and random ids. */
  readonly organizations?: Organizations
  /** The state service. Its state at this moment is the one that a reset restores. Default: a new service. */
  readonly stateService?: StateService
  /** Keeps the state in a database, which `start` must have read. Default: the state is kept in memory. */
  readonly replica?: Replica
  /** Default: new snapshots. */
  readonly snapshots?: Snapshots
  /** A pino logger. Default: nothing is logged. */
  readonly logger?: FastifyBaseLogger
  /** Defers the log line of a request, like `later` of `Log`. Default: the line is written at once. */
  readonly logLater?: Defer
  /** The token that every control call must send as `Authorization: Bearer …`. Default: no token. */
  readonly controlToken?: string
  /** The CA that clients must trust, in PEM, as served to clients. Default: there is no CA. */
  readonly caPem?: string
  /** The proxies whose X-Forwarded-Proto is trusted; see `TrustedProxies`. Default: those on this machine. */
  readonly forwardedAllowIps?: string
  /** Whether the enterprise's IP access list also concerns the addresses of this machine. Default: false. */
  readonly ipAccessListOnLoopback?: boolean
  /** The folder of the built page. Default: where `npm run build:page` puts it. */
  readonly pageFolder?: string
  /** Limits of the request journal, per organization. */
  readonly journal?: JournalLimits
  readonly limits?: {
    /** The maximum size of a JSON body, in bytes. Default: 10 MiB. */
    readonly jsonBytes?: number
    /** The maximum size of an upload, in bytes. Default: 100 MiB. */
    readonly uploadBytes?: number
    /** The maximum number of open connections. Further ones are closed. Default: 10,000. */
    readonly connections?: number
    /** How long and how much a client may keep sending after the last answer on its connection. Default: `LINGER`. */
    readonly linger?: LingerLimits
    /** How much of a body is read after an early answer to keep the connection open. Default: `DRAIN`. */
    readonly drain?: DrainLimits
  }
}

/** The default maximum sizes of a JSON body and of an upload, in bytes. */
export const BODY_LIMITS = { json: 10 * 2 ** 20, form: 100 * 2 ** 20 }

/** Builds an application that is ready to listen or to be called with `inject`. */
export async function buildApp(options: AppOptions = {}): Promise<FastifyInstance> {
  const {
    keys = new KeyRegistry(),
    organizations = new Organizations({ store: memoryStore(), clock: systemClock(), ids: randomIds }),
    stateService = new StateService({ organizations, keys }),
    logger,
    limits = {},
  } = options
  if (options.replica === undefined) await stateService.captureBaseline()
  const gate = options.replica && new BatchGate(options.replica)
  const routes = new StarletteRoutes()
  const closer = new LingeringClose(limits.linger)
  const proxies = new TrustedProxies(options.forwardedAllowIps)
  const lazyRoutes = { v1: v1LazyRoutes(), v3: v3LazyRoutes() }
  for (const generation of Object.values(lazyRoutes)) routes.mount(generation)
  const format = v3ErrorFormat(organizations)
  const errorFormats = new ErrorFormats(Object.fromEntries(V3_PREFIXES.map((prefix) => [prefix, format])))
  const dialect = fastApiServerOptions({ routes, closer, proxies, errorFormats, drain: limits.drain })
  const app = newFastify(dialect, logger)
  batchWrites(app)
  limitConnections(app, limits.connections)
  closeIdleConnections(app)
  if (options.journal !== undefined) organizations.journals.limit(options.journal)
  const bodies = { json: limits.jsonBytes ?? BODY_LIMITS.json, form: limits.uploadBytes ?? BODY_LIMITS.form }
  const recorder = new JournalRecorder({ keys, organizations, lazyRoutes: Object.values(lazyRoutes) })
  const ownerOf = (request: FastifyRequest) => storageOwner(organizations.signer, request)
  const injector = new FaultInjector({ keys, organizations, recorder, routes, ownerOf, limits: bodies, gate })
  gate?.keepOrder(app)
  recorder.trackTiming(app)
  injector.addRequestHook(app)
  exposeHead(app)
  await app.register(fastApi, {
    routes,
    closer,
    proxies,
    errorFormats,
    jsonLimit: bodies.json,
    formLimit: bodies.form,
    toHttpException: toHttpException(organizations),
  })
  app.decorateRequest('principal')
  app.decorateRequest('organization')
  gate?.addRequestHooks(app)
  if (logger !== undefined) {
    const later = options.logLater ?? ((log) => log())
    const isDetailed = ['debug', 'trace'].includes(logger.level)
    logRequests(app, later, isDetailed ? await logDetailsWith(routes) : undefined)
  }
  injector.addResponseHook(app)
  recorder.recordResponses(app)
  gate?.addResponseHooks(app)
  await registerRoutes(app, { keys, organizations, stateService, routes, proxies, lazyRoutes }, options)
  return app
}

/** Returns a Fastify that speaks the dialect, without routes. */
function newFastify(
  dialect: ReturnType<typeof fastApiServerOptions>,
  logger: FastifyBaseLogger | undefined,
): FastifyInstance {
  return Fastify({
    ...dialect,
    ...TIMEOUTS,
    rewriteUrl: (request) => (isBrowserAtRoot(request) ? CONTROL_PATH : dialect.rewriteUrl(request)),
    http: { ...dialect.http, ...TIMEOUTS.http },
    // Only the log uses request ids.
    ...(logger === undefined ? { logger: false, genReqId: () => '' } : { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    // No plugin can hang here, and a timer per route would cost 6 % of an in-process start.
    pluginTimeout: 0,
  })
}

interface RouteServices extends Pick<AuthOptions, 'keys' | 'organizations'> {
  readonly stateService: StateService
  readonly routes: StarletteRoutes
  readonly proxies: TrustedProxies
  readonly lazyRoutes: Readonly<Record<'v1' | 'v3', LazyRoutes>>
}

/** Registers all routes: those of the API, of its files and webhooks, the documents, and the control plane. */
async function registerRoutes(
  app: FastifyInstance,
  { keys, organizations, stateService, routes, proxies, lazyRoutes }: RouteServices,
  {
    controlToken,
    caPem,
    pageFolder,
    ipAccessListOnLoopback: checkLoopback = false,
    snapshots = new Snapshots(stateService, organizations),
  }: AppOptions,
): Promise<void> {
  const api: ApiInstance = app.withTypeProvider<TypeBoxTypeProvider>()
  const auth = { keys, organizations, checkAddress: addressCheck({ organizations, proxies, checkLoopback }) }
  await api.register(v1, { ...auth, lazyRoutes: lazyRoutes.v1 })
  await api.register(v3, { ...auth, lazyRoutes: lazyRoutes.v3 })
  await storageRoutes(api, { organizations })
  await webhookRoutes(api, { organizations })
  for (const documents of [documentRoutes, v3DocumentRoutes]) await documents(api)
  const controlRoutes = controlLazyRoutes({
    organizations,
    keys,
    stateService,
    snapshots,
    tokenRequired: controlToken !== undefined,
    ...(caPem !== undefined && { caPem }),
    pageFolder,
  })
  routes.mount(controlRoutes)
  await api.register(control, {
    organizations,
    lazyRoutes: controlRoutes,
    ...(controlToken !== undefined && { token: controlToken }),
  })
}

async function logDetailsWith(routes: StarletteRoutes): Promise<Details> {
  const { logDetails } = await import('./hooks/log-details.ts')
  return { log: logDetails, templates: () => routes.templates() }
}
