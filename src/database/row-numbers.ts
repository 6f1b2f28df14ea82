import type { RowKey } from './types.ts'

/** The numbers of all rows, by their organizations, kinds and ids. */
export class RowNumbers {
  readonly #organizations = new Map<string, Map<string, Map<string, number>>>()

  get({ orgId, kind, id }: RowKey): number | undefined {
    return this.#organizations.get(orgId)?.get(kind)?.get(id)
  }

  set({ orgId, kind, id }: RowKey, number: number): void {
    const kinds = ensure(this.#organizations, orgId, () => new Map<string, Map<string, number>>())
    ensure(kinds, kind, () => new Map<string, number>()).set(id, number)
  }

  delete({ orgId, kind, id }: RowKey): void {
    const kinds = this.#organizations.get(orgId)
    const ids = kinds?.get(kind)
    ids?.delete(id)
    if (ids?.size === 0) kinds?.delete(kind)
    if (kinds?.size === 0) this.#organizations.delete(orgId)
  }

  /** Forgets all. */
  clear(): void {
    this.#organizations.clear()
  }
}

/** Returns the value of a key, which is created if there is none. */
function ensure<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const value = create()
  map.set(key, value)
  return value
}
