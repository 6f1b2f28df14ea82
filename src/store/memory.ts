import { MemoryLog } from './log.ts'
import { ORGANIZATION_BYTES, OrganizationQuota, StoreQuota, sizeOf } from './store-quota.ts'
import {
  type Collection,
  type CollectionDefinition,
  type Contents,
  type ListQuery,
  type LogDefinition,
  type Page,
  type PageQuery,
  type Store,
  type StoredRecord,
  type StoreLimits,
  UniqueKeyError,
  UnknownPositionError,
} from './types.ts'

/** Creates a store in the memory of this process. */
export function memoryStore(limits?: StoreLimits): Store {
  const shared = new StoreQuota(limits)
  const organizations = new Map<string, StoredOrganization>()
  const organizationOf = (orgId: string): StoredOrganization => {
    const organization = organizations.get(orgId) ?? {
      contents: new Map(),
      quota: new OrganizationQuota(shared).attach(),
    }
    organizations.set(orgId, organization)
    return organization
  }
  const keep = <C>(orgId: string, { name }: { name: string }, create: (quota: OrganizationQuota) => C): C => {
    const organization = organizationOf(orgId)
    const content = organization.contents.get(name) ?? create(organization.quota)
    organization.contents.set(name, content)
    // There is one definition per name, so the content has its record type.
    return content as C
  }
  const bytesOf = (orgId: string) => organizations.get(orgId)?.quota.bytes ?? 0
  const remove = (orgId: string) => {
    organizations.get(orgId)?.quota.detach()
    organizations.delete(orgId)
  }
  return {
    quota: shared,
    bytesOf,
    claim(orgId) {
      if (bytesOf(orgId) > 0) return
      shared.ensure(ORGANIZATION_BYTES)
      organizationOf(orgId).quota.claim()
    },
    sizeOf: sizeOfAll,
    collection: (orgId, definition) =>
      keep(orgId, definition, (quota) => new MemoryCollection(definition, quota)),
    log: (orgId, definition) => keep(orgId, definition, (quota) => new MemoryLog(definition, quota)),
    async replace(orgId, contents, bytes = sizeOfAll(contents)) {
      const organization: StoredOrganization = { contents: new Map(), quota: new OrganizationQuota(shared) }
      for (const content of contents) {
        organization.contents.set(content.definition.name, filled(content, organization.quota))
      }
      remove(orgId)
      organization.quota.attach().record(recordsIn(contents), bytes - ORGANIZATION_BYTES)
      organizations.set(orgId, organization)
    },
    async remove(orgId) {
      remove(orgId)
    },
  }
}

function isLog(definition: Contents['definition']): definition is LogDefinition<StoredRecord> {
  return 'kept' in definition
}

function filled({ definition, records }: Contents, quota: OrganizationQuota): unknown {
  const content = isLog(definition)
    ? new MemoryLog(definition, quota)
    : new MemoryCollection(definition, quota)
  content.fill(records)
  return content
}

/** Returns the number of records; entries of a log are not counted. */
function recordsIn(contents: readonly Contents[]): number {
  return contents.reduce(
    (count, { definition, records }) => count + (isLog(definition) ? 0 : records.length),
    0,
  )
}

/** Returns the bytes that an organization with these contents takes. */
function sizeOfAll(contents: readonly Contents[]): number {
  return contents.reduce((sum, content) => sum + bytesIn(content), ORGANIZATION_BYTES)
}

/** Returns the bytes that the records of a collection, or the entries of a log, take. */
function bytesIn({ definition, records }: Contents): number {
  const size = isLog(definition) ? definition.bytesOf : sizeOf
  return records.reduce((sum, record) => sum + size(record), 0)
}

interface StoredOrganization {
  /** Collections and logs by name. */
  readonly contents: Map<string, unknown>
  readonly quota: OrganizationQuota
}

interface Entry<R> {
  record: R
  /** The memory that the record takes; undefined until needed for a record set by `replace`. */
  bytes: number | undefined
  /** Increases with each insertion. */
  readonly sequence: number
  older: Entry<R> | undefined
  newer: Entry<R> | undefined
}

/** The maps of a collection without records. Never written to. */
const NONE = new Map<string, never>()

