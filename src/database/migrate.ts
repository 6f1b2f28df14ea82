import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { Kysely, PostgresDialect, type PostgresPoolClient, SqliteDialect, type SqliteStatement } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Client } from 'pg'
import { migrationsOf } from './migrations.ts'
import { type Engine, MIGRATIONS_TABLE } from './schema.ts'

/** Brings the schema of a SQLite file up to date, in one atomic step. The file has to be locked. */
export async function migrateSqlite(database: DatabaseSync): Promise<void> {
  const prepare = (text: string) => {
    const statement = database.prepare(text)
    return {
      reader: statement.columns().length > 0,
      all: (values: readonly unknown[]) => statement.all(...(values as SQLInputValue[])),
      run: (values: readonly unknown[]) => statement.run(...(values as SQLInputValue[])),
    } as SqliteStatement // Without `iterate`, which only streams need.
  }
  const dialect = new SqliteDialect({ database: { prepare, close: keepOpen } })
  database.exec('BEGIN IMMEDIATE')
  try {
    await migrate(new Kysely({ dialect }), 'sqlite')
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

/** Does nothing. Kysely calls it at the end to close the connection, which the caller still uses. */
function keepOpen(): void {}

/** The advisory lock that makes processes migrate the same database one after the other. */
const MIGRATION_LOCK = 0x6465_7669

/**
 * Brings the schema of a PostgreSQL database up to date, in one atomic step, in which no process can use the database. `schema` is the
 * one for new tables. The connection must not be used for anything else; after a failure it has to be closed.
 */
export async function migratePostgres(client: Client, schema: string): Promise<void> {
  let failure: unknown
  const query = async (text: string, values: readonly unknown[]) => {
    try {
      return await client.query(text, [...values])
    } catch (error) {
      // After a failure, PostgreSQL rejects all further queries of the transaction. Kysely reports the last error, but the first explains it.
      failure ??= error
      throw failure
    }
  }
  const connection = { query, release: keepOpen } as unknown as PostgresPoolClient
  const pool = { connect: async () => connection, end: async () => keepOpen(), options: {} }
  // Waits for other processes without a time limit. The server disconnects a process that stops in the middle of its migration.
  await client.query(`
    BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;
    SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});
    DO $$ BEGIN
      IF to_regclass('fake_devin_world') IS NOT NULL THEN LOCK TABLE fake_devin_world IN EXCLUSIVE MODE; END IF;
    END $$`)
  await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }), 'postgres', schema)
  await client.query('COMMIT')
}

async function migrate(db: Kysely<unknown>, engine: Engine, schema?: string): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrationsOf(engine) },
    migrationTableName: MIGRATIONS_TABLE,
    migrationLockTableName: `${MIGRATIONS_TABLE}_lock`,
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
    // The caller has begun a transaction for everything.
    disableTransactions: true,
  })
  const { error } = await migrator.migrateToLatest()
  await db.destroy()
  if (error !== undefined) throw error
}
