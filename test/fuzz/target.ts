import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { publishedProgram, uncoveredEnvironment } from '../published.ts'

const probe = new URL('memory-probe.mjs', import.meta.url).href

/** The published program in a separate process, started as users start it, as the target of fuzzing. */
export class Target {
  readonly #process: ChildProcess
  readonly port: number
  /** The output apart from the line with the URL. Only errors are logged, so any output is an error. */
  #output: string[] = []

  private constructor(child: ChildProcess, port: number, output: string[]) {
    this.#process = child
    this.port = port
    this.#output = output
  }

  /** Starts the program with the flags for fuzzing and additional ones. */
  static async start(flags: readonly string[] = []): Promise<Target> {
    const options = ['--expose-gc', '--import', probe]
    const args = [...options, publishedProgram(), '--port', '0', '--log-level', 'error', ...flags]
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: uncoveredEnvironment(),
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

  /** Returns the output since the previous call. */
  takeOutput(): string {
    return this.#output.splice(0).join('')
  }

  /** Resolves with the number of bytes in use after a garbage collection. */
  async bytesInUse(): Promise<number> {
    this.#process.send('?')
    const [{ bytes }] = await once(this.#process, 'message')
    return bytes
  }

  /** Stops the program and resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.isAlive) {
      this.#process.kill('SIGTERM')
      await once(this.#process, 'exit')
    }
    return this.#process.exitCode
  }
}
