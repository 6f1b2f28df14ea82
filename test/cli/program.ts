import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { childEnvironment } from '../child-environment.ts'
import { publishedProgram, uncoveredEnvironment } from '../published.ts'

const program = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url))

/** The options of Node for a program that is started from its sources. */
const OPTIONS = [
  '--disable-warning=ExperimentalWarning',
  `--import=${new URL('../loading.mjs', import.meta.url).href}`,
]

/** The exit code and the output of a process. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The program in a separate process. */
export interface Program {
  /** Resolves when standard output matches. Rejects when the process ends first. */
  says(pattern: RegExp): Promise<RegExpMatchArray>
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<Outcome>
}

/** Starts the program from its sources as a user would, but without its environment variables. Kills it when the test ends. */
export function startProgram(
  t: Test,
  args: string[],
  variables: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
): Program {
  const options = { cwd, env: childEnvironment(variables) }
  return started(t, [...OPTIONS, program, ...args], options)
}

/** Starts the published program as `startProgram` does that of the sources. */
export function startPublished(t: Test, args: string[], cwd = process.cwd()): Program {
  return started(t, [publishedProgram(), ...args], { cwd, env: uncoveredEnvironment() })
}

function started(t: Test, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Program {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const ended = new Promise<Outcome>((resolve) => child.on('close', (code) => resolve({ code, ...output })))
  const says = (pattern: RegExp) =>
    new Promise<RegExpMatchArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output.stdout)
        if (match !== null) resolve(match)
      }
      look()
      child.stdout.on('data', look)
      void ended.then(({ stdout, stderr }) => reject(new Error(`it ended with ${stdout}${stderr}`)))
    })
  return { says, kill: (signal) => void child.kill(signal), ended }
}
