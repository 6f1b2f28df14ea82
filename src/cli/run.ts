import { type Config, type Environment, readConfig } from '../settings/config.ts'
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
export async function run(
  argv: readonly string[],
  env: Environment,
  surroundings: ProcessIo,
): Promise<number> {
  try {
    return await dispatch(readConfig({ argv, env }), surroundings)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    for (const line of error.message.split('\n')) surroundings.stderr.write(`fake-devin: ${line}\n`)
    return error.exitCode
  }
}

/** Loads only the command that runs: `--version` and `health` need no server. */
async function dispatch(config: Config, surroundings: ProcessIo): Promise<number> {
  switch (config.command) {
    case 'help':
      return (await import('./help.ts')).help(config, surroundings)
    case 'version':
      return (await import('./version.ts')).printVersion(surroundings)
    case 'serve':
      return (await import('./serve.ts')).serve(config, surroundings)
    case 'health':
      return (await import('./health.ts')).health(config, surroundings)
    case 'reset':
      return (await import('./reset.ts')).reset(config, surroundings)
    case 'advance':
      return (await import('./advance.ts')).advance(config, surroundings)
    case 'fault':
      return (await import('./fault.ts')).fault(config, surroundings)
    case 'requests':
      return (await import('./requests.ts')).requests(config, surroundings)
    case 'snapshot':
      return (await import('./snapshot.ts')).snapshot(config, surroundings)
    case 'restore':
      return (await import('./restore.ts')).restore(config, surroundings)
    case 'diff':
      return (await import('./diff.ts')).diff(config, surroundings)
    case 'conform':
      return (await import('./conform.ts')).conform(config, surroundings)
    case 'store':
      return (await import('./store.ts')).store(config, surroundings)
  }
}
