import type { QueryResult } from 'pg'
import type { Clock } from '../base/clock.ts'
import { randomIds } from '../base/ids.ts'
import {
  beginQuery,
  type ChangesRow,
  changesOf,
  LOAD,
  NEWEST,
  timeToWrite,
  type Version,
  writeQueries,
} from './postgres-changes.ts'
import { Connection } from './postgres-connection.ts'
import { openError, unavailable } from './postgres-errors.ts'
import { Link } from './postgres-link.ts'
import { newerSchema, SCHEMA_VERSIONS, schemaState } from './schema.ts'
import { type Changes, type Database, type Missed, OpenError, type Row, UnavailableError } from './types.ts'

/**
 * Opens a PostgreSQL database: creates the tables in an empty one, and migrates older ones. `where` describes it in messages. Rejects with an
 * {@link OpenError}, or with an {@link UnavailableError} if the server is starting or busy.
 */
export async function openPostgres(url: string, where: string, clock: Clock): Promise<Database> {
  const connection = await connectMigrated(url, where)
  return new PostgresDatabase(where, new Link(url, where, clock, connection))
}

/** Returns a connection to a database whose schema is up to date, if necessary after migrating it. */
async function connectMigrated(url: string, where: string): Promise<Connection> {
  let connection: Connection | undefined
  try {
    connection = await Connection.open(url)
    const state = schemaState(await connection.migrations())
    if (state === 'current') return connection
    if (state === 'newer') throw new OpenError(newerSchema(where))
    const { schema } = connection.session
    if (schema === null) throw new OpenError(`${where}: the schema of the search path does not exist`)
    const { migratePostgres } = await import('./migrate.ts')
    await migratePostgres(connection.client, schema)
    await connection.close()
    return await Connection.open(url)
  } catch (error) {
    connection?.destroy()
    throw openError(where, error)
  }
}

const NOTHING: Changes = { puts: [], deletes: [], events: [] }

/**
 * A PostgreSQL database that several processes share. `begin` locks the table `fake_devin_world` until `commit` or `rollback`. Every commit
 * adds a row to `fake_devin_changes`, from which the other processes read it.
 */
class PostgresDatabase implements Database {
  readonly isExclusive = false
  onCommit: (() => void) | undefined
  readonly #where: string
  readonly #link: Link
  /** The ids of commits. */
  readonly #ids = randomIds()
  /** The connection of the open transaction, between `begin` and `commit` or `rollback`. */
  #open: Connection | undefined
  /** The newest commit that this process has read; undefined if that is unknown. */
  #known: Version | undefined
  /** Whether this process has read all rows, and all commits since. */
  #isLoaded = false

  constructor(where: string, link: Link) {
    this.#where = where
    this.#link = link
    link.onCommit = () => this.onCommit?.()
  }

  async begin(): Promise<Missed> {
    const connection = await this.#link.connection()
    this.#open = connection
    return this.#use(connection, async () => {
      const results: unknown = await connection.within(connection.client.query(beginQuery(this.#known)))
      const [, , state, rows] = results as [
        begin: unknown,
        lock: unknown,
        state: QueryResult<{ id: string | null; schema: string }>,
        rows: QueryResult<ChangesRow>,
      ]
      const { id, schema } = state.rows[0] as { id: string | null; schema: string }
      // Another process has migrated the database meanwhile.
      if (schema !== SCHEMA_VERSIONS.at(-1)) throw new UnavailableError(newerSchema(this.#where))
      if (id === null || id !== this.#known?.id) return this.#beginAnew(connection)
      const last = rows.rows.at(-1)
      if (last !== undefined) this.#known = { version: Number(last.version), id: last.id }
      return this.#isLoaded ? rows.rows.map(changesOf) : 'all'
    })
  }

  /** Continues `begin` if no commit is known, or the known one no longer exists. */
  async #beginAnew(connection: Connection): Promise<Missed> {
    this.#isLoaded = false
    const { rows } = await connection.within(connection.client.query<ChangesRow>(NEWEST))
    if (rows[0] !== undefined) {
      this.#known = { version: Number(rows[0].version), id: rows[0].id }
      return 'all'
    }
    // There is no commit, since the tables are new or the server has crashed. Writes an empty first one, whose id later commits follow.
    await this.#write(connection, { version: 0, id: '' }, NOTHING)
    return this.begin()
  }

  async load(kinds: readonly string[], visit: (row: Row) => void): Promise<void> {
    this.#isLoaded = false
    const connection = this.#begun()
    let failure: { readonly error: unknown } | undefined
    await this.#use(connection, () =>
      connection.read(LOAD, [kinds], ([kind, orgId, id, position, data, bytes]) => {
        if (failure !== undefined) return
        try {
          visit({ kind, orgId, id, position: Number(position), data, bytes } as Row)
        } catch (error) {
          failure = { error }
        }
      }),
    )
    if (failure !== undefined) throw failure.error
    this.#isLoaded = true
  }

  async commit(changes: Changes): Promise<void> {
    const { puts, deletes, events } = changes
    if (puts.length + deletes.length + events.length === 0) return this.rollback()
    const connection = this.#begun()
    await this.#use(connection, () => this.#write(connection, this.#known as Version, changes))
  }

  /** Writes a commit that follows `before`, and ends the transaction. */
  async #write(connection: Connection, before: Version, changes: Changes): Promise<void> {
    const { client } = connection
    const next = { version: before.version + 1, id: this.#ids.hex() }
    this.#open = undefined
    // Without an answer, it is unknown whether the commit was written.
    this.#known = undefined
    // All are sent at once. After one has failed, the server ends with ROLLBACK instead of COMMIT.
    const answers = connection.together(() => {
      const queries = writeQueries(next, changes).map((query) => client.query(query))
      return Promise.allSettled([...queries, client.query('COMMIT')])
    })
    const results = await connection.within(answers, timeToWrite(changes))
    const end = results.at(-1)
    if (end?.status === 'fulfilled') this.#known = end.value.command === 'COMMIT' ? next : before
    if (this.#known === next) return
    throw results.find((result) => result.status === 'rejected')?.reason
  }

  async rollback(): Promise<void> {
    const connection = this.#open
    this.#open = undefined
    // Need not be awaited: the server runs the next query after it, and a failure means that the connection is lost.
    connection?.within(connection.client.query('ROLLBACK')).catch(() => this.#link.drop(connection))
  }

  async close(): Promise<void> {
    await this.#link.close()
  }

  /** Returns the connection of the open transaction. Throws UnavailableError if it was lost. */
  #begun(): Connection {
    const connection = this.#open
    if (connection?.isOpen) return connection
    this.#open = undefined
    throw new UnavailableError(`${this.#where}: the connection was lost`)
  }

  /** Uses a connection. Replaces it after any failure, because the state of its transaction is unknown then. */
  async #use<Value>(connection: Connection, use: () => Promise<Value>): Promise<Value> {
    try {
      return await use()
    } catch (error) {
      this.#open = undefined
      this.#link.drop(connection)
      throw unavailable(this.#where, error)
    }
  }
}
