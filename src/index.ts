import type { Principal } from './auth/principal.ts'
import { DEFAULT_CONFIG, type ServerConfig } from './config.ts'
import { startServer } from './server.ts'

export type { LogLevel, ServerConfig } from './config.ts'

/** What a fake is started with. Default: as the command line's, but on free ports and silent. */
export type FakeDevinOptions = Partial<ServerConfig>

/** A running fake. */
export interface FakeDevin {
  /** The base URL for a client, without a slash at the end. */
  readonly url: string
  /** The same over HTTPS, for clients that trust `caPem`; undefined without `tls`. */
  readonly tlsUrl: string | undefined
  /** The CA that was made for `tlsUrl`, in PEM; undefined without `tls` and with a certificate that was given. */
  readonly caPem: string | undefined
  /** A key that works. */
  readonly key: string
  /** The organisation of that key. */
  readonly orgId: string
  /** Stops the server; requests in flight may end first. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a fake in this process: `await using fake = await startFakeDevin()`. Throws when it cannot start. */
export async function startFakeDevin(options: FakeDevinOptions = {}): Promise<FakeDevin> {
  const server = await startServer({ ...DEFAULT_CONFIG, port: 0, tlsPort: 0, logLevel: 'silent', ...options })
  const { url, tlsUrl, caPem, key, close } = server
  // The server says that it accepts the key, so there is a principal.
  const { orgId } = server.keys.principalOf(key) as Principal
  return { url, tlsUrl, caPem, key, orgId, close, [Symbol.asyncDispose]: close }
}
