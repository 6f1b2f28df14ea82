import { bytesIn, type Entry, following } from './entry.ts'
import type { CollectionOwner } from './owner.ts'
import { sizeOf } from './store-quota.ts'
import {
  type Collection,
  type CollectionDefinition,
  type ListQuery,
  type Order,
  type Page,
  type PageQuery,
  type PositionedRecord,
  type StoredRecord,
  type Swap,
  UniqueKeyError,
  UnknownPositionError,
} from './types.ts'

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** The maps of a collection without records. Never written to. */
const NONE = new Map<string, never>()

/**
 * An in-memory collection: a map for O(1) access and a doubly linked list for the order, so that the cost of a page from
 * either end does not depend on the number of records.
 */
export class MemoryCollection<R extends StoredRecord> implements Collection<R> {
  readonly #definition: CollectionDefinition<R>
  readonly #owner: CollectionOwner
  /** Created with the first record, because two maps per collection would be most of the memory of an empty organization. */
  #entries: Map<string, Entry<R>> = NONE
  #uniqueKeys: Map<string, string> = NONE
  #oldest: Entry<R> | undefined
  #newest: Entry<R> | undefined
  #lastSequence = 0
  #version: number

  constructor(definition: CollectionDefinition<R>, owner: CollectionOwner) {
    this.#definition = definition
    this.#owner = owner
    this.#version = owner.changes.next()
  }

  get version(): number {
    return this.#version
  }

  async insert(record: R): Promise<void> {
    this.#ensureFree(record)
    const bytes = sizeOf(record)
    this.#owner.quota.reserve(1, bytes)
    this.#append(record, bytes)
    this.#publish('created', record.id)
  }

  /**
   * Sets the initial records. The caller counts them. Throws UniqueKeyError if some clash, after which the collection
   * must not be used.
   */
  fill(records: readonly R[]): void {
    let keys = 0
    for (const record of records) if (this.#append(record, undefined)) keys++
    // Checking each record before it is added would take a third more time.
    if (this.#entries.size < records.length || this.#uniqueKeys.size < keys) {
      throw new UniqueKeyError(`${this.#definition.name}: duplicate id or unique key`)
    }
  }

  #ensureFree(record: R): void {
    if (this.#entries.has(record.id))
      throw new UniqueKeyError(`${this.#definition.name}: id ${record.id} is taken`)
    this.#ensureFreeKey(this.#keyOf(record))
  }

  #ensureFreeKey(key: string | undefined): void {
    if (key !== undefined && this.#uniqueKeys.has(key))
      throw new UniqueKeyError(`${this.#definition.name}: unique key is taken`)
  }

  /** Adds a record. Returns whether it has a unique key. */
  #append(record: R, bytes: number | undefined): boolean {
    return this.#link(record, { bytes, sequence: this.#lastSequence + 1, older: this.#newest })
  }

  /** Adds a record after another one; undefined makes it the oldest. Returns whether it has a unique key. */
  #link(record: R, { bytes, sequence, older }: Pick<Entry<R>, 'bytes' | 'sequence' | 'older'>): boolean {
    if (this.#entries === NONE) [this.#entries, this.#uniqueKeys] = [new Map(), new Map()]
    this.#version = this.#owner.changes.next()
    const newer = older === undefined ? this.#oldest : older.newer
    const entry: Entry<R> = { record, bytes, sequence, older, newer }
    if (older === undefined) this.#oldest = entry
    else older.newer = entry
    if (newer === undefined) this.#newest = entry
    else newer.older = entry
    this.#lastSequence = Math.max(this.#lastSequence, sequence)
    this.#entries.set(record.id, entry)
    const key = this.#keyOf(record)
    if (key !== undefined) this.#uniqueKeys.set(key, record.id)
    return key !== undefined
  }

  /** Returns the ids of all records. */
  ids(): Iterable<string> {
    return this.#entries.keys()
  }

  /** Returns a record with its position. */
  positioned(id: string): PositionedRecord | undefined {
    const entry = this.#entries.get(id)
    return entry && { record: entry.record, position: entry.sequence }
  }

  /** Adds a record at its position, or replaces the one with its id; see `StoredRows`. */
  put(record: R, position: number): void {
    this.drop(record.id)
    const bytes = sizeOf(record)
    let older = this.#newest
    while (older !== undefined && older.sequence > position) older = older.older
    this.#link(record, { bytes, sequence: position, older })
    this.#owner.quota.record(1, bytes)
  }

