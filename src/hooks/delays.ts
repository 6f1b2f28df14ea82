import { clearTimeout, setTimeout } from '../base/builtins.ts'

/** Delays of responses that can be cancelled together. */
export class CancellableDelays {
  readonly #pending = new Set<() => void>()
  #isCancelled = false

  /** Whether the delays were cancelled. */
  get isCancelled(): boolean {
    return this.#isCancelled
  }

  /** Resolves after `ms` real milliseconds, or as soon as the delays are cancelled. */
  wait(ms: number): Promise<void> {
    if (this.#isCancelled) return Promise.resolve()
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer)
        this.#pending.delete(finish)
        resolve()
      }
      const timer = setTimeout(finish, ms)
      this.#pending.add(finish)
    })
  }

  /** Ends all pending delays and skips all later ones, so that they do not hold up the shutdown of the server. */
  cancel(): void {
    this.#isCancelled = true
    for (const finish of this.#pending) finish()
  }
}
