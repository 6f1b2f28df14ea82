import {
  type Config,
  type Environment,
  flagsTakenByNpm,
  misspeltVariables,
  readConfig,
} from '../settings/config.ts'
import { StartError } from '../settings/start-error.ts'

/** The parts of the process that a command uses. */
export interface ProcessIo {
  readonly stdout: Output
  readonly stderr: Output
  /** Settles when the user or the system asks the program to end. */
  readonly stopped: Promise<unknown>
}

/** A stream that text is written to. */
export interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Runs the command named on the command line and returns the exit code. */
export async function run(argv: readonly string[], env: Environment, io: ProcessIo): Promise<number> {
  const warn = (line: string) => io.stderr.write(`fake-devin: ${line}\n`)
  flagsTakenByNpm(env).forEach(warn)
  try {
    const config = readConfig({ argv, env })
    if (config.command === 'serve') misspeltVariables(env).forEach(warn)
    return await dispatch(config, io)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    error.message.split('\n').forEach(warn)
    return error.exitCode
  }
}

/** Loads only the command that runs: `--version` and `health` need no server. */
async function dispatch(config: Config, io: ProcessIo): Promise<number> {
  switch (config.command) {
    case 'help':
      return (await import('./help.ts')).help(config, io)
    case 'version':
      return (await import('./version.ts')).printVersion(io)
    case 'serve':
      return (await import('./serve.ts')).serve(config, io)
    case 'health':
      return (await import('./health.ts')).health(config, io)
    case 'reset':
      return (await import('./reset.ts')).reset(config, io)
    case 'advance':
      return (await import('./advance.ts')).advance(config, io)
    case 'fault':
      return (await import('./fault.ts')).fault(config, io)
    case 'requests':
      return (await import('./requests.ts')).requests(config, io)
    case 'snapshot':
      return (await import('./snapshot.ts')).snapshot(config, io)
    case 'restore':
      return (await import('./restore.ts')).restore(config, io)
    case 'diff':
      return (await import('./diff.ts')).diff(config, io)
    case 'conform':
      return (await import('./conform.ts')).conform(config, io)
    case 'store':
      return (await import('./store.ts')).store(config, io)
  }
}
