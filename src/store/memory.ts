import {
  type Collection,
  type CollectionDefinition,
  type ListQuery,
  type Store,
  type StoredRecord,
  UniqueKeyError,
} from './types.ts'

/** A store in this process's memory: gone when the process ends. */
export function memoryStore(): Store {
  const organizations = new Map<string, Map<string, unknown>>()
  return {
    collection<R extends StoredRecord>(orgId: string, definition: CollectionDefinition<R>): Collection<R> {
      const collections = organizations.get(orgId) ?? new Map<string, unknown>()
      organizations.set(orgId, collections)
      const collection = collections.get(definition.name) ?? new MemoryCollection(definition)
      collections.set(definition.name, collection)
      // The definition of a name is one constant, so what stands under the name holds records of its type.
      return collection as Collection<R>
    },
    async replace(orgId, contents) {
      const collections = new Map<string, unknown>()
      for (const { definition, records } of contents) {
        const collection = new MemoryCollection(definition as CollectionDefinition<StoredRecord>)
        for (const record of records) collection.add(record)
        collections.set(definition.name, collection)
      }
      organizations.set(orgId, collections)
    },
  }
}

interface Entry<R> {
  record: R
  older: Entry<R> | undefined
  newer: Entry<R> | undefined
}

/**
 * A map for O(1) access and a doubly linked list for the order, so that a deletion leaves no gap and the first page from
 * either end costs the same however many records there are.
 */
class MemoryCollection<R extends StoredRecord> implements Collection<R> {
  readonly #definition: CollectionDefinition<R>
  readonly #entries = new Map<string, Entry<R>>()
  readonly #uniqueKeys = new Map<string, string>()
  #oldest: Entry<R> | undefined
  #newest: Entry<R> | undefined

  constructor(definition: CollectionDefinition<R>) {
    this.#definition = definition
  }

  async insert(record: R): Promise<void> {
    this.add(record)
  }

  /** As `insert`, at once. */
  add(record: R): void {
    if (this.#entries.has(record.id))
      throw new UniqueKeyError(`${this.#definition.name}: id ${record.id} is taken`)
    this.#claim(record)
    const entry: Entry<R> = { record, older: this.#newest, newer: undefined }
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.newer = entry
    this.#newest = entry
    this.#entries.set(record.id, entry)
  }

  async get(id: string): Promise<R | undefined> {
    return this.#entries.get(id)?.record
  }

  async find(uniqueKey: string): Promise<R | undefined> {
    const id = this.#uniqueKeys.get(uniqueKey)
    return id === undefined ? undefined : this.get(id)
  }

  async update(id: string, change: (record: R) => R): Promise<R | undefined> {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    const changed = change(entry.record)
    this.#release(entry.record)
    try {
      this.#claim(changed)
    } catch (error) {
      this.#claim(entry.record)
      throw error
    }
    entry.record = changed
    return changed
  }

  async delete(id: string): Promise<boolean> {
    const entry = this.#entries.get(id)
    if (entry === undefined) return false
    this.#entries.delete(id)
    this.#release(entry.record)
    if (entry.older === undefined) this.#oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === undefined) this.#newest = entry.older
    else entry.newer.older = entry.older
    return true
  }

  async list(query: ListQuery<R> = {}): Promise<R[]> {
    const { order = 'oldest', where, offset = 0, limit = Number.POSITIVE_INFINITY } = query
    const records: R[] = []
    let passed = 0
    let entry = order === 'oldest' ? this.#oldest : this.#newest
    for (
      ;
      entry !== undefined && records.length < limit;
      entry = order === 'oldest' ? entry.newer : entry.older
    ) {
      if (where !== undefined && !where(entry.record)) continue
      if (passed++ >= offset) records.push(entry.record)
    }
    return records
  }

  #claim(record: R): void {
    const key = this.#definition.uniqueKey?.(record)
    if (key === undefined) return
    if (this.#uniqueKeys.has(key)) throw new UniqueKeyError(`${this.#definition.name}: unique key is taken`)
    this.#uniqueKeys.set(key, record.id)
  }

  #release(record: R): void {
    const key = this.#definition.uniqueKey?.(record)
    if (key !== undefined) this.#uniqueKeys.delete(key)
  }
}
