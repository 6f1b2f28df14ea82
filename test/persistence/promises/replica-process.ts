import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { publishedProgram, uncoveredEnvironment } from '../../published.ts'

const program = publishedProgram()

/** The time limit for any action on a busy machine, in milliseconds. */
const DEADLINE_MS = 90_000

/** The key of requests to v3, for any organization. */
const V3_KEY = 'cog_demo'

/** The part of a test that registers teardowns. */
type Owner = Pick<Test, 'teardown'>

/** An answer of the API. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read the members of many answers.
  readonly body: any
}

/** The answer to a request whose connection was lost. */
export const LOST: Answer = { status: 0, headers: new Headers(), text: '', body: undefined }

/** A server in a process of its own. */
export interface ReplicaProcess {
  readonly url: string
  /** Sends a request, with the public key of its generation unless another one is given. Rejects if the connection is lost. */
  ask(method: string, path: string, body?: unknown, key?: string): Promise<Answer>
  /** Sends a request. Resolves with `LOST` if the connection is lost. */
  attempt(method: string, path: string, body?: unknown, key?: string): Promise<Answer>
  /** Sends a signal. */
  signal(name: NodeJS.Signals): void
  /** Kills the process with SIGKILL. Resolves when it has ended. */
  kill(): Promise<void>
  /** Stops the process with a signal, as users do. Resolves with its exit code. */
  stop(): Promise<number | null>
  /** Returns its output besides the URL. It logs only warnings and errors. */
  output(): string
}

/** Starts the published program on a store as users start it. Kills it when the test ends. Rejects if it ends before it listens. */
export async function startReplica(
  t: Owner,
  store: string,
  flags: readonly string[] = [],
): Promise<ReplicaProcess> {
  const args = [program, '--port', '0', '--log-level', 'warn', '--store', store, ...flags]
  const child = spawn(process.execPath, args, {
    env: uncoveredEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const listening = Promise.withResolvers<string>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const [, url] = /listening on (http:\S+)\n/.exec(output) ?? []
      if (url !== undefined) listening.resolve(url)
    })
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  void ended.then((code) => listening.reject(new Error(`the server ended with ${code}: ${output}`)))
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  t.teardown(() => end('SIGKILL'))
  const url = await listening.promise
  const ask: ReplicaProcess['ask'] = (...request) => send(url, ...request)
  return {
    url,
    ask,
    attempt: (...request) => ask(...request).catch(lostOnly),
    signal: (name) => void child.kill(name),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    output: () => output.replace(/.*listening on http.*\n/, ''),
  }
}

/** Starts two servers on one store. */
export async function startTwo(
  t: Owner,
  store: string,
  flags: readonly string[] = [],
): Promise<[ReplicaProcess, ReplicaProcess]> {
  const first = await startReplica(t, store, flags)
  return [first, await startReplica(t, store, flags)]
}

async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  key?: string,
): Promise<Answer> {
  const generationKey = path.startsWith('/v3') ? V3_KEY : 'apk_user_demo'
  const headers = new Headers({ authorization: `Bearer ${key ?? generationKey}` })
  if (body !== undefined && !(body instanceof FormData)) headers.set('content-type', 'application/json')
  const response = await fetch(url + path, {
    method,
    headers,
    redirect: 'manual',
    // A hanging request fails its test with this error.
    signal: AbortSignal.timeout(DEADLINE_MS),
    ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /json$/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  }
}

/** Returns `LOST` for a lost connection. Throws any other error, such as that of a hanging request. */
function lostOnly(error: Error): Answer {
  if (error instanceof TypeError) return LOST
  throw error
}

/** Resolves when a condition holds. Rejects if it does not hold within the time limit. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + DEADLINE_MS
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not in time: ${what}`)
    await delay(20)
  }
}

/** Returns the body that creates a secret in either generation. */
export function secretNamed(key: string) {
  return { type: 'key-value', key, value: 'v', sensitive: true, note: '' }
}

/** Creates secrets until the connection is lost or `isOver` returns true. Resolves with the names of the acknowledged ones. */
export async function createSecrets(
  { attempt }: ReplicaProcess,
  prefix: string,
  isOver = () => false,
): Promise<string[]> {
  const acknowledged: string[] = []
  for (let n = 0; !isOver(); n += 1) {
    const { status } = await attempt('POST', '/v1/secrets', secretNamed(`${prefix}-${n}`))
    if (status === 0) break
    if (status === 200) acknowledged.push(`${prefix}-${n}`)
  }
  return acknowledged
}

/** Resolves with the names of the secrets that a server lists, in order. */
export async function secretNames({ ask }: Pick<ReplicaProcess, 'ask'>): Promise<string[]> {
  const { status, body, text } = await ask('GET', '/v1/secrets')
  if (status !== 200) throw new Error(`${status} ${text}`)
  return body.map(({ key }: { readonly key: string }) => key).sort()
}

/** Returns the numbers from 0 to below another one. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, n) => n)
}
