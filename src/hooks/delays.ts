import { clearTimeout, setTimeout } from '../base/builtins.ts'

/** The pauses that a server is made to take before it goes on with its answers. */
export class CancellableDelays {
  readonly #ends = new Set<() => void>()
  #areOver = false

  /** Whether they have ended, and with them all reason to do anything slowly. */
  get isCancelled(): boolean {
    return this.#areOver
  }

  /** Settles after so many real milliseconds. */
  wait(ms: number): Promise<void> {
    if (this.#areOver) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#ends.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#ends.add(end)
    })
  }

  /** Ends all pauses at once, and takes none any more: a server that is being closed must not wait for them. */
  end(): void {
    this.#areOver = true
    for (const end of this.#ends) end()
  }
}
