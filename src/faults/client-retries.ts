import type { Fault, Target } from './fault.ts'

/** How long after a connection was cut the same request counts as the client's own retry: 250 ms, in microseconds. */
export const RETRY_WINDOW = 250_000

/** How many requests are remembered at once; the oldest is forgotten first. */
export const RETRIES_MAX = 1_000

/**
 * Remembers requests whose connection a fault has closed, so that what a client sends again by itself fails under the same strike. Many HTTP
 * clients do so, at once and without telling, when a reused connection ends before a byte of the answer has come.
 */
export class ClientRetries {
  readonly #expected = new Map<string, { readonly fault: Fault; readonly until: number }>()

  /** Whether no retry is expected. */
  get areNone(): boolean {
    return this.#expected.size === 0
  }

  /** Expects a request again. `now` is in microseconds. */
  expect(fault: Fault, target: Target, now: number): void {
    const id = identityOf(target)
    this.#expected.delete(id)
    this.#expected.set(id, { fault, until: now + RETRY_WINDOW })
    this.#prune(now)
  }

  /** The fault that a request is to be struck by once more; undefined where it is no retry, or comes too late. */
  take(target: Target, now: number): Fault | undefined {
    this.#prune(now)
    const id = identityOf(target)
    const expected = this.#expected.get(id)
    this.#expected.delete(id)
    return expected?.fault
  }

  /** Expects no retry any more of what some faults have struck. */
  forget(isMeant: (fault: Fault) => boolean): void {
    for (const [id, { fault }] of this.#expected) if (isMeant(fault)) this.#expected.delete(id)
  }

  #prune(now: number): void {
    for (const [oldest, { until }] of this.#expected) {
      if (until >= now && this.#expected.size <= RETRIES_MAX) break
      this.#expected.delete(oldest)
    }
  }
}

function identityOf({ method, path, identity = '' }: Target): string {
  return `${method} ${path} ${identity}`
}
