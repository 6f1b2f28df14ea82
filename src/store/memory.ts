import { MemoryLog } from './log.ts'
import { ORGANIZATION_BYTES, OrganizationQuota, StoreQuota, sizeOf } from './store-quota.ts'
import {
  type Collection,
  type CollectionDefinition,
  type Contents,
  type ListQuery,
  type LogDefinition,
  type Store,
  type StoredRecord,
  type StoreLimits,
  UniqueKeyError,
} from './types.ts'

/** A store in this process's memory: gone when the process ends. */
export function memoryStore(limits?: StoreLimits): Store {
  const shared = new StoreQuota(limits)
  const organizations = new Map<string, Organization>()
  const organizationOf = (orgId: string): Organization => {
    const organization = organizations.get(orgId) ?? {
      contents: new Map(),
      room: new OrganizationQuota(shared).enter(),
    }
    organizations.set(orgId, organization)
    return organization
  }
  const keep = <C>(orgId: string, { name }: { name: string }, create: (room: OrganizationQuota) => C): C => {
    const organization = organizationOf(orgId)
    const content = organization.contents.get(name) ?? create(organization.room)
    organization.contents.set(name, content)
    // The definition of a name is one constant, so what stands under the name holds records of its type.
    return content as C
  }
  const bytesOf = (orgId: string) => organizations.get(orgId)?.room.bytes ?? 0
  return {
    quota: shared,
    bytesOf,
    claim(orgId) {
      if (bytesOf(orgId) > 0) return
      shared.demand(ORGANIZATION_BYTES)
      organizationOf(orgId).room.claim()
    },
    sizeOf: (contents) =>
      contents.reduce(
        (sum, { definition, records }) => sum + bytesIn(definition, records),
        ORGANIZATION_BYTES,
      ),
    collection: (orgId, definition) =>
      keep(orgId, definition, (room) => new MemoryCollection(definition, room)),
    log: (orgId, definition) => keep(orgId, definition, (room) => new MemoryLog(definition, room)),
    async replace(orgId, contents) {
      const organization: Organization = { contents: new Map(), room: new OrganizationQuota(shared) }
      for (const { definition, records } of contents) {
        organization.contents.set(definition.name, filled(definition, records, organization.room))
      }
      organizations.get(orgId)?.room.leave()
      organizations.delete(orgId)
      organization.room.enter()
      if (contents.length === 0) return
      organization.room.claim()
      organizations.set(orgId, organization)
    },
  }
}

function filled(
  definition: Contents['definition'],
  records: readonly StoredRecord[],
  room: OrganizationQuota,
): unknown {
  if ('kept' in definition) {
    const log = new MemoryLog(definition as LogDefinition<StoredRecord>, room)
    for (const record of records) log.append(record)
    return log
  }
  const collection = new MemoryCollection(definition as CollectionDefinition<StoredRecord>, room)
  collection.fill(records)
  return collection
}

/** Of lists of records that were put in place before: a reset puts the same ones in place again and again. */
const knownSizes = new WeakMap<readonly StoredRecord[], readonly number[]>()

function sizesOf(records: readonly StoredRecord[]): readonly number[] {
  const sizes = knownSizes.get(records) ?? records.map(sizeOf)
  knownSizes.set(records, sizes)
  return sizes
}

/** What the records of a collection, or the entries of a log, take. */
function bytesIn(definition: Contents['definition'], records: readonly StoredRecord[]): number {
  const sizes =
    'kept' in definition ? records.map((definition as LogDefinition<StoredRecord>).bytesOf) : sizesOf(records)
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

interface Organization {
  /** Collections and logs by their names. */
  readonly contents: Map<string, unknown>
  readonly room: OrganizationQuota
}

interface Entry<R> {
  record: R
  /** What the record takes. */
  bytes: number
  older: Entry<R> | undefined
  newer: Entry<R> | undefined
}

/** Stands in for the maps of a collection without records. Nothing is ever put into it. */
const NONE = new Map<string, never>()

/**
 * A map for O(1) access and a doubly linked list for the order, so that a deletion leaves no gap and the first page from
 * either end costs the same however many records there are.
 */
class MemoryCollection<R extends StoredRecord> implements Collection<R> {
  readonly #definition: CollectionDefinition<R>
  readonly #room: OrganizationQuota
  /** Maps of its own from the first record on: two for each of six collections are most of what an empty organization takes. */
  #entries: Map<string, Entry<R>> = NONE
  #uniqueKeys: Map<string, string> = NONE
  #oldest: Entry<R> | undefined
  #newest: Entry<R> | undefined

  constructor(definition: CollectionDefinition<R>, room: OrganizationQuota) {
    this.#definition = definition
    this.#room = room
  }

  async insert(record: R): Promise<void> {
    this.#demandFree(record)
    const bytes = sizeOf(record)
    this.#room.take(1, bytes)
    this.#append(record, bytes)
  }

  /**
   * Adds the first records, at once, and whether there is room or not. Throws UniqueKeyError where some clash; they are not to
   * be used then.
   */
  fill(records: readonly R[]): void {
    const sizes = sizesOf(records)
    let keys = 0
    let bytes = 0
    for (let index = 0; index < records.length; index++) {
      const size = sizes[index] as number
      bytes += size
      if (this.#append(records[index] as R, size)) keys++
    }
    if (records.length > 0) this.#room.add(records.length, bytes)
    // To ask before each whether it is free would take a third more.
    if (this.#entries.size < records.length || this.#uniqueKeys.size < keys) {
      throw new UniqueKeyError(`${this.#definition.name}: an id or a unique key is there twice`)
    }
  }

  #demandFree(record: R): void {
    if (this.#entries.has(record.id))
      throw new UniqueKeyError(`${this.#definition.name}: id ${record.id} is taken`)
    this.#demandFreeKey(this.#keyOf(record))
  }

  #demandFreeKey(key: string | undefined): void {
    if (key !== undefined && this.#uniqueKeys.has(key))
      throw new UniqueKeyError(`${this.#definition.name}: unique key is taken`)
  }

  /** Whether the record claims a unique key. */
  #append(record: R, bytes: number): boolean {
    if (this.#entries === NONE) [this.#entries, this.#uniqueKeys] = [new Map(), new Map()]
    const key = this.#keyOf(record)
    if (key !== undefined) this.#uniqueKeys.set(key, record.id)
    const entry: Entry<R> = { record, bytes, older: this.#newest, newer: undefined }
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
    if (before !== after) this.#demandFreeKey(after)
    const bytes = sizeOf(changed)
    this.#room.take(0, bytes - entry.bytes)
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
    this.#room.add(-1, -entry.bytes)
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

  #keyOf(record: R): string | undefined {
    return this.#definition.uniqueKey?.(record)
  }
}
