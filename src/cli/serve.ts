import { DEMO_KEY, DEMO_V3_KEY } from '../auth/keys.ts'
import { formatInstant } from '../base/clock.ts'
import { type Server, startServer } from '../server/start.ts'
import type { ServerConfig } from '../settings/config.ts'
import { MEMORY } from '../settings/flag-values.ts'
import type { ProcessIo } from './run.ts'

/** Long enough to tell busy clients that their connection ends, and too short to be noticed by a user. In milliseconds. */
const IDLE_MS = 200

/** `fake-devin`: serves until it is stopped. */
export async function serve(
  config: ServerConfig,
  { stdout, stderr, stopped }: Pick<ProcessIo, 'stdout' | 'stderr' | 'stopped'>,
): Promise<number> {
  const server = await startServer(config)
  // Scripts that use port 0 look for this line. At these log levels the log does not print it.
  if (!isLogged(config)) {
    stdout.write(`fake-devin listening on ${server.url}\n`)
    if (server.tlsUrl !== undefined) stdout.write(`fake-devin listening on ${server.tlsUrl}\n`)
  } else if (stdout.isTTY !== true && isUnspecified(config.host)) {
    // Shows the address in the log of a container. On a terminal, the greeting shows it.
    server.app.log.info(`Open ${pageOf(server, config)} in a browser`)
  }
  if (config.controlToken === undefined && !isLoopback(config.host)) stderr.write(`${OPEN_WARNING}\n`)
  if (stdout.isTTY === true) stdout.write(await greeting(server, config))
  await stopped
  await server.close({ idleMs: IDLE_MS })
  return 0
}

const OPEN_WARNING =
  'fake-devin: others on the network can reach the control plane (/_fake/); set --control-token or FAKE_DEVIN_CONTROL_TOKEN to require a token'

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

/** Returns whether a server listens on all addresses, as in a container. */
function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** Returns the address of the page for a person's browser on this machine. */
function pageOf({ url }: Server, { host }: ServerConfig): string {
  return `${isUnspecified(host) ? `http://localhost:${new URL(url).port}` : url}/_fake/`
}

function isLogged({ logLevel }: ServerConfig): boolean {
  return ['info', 'debug', 'trace'].includes(logLevel)
}

/** Returns the introduction for a person at a terminal. Does not show the keys of a file, since they may be real. */
async function greeting(server: Server, config: ServerConfig): Promise<string> {
  const { url } = server
  const token =
    config.controlToken === undefined ? '' : ' -H "Authorization: Bearer $FAKE_DEVIN_CONTROL_TOKEN"'
  return `
${await settingsOf(server, config)}
${greetingKeys(server, config)}
${server.v3Key === '' ? '' : greetingV3(server, config, token)}${server.key === '' ? '' : greetingV1(server, config)}
  See the received requests, and reset the server:
    curl ${url}/_fake/requests${token}
    curl -X POST ${url}/_fake/reset${token}
${greetingTls(server)}
  Ctrl-C stops the server.

`
}

function greetingKeys({ key, v3Key }: Server, { strictKeys, keysFile, seedFile }: ServerConfig): string {
  const files = [keysFile, seedFile].filter((file) => file !== undefined).join(' and ')
  if (!strictKeys) return `  Any key works, for example ${DEMO_V3_KEY} for v3, and ${DEMO_KEY} for v1.`
  const exports = [
    ...(v3Key === '' ? [] : ['one of v3 (cog_…) as DEVIN_API_KEY']),
    ...(key === '' ? [] : ['one of v1 (apk_…) as DEVIN_V1_API_KEY']),
  ]
  return `  The keys of ${files} work: export ${exports.join(', and ')}.`
}

function greetingV3({ url, keys, v3Key }: Server, { strictKeys }: ServerConfig, token: string): string {
  const organization = `${url}/v3/organizations/${keys.principalOf(v3Key)?.orgId}`
  const authorization = authorizationOf(strictKeys ? '$DEVIN_API_KEY' : DEMO_V3_KEY)
  const json = `-H ${authorization} -H 'Content-Type: application/json'`
  return `
  List the secrets:
    curl ${organization}/secrets -H ${authorization}
  Create one, and delete it by the returned id:
    curl ${organization}/secrets ${json} \\
      -d '{"type": "key-value", "key": "TOKEN", "value": "s3cr3t"}'
    curl -X DELETE ${organization}/secrets/secret-… -H ${authorization}
  Create a session, let it finish, and look at it:
    curl ${organization}/sessions ${json} \\
      -d '{"prompt": "Fix the login page"}'
    curl ${url}/_fake/clock/advance${token} -H 'Content-Type: application/json' -d '{"seconds": 90}'
    curl ${organization}/sessions -H ${authorization}
`
}

function greetingV1({ url }: Server, { strictKeys }: ServerConfig): string {
  return `
  The legacy generation of the API, v1, has the same records:
    curl ${url}/v1/secrets -H ${authorizationOf(strictKeys ? '$DEVIN_V1_API_KEY' : DEMO_KEY)}
`
}

/** Returns a header as an argument of a shell. Only a variable needs double quotes. */
function authorizationOf(key: string): string {
  const quote = key.startsWith('$') ? '"' : "'"
  return `${quote}Authorization: Bearer ${key}${quote}`
}

/** Describes the settings in force, one per line. */
async function settingsOf(server: Server, config: ServerConfig): Promise<string> {
  const { seedFile, scenariosFile, speed, clock, store, strictKeys, controlToken } = config
  const pace = speed === 'instant' ? 'instant' : `${speed} s per second`
  const ifNew = store === MEMORY ? '' : ', if the store was new'
  const rows = {
    Page: `${pageOf(server, config)}, to open in a browser`,
    Seed: seedFile === undefined ? 'none' : seedFile + ifNew,
    Scenarios: scenariosFile === undefined ? 'built-in' : scenariosFile + ifNew,
    Speed: (clock === undefined ? pace : `frozen at ${formatInstant(clock)}`) + ifNew,
    Store: await describeStore(store),
    Keys: strictKeys ? 'only those of files' : 'any well-formed one: cog_… for v3, apk_… for v1',
    Control: `/_fake/, ${controlToken === undefined ? 'no token needed' : 'needs the control token'}`,
  }
  return Object.entries(rows)
    .map(([name, value]) => `  ${`${name}:`.padEnd(11)}${value}\n`)
    .join('')
}

/** Describes the store, without the password of a database. */
async function describeStore(store: string): Promise<string> {
  if (store === MEMORY) return 'in memory, until the server stops'
  const { describeLocation } = await import('../database/open.ts')
  return `${describeLocation(store)}, kept when the server stops`
}

function greetingTls({ url, tlsUrl, caPem }: Server): string {
  if (tlsUrl === undefined) return ''
  const trust = caPem === undefined ? '' : `, for clients that trust the CA of ${url}/_fake/ca.pem`
  return `
  HTTPS is at ${tlsUrl}${trust}.
`
}
