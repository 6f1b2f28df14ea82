import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { type AppOptions, buildApp } from '../app.ts'
import { DEMO_KEY, DEMO_V3_KEY, KeyRegistry } from '../auth/keys.ts'
import type { Principal } from '../auth/principal.ts'
import { clearTimeout, setTimeout } from '../base/builtins.ts'
import { type ClockSettings, systemClock } from '../base/clock.ts'
import { type Ids, randomIds, seededIds } from '../base/ids.ts'
import type { Schedule } from '../events/schedule.ts'
import { Organizations } from '../organization/organizations.ts'
import type { StoredServices } from '../persistence/kinds.ts'
import type { Replica } from '../persistence/replica.ts'
import type { ServerConfig } from '../settings/config.ts'
import { SPEED } from '../settings/flag-values.ts'
import { UsageError } from '../settings/start-error.ts'
import { StateService } from '../state/service.ts'
import { Snapshots } from '../state/snapshots.ts'
import { memoryStore } from '../store/memory.ts'
import { type DrainOptions, drain } from './drain.ts'
import { addNewKeys, type FilledServices, fillNew, type InitialContents } from './fill.ts'
import { cannotListen, listen } from './listen.ts'
import { openLog } from './logging.ts'
import { openStore, refuseStore } from './open-store.ts'
import { urlOf } from './server-url.ts'
import { type TlsIdentity, tlsIdentity } from './tls/identity.ts'
import type { TlsListener } from './tls/listener.ts'

/** A running server. */
export interface Server {
  /** The URL for clients on this machine, without a trailing slash. */
  readonly url: string
  /** The HTTPS URL; undefined without TLS. */
  readonly tlsUrl: string | undefined
  /** The CA that clients must trust, in PEM; undefined without TLS and with a given certificate. */
  readonly caPem: string | undefined
  readonly app: FastifyInstance
  readonly keys: KeyRegistry
  /** A v1 key that the server accepts: the first registered one or `''` when keys are strict, else the public demo key. */
  readonly key: string
  /** The same for v3. */
  readonly v3Key: string
  /** Answers all received requests, stops listening, and aborts requests that take longer than `IN_FLIGHT`. */
  close(options?: DrainOptions): Promise<void>
}

/** How long a request in flight may take while the server closes. A pause of the process takes one slice at most, not the whole time. */
const IN_FLIGHT = { slices: 8, sliceMs: 100 }

/** Timers that keep the process alive, unlike the default ones. The connection of a refused handshake may not keep it alive. */
const scheduleAlive: Schedule = (ms, callback) => {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}

/** The options of a server that is started from code, which may pass data in place of files. */
export interface ServerOptions extends ServerConfig, InitialContents {}

/** Starts a server. Rejects with a StartError when a file is invalid, no key could ever work or the address is not available. */
export async function startServer(config: ServerOptions): Promise<Server> {
  const store = memoryStore({ records: config.maxRecords, bytes: config.maxStoredBytes })
  const organizations = new Organizations({
    store,
    clock: systemClock(),
    clockSettings: clockSettings(config),
    appUrl: config.appUrl,
    ...(config.answers !== undefined && { answers: config.answers }),
    ids: config.seedIds === undefined ? randomIds : seededIdsOf(config.seedIds),
  })
  const keys = new KeyRegistry({ strict: config.strictKeys })
  const stateService = new StateService({ organizations, keys })
  const snapshots = new Snapshots(stateService, organizations)
  const services = { store, organizations, keys, stateService, snapshots }
  const replica = await openStore(config.store, services)
  try {
    if (replica === undefined) await fillNew(config, services)
    return await serve(config, services, replica)
  } catch (error) {
    await replica?.close()
    throw error
  }
}

