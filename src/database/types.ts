/** Identifies a row: its kind, the organization that it belongs to (`''` for the server itself), and its id among those. */
export interface RowKey {
  readonly kind: string
  readonly orgId: string
  readonly id: string
}

/** A row: a part of the state of a server that changes as a whole. */
export interface Row extends RowKey {
  /** Orders the rows of a kind in an organization; not unique. An integer from 0 to 2^53 - 1. */
  readonly position: number
  /** JSON. */
  readonly data: string
  /** The bytes of a file; null without one. */
  readonly bytes: Uint8Array | null
}

/** What one commit changes. A key occurs at most once. */
export interface Changes {
  /** The rows to insert or replace. */
  readonly puts: readonly Row[]
  /** The rows to delete. Those that do not exist are ignored. */
  readonly deletes: readonly RowKey[]
  /** The live events for the streams of other processes, as JSON texts. They are not stored. */
  readonly events: readonly string[]
}

/** What other processes have committed since this one last looked, oldest first; `all` if it must read everything anew. */
export type Missed = readonly Changes[] | 'all'

/**
 * A database with the rows of one world, which is shared by the processes that open it. All methods but `close` reject with
 * {@link UnavailableError} if the database cannot be used now: never later than about ten seconds, and after a connection was lost, the next
 * `begin` connects again. Calls do not overlap: `begin`, then any number of `load`, then `commit` or `rollback`.
 */
export interface Database {
  /** Whether no other process can use the database while this one has it open. Then `begin` never waits, and never returns missed commits. */
  readonly isExclusive: boolean
  /** Begins a transaction, once no other process has one. Resolves with the missed commits; with `all` until everything was loaded once. */
  begin(): Promise<Missed>
  /** Visits all rows of these kinds, in the order of the kinds, and then of their positions. */
  load(kinds: readonly string[], visit: (row: Row) => void): Promise<void>
  /** Writes changes in one atomic step, which are durable once it resolves. Ends the transaction, even if it rejects. */
  commit(changes: Changes): Promise<void>
  /** Ends the transaction without changes. */
  rollback(): Promise<void>
  /** Called after each commit of another process. An exclusive database never calls it. */
  onCommit: (() => void) | undefined
  /** Closes the database. Rolls back an open transaction. */
  close(): Promise<void>
}

/** Thrown while a database cannot be used: it is unreachable, stopping, locked or full. The message is for users, without secrets. */
export class UnavailableError extends Error {
  override name = 'UnavailableError'
}

/** Thrown for a row that cannot be read. The message does not quote its data, which may be secret. */
export class DamagedRowError extends UnavailableError {
  /** What is wrong with the row, without its data. */
  readonly damage: string

  constructor(damage: string) {
    super(`the database is damaged: ${damage}`)
    this.damage = damage
  }
}

/**
 * Thrown when a database cannot be opened for a permanent reason: a wrong password, a locked file, a newer schema. The message is for
 * users, without secrets.
 */
export class OpenError extends Error {
  override name = 'OpenError'
}
