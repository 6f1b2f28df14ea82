import { approximateSize, type Quota } from '../base/quota.ts'
import { type StoredRecord, StoreFullError, type StoreLimits } from './types.ts'

/** The memory that all organizations of a store share. */
export class StoreQuota implements Quota {
  readonly limits: Required<StoreLimits>
  /** The bytes in use. */
  bytes = 0

  constructor({ records = 100_000, bytes = 512 * 2 ** 20 }: StoreLimits = {}) {
    this.limits = { records, bytes }
  }

  ensure(bytes: number): void {
    if (bytes > 0 && this.bytes + bytes > this.limits.bytes) throw new StoreFullError('bytes')
  }

  reserve(bytes: number): void {
    this.ensure(bytes)
    this.bytes += bytes
  }

  record(bytes: number): void {
    this.bytes += bytes
  }
}

/** The bytes that an organization takes besides its records (measured with Node 24). */
export const ORGANIZATION_BYTES = 4096

/** The share of one organization in the quota of a store. It counts while it is attached. */
export class OrganizationQuota {
  readonly #shared: StoreQuota
  #records = 0
  #bytes = 0
  #isClaimed = false
  #isAttached = false

  constructor(shared: StoreQuota) {
    this.#shared = shared
  }

  /** Reserves records and bytes. Throws StoreFullError, and reserves nothing, if a limit would be exceeded. */
  reserve(records: number, bytes: number): void {
    if (this.#isAttached) this.#ensure(records, bytes)
    this.record(records, bytes)
  }

  /** The bytes in use. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether the organization itself counts: it was claimed, or has had a record. */
  get isClaimed(): boolean {
    return this.#isClaimed
  }

  /** Whether it counts towards the store. */
  get isAttached(): boolean {
    return this.#isAttached
  }

  /** Counts the organization itself, once, even beyond the limit. */
  claim(): void {
    if (!this.#isClaimed) this.record(0, 0)
  }

  /** Adds to the records and bytes in use, or subtracts from them, even beyond the limits. */
  record(records: number, bytes: number): void {
    const more = this.#costOf(bytes)
    this.#isClaimed = true
    this.#records += records
    this.#bytes += more
    if (this.#isAttached) this.#shared.bytes += more
  }

  #ensure(records: number, bytes: number): void {
    if (records > 0 && this.#records + records > this.#shared.limits.records) {
      throw new StoreFullError('records')
    }
    if (bytes > 0) this.#shared.ensure(this.#costOf(bytes))
  }

  #costOf(bytes: number): number {
    return this.#isClaimed ? bytes : bytes + ORGANIZATION_BYTES
  }

  /** Starts counting towards the store. */
  attach(): OrganizationQuota {
    this.#isAttached = true
    this.#shared.bytes += this.#bytes
    return this
  }

  /** Stops counting towards the store: the organization was replaced. */
  detach(): void {
    this.#isAttached = false
    this.#shared.bytes -= this.#bytes
  }
}

/** The bytes that a record takes besides its texts: objects, and entries of maps and lists. */
const RECORD_BYTES = 500

/** Estimates the memory that a record takes, in bytes. */
export function sizeOf(record: StoredRecord): number {
  return RECORD_BYTES + approximateSize(record)
}
