import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from './schema.ts'

// Untyped, because a migration works on the tables as they were when it was written.
type Tables = Kysely<unknown>

/** Returns the migrations of an engine by their names, which `SCHEMA_VERSIONS` lists. Never change one that was released. */
export function migrationsOf(engine: Engine): Record<string, Migration> {
  return { '0001_entries': { up: (db) => createEntries(db, engine) } }
}

/** Creates the table with the rows and, in PostgreSQL, what its processes need to share it. */
async function createEntries(db: Tables, engine: Engine): Promise<void> {
  const isPostgres = engine === 'postgres'
  // Compares the bytes, like SQLite, whatever the language of the database.
  const text = isPostgres ? sql`text collate "C"` : sql`text`
  const entries = db.schema
    .createTable('fake_devin_entries')
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('org_id', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    // Text, because the type json rejects or changes some escapes.
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('bytes', isPostgres ? 'bytea' : 'blob')
  if (isPostgres) {
    await entries.addPrimaryKeyConstraint('fake_devin_entries_key', ['kind', 'org_id', 'id']).execute()
    await createFeed(db)
  } else {
    // The process that uses the file knows the numbers of the rows.
    await entries.addColumn('number', 'integer', (column) => column.primaryKey()).execute()
  }
}

/** Creates the table that is locked by the process whose turn it is, and the one with the newest commits for the others. */
async function createFeed(db: Tables): Promise<void> {
  await db.schema.createTable('fake_devin_world').execute()
  await db.schema
    .createTable('fake_devin_changes')
    // Unlogged, which makes writes faster. After a crash it is empty, and every process reads all rows anew.
    .modifyFront(sql`unlogged`)
    .addColumn('version', 'bigint', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('kinds', sql`text[]`, (column) => column.notNull())
    .addColumn('org_ids', sql`text[]`, (column) => column.notNull())
    .addColumn('ids', sql`text[]`, (column) => column.notNull())
    .addColumn('positions', sql`bigint[]`, (column) => column.notNull())
    .addColumn('datas', sql`text[]`, (column) => column.notNull())
    .addColumn('starts', sql`integer[]`, (column) => column.notNull())
    .addColumn('lengths', sql`integer[]`, (column) => column.notNull())
    .addColumn('bytes', 'bytea', (column) => column.notNull())
    .addColumn('deleted_kinds', sql`text[]`, (column) => column.notNull())
    .addColumn('deleted_org_ids', sql`text[]`, (column) => column.notNull())
    .addColumn('deleted_ids', sql`text[]`, (column) => column.notNull())
    .addColumn('events', sql`text[]`, (column) => column.notNull())
    .execute()
  // Without compression, which would take most of the time of a large commit, and the rows are deleted soon.
  await sql`
    ALTER TABLE fake_devin_changes ALTER datas SET STORAGE EXTERNAL, ALTER bytes SET STORAGE EXTERNAL`.execute(
    db,
  )
}
