/** Everything that has to end when a fake is closed. */
export class Endings {
  readonly #ends = new Set<() => void>()
  #isOver = false

  /** Calls a function at the end, or at once after it. Returns a function that removes it again. */
  add(end: () => void): () => void {
    if (this.#isOver) end()
    this.#ends.add(end)
    return () => void this.#ends.delete(end)
  }

  /** Ends everything. */
  end(): void {
    this.#isOver = true
    for (const end of this.#ends) end()
  }
}
