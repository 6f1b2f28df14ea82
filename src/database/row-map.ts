import type { RowKey } from './types.ts'

/**
 * Maps rows to values. Nested maps look up the parts of a key one by one: joined keys took 1 to 2 of the 18 µs that a request with a store
 * takes outside the database (in-process, Node 24), and would keep a copy of each id in memory.
 */
export class RowMap<Value> {
  readonly #organizations = new Map<string, Map<string, Map<string, Value>>>()

  /** Whether there are no rows. */
  get isEmpty(): boolean {
    return this.#organizations.size === 0
  }

  /** Returns the organizations of all rows. */
  orgIds(): Iterable<string> {
    return this.#organizations.keys()
  }

  /** Returns the keys of all rows. */
  *keys(): Iterable<RowKey> {
    for (const [orgId, kinds] of this.#organizations) {
      for (const [kind, ids] of kinds) for (const id of ids.keys()) yield { kind, orgId, id }
    }
  }

  get({ orgId, kind, id }: RowKey): Value | undefined {
    return this.#organizations.get(orgId)?.get(kind)?.get(id)
  }

  set({ orgId, kind, id }: RowKey, value: Value): void {
    const kinds = this.#organizations.get(orgId)
    const ids = kinds?.get(kind)
    if (ids !== undefined) ids.set(id, value)
    else if (kinds !== undefined) kinds.set(kind, new Map([[id, value]]))
    else this.#organizations.set(orgId, new Map([[kind, new Map([[id, value]])]]))
  }

  delete({ orgId, kind, id }: RowKey): void {
    const kinds = this.#organizations.get(orgId)
    const ids = kinds?.get(kind)
    ids?.delete(id)
    if (ids?.size === 0) kinds?.delete(kind)
    if (kinds?.size === 0) this.#organizations.delete(orgId)
  }

  /** Removes all rows. */
  clear(): void {
    this.#organizations.clear()
  }
}