  /** Removes a record if it exists; see `StoredRows`. */
  drop(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#owner.quota.record(-1, -bytesIn(entry))
    this.#remove(entry)
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
    const [before, after] = [this.#keyOf(entry.record), this.#keyOf(changed)]
    if (before !== after) this.#ensureFreeKey(after)
    const bytes = sizeOf(changed)
    this.#owner.quota.reserve(0, bytes - bytesIn(entry))
    if (before !== undefined) this.#uniqueKeys.delete(before)
    if (after !== undefined) this.#uniqueKeys.set(after, id)
    if (entry.record !== changed) {
      this.#version = this.#owner.changes.next()
      this.#publish('updated', id)
    }
    entry.record = changed
    entry.bytes = bytes
    return changed
  }

  async swap(choose: (records: readonly R[]) => Swap<R>): Promise<Swap<R>> {
    const swapped = choose(this.#select({}))
    const { deleted, added } = swapped
    const before = deleted.map(({ id }) => this.#entries.get(id) as Entry<R>)
    const sizes = added.map(sizeOf)
    this.#ensureSwappable(before, added)
    this.#owner.quota.reserve(added.length - before.length, sum(sizes) - sum(before.map(bytesIn)))
    for (const entry of before) {
      this.#remove(entry)
      this.#publish('deleted', entry.record.id)
    }
    for (const [index, record] of added.entries()) {
      this.#append(record, sizes[index])
      this.#publish('created', record.id)
    }
    return swapped
  }

  #ensureSwappable(before: readonly Entry<R>[], records: readonly R[]): void {
    const freeIds = new Set(before.map(({ record }) => record.id))
    const freeKeys = new Set(before.map(({ record }) => this.#keyOf(record)))
    const [ids, keys] = [new Set<string>(), new Set<string>()]
    for (const { id, key } of records.map((record) => ({ id: record.id, key: this.#keyOf(record) }))) {
      const isIdTaken = ids.has(id) || (this.#entries.has(id) && !freeIds.has(id))
      const isKeyTaken =
        key !== undefined && (keys.has(key) || (this.#uniqueKeys.has(key) && !freeKeys.has(key)))
      if (isIdTaken || isKeyTaken)
        throw new UniqueKeyError(`${this.#definition.name}: id ${id} or its key is taken`)
      ids.add(id)
      if (key !== undefined) keys.add(key)
    }
  }

  async delete(id: string, check?: (record: R) => void): Promise<R | undefined> {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    check?.(entry.record)
    this.#owner.quota.record(-1, -bytesIn(entry))
    this.#publish('deleted', id)
    return this.#remove(entry)
  }

  #publish(action: 'created' | 'updated' | 'deleted', id: string): void {
    const { orgId, quota, events, changes } = this.#owner
    if (!quota.isAttached) return
    changes.tracker?.mark(this.#definition.name, orgId, id)
    events.live?.publish({ kind: 'record', org_id: orgId, collection: this.#definition.name, id, action })
  }

  #remove(entry: Entry<R>): R {
    this.#version = this.#owner.changes.next()
    this.#entries.delete(entry.record.id)
    const key = this.#keyOf(entry.record)
    // When rows are put one by one, another record may already have taken the key over.
    if (key !== undefined && this.#uniqueKeys.get(key) === entry.record.id) this.#uniqueKeys.delete(key)
    if (entry.older === undefined) this.#oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === undefined) this.#newest = entry.older
    else entry.newer.older = entry.older
    return entry.record
  }

  async list(query: ListQuery<R> = {}): Promise<R[]> {
    return this.#select(query)
  }

  #select({ order = 'oldest', where, offset = 0, limit = Number.POSITIVE_INFINITY }: ListQuery<R>): R[] {
    const records: R[] = []
    let passed = 0
    let entry = this.#first(order)
    for (; entry !== undefined && records.length < limit; entry = following(entry, order)) {
      if (where !== undefined && !where(entry.record)) continue
      if (passed++ >= offset) records.push(entry.record)
    }
    return records
  }

  async walk(order: Order, visit: (record: R, position: number) => void): Promise<void> {
    for (let entry = this.#first(order); entry !== undefined; entry = following(entry, order)) {
      visit(entry.record, entry.sequence)
    }
  }

  async page({ order, where, after, first }: PageQuery<R>): Promise<Page<R>> {
    let entry = after === undefined ? this.#first(order) : this.#entryAfter(after, order)
    const items: R[] = []
    let last: Entry<R> | undefined
    for (; entry !== undefined && items.length < first; entry = following(entry, order)) {
      if (where !== undefined && !where(entry.record)) continue
      items.push(entry.record)
      last = entry
    }
    while (entry !== undefined && where !== undefined && !where(entry.record)) {
      entry = following(entry, order)
    }
    const end = last === undefined ? null : `${last.sequence}:${last.record.id}`
    return { items, end, hasNext: entry !== undefined, total: this.#count(where) }
  }

  #first(order: Order): Entry<R> | undefined {
    return order === 'oldest' ? this.#oldest : this.#newest
  }

  /** Returns the first entry after a position. The record at the position may have been deleted. */
  #entryAfter(after: string, order: Order): Entry<R> | undefined {
    const [, sequence, id] = /^(\d{1,15}):(.+)$/s.exec(after) ?? []
    if (sequence === undefined || id === undefined) throw new UnknownPositionError('not a position')
    const position = Number(sequence)
    const at = this.#entries.get(id)
    // A record with a later position was deleted and inserted again. With an earlier one, all records were replaced meanwhile.
    if (at !== undefined && at.sequence <= position) return following(at, order)
    if (position < 1 || position > this.#lastSequence) throw new UnknownPositionError('not a position')
    let entry = this.#first(order)
    const isAfter = ({ sequence: own }: Entry<R>) => (order === 'oldest' ? own > position : own < position)
    while (entry !== undefined && !isAfter(entry)) entry = following(entry, order)
    return entry
  }

  #count(where: ((record: R) => boolean) | undefined): number {
    if (where === undefined) return this.#entries.size
    let count = 0
    for (const { record } of this.#entries.values()) if (where(record)) count++
    return count
  }

  #keyOf(record: R): string | undefined {
    return this.#definition.uniqueKey?.(record)
  }
}
