import type { ChangeFeed } from '../base/changes.ts'
import type { Fault, Target } from './fault.ts'

/** The time after a closed connection in which an identical request counts as a retry: 250 ms, in microseconds. */
export const RETRY_WINDOW = 250_000

/** The maximum number of expected retries. Beyond it the oldest is evicted. */
export const RETRIES_MAX = 1_000

/** The kind of the rows of expected retries. */
const KIND = 'retries'

/** A retry that is expected. */
export interface ExpectedRetry {
  readonly fault: Fault
  /** The end of the retry window, in microseconds of the machine's clock. */
  readonly until: number
}

/**
 * Tracks requests whose connection a fault has closed, so that an automatic retry by the client fails as well.
 * Many HTTP clients retry at once and silently if a reused connection closes before the first byte of the response.
 */
export class ClientRetries {
  readonly #expected = new Map<string, ExpectedRetry>()
  readonly #changes: ChangeFeed | undefined

  /** Records changes. Default: changes are not recorded. */
  constructor(changes?: ChangeFeed) {
    this.#changes = changes
  }

  /** Whether no retry is expected. */
  get isEmpty(): boolean {
    return this.#expected.size === 0
  }

  /** Expects a retry of a request. `now` is in microseconds. */
  expect(fault: Fault, target: Target, now: number): void {
    const id = identityOf(target)
    this.#expected.delete(id)
    this.#expected.set(id, { fault, until: now + RETRY_WINDOW })
    this.#mark(id)
    this.#prune(now)
  }

  /** Removes the expected retry of a request and returns its fault, or undefined if none is expected. */
  take(target: Target, now: number): Fault | undefined {
    this.#prune(now)
    const id = identityOf(target)
    const expected = this.#expected.get(id)
    this.#delete(id)
    return expected?.fault
  }

  /** Returns the expected retry of the request with an identity. */
  get(id: string): ExpectedRetry | undefined {
    return this.#expected.get(id)
  }

  /** Sets the expected retry of the request with an identity, as `get` returned it. Removes it if `expected` is undefined. */
  set(id: string, expected: ExpectedRetry | undefined): void {
    this.#expected.delete(id)
    if (expected !== undefined) this.#expected.set(id, expected)
  }

  #delete(id: string): void {
    if (this.#expected.delete(id)) this.#mark(id)
  }

  #mark(id: string): void {
    this.#changes?.tracker?.mark(KIND, '', id)
  }

  /** Removes the expected retries of all faults that match. */
  forget(matches: (fault: Fault) => boolean): void {
    for (const [id, { fault }] of this.#expected) if (matches(fault)) this.#delete(id)
  }

  #prune(now: number): void {
    for (const [oldest, { until }] of this.#expected) {
      if (until >= now && this.#expected.size <= RETRIES_MAX) break
      this.#delete(oldest)
    }
  }
}

function identityOf({ method, path, identity = '' }: Target): string {
  return `${method} ${path} ${identity}`
}
