import type { ChangeFeed } from '../base/changes.ts'
import type { Quota } from '../base/quota.ts'
import type { EventFeed } from '../events/feed.ts'

/** The members of every record. Records are plain data (JSON, and bytes of files) and immutable. */
export interface StoredRecord {
  readonly id: string
}

/** The order of records: of insertion, with the oldest one first, or its reverse. */
export type Order = 'oldest' | 'newest'

/** A selection of records, and their order. Default: all of them, oldest first. */
export interface ListQuery<R> {
  /** Default `oldest`. */
  order?: Order
  /** Selects the records for which it returns true. */
  where?: (record: R) => boolean
  /** The number of selected records to skip. Default 0. */
  offset?: number
  /** The maximum number of records to return. Default: no limit. */
  limit?: number
}

/** A page of a selection of records. */
export interface PageQuery<R> {
  readonly order: Order
  /** Selects the records for which it returns true. Default: all. */
  readonly where?: ((record: R) => boolean) | undefined
  /** The `end` of the previous page. Default: the first page. */
  readonly after?: string | undefined
  /** The maximum number of records to return. */
  readonly first: number
}

/** The records of a page, and how to go on. */
export interface Page<R> {
  readonly items: readonly R[]
  /** The position of the last item, for the next page; null for an empty page. */
  readonly end: string | null
  readonly hasNext: boolean
  /** The number of selected records on all pages. */
  readonly total: number
}

/** Records that can be visited in the order of insertion, or in its reverse. */
export interface Walkable<R> {
  /**
   * Calls a function with each record and its position: a number that increases with each insertion, and that stays until everything
   * is replaced.
   */
  walk(order: Order, visit: (record: R, position: number) => void): Promise<void>
}

/** Records to delete, and records to add instead. */
export interface Swap<R> {
  readonly deleted: readonly R[]
  readonly added: readonly R[]
}

/** The records of one kind in one organization. Every write is atomic for its record. */
export interface Collection<R extends StoredRecord> extends Walkable<R> {
  /** Increases with each change. No two collections of a store ever have the same version. */
  readonly version: number
  /** Adds a record. Throws {@link UniqueKeyError} and changes nothing if its unique key or id is taken. */
  insert(record: R): Promise<void>
  get(id: string): Promise<R | undefined>
  /** Returns the record with a unique key. */
  find(uniqueKey: string): Promise<R | undefined>
  /** Replaces a record by `change(record)` and returns the new one; undefined if the id is unknown. Throws as `insert`. */
  update(id: string, change: (record: R) => R): Promise<R | undefined>
  /** Deletes a record and returns it; undefined if the id is unknown. `check` may throw to keep it. */
  delete(id: string, check?: (record: R) => void): Promise<R | undefined>
  /**
   * Deletes records and adds others, in one step. `choose` selects them among all records, oldest first. Throws as `choose` and `insert`,
   * and changes nothing then.
   */
  swap(choose: (records: readonly R[]) => Swap<R>): Promise<Swap<R>>
  list(query?: ListQuery<R>): Promise<R[]>
  /**
   * Returns a page. Records that exist from the first page to the last appear exactly once, whatever is inserted and deleted
   * in between. Throws {@link UnknownPositionError} for an `after` that is not the end of a page.
   */
  page(query: PageQuery<R>): Promise<Page<R>>
}

/** The definition of a collection. */
export interface CollectionDefinition<R extends StoredRecord> {
  readonly name: string
  /** Returns a text that no two records of an organization share; undefined for a record without one. */
  uniqueKey?(record: R): string | undefined
}

/**
 * An append-only log of one organization. Entries do not count as records, and are accepted when the store is full, since
 * they report what has already happened.
 */
export interface Log<E> extends Walkable<E> {
  /** Adds an entry, and removes the oldest ones in batches. Never fails, so it is synchronous. */
  append(entry: E): void
  /** Returns the entries, oldest first; with a limit, only the newest ones. */
  list(limit?: number): Promise<E[]>
}

