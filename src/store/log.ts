import type { OrganizationQuota } from './store-quota.ts'
import type { Log, LogDefinition } from './types.ts'

/** A log in this process's memory. */
export class MemoryLog<E> implements Log<E> {
  readonly #definition: LogDefinition<E>
  readonly #room: OrganizationQuota
  readonly #max: number
  #entries: E[] = []

  constructor(definition: LogDefinition<E>, room: OrganizationQuota) {
    this.#definition = definition
    this.#room = room
    this.#max = definition.kept * 1.1
  }

  get count(): number {
    return this.#entries.length
  }

  append(entry: E): void {
    this.#entries.push(entry)
    this.#room.add(0, this.#definition.bytesOf(entry))
    if (this.#entries.length > this.#max) this.#dropOldest()
  }

  #dropOldest(): void {
    const { bytesOf, kept } = this.#definition
    const dropped = this.#entries.splice(0, this.#entries.length - kept)
    for (const entry of dropped) this.#room.add(0, -bytesOf(entry))
  }

  async list(limit = this.count): Promise<E[]> {
    return this.#entries.slice(Math.max(0, this.count - limit))
  }
}
