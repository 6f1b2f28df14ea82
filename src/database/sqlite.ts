import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { RowMap } from './row-map.ts'
import { newerSchema } from './schema.ts'
import { openFile, reasonOf, type SqliteFile } from './sqlite-file.ts'
import {
  type Changes,
  type Database,
  type Missed,
  OpenError,
  type Row,
  type RowKey,
  UnavailableError,
} from './types.ts'

/** Opens a SQLite file; creates it if it does not exist, and migrates it if it is older. Throws {@link OpenError}. */
export async function openSqlite(path: string): Promise<Database> {
  const file = openFile(path)
  try {
    await migrateFile(file)
    return new SqliteDatabase(file)
  } catch (error) {
    file.database.close()
    throw error instanceof OpenError ? error : new OpenError(`${path} ${reasonOf(error)}`)
  }
}

/** Brings the schema of a file up to date. */
async function migrateFile({ path, database, schema }: SqliteFile): Promise<void> {
  if (schema === 'newer') throw new OpenError(newerSchema(path))
  if (schema === 'current') return
  const { migrateSqlite } = await import('./migrate.ts')
  await migrateSqlite(database)
}

/**
 * Reads all rows. The parameter is a list of kinds, each between spaces. Rows of other kinds come first, with the place 0, and the rest
 * follow in the order of the list.
 */
const LOAD = `
  SELECT number, kind, org_id AS orgId, id, position, data, bytes, instr(?, ' ' || kind || ' ') AS place
  FROM fake_devin_entries ORDER BY place, position`

/** A row as it is loaded. */
interface LoadedRow extends Row {
  readonly number: number
  /** 0 if the kind is not to be visited. */
  readonly place: number
}

/**
 * A SQLite file. All calls are synchronous internally. A commit reaches the operating system, so it survives any end of the process. It
 * reaches the disk a little later: after a power failure, the last commits may be missing, but never a part of one.
 */
class SqliteDatabase implements Database {
  readonly isExclusive = true
  onCommit: (() => void) | undefined
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #delete: StatementSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  /**
   * The numbers of the rows by key. No other process can change them, so the file needs no index of the keys. With one, a commit of 16
   * deletions with their entries took three times as long (40 instead of 16 µs for each), because random ids change a page each.
   */
  readonly #numbers = new RowMap<number>()
  #isLoaded = false

  constructor({ path, database }: SqliteFile) {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    // A checkpoint after 16 instead of 4 MB of WAL, since each one waits for the disk: the 99th percentile of a deletion fell from 9 to 5 ms.
    database.exec('PRAGMA wal_autocheckpoint = 4000')
    // Rows are sorted in memory while they are loaded: in a file it takes twice as long, and there may be no folder for one.
    database.exec('PRAGMA temp_store = MEMORY')
    this.#path = path
    this.#database = database
    this.#insert = database.prepare(
      'INSERT INTO fake_devin_entries (kind, org_id, id, position, data, bytes) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#update = database.prepare(
      'UPDATE fake_devin_entries SET position = ?, data = ?, bytes = ? WHERE number = ?',
    )
    this.#delete = database.prepare('DELETE FROM fake_devin_entries WHERE number = ?')
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
    this.#rollback = database.prepare('ROLLBACK')
  }

  async begin(): Promise<Missed> {
    return this.#isLoaded ? [] : 'all'
  }

  async load(kinds: readonly string[], visit: (row: Row) => void): Promise<void> {
    this.#isLoaded = false
    this.#numbers.clear()
    const rows = this.#guard(() => this.#database.prepare(LOAD).iterate(` ${kinds.join(' ')} `))
    for (;;) {
      const { done, value } = this.#guard(() => rows.next())
      if (done === true) break
      const { number, place, kind, orgId, id, position, data, bytes } = value as unknown as LoadedRow
      const row = { kind, orgId, id, position, data, bytes }
      this.#numbers.set(row, number)
      if (place > 0) visit(row)
    }
    this.#isLoaded = true
  }

  async commit({ puts, deletes }: Changes): Promise<void> {
    if (puts.length === 0 && deletes.length === 0) return
    this.#guard(() => {
      this.#begin.run()
      try {
        for (const row of puts) this.#putRow(row)
        for (const key of deletes) this.#deleteRow(key)
        this.#commit.run()
      } catch (error) {
        // The map of numbers now has rows that do not exist.
        this.#isLoaded = false
        // SQLite itself has ended the transaction after some errors.
        if (this.#database.isTransaction) this.#rollback.run()
        throw error
      }
    })
  }

  #putRow(row: Row): void {
    const { kind, orgId, id, position, data, bytes } = row
    const number = this.#numbers.get(row)
    if (number !== undefined) {
      this.#update.run(position, data, bytes, number)
    } else {
      const { lastInsertRowid } = this.#insert.run(kind, orgId, id, position, data, bytes)
      this.#numbers.set(row, Number(lastInsertRowid))
    }
  }

  #deleteRow(key: RowKey): void {
    const number = this.#numbers.get(key)
    if (number === undefined) return
    this.#delete.run(number)
    this.#numbers.delete(key)
  }

  async rollback(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close()
  }

  #guard<Value>(use: () => Value): Value {
    try {
      return use()
    } catch (error) {
      throw new UnavailableError(`${this.#path} ${reasonOf(error)}`)
    }
  }
}
