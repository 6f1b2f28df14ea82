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
import { TrustedProxies } from './fastapi/forwarded.ts'
import { LingeringClose, type LingerLimits } from './fastapi/lingering-close.ts'
import { fastApi, fastApiServerOptions } from './fastapi/plugin.ts'
import { StarletteRoutes } from './fastapi/routing.ts'
import { closeIdleConnections, limitConnections, TIMEOUTS } from './hooks/connections.ts'
import { FaultInjector } from './hooks/inject-faults.ts'
import { type Defer, logRequests } from './hooks/log-requests.ts'
import { JournalRecorder } from './hooks/record-journal.ts'
import type { ApiInstance } from './hooks/types.ts'
import type { JournalLimits } from './journal/journal.ts'
import { Organizations } from './organization/organizations.ts'
import { exposeHead } from './routes/control/head.ts'
import { control } from './routes/control/plugin.ts'
import { toHttpException } from './routes/http-exception.ts'
import { storageOwner, storageRoutes } from './routes/storage.ts'
import { documentRoutes } from './routes/v1/documents.ts'
import { v1 } from './routes/v1/plugin.ts'
import { StateService } from './state/service.ts'
import { Snapshots } from './state/snapshots.ts'
import { memoryStore } from './store/memory.ts'

/** What an application is made of; what is not given gets its default. */
export interface AppOptions {
  /** Default: open keys. */
  readonly keys?: KeyRegistry
  /** Default: organizations over a new store in memory, with the machine's clock and random ids. */
  readonly organizations?: Organizations
  /** What keeps the state; a reset goes back to how it is now. Default: a new one. */
  readonly stateService?: StateService
  /** A pino logger. Default: nothing is logged. */
  readonly logger?: FastifyBaseLogger
  /** Puts off the line of a request, as `later` of a log does. Default: it is written at once. */
  readonly logLater?: Defer
  /** What every control call must bring as `Authorization: Bearer …`. Default: nothing. */
  readonly controlToken?: string
  /** The CA that clients are to trust, in PEM, for whoever asks for it. Default: none was made. */
  readonly caPem?: string
  /** The proxies whose X-Forwarded-Proto counts; see `TrustedProxies`. Default: those on this machine. */
  readonly forwardedAllowIps?: string
  /** How much is kept of what was received and answered, per organization. */
  readonly journal?: JournalLimits
  readonly limits?: {
    /** The longest JSON body, in bytes. Default 10 MiB. */
    readonly jsonBytes?: number
    /** The longest upload, in bytes. Default 100 MiB. */
    readonly uploadBytes?: number
    /** How many connections may be open at once; more are closed. Default 10,000. */
    readonly connections?: number
    /** What a client may still send after the last answer of its connection. Default `LINGER`. */
    readonly linger?: LingerLimits
    /** The rest of a body that is read after an early answer, for the connection to stay open. Default `DRAIN`. */
    readonly drain?: DrainLimits
  }
}

const MEBIBYTE = 1_048_576

/** The application, ready to listen or to be injected into. */
export async function buildApp(options: AppOptions = {}): Promise<FastifyInstance> {
  const {
    keys = new KeyRegistry(),
    organizations = new Organizations({ store: memoryStore(), clock: systemClock(), ids: randomIds }),
    stateService = new StateService({ organizations, keys }),
    logger,
    limits = {},
  } = options
  await stateService.captureBaseline()
  const routes = new StarletteRoutes()
  const closer = new LingeringClose(limits.linger)
  const proxies = new TrustedProxies(options.forwardedAllowIps)
  const dialect = fastApiServerOptions({ routes, closer, proxies, drain: limits.drain })
  const app: FastifyInstance = Fastify({
    ...dialect,
    ...TIMEOUTS,
    http: { ...dialect.http, ...TIMEOUTS.http },
    // Ids of requests are for the log alone.
    ...(logger === undefined ? { logger: false, genReqId: () => '' } : { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    // Nothing here can hang while it is registered, and each route would set a timer and clear it: 6 % of a start in-process.
    pluginTimeout: 0,
  })
  limitConnections(app, limits.connections)
  closeIdleConnections(app)
  if (options.journal !== undefined) organizations.journals.limit(options.journal)
  const { jsonBytes: json = 10 * MEBIBYTE, uploadBytes: form = 100 * MEBIBYTE } = limits
  const recorder = new JournalRecorder({ keys, organizations })
  const ownerOf = (request: FastifyRequest) => storageOwner(organizations.signer, request)
  const faultInjector = new FaultInjector({ keys, organizations, recorder, ownerOf, limits: { json, form } })
  recorder.trackTiming(app)
  faultInjector.addRequestHook(app)
  exposeHead(app)
  await app.register(fastApi, {
    routes,
    closer,
    proxies,
    jsonLimit: json,
    formLimit: form,
    toHttpException: toHttpException,
  })
  app.decorateRequest('principal')
  app.decorateRequest('organization')
  if (logger !== undefined) {
    const later = options.logLater ?? ((log) => log())
    const isDetailed = ['debug', 'trace'].includes(logger.level)
    logRequests(app, later, isDetailed ? (await import('./hooks/log-details.ts')).logDetails : undefined)
  }
  faultInjector.addResponseHook(app)
  recorder.recordResponses(app)
  const api = app as unknown as ApiInstance
  await api.register(v1, { keys, organizations })
  await storageRoutes(api, { organizations })
  await documentRoutes(api)
  await api.register(control, {
    organizations,
    keys,
    stateService,
    snapshots: new Snapshots(stateService, organizations.quota),
    ...(options.controlToken !== undefined && { token: options.controlToken }),
    ...(options.caPem !== undefined && { caPem: options.caPem }),
  })
  return app
}
