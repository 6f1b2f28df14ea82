import type { OrganizationQuota } from './store-quota.ts'
import type { Log, LogDefinition } from './types.ts'

/** An in-memory log. */
export class MemoryLog<E> implements Log<E> {
  readonly #definition: LogDefinition<E>
  readonly #quota: OrganizationQuota
  readonly #max: number
  #entries: E[] = []
  /** The number of entries that were removed since the log was filled. */
  #dropped = 0

  constructor(definition: LogDefinition<E>, quota: OrganizationQuota) {
    this.#definition = definition
    this.#quota = quota
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
    this.#quota.record(0, this.#definition.bytesOf(entry))
    if (this.#entries.length > this.#max) this.#dropOldest()
  }

  #dropOldest(): void {
    const { bytesOf, kept } = this.#definition
    const dropped = this.#entries.splice(0, this.#entries.length - kept)
    this.#dropped += dropped.length
    for (const entry of dropped) this.#quota.record(0, -bytesOf(entry))
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
