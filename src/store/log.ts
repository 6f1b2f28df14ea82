import { RingBuffer } from '../base/ring-buffer.ts'
import type { CollectionOwner } from './owner.ts'
import type { Log, LogDefinition, Order } from './types.ts'

/** An in-memory log. */
export class MemoryLog<E> implements Log<E> {
  readonly #definition: LogDefinition<E>
  readonly #owner: CollectionOwner
  readonly #max: number
  readonly #entries = new RingBuffer<E>()
  /** The sizes of the entries, kept separately because an old entry is no longer in the processor's cache when it is dropped. */
  readonly #sizes = new RingBuffer<number>()
  /** The position of the oldest entry: the number of those before it. */
  #start = 0

  constructor(definition: LogDefinition<E>, owner: CollectionOwner) {
    this.#definition = definition
    this.#owner = owner
    this.#max = definition.kept * 1.1
  }

  get #count(): number {
    return this.#entries.length
  }

  /** Sets the initial entries. The caller counts them. */
  fill(entries: readonly E[]): void {
    for (const entry of entries) this.#push(entry)
    if (this.#count > this.#max) this.#dropOldest()
  }

  append(entry: E): void {
    this.#owner.quota.record(0, this.#push(entry))
    this.#mark(this.#start + this.#count - 1)
    if (this.#count > this.#max) this.#dropOldest()
  }

  /** Adds an entry without counting it. Returns its size. */
  #push(entry: E): number {
    const bytes = this.#definition.bytesOf(entry)
    this.#entries.push(entry)
    this.#sizes.push(bytes)
    return bytes
  }

  #dropOldest(): void {
    this.#drop(this.#count - this.#definition.kept)
  }

  #drop(count: number): void {
    let bytes = 0
    for (let left = Math.min(count, this.#count); left > 0; left--) {
      this.#entries.shift()
      bytes += this.#sizes.shift() as number
      this.#mark(this.#start++)
    }
    this.#owner.quota.record(0, -bytes)
  }

  #mark(position: number): void {
    const { orgId, quota, changes } = this.#owner
    if (changes.tracker !== undefined && quota.isAttached) {
      changes.tracker.mark(this.#definition.name, orgId, String(position))
    }
  }

  /** Returns the ids of all entries: their positions. */
  *ids(): Iterable<string> {
    for (let index = 0; index < this.#count; index++) yield String(this.#start + index)
  }

  /** Returns the entry at a position. */
  at(position: number): E | undefined {
    return this.#entries.at(position - this.#start)
  }

  /** Puts an entry at a position: appends it, or replaces the entry there. An earlier position than the first starts the log anew. */
  put(entry: E, position: number): void {
    if (position < this.#start) this.#drop(this.#count)
    if (this.#count === 0) this.#start = position
    const index = position - this.#start
    if (index === this.#count) {
      this.#owner.quota.record(0, this.#push(entry))
      return
    }
    const bytes = this.#definition.bytesOf(entry)
    this.#entries.set(index, entry)
    this.#owner.quota.record(0, bytes - (this.#sizes.at(index) as number))
    this.#sizes.set(index, bytes)
  }

  /** Removes the entries up to a position. Does not claim the organization if there are none. */
  dropUpTo(position: number): void {
    if (this.#count > 0 && position >= this.#start) this.#drop(position + 1 - this.#start)
  }

  async walk(order: Order, visit: (entry: E, position: number) => void): Promise<void> {
    const last = this.#count - 1
    for (let count = 0; count <= last; count++) {
      const index = order === 'oldest' ? count : last - count
      visit(this.#entries.at(index) as E, this.#start + index)
    }
  }

  async list(limit = this.#count): Promise<E[]> {
    return this.#entries.toArray(this.#count - limit)
  }
}
