/** Takes note of the parts of a server's state that have changed, to write them into a database. */
export interface ChangeTracker {
  /**
   * Notes that something was added, changed or removed: its kind, the organization that it belongs to (`''` for the server itself), and its
   * id among those.
   */
  mark(kind: string, orgId: string, id: string): void
}

/**
 * Where the changes of a server's state are noted. Without a database nothing is, so that `changes.tracker?.mark(…)` is a comparison for
 * servers that keep everything in memory.
 */
export class ChangeFeed {
  /** Default: changes are not noted. */
  tracker: ChangeTracker | undefined
  #latest = 0

  /** Returns a number for a change: higher than those of all earlier ones. */
  next(): number {
    return ++this.#latest
  }
}
