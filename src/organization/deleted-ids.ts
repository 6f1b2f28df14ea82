/** The maximum number of ids that are remembered. Beyond it, the oldest are forgotten. */
const DELETED_MAX = 10_000

/** The ids of deleted organizations, which no request may create again. */
export class DeletedIds {
  readonly #ids = new Set<string>()

  add(id: string): void {
    this.#ids.add(id)
    if (this.#ids.size > DELETED_MAX) this.#ids.delete(this.#ids.values().next().value as string)
  }

  has(id: string): boolean {
    // Computing the hash of an id takes longer than this comparison, and mostly none was deleted.
    return this.#ids.size > 0 && this.#ids.has(id)
  }

  /** Forgets an id, because its organization was restored. */
  delete(id: string): void {
    this.#ids.delete(id)
  }

  /** Forgets all ids, as a reset of the server does. */
  clear(): void {
    this.#ids.clear()
  }
}
