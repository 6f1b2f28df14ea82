import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** A program to measure, with the arguments for a port. */
export interface Program {
  readonly args: (port: number) => string[]
  readonly env?: Readonly<Record<string, string>>
}

/** The baseline of the ratios. */
export const bare: Program = { args: (port) => [pathOf('bare.mjs'), String(port)] }

/** Returns the published build with flags. */
export function fake(...flags: string[]): Program {
  return { args: (port) => [pathOf('../dist/cli.cjs'), '--port', String(port), ...flags] }
}

/** Whether processes can be pinned to cores. Without `taskset` none is pinned. */
const canPin = spawnSync('taskset', ['-V']).status === 0
function pinned(core: number, args: readonly string[]): [string, string[]] {
  return canPin ? ['taskset', ['-c', String(core), process.execPath, ...args]] : [process.execPath, [...args]]
}

/** A running program that has answered a request. */
export interface Running {
  readonly port: number
  readonly child: ChildProcess
  /** From the start of the process to the end of the first answer, in milliseconds. */
  readonly startMs: number
  /** Stops the program with SIGTERM, as an operator would. */
  stop(): Promise<void>
}

/** Starts a program and waits for its first valid answer to a DELETE. */
export async function start({ args, env = {} }: Program, core?: number): Promise<Running> {
  const port = await freePort()
  const before = performance.now()
  const [command, all] = core === undefined ? [process.execPath, args(port)] : pinned(core, args(port))
  const child = spawn(command, all, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  })
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${all.join(' ')} ended with ${code}`)
  })
  await Promise.race([firstAnswer(port), died])
  const startMs = performance.now() - before
  died.catch(() => undefined)
  const stop = async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return { port, child, startMs, stop }
}

/** Below the ephemeral port range, in which a client could connect to itself. */
let port = 20_000 + (process.pid % 10_000)
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(++port, '127.0.0.1')
    const isFree = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ])
    server.close()
    if (isFree) return port
  }
}

const REQUEST =
  'DELETE /v1/secrets/secret-unknown HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer apk_user_bench\r\n\r\n'

function firstAnswer(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const attempt = () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => socket.write(REQUEST))
      socket.on('error', () => setTimeout(attempt, 1))
      socket.on('data', (data) => {
        socket.destroy()
        if (data.includes('HTTP/1.1 404')) resolve()
        else reject(new Error(`not a good answer: ${data}`))
      })
    }
    attempt()
  })
}

/** The plan for generator.mjs. */
export interface Plan {
  readonly kind: 'unknown' | 'delete' | 'create-delete'
  /** The generation of the API. Default: v1. */
  readonly generation?: 'v1' | 'v3'
  readonly ms?: number
  readonly count?: number
  readonly connections?: number
}

/** The results of generator.mjs. Times are in microseconds. */
export interface Load {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** The CPU time of the servers per request. */
  readonly cpu: number
  /** The results of creating what was deleted. */
  readonly creations?: Load
}

/** Generates load on a server from the other core, or on several at once. */
export async function load(server: Running | readonly Running[], plan: Plan): Promise<Load> {
  const servers = [server].flat().map(({ port, child }) => ({ port, pid: child.pid }))
  const argument = JSON.stringify({ connections: 16, ...plan, servers })
  const [command, args] = pinned(1, [pathOf('generator.mjs'), argument])
  const { stdout } = await promisify(execFile)(command, args)
  return JSON.parse(stdout)
}
