import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../child-environment.ts'

const program = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url))
const probe = new URL('memory-probe.mjs', import.meta.url).href

/** The program in a process of its own, as users run it, to be sent whatever there is. */
export class Target {
  readonly #process: ChildProcess
  readonly port: number
  /** What it wrote since it said that it listens. Nothing but errors is logged, so anything here is one. */
  #output: string[] = []

  private constructor(child: ChildProcess, port: number, output: string[]) {
    this.#process = child
    this.port = port
    this.#output = output
  }

  /** Starts it, with these flags besides those that the fuzzing needs. */
  static async start(flags: readonly string[] = []): Promise<Target> {
    const options = ['--expose-gc', '--disable-warning=ExperimentalWarning', '--import', probe]
    const args = [...options, program, '--port', '0', '--log-level', 'error', ...flags]
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: childEnvironment(),
    })
    const output: string[] = []
    const listening = new Promise<number>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output.join('')}`)))
      const listen = (text: string) => {
        const [, port] = /listening on http:\/\/127\.0\.0\.1:(\d+)\n/.exec(text) ?? []
        if (port === undefined) output.push(text)
        else resolve(Number(port))
      }
      child.stdout?.setEncoding('utf8').on('data', listen)
      child.stderr?.setEncoding('utf8').on('data', (text: string) => output.push(text))
    })
    return new Target(child, await listening, output)
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** What it wrote since this was last asked. */
  takeOutput(): string {
    return this.#output.splice(0).join('')
  }

  /** How many bytes are in use, after a collection. */
  async bytesInUse(): Promise<number> {
    this.#process.send('?')
    const [{ bytes }] = await once(this.#process, 'message')
    return bytes
  }

  /** Ends it, and resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.isAlive) {
      this.#process.kill('SIGTERM')
      await once(this.#process, 'exit')
    }
    return this.#process.exitCode
  }
}