/** The definition of a log. */
export interface LogDefinition<E> {
  readonly name: string
  /** The minimum number of newest entries that are kept. At most a tenth more are. */
  readonly kept: number
  /** Estimates the memory that an entry takes, in bytes. */
  bytesOf(entry: E): number
}

/** The limits of a store. A write beyond them throws {@link StoreFullError}. */
export interface StoreLimits {
  /** The maximum number of records per organization, of all kinds together. Default 100,000. */
  readonly records?: number
  /** The maximum size of the records of all organizations, in bytes: mainly their texts and files. Default 512 MiB. */
  readonly bytes?: number
}

/** A storage engine. It keeps records per organization. */
export interface Store {
  /** The memory of all records. Other stored data counts towards it, too. */
  readonly quota: Quota
  /** Receives an event for each write of a record, and the other events of the server. `replace` publishes none. */
  readonly events: EventFeed
  /** Tracks the changes of records, and of everything else that the server stores. */
  readonly changes: ChangeFeed
  /** Reads and writes single records and entries with their positions, as a database keeps them. */
  readonly rows: StoredRows
  /** Makes an organization exist, even without records. Throws {@link StoreFullError}. */
  claim(orgId: string): void
  /** Returns whether an organization exists: it was claimed, or has had a record, and was not removed since. */
  has(orgId: string): boolean
  /** Returns the bytes that an organization takes; 0 for one that does not exist. */
  bytesOf(orgId: string): number
  /** Returns the current contents of an organization. After a replacement or removal, the result still has the previous contents. */
  open(orgId: string): OpenedOrganization
  /**
   * Replaces everything that the organization has, in one step. `bytes` is what `sizeOfAll` returns, if known. Collections obtained
   * before still accept writes, but those are not visible any more. Throws {@link UniqueKeyError} and changes nothing if
   * contents clash. Contents count towards the quota but may exceed it, since restoring must always work.
   */
  replace(orgId: string, contents: readonly Contents[], bytes?: number): Promise<void>
  /** Removes everything that the organization has. */
  remove(orgId: string): Promise<void>
}

/** A record, or an entry of a log, and its position among those of its kind. */
export interface PositionedRecord {
  readonly record: StoredRecord
  readonly position: number
}

/** Access to single records, without events, change tracking and limits. The ids of a log's entries are their positions. */
export interface StoredRows {
  get(orgId: string, definition: Contents['definition'], id: string): PositionedRecord | undefined
  /** Adds a record at its position, or replaces the one with its id. */
  put(orgId: string, definition: Contents['definition'], record: PositionedRecord): void
  /** Removes a record. Ignores ids that do not exist. */
  remove(orgId: string, definition: Contents['definition'], id: string): void
  /** Makes an organization exist, even beyond the limit. */
  claim(orgId: string): void
  /** Removes everything. */
  clear(): void
}

/** The collections and logs of an organization. */
export interface OpenedOrganization {
  /** Returns a collection; the same one at every call. */
  collection<R extends StoredRecord>(definition: CollectionDefinition<R>): Collection<R>
  /** Returns a log; the same one at every call. */
  log<E>(definition: LogDefinition<E>): Log<E>
}

/** All records of a collection, or entries of a log, in the order of insertion. */
export interface Contents {
  readonly definition: CollectionDefinition<StoredRecord> | LogDefinition<StoredRecord>
  readonly records: readonly StoredRecord[]
}

/** Thrown for a position in a list that is not the end of a page. */
export class UnknownPositionError extends Error {
  override name = 'UnknownPositionError'
}

/** Thrown by a write whose unique key or id is taken. */
export class UniqueKeyError extends Error {
  override name = 'UniqueKeyError'
}

/** Thrown by a write that would exceed a limit. */
export class StoreFullError extends Error {
  override name = 'StoreFullError'
  /** The limit that is reached. */
  readonly limit: keyof StoreLimits

  constructor(limit: keyof StoreLimits) {
    super(`the store is full: ${limit}`)
    this.limit = limit
  }
}