async function serve(
  config: ServerOptions,
  { store: _store, ...services }: StoredServices,
  replica: Replica | undefined,
): Promise<Server> {
  const { organizations, keys } = services
  const identity = await tlsIdentity(config)
  const log = await openLog(config.logLevel)
  const app = await buildApp({
    ...services,
    ...appOptions(config),
    ...(replica !== undefined && { replica }),
    ...(identity?.caPem !== undefined && { caPem: identity.caPem }),
    ...(log !== undefined && { logger: log.logger, logLater: log.later }),
  })
  let closed: Promise<void> | undefined
  let tlsListener: TlsListener | undefined
  let accepted: Pick<Server, 'key' | 'v3Key'>
  const close = async (options: DrainOptions = {}) => {
    const { server } = app
    // Streams of events would end only when they are cut.
    organizations.events.close()
    const forgetCut = afterInFlight(() => {
      app.idleReaper.destroyAll()
      tlsListener?.destroyConnections()
    }, options.schedule)
    // Drain before closing Fastify, which would answer 503 to further requests.
    if (server.listening) await Promise.all([drain(server, options, app.idleReaper), tlsListener?.close()])
    forgetCut()
    await Promise.all([app.close(), tlsListener?.close()])
    await replica?.close()
    await log?.close()
  }
  try {
    await replica?.start(...contentsFor(config, services, app.log)).catch(refuseStore)
    accepted = keysFor(config, keys)
    // TLS first, so that both work once /_fake/health answers over HTTP.
    tlsListener = identity && (await openTls(app, identity, config))
    await listen(app, config)
  } catch (error) {
    await close()
    throw error
  }
  const tlsUrl = tlsListener && urlOf({ address: config.host, port: tlsListener.port }, 'https')
  if (tlsUrl !== undefined) log?.logger.info(`fake-devin listening on ${tlsUrl}`)
  return {
    url: urlOf(app.server.address() as AddressInfo),
    tlsUrl,
    caPem: identity?.caPem,
    app,
    ...accepted,
    keys,
    close: (options) => (closed ??= close(options)),
  }
}

/** Calls a function when requests in flight have had their time. Returns a function that cancels the call. */
function afterInFlight(callback: () => void, schedule = scheduleAlive): () => void {
  let left = IN_FLIGHT.slices
  const next = () => schedule(IN_FLIGHT.sliceMs, onSlice)
  let forget = next()
  function onSlice() {
    left -= 1
    if (left === 0) callback()
    else forget = next()
  }
  return () => forget()
}

/** Returns the application options that follow from a configuration alone. */
function appOptions(config: ServerOptions): AppOptions {
  return {
    ...(config.controlToken !== undefined && { controlToken: config.controlToken }),
    limits: {
      jsonBytes: config.maxJsonBytes,
      uploadBytes: config.maxUploadBytes,
      connections: config.maxConnections,
    },
    forwardedAllowIps: config.forwardedAllowIps,
    ipAccessListOnLoopback: config.ipAccessListOnLoopback,
    journal: { entries: config.journalEntries, bytes: config.journalBytes },
  }
}

/** Returns the functions that fill a new store and that continue with a known one. */
function contentsFor(
  config: ServerOptions,
  services: FilledServices,
  log: FastifyBaseLogger,
): Parameters<Replica['start']> {
  const fill = async () => {
    await fillNew(config, services)
    await services.stateService.captureBaseline()
  }
  const resume = async () => {
    await addNewKeys(config, services)
    const unread = unreadFlags(config)
    if (unread.length > 0)
      log.info(`The store is not new, so it keeps its state: ${unread.join(', ')} had no effect`)
  }
  return [fill, resume]
}

/** Returns the given flags that only affect a new store. */
function unreadFlags({ seedFile, seed, scenariosFile, scenarios, clock, speed }: ServerOptions): string[] {
  const given = {
    '--seed': (seedFile ?? seed) !== undefined,
    '--scenarios': (scenariosFile ?? scenarios) !== undefined,
    '--clock': clock !== undefined,
    '--speed': speed !== SPEED.default,
  }
  return Object.keys(given).filter((name) => given[name as keyof typeof given])
}

/** Returns a key of each generation that the server accepts. */
function keysFor({ strictKeys }: ServerOptions, keys: KeyRegistry): Pick<Server, 'key' | 'v3Key'> {
  if (!strictKeys) return { key: DEMO_KEY, v3Key: DEMO_V3_KEY }
  const registered = [...keys.capture().registered.keys()]
  if (registered.length === 0) {
    throw new UsageError('--strict-keys needs a key: give --keys FILE, or keys in the file of --seed')
  }
  const firstOf = (generation: Principal['generation']) =>
    registered.find((key) => keys.principalOf(key)?.generation === generation) ?? ''
  return { key: firstOf('v1'), v3Key: firstOf('v3') }
}

function clockSettings({ speed, clock }: ServerConfig): ClockSettings {
  return {
    ...(speed === 'instant' ? { instant: true } : { speed }),
    ...(clock !== undefined && { now: clock, frozen: true }),
  }
}

function seededIdsOf(seed: number): (owner: string) => Ids {
  return (owner) => seededIds(seed, owner)
}

async function openTls(app: FastifyInstance, identity: TlsIdentity, { host, tlsPort }: ServerConfig) {
  const { listenTls } = await import('./tls/listener.ts')
  await app.ready()
  try {
    return await listenTls(app.server, identity, { host, port: tlsPort })
  } catch (error) {
    throw cannotListen({ host, port: tlsPort, flag: '--tls-port' }, error as NodeJS.ErrnoException)
  }
}
