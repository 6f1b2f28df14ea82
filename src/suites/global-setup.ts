// `fake-devin/global-setup`: one fake for a whole run of Vitest, Jest, mocha or node:test. It runs in a thread of its own, so that it
// answers while a test blocks the process, for example with `execFileSync`, and so that it ends with the process: Jest needs no teardown.
import { once } from 'node:events'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { misspeltVariables, type ServerSettings } from '../settings/config.ts'
import { optionsOfVariables } from '../settings/variables.ts'
import { type Connection, clientVariables } from './client-variables.ts'

/** Ends what a set-up has started. */
export type Teardown = () => Promise<void>

/** What the thread of a fake gets. */
interface ThreadData {
  readonly fakeDevinOptions: ServerSettings
}

/** The fake of this process, and how many set-ups use it: each project of Vitest calls its own. */
let running: { readonly close: Promise<Teardown>; users: number } | undefined

/**
 * Starts a fake on a free port, unless `FAKE_DEVIN_URL` names one that runs, and sets the variables from which clients and tests read where
 * it is. The variables of the command line's flags, such as `FAKE_DEVIN_SEED`, are its options. Resolves with what Vitest calls at the end. Rejects
 * with a StartError if the fake cannot start.
 */
export async function globalSetup(): Promise<Teardown> {
  running ??= { close: start(), users: 0 }
  running.users++
  await running.close.catch((error) => {
    running = undefined
    throw error
  })
  return globalTeardown
}

/** Closes the fake after the last user, and restores the variables. */
export async function globalTeardown(): Promise<void> {
  if (running === undefined || --running.users > 0) return
  const { close } = running
  running = undefined
  await (await close)()
}

export { globalSetup as default, globalSetup as mochaGlobalSetup, globalTeardown as mochaGlobalTeardown }

async function start(): Promise<Teardown> {
  const { env } = process
  const { FAKE_DEVIN_URL: url } = env
  for (const warning of misspeltVariables(env)) process.stderr.write(`fake-devin: ${warning}\n`)
  const { connection, close } = url ? await connect(url) : await startThread(optionsOfVariables(env))
  const variables = clientVariables(connection)
  const before = Object.keys(variables).map((name) => [name, env[name]] as const)
  Object.assign(env, variables)
  return async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete env[name]
      else env[name] = value
    }
    await close()
  }
}

interface Started {
  readonly connection: Connection
  close(): Promise<unknown>
}

async function connect(url: string): Promise<Started> {
  const { connectFakeDevin } = await import('../index.ts')
  const connection = connectFakeDevin(url)
  return { connection, close: () => connection.close() }
}

async function startThread(fakeDevinOptions: ServerSettings): Promise<Started> {
  const data: ThreadData = { fakeDevinOptions }
  const thread = new Worker(new URL(import.meta.url), { workerData: data })
  const [connection] = (await once(thread, 'message')) as [Connection]
  thread.unref()
  return {
    connection,
    close: () => {
      thread.ref()
      thread.postMessage('close')
      return once(thread, 'exit')
    },
  }
}

/** Runs in the thread. A fake that cannot start ends it with the error, which `startThread` gets. */
async function serve({ fakeDevinOptions }: ThreadData): Promise<void> {
  const { startFakeDevin } = await import('../index.ts')
  const { url, v3Key, key, orgId, close } = await startFakeDevin(fakeDevinOptions)
  parentPort?.once('message', close)
  parentPort?.postMessage({ url, v3Key, key, orgId } satisfies Connection)
}

if (workerData?.fakeDevinOptions !== undefined) void serve(workerData)
