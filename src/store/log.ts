import type { CollectionOwner } from './memory-collection.ts'
import type { Log, LogDefinition } from './types.ts'

/** An in-memory log. */
export class MemoryLog<E> implements Log<E> {
  readonly #definition: LogDefinition<E>
  readonly #owner: CollectionOwner
  readonly #max: number
  #entries: E[] = []
  /** The number of entries that were removed since the log was filled. */
  #dropped = 0

  constructor(definition: LogDefinition<E>, owner: CollectionOwner) {
    this.#definition = definition
    this.#owner = owner
    this.#max = definition.kept * 1.1
  }

  get count(): number {
    return this.#entries.length
  }

  /** Sets the initial entries. The caller counts them. */
  fill(entries: readonly E[]): void {
    this.#entries = [...entries]
    if (this.#entries.length > this.#max) this.#dropOldest()
  }

  append(entry: E): void {
    this.#entries.push(entry)
    this.#owner.quota.record(0, this.#definition.bytesOf(entry))
    this.#mark(this.#dropped + this.#entries.length - 1)
    if (this.#entries.length > this.#max) this.#dropOldest()
  }

  #dropOldest(): void {
    this.#drop(this.#entries.length - this.#definition.kept)
  }

  #drop(count: number): void {
    for (const entry of this.#entries.splice(0, count)) {
      this.#owner.quota.record(0, -this.#definition.bytesOf(entry))
      this.#mark(this.#dropped++)
    }
  }

  #mark(position: number): void {
    const { orgId, quota, changes } = this.#owner
    if (changes.tracker !== undefined && quota.isAttached) {
      changes.tracker.mark(this.#definition.name, orgId, String(position))
    }
  }

  /** Returns the ids of all entries: their positions. */
  *ids(): Iterable<string> {
    for (let index = 0; index < this.#entries.length; index++) yield String(this.#dropped + index)
  }

  /** Returns the entry at a position. */
  at(position: number): E | undefined {
    return this.#entries[position - this.#dropped]
  }

  /** Puts an entry at a position: after the last one, or instead of another one. */
  put(entry: E, position: number): void {
    if (this.#entries.length === 0) this.#dropped = position
    const index = position - this.#dropped
    const before = this.#entries[index]
    const { bytesOf } = this.#definition
    this.#owner.quota.record(0, bytesOf(entry) - (before === undefined ? 0 : bytesOf(before)))
    this.#entries[index] = entry
  }

  /** Removes the entries up to a position. */
  dropUpTo(position: number): void {
    if (position >= this.#dropped) this.#drop(position + 1 - this.#dropped)
  }

  async walk(order: 'oldest' | 'newest', visit: (entry: E, position: number) => void): Promise<void> {
    const entries = this.#entries
    const last = entries.length - 1
    for (let count = 0; count <= last; count++) {
      const index = order === 'oldest' ? count : last - count
      visit(entries[index] as E, this.#dropped + index)
    }
  }

  async list(limit = this.count): Promise<E[]> {
    return this.#entries.slice(Math.max(0, this.count - limit))
  }
}
