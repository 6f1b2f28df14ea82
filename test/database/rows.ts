import type { Changes, Database, Missed, Row } from '../../src/database/types.ts'

/** The kinds of rows in these tests. */
export const KINDS = ['counter', 'session', 'secret']

/** Returns a row with defaults. */
export function row(id: string, members: Partial<Row> = {}): Row {
  return { kind: 'session', orgId: 'org-1', id, position: 1, data: '{}', bytes: null, ...members }
}

/** Returns changes with defaults. */
export function changes(members: Partial<Changes> = {}): Changes {
  return { puts: [], deletes: [], events: [], ...members }
}

/** Writes changes in a transaction of their own. Returns the missed commits. */
export async function write(database: Database, members: Partial<Changes>): Promise<Missed> {
  const missed = await begin(database)
  await database.commit(changes(members))
  return missed
}

/** Returns the missed commits, in a transaction of its own. */
export async function look(database: Database): Promise<Missed> {
  const missed = await begin(database)
  await database.rollback()
  return missed
}

/** Begins a transaction, and reads everything if necessary. */
async function begin(database: Database): Promise<Missed> {
  const missed = await database.begin()
  if (missed === 'all') await database.load(KINDS, () => undefined)
  return missed
}

/** Reads all rows of some kinds in a transaction of its own. Bytes are plain arrays, so that they can be compared. */
export async function contents(database: Database, kinds = KINDS): Promise<Row[]> {
  const rows: Row[] = []
  await database.begin()
  await database.load(kinds, (row) => rows.push(plain(row)))
  await database.rollback()
  return rows
}

/** Returns a row with its bytes as a plain array. */
export function plain(row: Row): Row {
  return { ...row, bytes: row.bytes && Uint8Array.from(row.bytes) }
}
