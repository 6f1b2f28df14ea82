/** Ids in the order of their latest use. */
export class RecentlyUsed {
  readonly #ids = new Set<string>()
  #latest: string | undefined

  get size(): number {
    return this.#ids.size
  }

  /** The least recently used id; undefined if there is none. */
  get oldest(): string | undefined {
    return this.#ids.values().next().value
  }

  /** Adds an id as the latest, or moves it there. */
  add(id: string): void {
    this.#ids.delete(id)
    this.#ids.add(id)
    this.#latest = id
  }

  /**
   * Moves an id to the end, if it is one of these. Skips the latest one, since consecutive requests are often for the same id and moving it took a
   * hundredth of the time of a deletion.
   */
  use(id: string): void {
    if (id !== this.#latest && this.#ids.has(id)) this.add(id)
  }

  /** Returns whether there was such an id. */
  delete(id: string): boolean {
    return this.#ids.delete(id)
  }
}
