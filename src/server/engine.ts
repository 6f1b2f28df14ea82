import { DEFAULT_ORG_ID } from '../auth/principal.ts'
import { assertRunning } from '../base/faked-timers.ts'
import type { Fetch } from '../client/fetch.ts'
import { localFetch, localOpen, localSend } from '../client/local-fetch.ts'
import type { Open, Send } from '../client/send.ts'
import { readOptions, type ServerSettings } from '../settings/config.ts'
import { StartError, UsageError } from '../settings/start-error.ts'
import { startServer } from './start.ts'

/** The options of a fake in this process. */
export type LocalOptions = ServerSettings & { readonly seed?: unknown; readonly scenarios?: unknown }

/** A fake in this process, without the controls for tests. */
export interface LocalFake {
  readonly url: string
  readonly tlsUrl: string | undefined
  readonly caPem: string | undefined
  readonly key: string
  readonly v3Key: string
  readonly orgId: string
  readonly controlToken: string | undefined
  readonly fetch: Fetch
  readonly send: Send
  readonly open: Open
  close(): Promise<void>
}

/**
 * Starts a fake in this process. In a published build, this module and its dependencies run in Node's own realm, even if a test runner
 * runs the tests in another one (see decision 10). So tests cannot use `instanceof` on objects from here.
 */
export async function startLocal(options: LocalOptions): Promise<LocalFake> {
  // The callers may not use TypeScript.
  if (typeof options !== 'object' || options === null) throw new UsageError('the options must be an object')
  const { seed, scenarios, ...settings } = options
  await assertRunning().catch(({ message }) => {
    throw new StartError(message)
  })
  const config = readOptions(settings, { port: 0, tlsPort: 0, logLevel: 'silent' })
  const server = await startServer({ ...config, seed, scenarios })
  const { app, url, tlsUrl, caPem, key, v3Key } = server
  // With strict keys, all of them may be revoked.
  const { orgId = DEFAULT_ORG_ID } = server.keys.principalOf(key) ?? server.keys.principalOf(v3Key) ?? {}
  return {
    url,
    tlsUrl,
    caPem,
    key,
    v3Key,
    orgId,
    controlToken: config.controlToken,
    fetch: localFetch(app, { url, tlsUrl }),
    send: localSend(app),
    open: localOpen(app),
    close: async () => {
      await assertRunning()
      await server.close()
    },
  }
}
