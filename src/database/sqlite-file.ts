import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { MIGRATIONS_TABLE, type SchemaState, schemaState } from './schema.ts'
import { OpenError } from './types.ts'

/** A SQLite file that this process has locked. */
export interface SqliteFile {
  readonly path: string
  readonly database: DatabaseSync
  readonly schema: SchemaState
}

/** Opens and locks a file without changing it, other than creating it. Throws {@link OpenError}. */
export function openFile(path: string): SqliteFile {
  const folder = dirname(path)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new OpenError(`${path}: the folder ${folder} does not exist`)
  }
  const { DatabaseSync } = loadSqlite()
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path)
    // Exclusive from the first access on, so that no other process can read the file, and SQLite needs no shared memory.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    const tables = tablesOf(database)
    if (tables.length > 0 && !tables.includes(MIGRATIONS_TABLE)) {
      throw new OpenError(`${path} is the database of another program`)
    }
    const schema = schemaState(tables.length > 0 ? migrationsIn(database) : [])
    database.exec('COMMIT')
    return { path, database, schema }
  } catch (error) {
    database?.close()
    throw error instanceof OpenError ? error : new OpenError(`${path} ${reasonOf(error)}`)
  }
}

function tablesOf(database: DatabaseSync): unknown[] {
  return database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => name)
}

function migrationsIn(database: DatabaseSync): string[] {
  return database
    .prepare(`SELECT name FROM ${MIGRATIONS_TABLE}`)
    .all()
    .map(({ name }) => String(name))
}

/** Reasons by SQLite's result codes: https://sqlite.org/rescode.html */
const REASONS: Readonly<Record<number, string>> = {
  5: 'is in use by another process',
  6: 'is in use by another process',
  8: 'is read-only, or its folder is',
  10: 'cannot be read or written (I/O error)',
  11: 'is damaged',
  13: 'cannot be written: the disk is full',
  14: 'cannot be opened: it is a folder, or this user may not read and write it and its folder',
  26: 'is not a SQLite database',
  3850: 'cannot be locked: it is read-only, or on a file system without locks',
}

/** Returns the reason of an error. An extended result code has the primary one in its lowest eight bits. */
export function reasonOf(error: unknown): string {
  const { errcode = 0, message } = error as { readonly errcode?: number; readonly message: string }
  return REASONS[errcode] ?? REASONS[errcode & 0xff] ?? `cannot be used (${message})`
}

/** Loads SQLite without the warning that it is experimental, which Node 22 prints. */
function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process
  /* v8 ignore next -- Only Node 22 calls it. */
  process.emitWarning = () => undefined
  try {
    const sqlite = process.getBuiltinModule('node:sqlite')
    if (sqlite === undefined) throw new OpenError('SQLite needs Node 22.19 or later')
    return sqlite
  } finally {
    process.emitWarning = emitWarning
  }
}
