import type { Fault, Target } from './fault.ts'

/** The time after a closed connection in which an identical request counts as a retry: 250 ms, in microseconds. */
export const RETRY_WINDOW = 250_000

/** The maximum number of expected retries. Beyond it the oldest is evicted. */
export const RETRIES_MAX = 1_000

/**
 * Tracks requests whose connection a fault has closed, so that an automatic retry by the client fails as well.
 * Many HTTP clients retry at once and silently if a reused connection closes before the first byte of the response.
 */
export class ClientRetries {
  readonly #expected = new Map<string, { readonly fault: Fault; readonly until: number }>()

  /** Whether no retry is expected. */
  get isEmpty(): boolean {
    return this.#expected.size === 0
  }

  /** Expects a retry of a request. `now` is in microseconds. */
  expect(fault: Fault, target: Target, now: number): void {
    const id = identityOf(target)
    this.#expected.delete(id)
    this.#expected.set(id, { fault, until: now + RETRY_WINDOW })
    this.#prune(now)
  }

  /** Removes the expected retry of a request and returns its fault, or undefined if none is expected. */
  take(target: Target, now: number): Fault | undefined {
    this.#prune(now)
    const id = identityOf(target)
    const expected = this.#expected.get(id)
    this.#expected.delete(id)
    return expected?.fault
  }

  /** Removes the expected retries of all faults that match. */
  forget(matches: (fault: Fault) => boolean): void {
    for (const [id, { fault }] of this.#expected) if (matches(fault)) this.#expected.delete(id)
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
