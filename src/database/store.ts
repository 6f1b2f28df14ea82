import { existsSync } from 'node:fs'
import { describeLocation, engineOf, openDatabase } from './open.ts'
import type { Engine, SchemaState } from './schema.ts'
import { OpenError } from './types.ts'

/** The result of a check of a database. */
export interface StoreReport {
  readonly engine: Engine
  /** Whether the database has the tables of this version of the program. */
  readonly schema: SchemaState
  /** The number of rows of each kind. Empty for an empty database and for a newer one. */
  readonly rows: Readonly<Record<string, number>>
}

const COUNT = 'SELECT kind, count(*) AS count FROM fake_devin_entries GROUP BY kind ORDER BY kind'

/** Checks a database without changing it. Rejects like `openDatabase`, and if a SQLite file does not exist. */
export async function checkStore(location: string): Promise<StoreReport> {
  const engine = engineOf(location)
  const where = describeLocation(location)
  return engine === 'sqlite' ? checkSqlite(where) : checkPostgres(location, where)
}

/** Creates the tables of a database, or brings them up to date. Rejects like `openDatabase`. */
export async function migrateStore(location: string): Promise<void> {
  const database = await openDatabase(location)
  await database.close()
}

async function checkSqlite(path: string): Promise<StoreReport> {
  if (!existsSync(path)) throw new OpenError(`${path}: there is no such file`)
  const { openFile } = await import('./sqlite-file.ts')
  const { database, schema } = openFile(path)
  try {
    return { engine: 'sqlite', schema, rows: hasRows(schema) ? countOf(database.prepare(COUNT).all()) : {} }
  } finally {
    database.close()
  }
}

async function checkPostgres(url: string, where: string): Promise<StoreReport> {
  const [{ Connection }, { openError }, { schemaState }] = await Promise.all([
    import('./postgres-connection.ts'),
    import('./postgres-errors.ts'),
    import('./schema.ts'),
  ])
  try {
    const connection = await Connection.open(url)
    try {
      const schema = schemaState(await connection.migrations())
      if (!hasRows(schema)) return { engine: 'postgres', schema, rows: {} }
      const { rows } = await connection.within(connection.client.query(COUNT))
      return { engine: 'postgres', schema, rows: countOf(rows) }
    } finally {
      await connection.close()
    }
  } catch (error) {
    throw openError(where, error)
  }
}

/** Returns whether the table of rows is known to exist. */
function hasRows(schema: SchemaState): boolean {
  return schema === 'current' || schema === 'older'
}

function countOf(rows: readonly Record<string, unknown>[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, Number(count)]))
}
