import { type StoredRecord, StoreFullError, type StoreLimits } from './types.ts'

/** What all organisations of a store share. */
export class StoreRoom {
  readonly limits: Required<StoreLimits>
  /** What everything that is kept takes, in bytes. */
  bytes = 0

  constructor({ records = 100_000, bytes = 512 * 2 ** 20 }: StoreLimits = {}) {
    this.limits = { records, bytes }
  }
}

/** What an organisation takes as soon as it has a record: its universe and its collections (4 KiB with Node 24) and an audit log. */
const ORGANIZATION_BYTES = 8192

/** What one organisation takes of a store: nothing until it is entered. */
export class Room {
  readonly #shared: StoreRoom
  #records = 0
  #bytes = 0
  #isEntered = false

  constructor(shared: StoreRoom) {
    this.#shared = shared
  }

  /** Makes room for so many records and bytes more. Throws a StoreFullError, and takes none, when there is not as much. */
  take(records: number, bytes: number): void {
    if (this.#isEntered) this.#demand(records, bytes)
    this.add(records, bytes)
  }

  /** Counts so many records and bytes more, or less, whether there is room or not. */
  add(records: number, bytes: number): void {
    const more = this.#costOf(bytes)
    this.#records += records
    this.#bytes += more
    if (this.#isEntered) this.#shared.bytes += more
  }

  #demand(records: number, bytes: number): void {
    const { limits, bytes: taken } = this.#shared
    if (records > 0 && this.#records + records > limits.records) throw new StoreFullError('records')
    if (bytes > 0 && taken + this.#costOf(bytes) > limits.bytes) throw new StoreFullError('bytes')
  }

  #costOf(bytes: number): number {
    return this.#bytes === 0 ? bytes + ORGANIZATION_BYTES : bytes
  }

  /** From now on what is taken counts. */
  enter(): Room {
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

function contentOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Uint8Array) return value.byteLength
  let bytes = 0
  // The places of three million items as texts would take half a second.
  if (Array.isArray(value)) {
    for (const item of value) bytes += 8 + (typeof item === 'string' ? item.length : contentOf(item))
    return bytes
  }
  for (const name in value) bytes += 8 + contentOf(value[name as keyof typeof value])
  return bytes
}
