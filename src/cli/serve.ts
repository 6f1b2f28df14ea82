import { DEMO_KEY } from '../auth/keys.ts'
import type { ServerConfig } from '../config.ts'
import { type Server, startServer } from '../server.ts'
import type { Surroundings } from './run.ts'

/** Long enough for clients that ask without a break to be told that it is over, too short for anybody to wait for. */
const IDLE_MS = 200

/** `fake-devin`: serves until it is stopped. */
export async function serve(
  config: ServerConfig,
  { stdout, stopped }: Pick<Surroundings, 'stdout' | 'stopped'>,
): Promise<number> {
  const server = await startServer(config)
  // The same words as in the log, which is silent about it at these levels; a script that picked port 0 looks for them.
  if (!isLogged(config)) {
    stdout.write(`fake-devin listening on ${server.url}\n`)
    if (server.tlsUrl !== undefined) stdout.write(`fake-devin listening on ${server.tlsUrl}\n`)
  }
  if (stdout.isTTY === true) stdout.write(greeting(server, config))
  await stopped
  await server.close({ idleMs: IDLE_MS })
  return 0
}

function isLogged({ logLevel }: ServerConfig): boolean {
  return ['info', 'debug', 'trace'].includes(logLevel)
}

/** What a person at a terminal wants to know. The keys of a file may be real ones, so they are not shown. */
function greeting(server: Server, { strictKeys, keysFile, seedFile }: ServerConfig): string {
  const { url } = server
  const files = [keysFile, seedFile].filter((file) => file !== undefined).join(' and ')
  const authorization = strictKeys
    ? '"Authorization: Bearer $DEVIN_API_KEY"'
    : `'Authorization: Bearer ${DEMO_KEY}'`
  return `
  ${strictKeys ? `The keys of ${files} work; export one as DEVIN_API_KEY.` : `Any key works, for example ${DEMO_KEY}.`}

  List the secrets:
    curl ${url}/v1/secrets -H ${authorization}
  Create one, and delete it by the id that comes back:
    curl ${url}/v1/secrets -H ${authorization} -H 'Content-Type: application/json' \\
      -d '{"type": "key-value", "key": "TOKEN", "value": "s3cr3t", "sensitive": true, "note": ""}'
    curl -X DELETE ${url}/v1/secrets/secret-… -H ${authorization}
${greetingTls(server)}
  Ctrl-C stops the server.

`
}

function greetingTls({ url, tlsUrl, caPem }: Server): string {
  if (tlsUrl === undefined) return ''
  const trust = caPem === undefined ? '' : `, for clients that trust the CA of ${url}/_fake/ca.pem`
  return `
  HTTPS is at ${tlsUrl}${trust}.
`
}
