import type { Principal } from '../auth/principal.ts'
import { assertRunning } from '../base/faked-timers.ts'
import type { Fetch } from '../client/fetch.ts'
import { localFetch, localSend } from '../client/local-fetch.ts'
import type { Send } from '../client/send.ts'
import { readOptions, type ServerSettings } from '../settings/config.ts'
import { StartError } from '../settings/start-error.ts'
import { startServer } from './start.ts'

/** What a fake in this process is started with. */
export type LocalOptions = ServerSettings & { readonly seed?: unknown; readonly scenarios?: unknown }

/** A fake in this process, without what a test pulls. */
export interface LocalFake {
  readonly url: string
  readonly tlsUrl: string | undefined
  readonly caPem: string | undefined
  readonly key: string
  readonly orgId: string
  readonly controlToken: string | undefined
  readonly fetch: Fetch
  readonly send: Send
  close(): Promise<void>
}

/**
 * Starts a fake in this process. In a published build this and what it needs run in Node's own realm, also where a test runner has
 * made another one for the tests (see decision 10), so that nothing from here may be compared by its class there.
 */
export async function startLocal({ seed, scenarios, ...settings }: LocalOptions): Promise<LocalFake> {
  await assertRunning().catch(({ message }) => {
    throw new StartError(message)
  })
  const config = readOptions(settings, { port: 0, tlsPort: 0, logLevel: 'silent' })
  const server = await startServer({ ...config, seed, scenarios })
  const { app, url, tlsUrl, caPem, key } = server
  // The server says that it accepts the key, so there is a principal.
  const { orgId } = server.keys.principalOf(key) as Principal
  return {
    url,
    tlsUrl,
    caPem,
    key,
    orgId,
    controlToken: config.controlToken,
    fetch: localFetch(app, { url, tlsUrl }),
    send: localSend(app),
    close: async () => {
      await assertRunning()
      await server.close()
    },
  }
}
