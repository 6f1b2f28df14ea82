import type { ChangeFeed } from '../base/changes.ts'

/** The maximum number of ids that are remembered. Beyond it, the oldest are forgotten. */
const DELETED_MAX = 10_000

/** The kind of the rows of deleted organizations. */
const KIND = 'deletedOrganizations'

/** The ids of deleted organizations, which no request may create again. */
export class DeletedIds {
  /** The ids with their positions in the order of deletion. */
  readonly #ids = new Map<string, number>()
  readonly #changes: ChangeFeed
  #lastPosition = 0

  constructor(changes: ChangeFeed) {
    this.#changes = changes
  }

  add(id: string): void {
    this.set(id, this.#lastPosition + 1)
    this.#mark(id)
    if (this.#ids.size > DELETED_MAX) this.delete(this.#ids.keys().next().value as string)
  }

  has(id: string): boolean {
    // Computing the hash of an id takes longer than this comparison, and mostly none was deleted.
    return this.#ids.size > 0 && this.#ids.has(id)
  }

  /** Forgets an id, because its organization was restored. */
  delete(id: string): void {
    if (this.#ids.delete(id)) this.#mark(id)
  }

  /** Forgets all ids, as a reset of the server does. */
  clear(): void {
    for (const id of this.#ids.keys()) this.delete(id)
  }

  /** Returns the position of an id in the order of deletion; undefined if it was not deleted. */
  positionOf(id: string): number | undefined {
    return this.#ids.get(id)
  }

  /** Sets the position of an id, as `positionOf` returned it. Forgets the id if `position` is undefined. */
  set(id: string, position: number | undefined): void {
    this.#ids.delete(id)
    if (position === undefined) return
    this.#ids.set(id, position)
    this.#lastPosition = Math.max(this.#lastPosition, position)
  }

  #mark(id: string): void {
    this.#changes.tracker?.mark(KIND, id, '')
  }
}