/**
 * An in-memory collection: a map for O(1) access and a doubly linked list for the order, so that the cost of a page from
 * either end does not depend on the number of records.
 */
class MemoryCollection<R extends StoredRecord> implements Collection<R> {
  readonly #definition: CollectionDefinition<R>
  readonly #quota: OrganizationQuota
  /** Created with the first record, because two maps per collection would be most of the memory of an empty organization. */
  #entries: Map<string, Entry<R>> = NONE
  #uniqueKeys: Map<string, string> = NONE
  #oldest: Entry<R> | undefined
  #lastSequence = 0
  #newest: Entry<R> | undefined

  constructor(definition: CollectionDefinition<R>, quota: OrganizationQuota) {
    this.#definition = definition
    this.#quota = quota
  }

  async insert(record: R): Promise<void> {
    this.#ensureFree(record)
    const bytes = sizeOf(record)
    this.#quota.reserve(1, bytes)
    this.#append(record, bytes)
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
      throw new UniqueKeyError(`${this.#definition.name}: an id or a unique key is there twice`)
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
    if (this.#entries === NONE) [this.#entries, this.#uniqueKeys] = [new Map(), new Map()]
    const key = this.#keyOf(record)
    if (key !== undefined) this.#uniqueKeys.set(key, record.id)
    const entry: Entry<R> = {
      record,
      bytes,
      sequence: ++this.#lastSequence,
      older: this.#newest,
      newer: undefined,
    }
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.newer = entry
    this.#newest = entry
    this.#entries.set(record.id, entry)
    return key !== undefined
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
    this.#quota.reserve(0, bytes - (entry.bytes ?? sizeOf(entry.record)))
    if (before !== undefined) this.#uniqueKeys.delete(before)
    if (after !== undefined) this.#uniqueKeys.set(after, id)
    entry.record = changed
    entry.bytes = bytes
    return changed
  }

  async delete(id: string): Promise<R | undefined> {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    this.#entries.delete(id)
    const key = this.#keyOf(entry.record)
    if (key !== undefined) this.#uniqueKeys.delete(key)
    this.#quota.record(-1, -(entry.bytes ?? sizeOf(entry.record)))
    if (entry.older === undefined) this.#oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === undefined) this.#newest = entry.older
    else entry.newer.older = entry.older
    return entry.record
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

  async page({ order, where, after, first }: PageQuery<R>): Promise<Page<R>> {
    const next = (entry: Entry<R>) => (order === 'oldest' ? entry.newer : entry.older)
    let entry = after === undefined ? this.#first(order) : this.#entryAfter(after, order)
    const items: R[] = []
    let last: Entry<R> | undefined
    for (; entry !== undefined && items.length < first; entry = next(entry)) {
      if (where !== undefined && !where(entry.record)) continue
      items.push(entry.record)
      last = entry
    }
    while (entry !== undefined && where !== undefined && !where(entry.record)) entry = next(entry)
    const end = last === undefined ? null : `${last.sequence}:${last.record.id}`
    return { items, end, hasNext: entry !== undefined, total: this.#count(where) }
  }

  #first(order: 'oldest' | 'newest'): Entry<R> | undefined {
    return order === 'oldest' ? this.#oldest : this.#newest
  }

  /** Returns the first entry after a position. The record at the position may have been deleted. */
  #entryAfter(after: string, order: 'oldest' | 'newest'): Entry<R> | undefined {
    const [, sequence, id] = /^(\d{1,15}):(.+)$/s.exec(after) ?? []
    if (sequence === undefined || id === undefined) throw new UnknownPositionError('not a position')
    const position = Number(sequence)
    const at = this.#entries.get(id)
    // One with a later position was deleted and inserted again. An earlier one has moved in a replacement of all records.
    if (at !== undefined && at.sequence <= position) return order === 'oldest' ? at.newer : at.older
    if (position < 1 || position > this.#lastSequence) throw new UnknownPositionError('not a position')
    let entry = this.#first(order)
    const isAfter = ({ sequence: own }: Entry<R>) => (order === 'oldest' ? own > position : own < position)
    while (entry !== undefined && !isAfter(entry)) entry = order === 'oldest' ? entry.newer : entry.older
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
