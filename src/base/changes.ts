/** Records which parts of a server's state have changed, so that they are written to a database. */
export interface ChangeTracker {
  /**
   * Records that something was added, changed or removed. `orgId` is the organization that it belongs to, or `''` for the server itself, and
   * `id` is unique among the things of its kind there.
   */
  mark(kind: string, orgId: string, id: string): void
}

/**
 * Holds the tracker of a server's state. Without a database there is none, so `changes.tracker?.mark(…)` costs a server that keeps everything
 * in memory only a comparison.
 */
export class ChangeFeed {
  /** Default: changes are not recorded. */
  tracker: ChangeTracker | undefined
  #latest = 0

  /** Returns a number for a change: higher than those of all earlier ones. */
  next(): number {
    return ++this.#latest
  }
}
