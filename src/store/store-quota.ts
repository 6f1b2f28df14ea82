import { contentOf, type Quota } from '../base/quota.ts'
import { type StoredRecord, StoreFullError, type StoreLimits } from './types.ts'

/** What all organizations of a store share. */
export class StoreQuota implements Quota {
  readonly limits: Required<StoreLimits>
  /** What everything that is kept takes, in bytes. */
  bytes = 0

  constructor({ records = 100_000, bytes = 512 * 2 ** 20 }: StoreLimits = {}) {
    this.limits = { records, bytes }
  }

  demand(bytes: number): void {
    if (bytes > 0 && this.bytes + bytes > this.limits.bytes) throw new StoreFullError('bytes')
  }

  take(bytes: number): void {
    this.demand(bytes)
    this.bytes += bytes
  }

  add(bytes: number): void {
    this.bytes += bytes
  }
}

/** What an organization takes besides its records: its organization and its collections (measured with Node 24). */
export const ORGANIZATION_BYTES = 4096

/** What one organization takes of a store: nothing until it is entered. */
export class OrganizationQuota {
  readonly #shared: StoreQuota
  #records = 0
  #bytes = 0
  #isEntered = false

  constructor(shared: StoreQuota) {
    this.#shared = shared
  }

  /** Makes room for so many records and bytes more. Throws a StoreFullError, and takes none, when there is not as much. */
  take(records: number, bytes: number): void {
    if (this.#isEntered) this.#demand(records, bytes)
    this.add(records, bytes)
  }

  /** What was taken so far, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Counts the organization itself, once, whether there is room or not. */
  claim(): void {
    if (this.#bytes === 0) this.add(0, 0)
  }

  /** Counts so many records and bytes more, or less, whether there is room or not. */
  add(records: number, bytes: number): void {
    const more = this.#costOf(bytes)
    this.#records += records
    this.#bytes += more
    if (this.#isEntered) this.#shared.bytes += more
  }

  #demand(records: number, bytes: number): void {
    if (records > 0 && this.#records + records > this.#shared.limits.records) {
      throw new StoreFullError('records')
    }
    if (bytes > 0) this.#shared.demand(this.#costOf(bytes))
  }

  #costOf(bytes: number): number {
    return this.#bytes === 0 ? bytes + ORGANIZATION_BYTES : bytes
  }

  /** From now on what is taken counts. */
  enter(): OrganizationQuota {
    this.#isEntered = true
    this.#shared.bytes += this.#bytes
    return this
  }

  /** Gives everything back: nobody sees any more what is written here, and soon it is gone. */
  leave(): void {
    this.#isEntered = false
    this.#shared.bytes -= this.#bytes
  }
}

/** What a record takes besides its texts: its objects and its places in maps and lists. */
const RECORD_BYTES = 500

/** Roughly what a record takes in memory. */
export function sizeOf(record: StoredRecord): number {
  return RECORD_BYTES + contentOf(record)
}
