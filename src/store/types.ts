import type { Quota } from '../base/quota.ts'

/** What every stored record has. Records are plain data (JSON) and are never changed in place. */
export interface StoredRecord {
  readonly id: string
}

/** Which records to list, in which order; without a limit, all. */
export interface ListQuery<R> {
  /** Default `oldest`: by the time of insertion. */
  order?: 'oldest' | 'newest'
  /** Keeps the records for which it is true. */
  where?: (record: R) => boolean
  /** How many of the kept records to pass over. Default 0. */
  offset?: number
  /** How many records to return at most. */
  limit?: number
}

/** The records of one kind in one organization. Every write is atomic for its record. */
export interface Collection<R extends StoredRecord> {
  /** Adds a record. Throws {@link UniqueKeyError} and changes nothing when its unique key or id is taken. */
  insert(record: R): Promise<void>
  get(id: string): Promise<R | undefined>
  /** The record that holds a unique key. */
  find(uniqueKey: string): Promise<R | undefined>
  /** Puts `change(record)` in the record's place and returns it; undefined when there is none. Throws as `insert`. */
  update(id: string, change: (record: R) => R): Promise<R | undefined>
  /** The record that is now gone; undefined when there was none. */
  delete(id: string): Promise<R | undefined>
  list(query?: ListQuery<R>): Promise<R[]>
}

/** What a store must know of a kind of record. */
export interface CollectionDefinition<R extends StoredRecord> {
  readonly name: string
  /** A text that no two records of an organization may share; undefined for a record that claims none. */
  readonly uniqueKey?: (record: R) => string | undefined
}

/**
 * What happened in one organization, in that order: entries are only ever added. They do not count as its records, and are
 * taken also when the store is full, since what they tell of has been done.
 */
export interface Log<E> {
  /** How many entries there are. */
  readonly count: number
  /** Adds an entry; nobody waits for it, since it cannot fail. The oldest ones go, many at once. */
  append(entry: E): void
  /** The entries, the oldest first; with a limit the last so many of them. */
  list(limit?: number): Promise<E[]>
}

/** What a store must know of a log. */
export interface LogDefinition<E> {
  readonly name: string
  /** How many of the last entries are kept at least; at most a tenth more. */
  readonly kept: number
  /** Roughly what an entry takes in memory. */
  readonly bytesOf: (entry: E) => number
}

/** How much an engine keeps. A write that would make it more is refused with a {@link StoreFullError}. */
export interface StoreLimits {
  /** How many records an organization may have, of all kinds together. Default 100,000. */
  readonly records?: number
  /** What the records of all organizations may take, in bytes: roughly their texts and files. Default 512 MiB. */
  readonly bytes?: number
}

/** An engine that keeps records, organization by organization. */
export interface Store {
  /** What the records of all organizations take; other kept things are counted here, too. */
  readonly quota: Quota
  /**
   * Counts an organization that is kept even without a record. An organization with records counts already. Throws
   * {@link StoreFullError}.
   */
  claim(orgId: string): void
  /** What an organization takes, in bytes; 0 for one that was not claimed and never had a record. */
  bytesOf(orgId: string): number
  /** What an organization with these contents takes, in bytes. */
  sizeOf(contents: readonly Contents[]): number
  /** The organization's records of a kind: the same ones at every call. */
  collection<R extends StoredRecord>(orgId: string, definition: CollectionDefinition<R>): Collection<R>
  /** The organization's log of a name: the same one at every call. */
  log<E>(orgId: string, definition: LogDefinition<E>): Log<E>
  /**
   * Puts contents in the place of all that the organization has, in one step; nothing but contents costs time. Collections
   * that were got before still take writes, but nobody sees them. Throws {@link UniqueKeyError} and changes nothing when
   * contents clash. Contents count, but are never too many: going back to what was has to work.
   */
  replace(orgId: string, contents: readonly Contents[]): Promise<void>
}

/** All records of a kind, or entries of a log, in the order of insertion. */
export interface Contents {
  readonly definition: CollectionDefinition<never> | LogDefinition<never>
  /** A list that never changes: what its records take is remembered by it. */
  readonly records: readonly StoredRecord[]
}

/** Thrown by a write whose unique key (or id) another record holds. */
export class UniqueKeyError extends Error {
  override name = 'UniqueKeyError'
}

/** Thrown by a write for which there is no room. */
export class StoreFullError extends Error {
  override name = 'StoreFullError'
  /** Which limit is reached. */
  readonly limit: keyof StoreLimits

  constructor(limit: keyof StoreLimits) {
    super(`the store is full: ${limit}`)
    this.limit = limit
  }
}
