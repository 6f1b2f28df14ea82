import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Server, startServer } from '../../src/server/start.ts'
import { readConfig } from '../../src/settings/config.ts'
import { MEMORY } from '../../src/settings/flag-values.ts'
import { childEnvironment } from '../child-environment.ts'
import { startPublished } from '../cli/program.ts'
import type { Block } from '../markdown.ts'

/** The time limit for a command on a busy machine, in milliseconds. A command that waits for a server never ends if the server has failed. */
const COMMAND_MS = 60_000

/** Options for running the commands of a page. */
export interface CommandOptions {
  /** The folder with the files of the page. */
  readonly folder: string
  /** The working directory of the commands. Default: `folder`. */
  readonly cwd?: string
  /** Returns the output in the form to compare. Default: without trailing white space. */
  readonly normalized?: (output: string) => string
}

/**
 * Runs the commands of a page in order in one shell, and compares their output with the `output` block below each. The server is that
 * of the last `sh start`. The server of an `sh refused` must fail to start. Resolves with the number of commands run.
 */
export async function checkCommands(
  t: Test,
  blocks: readonly Block[],
  { folder, cwd = folder, normalized = (output) => output.trimEnd() }: CommandOptions,
): Promise<number> {
  const sh = openShell(t, cwd)
  let server: Server | undefined
  let count = 0
  t.teardown(() => server?.close())

  for (const [index, { language, role, text }] of blocks.entries()) {
    if (language !== 'sh' || !['', 'start', 'refused'].includes(role)) continue
    if (role === 'start') {
      await server?.close()
      server = await start(text, folder)
      // `sleep` advances the clock instead of waiting.
      await sh(`sleep() { curl -s ${server.url}/_fake/clock/advance -H 'Content-Type: application/json' \\
        -d '{"seconds": '"$1"'}' -o /dev/null; }`)
      continue
    }
    const next = blocks[index + 1]
    const printed =
      role === 'refused'
        ? (await startPublished(t, flagsOf(text), folder).ended).stderr
        : await sh(text.replaceAll('http://127.0.0.1:8080', server?.url ?? ''))
    t.equal(normalized(printed), normalized(next?.role === 'output' ? next.text : ''), text)
    count++
  }
  return count
}

/** Starts the server of a line such as `npm start -- --seed seed.yaml`, on a free port. */
async function start(line: string, folder: string): Promise<Server> {
  const config = readConfig({ argv: flagsOf(line), env: {} })
  const inFolder = (file: string | undefined) => (file === undefined ? undefined : join(folder, file))
  return startServer({
    ...config,
    keysFile: inFolder(config.keysFile),
    seedFile: inFolder(config.seedFile),
    scenariosFile: inFolder(config.scenariosFile),
    store: config.store === MEMORY ? MEMORY : join(folder, config.store),
    port: 0,
    logLevel: 'silent',
  })
}

function flagsOf(line: string): string[] {
  const [, command, , flags = ''] = /^(npm start(?: --)?|npx fake-devin)( (.+))?$/.exec(line) ?? []
  if (command === undefined) throw new Error(`not a command that starts the server: ${line}`)
  return flags.split(' ').filter(Boolean)
}

/**
 * Opens a shell that keeps its variables between commands. Returns a function that runs a command and resolves with its output. Programs that a
 * command leaves in the background end with the test.
 */
export function openShell(
  t: Test,
  cwd: string,
  variables: NodeJS.ProcessEnv = {},
): (command: string) => Promise<string> {
  const shell = spawn('sh', [], {
    cwd,
    env: childEnvironment(variables),
    stdio: ['pipe', 'pipe', 'inherit'],
    // Begins a group of processes, all of which get the signal.
    detached: true,
  })
  t.teardown(() => {
    try {
      process.kill(-(shell.pid as number), 'SIGKILL')
    } catch {
      // The processes have already ended.
    }
  })
  let printed = ''
  let answer = Promise.withResolvers<string>()
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    if (printed.endsWith('\0')) answer.resolve(printed.slice(0, -1))
  })
  shell.on('exit', () => answer.reject(new Error(`the shell has ended: ${printed}`)))
  return (command) => {
    printed = ''
    answer = Promise.withResolvers()
    const { promise, reject } = answer
    shell.stdin.write(`{\n${command}\n} </dev/null 2>&1\nprintf '\\0'\n`)
    const timer = setTimeout(
      () => reject(new Error(`${command}\nhas not ended: ${printed}${logsIn(cwd)}`)),
      COMMAND_MS,
    )
    return promise.finally(() => clearTimeout(timer))
  }
}

/** Returns what servers have written to their logs in a folder. */
function logsIn(folder: string): string {
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'))
  return logs.map((name) => `\n${name}: ${readFileSync(join(folder, name), 'utf8')}`).join('')
}
