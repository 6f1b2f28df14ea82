// The processes and files of a PostgreSQL server, for test/postgres.ts.
import { spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { postgresBin } from '../scripts/setup/postgres.mjs'
import { childEnvironment } from './child-environment.ts'

/** How long a start or an end may take on a busy machine, in milliseconds. */
const STEP_MS = 60_000

/** How much of the output is kept for errors, in characters. */
const OUTPUT_LENGTH = 20_000

/** Where Linux keeps files in memory, and how many bytes must be free there. */
const MEMORY = { folder: '/dev/shm', neededBytes: 2 ** 31 }

/** Ports that systems do not give to outgoing connections, so that a stopped server keeps its own. */
const PORTS = { first: 20_000, end: 32_000, tries: 100 }

/**
 * Reads the process of a server, or an empty line when it has ended. When the writer of these lines has died, ends the server and
 * removes its folder: `sh -c GUARD FOLDER`.
 */
const GUARD = `
while read -r line; do pid=$line; done
if [ -n "$pid" ] && kill -QUIT "$pid"; then
  while kill -0 "$pid"; do sleep 1; done
fi
rm -rf "$0"
`

/** The user that runs the server. PostgreSQL refuses to run as root. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** The files of a server, and the program that works with them. */
export interface Cluster {
  /** The folder of PostgreSQL's programs. */
  readonly bin: string
  /** The folder of the files. */
  readonly folder: string
  /** Undefined for the user of this process. */
  readonly user: User | undefined
  /** `initdb` or the server. */
  running: Running | undefined
  /** Says which process ends with this one, even if this one is killed. */
  guarded(pid: number | undefined): void
  /** Ends the program and removes the files. */
  remove(): Promise<void>
}

/** A program of PostgreSQL. */
interface Running {
  /** Returns the last things that it has printed. */
  output(): string
  /** Resolves when its standard error has these words. */
  says(words: string): Promise<void>
  /** Resolves with the exit code when none of its processes is left. */
  readonly ended: Promise<number | null>
  /** Sends a signal, and resolves when none of its processes is left. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** Returns a new folder for a cluster, on a disk if it is to be durable. */
export function newCluster({ durable }: { durable: boolean }): Cluster {
  const bin = postgresBin()
  const user = process.getuid?.() === 0 ? ordinaryUser() : undefined
  const parent = (durable ? undefined : memoryFolder()) ?? (user === undefined ? tmpdir() : openFolder())
  const folder = mkdtempSync(join(parent, 'fake-devin-postgres-'))
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const { tell, dismiss } = guard(folder, user)
  const cluster: Cluster = {
    bin,
    folder,
    user,
    running: undefined,
    guarded: tell,
    async remove() {
      await cluster.running?.end('SIGQUIT')
      freeSharedMemory(folder)
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
      dismiss()
    },
  }
  return cluster
}

/** Frees the segment of a server that was killed and not started again. Its file of properties is then still there. */
function freeSharedMemory(folder: string): void {
  const path = join(folder, 'data', 'postmaster.pid')
  if (!existsSync(path)) return
  const [, segment] = readFileSync(path, 'utf8').split('\n')[6]?.trim().split(/\s+/) ?? []
  if (segment !== undefined) spawnSync('ipcrm', ['-m', segment], { env: childEnvironment() })
}

function ordinaryUser(): User {
  for (const name of ['postgres', 'nobody']) {
    const [uid = 0, gid = 0] = ['-u', '-g'].map((option) => {
      const { stdout } = spawnSync('id', [option, name], { env: childEnvironment(), encoding: 'utf8' })
      return Number.parseInt(stdout, 10) || 0
    })
    if (uid !== 0) return { uid, gid }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`.')
}

/**
 * Returns Linux's folder in memory, if it has room for many clusters; a container's has often 64 MB. A cluster and its databases are thousands of small files, which
 * take longer to create and remove on a disk than most tests take otherwise.
 */
function memoryFolder(): string | undefined {
  if (!existsSync(MEMORY.folder)) return undefined
  const { bavail, bsize } = statfsSync(MEMORY.folder)
  return bavail * bsize < MEMORY.neededBytes ? undefined : MEMORY.folder
}

/** Returns a folder for temporary files that an ordinary user reaches, too. Root's own may be below its home. */
function openFolder(): string {
  const isOpen = (folder: string): boolean =>
    (statSync(folder).mode & 0o001) !== 0 && (dirname(folder) === folder || isOpen(dirname(folder)))
  return [tmpdir(), '/tmp'].find(isOpen) ?? tmpdir()
}

/** Starts the server and resolves when it accepts connections. Throws an Error with its output if it ends first. */
export async function launch(
  cluster: Cluster,
  { port, durable }: { port: number; durable: boolean },
): Promise<void> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    // The tests of the API keep many servers open at once.
    max_connections: 300,
    shared_buffers: '16MB',
    fsync: durable ? 'on' : 'off',
    // Keeps most of the shared memory in the folder, which is removed even if the server was killed.
    ...(process.platform === 'win32' ? {} : { dynamic_shared_memory_type: 'mmap' }),
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { says, ended, output, end } = run(cluster, 'postgres', [
    '-D',
    join(cluster.folder, 'data'),
    ...options,
  ])
  const late = setTimeout(() => void end('SIGKILL'), STEP_MS)
  const isReady = await Promise.race([
    says('database system is ready to accept connections').then(() => true),
    ended.then(() => false),
  ])
  clearTimeout(late)
  if (!isReady) throw new Error(`PostgreSQL did not start:\n${output()}`)
}

/** Runs a program of PostgreSQL. One that cannot be started ends at once, with the reason as its output. */
export function run(cluster: Cluster, name: string, args: string[]): Running {
  const child = spawn(join(cluster.bin, name), args, {
    cwd: cluster.folder,
    env: childEnvironment({ HOME: cluster.folder, LC_ALL: 'C' }),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...cluster.user,
  })
  let text = ''
  const print = (more: string) => {
    text = (text + more).slice(-OUTPUT_LENGTH)
  }
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', print)
  child.on('error', ({ message }) => print(message))
  const says = (words: string) =>
    new Promise<void>((resolve) => {
      child.stderr.on('data', () => {
        if (text.includes(words)) resolve()
      })
    })
  // All processes of the server have the same output, so it closes when the last one has ended, even if the first one was killed.
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      cluster.running = undefined
      cluster.guarded(undefined)
      resolve(code)
    })
  })
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error(`${name} ignores ${signal}:\n${text}`)), STEP_MS)
    await Promise.race([ended, late.promise]).finally(() => clearTimeout(timer))
  }
  cluster.guarded(child.pid)
  cluster.running = { output: () => text, says, ended, end }
  return cluster.running
}

/**
 * Makes sure that the server ends with this process and leaves no files behind, even if this process is killed. Returns functions to
 * tell it which process that is, and that it is no longer needed.
 */
function guard(folder: string, user: User | undefined) {
  if (process.platform === 'win32') return { tell: () => {}, dismiss: () => {} }
  const watcher = spawn('/bin/sh', ['-c', GUARD, folder], {
    cwd: '/',
    env: childEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore'],
    // A signal to all processes of a terminal does not end it.
    detached: true,
    ...user,
  })
  watcher.unref()
  watcher.stdin.on('error', () => {})
  return {
    tell: (pid?: number) => void watcher.stdin.write(`${pid ?? ''}\n`),
    dismiss: () => void watcher.kill('SIGKILL'),
  }
}

/** Resolves with a port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS.tries; tries += 1) {
    const port = randomInt(PORTS.first, PORTS.end)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error(`no free port from ${PORTS.first} to ${PORTS.end - 1}`)
}
