import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../app.ts'
import { DEMO_KEY, DEMO_V3_KEY, KeyRegistry } from '../auth/keys.ts'
import type { Principal } from '../auth/principal.ts'
import { clearTimeout, setTimeout } from '../base/builtins.ts'
import { type ClockSettings, systemClock } from '../base/clock.ts'
import { type Ids, randomIds, seededIds } from '../base/ids.ts'
import { BACKLOG, destroyConnections } from '../hooks/connections.ts'
import { Organizations } from '../organization/organizations.ts'
import type { ServerConfig } from '../settings/config.ts'
import { toJsonData } from '../settings/json-data.ts'
import { StartError, UsageError } from '../settings/start-error.ts'
import type { ScenarioRules } from '../simulation/scenario-rules.ts'
import { StateService } from '../state/service.ts'
import { memoryStore } from '../store/memory.ts'
import { drain } from './drain.ts'
import { openLog } from './logging.ts'
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
  /**
   * Answers all received requests, stops listening, and aborts requests that take longer than `IN_FLIGHT_MS`. Keeps idle connections
   * open for `idleMs`. Default: 0.
   */
  close(options?: { idleMs?: number }): Promise<void>
}

/** How long a request in flight may take while the server closes, in milliseconds. */
const IN_FLIGHT_MS = 800

/** The options of a server that is started from code, which may pass data in place of files. */
export interface ServerOptions extends ServerConfig {
  /** The contents of a seed file, instead of `seedFile`. */
  readonly seed?: unknown
  /** The contents of a scenarios file, added after the rules of `scenariosFile`. */
  readonly scenarios?: unknown
}

/** Starts a server. Rejects with a StartError when a file is invalid, no key could ever work or the address is not available. */
export async function startServer(config: ServerOptions): Promise<Server> {
  const organizations = new Organizations({
    store: memoryStore({ records: config.maxRecords, bytes: config.maxStoredBytes }),
    clock: systemClock(),
    clockSettings: clockSettings(config),
    appUrl: config.appUrl,
    ids: config.seedIds === undefined ? randomIds : seededIdsOf(config.seedIds),
  })
  const { keys, key, v3Key, stateService } = await fillFromFiles(config, organizations)
  const identity = await tlsIdentity(config)
  const log = await openLog(config.logLevel)
  const app = await buildApp({
    keys,
    organizations,
    stateService,
    ...(config.controlToken !== undefined && { controlToken: config.controlToken }),
    ...(identity?.caPem !== undefined && { caPem: identity.caPem }),
    limits: {
      jsonBytes: config.maxJsonBytes,
      uploadBytes: config.maxUploadBytes,
      connections: config.maxConnections,
    },
    forwardedAllowIps: config.forwardedAllowIps,
    ipAccessListOnLoopback: config.ipAccessListOnLoopback,
    journal: { entries: config.journalEntries, bytes: config.journalBytes },
    ...(log !== undefined && { logger: log.logger, logLater: log.later }),
  })
  let closed: Promise<void> | undefined
  let tlsListener: TlsListener | undefined
  const close = async ({ idleMs = 0 } = {}) => {
    const { server } = app
    // Streams of events would end only when they are cut.
    organizations.events.close()
    const cut = setTimeout(() => {
      destroyConnections(app)
      tlsListener?.destroyConnections()
    }, IN_FLIGHT_MS)
    // Drain before closing Fastify, which would answer 503 to further requests.
    if (server.listening) await Promise.all([drain(server, idleMs), tlsListener?.close()])
    clearTimeout(cut)
    await Promise.all([app.close(), tlsListener?.close()])
    await log?.close()
  }
  try {
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
    key,
    v3Key,
    keys,
    close: (options) => (closed ??= close(options)),
  }
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

async function fillFromFiles(config: ServerOptions, organizations: Organizations) {
  const { keysFile, strictKeys } = config
  const registered =
    keysFile === undefined ? [] : await (await import('../settings/keys-file.ts')).readKeysFile(keysFile)
  const keys = new KeyRegistry({ strict: strictKeys, keys: registered })
  const stateService = new StateService({ organizations, keys })
  await fillScenarios(config, organizations.scenarios)
  registered.push(...(await fillState(config, stateService)))
  if (!strictKeys) return { keys, stateService, key: DEMO_KEY, v3Key: DEMO_V3_KEY }
  if (registered.length === 0) {
    throw new UsageError('--strict-keys needs a key: give --keys FILE, or keys in the file of --seed')
  }
  const firstOf = (generation: Principal['generation']) =>
    registered.find(({ key }) => keys.principalOf(key)?.generation === generation)?.key ?? ''
  return { keys, stateService, key: firstOf('v1'), v3Key: firstOf('v3') }
}

async function fillScenarios(
  { scenariosFile, scenarios }: ServerOptions,
  rules: ScenarioRules,
): Promise<void> {
  if (scenariosFile === undefined && scenarios === undefined) return
  const { addScenarios, readScenariosFile } = await import('../settings/scenarios-file.ts')
  if (scenariosFile !== undefined) await readScenariosFile(scenariosFile, rules)
  if (scenarios !== undefined) await addScenarios('scenarios', toJsonData('scenarios', scenarios), rules)
}

/** Loads the seed and returns its keys. */
async function fillState({ seedFile, seed }: ServerOptions, stateService: StateService) {
  if (seedFile === undefined && seed === undefined) return []
  // A second seed would replace the organizations of the first.
  if (seedFile !== undefined && seed !== undefined)
    throw new UsageError('seed and seedFile do not go together')
  const { addSeed, seedFrom } = await import('../settings/seed.ts')
  return seedFile === undefined
    ? addSeed('seed', toJsonData('seed', seed), stateService)
    : seedFrom(seedFile, stateService)
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

async function listen(app: FastifyInstance, { host, port }: ServerConfig): Promise<void> {
  const listenTextResolver = (address: string) => `fake-devin listening on ${address}`
  try {
    await app.listen({ port, host, backlog: BACKLOG, listenTextResolver })
  } catch (error) {
    throw cannotListen({ host, port, flag: '--port' }, error as NodeJS.ErrnoException)
  }
}

function cannotListen(
  { host, port, flag }: { host: string; port: number; flag: string },
  { code, message }: NodeJS.ErrnoException,
): StartError {
  const notHere = `${host} is not an address of this machine: choose another with --host`
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} of ${host} is in use: stop what listens there, or choose another with ${flag} (0 picks a free one)`,
    EACCES: `port ${port} may not be used by this user: choose one from 1024 up with ${flag}`,
    EADDRNOTAVAIL: notHere,
    ENOTFOUND: notHere,
    EAI_AGAIN: notHere,
  }
  return new StartError(reasons[String(code)] ?? `cannot listen on ${host} port ${port}: ${message}`)
}
