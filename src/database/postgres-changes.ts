import { CALL_MS } from './postgres-connection.ts'
import { MIGRATIONS_TABLE } from './schema.ts'
import type { Changes, Row } from './types.ts'

/** A commit: its position in the sequence, and a random id, because after a restored backup the positions repeat. */
export interface Version {
  readonly version: number
  readonly id: string
}

/** The number of commits that are kept for processes that have not read them yet. */
const KEPT = 1_000

/** The number of commits after which old ones are removed. */
const REMOVED_AT_ONCE = 100

/** Returns the query that waits for the lock and then reads the commits that this process has missed, in one round trip. */
export function beginQuery(known: Version | undefined): string {
  const version = known?.version ?? Number.MAX_SAFE_INTEGER - 2 * KEPT
  // Each statement sees what was committed before it, so the ones after LOCK see all commits. The upper bound on the version excludes
  // nothing, since few more than KEPT commits exist. It is for the planner: without statistics, PostgreSQL estimates a third of the table
  // for a one-sided range, but only a few rows for a two-sided one.
  return `
    BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    LOCK TABLE fake_devin_world IN EXCLUSIVE MODE;
    SELECT (SELECT id FROM fake_devin_changes WHERE version = ${version}) AS id,
      (SELECT max(name) FROM ${MIGRATIONS_TABLE}) AS schema;
    SELECT * FROM fake_devin_changes WHERE version > ${version} AND version <= ${version + 2 * KEPT} ORDER BY version`
}

/** Reads the newest commit. */
export const NEWEST = 'SELECT version, id FROM fake_devin_changes ORDER BY version DESC LIMIT 1'

/** Reads all rows of some kinds. */
export const LOAD = `
  SELECT kind, org_id, id, position, data, bytes FROM fake_devin_entries
  WHERE kind = ANY ($1::text[]) ORDER BY array_position($1::text[], kind), position`

const PUT = `
  INSERT INTO fake_devin_entries (kind, org_id, id, position, data, bytes)
  SELECT kind, org_id, id, position, data, substring($10::bytea FROM start FOR length)
  FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::integer[], $9::integer[])
    AS put (kind, org_id, id, position, data, start, length)
  ON CONFLICT (kind, org_id, id)
  DO UPDATE SET position = excluded.position, data = excluded.data, bytes = excluded.bytes`

const DELETE = `
  DELETE FROM fake_devin_entries AS entry
  USING unnest($11::text[], $12::text[], $13::text[]) AS gone (kind, org_id, id)
  WHERE entry.kind = gone.kind AND entry.org_id = gone.org_id AND entry.id = gone.id`

/** Writes the rows of a commit and its entry in the table of changes, and notifies the other processes. The values are sent only once. */
const WRITE = `
  WITH puts AS (${PUT}), deletes AS (${DELETE}), changes AS (
    INSERT INTO fake_devin_changes (version, id, kinds, org_ids, ids, positions, datas, starts, lengths, bytes,
      deleted_kinds, deleted_org_ids, deleted_ids, events)
    VALUES ($1::bigint, $2::text, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text[])
  ) SELECT pg_notify('fake_devin', 'fake_devin_world'::regclass::oid::text)`

/** Returns the queries that write a commit, without the final COMMIT. */
export function writeQueries(
  { version, id }: Version,
  changes: Changes,
): { text: string; name?: string; values: unknown[] }[] {
  const { puts, deletes, events } = changes
  const files = filesOf(puts)
  const values = [
    version,
    id,
    puts.map(({ kind }) => kind),
    puts.map(({ orgId }) => orgId),
    puts.map(({ id }) => id),
    puts.map(({ position }) => position),
    puts.map(({ data }) => data),
    files.starts,
    files.lengths,
    files.bytes,
    deletes.map(({ kind }) => kind),
    deletes.map(({ orgId }) => orgId),
    deletes.map(({ id }) => id),
    events,
  ]
  const write = { name: 'write', text: WRITE, values }
  if (version % REMOVED_AT_ONCE !== 0) return [write]
  return [
    write,
    { text: 'DELETE FROM fake_devin_changes WHERE version <= $1::bigint', values: [version - KEPT] },
  ]
}

/** Returns the time limit for writing changes, in milliseconds. It is longer for many of them, such as the first ones. */
export function timeToWrite({ puts }: Changes): number {
  const size = puts.reduce((total, { data, bytes }) => total + data.length + (bytes?.length ?? 0), 0)
  return CALL_MS + size / 1_000
}

/** Joins the bytes of rows, because a single value is sent as it is, but the elements of an array as hexadecimal digits. */
function filesOf(puts: readonly Row[]): {
  starts: (number | null)[]
  lengths: (number | null)[]
  bytes: Buffer
} {
  const starts: (number | null)[] = []
  let length = 0
  for (const { bytes } of puts) {
    // The first byte is number 1.
    starts.push(bytes === null ? null : length + 1)
    length += bytes?.length ?? 0
  }
  return {
    starts,
    lengths: puts.map(({ bytes }) => bytes?.length ?? null),
    bytes: Buffer.concat(puts.flatMap(({ bytes }) => bytes ?? [])),
  }
}

/** A row of the table of commits, as the server sends it. */
export interface ChangesRow {
  readonly version: string
  readonly id: string
  readonly kinds: readonly string[]
  readonly org_ids: readonly string[]
  readonly ids: readonly string[]
  readonly positions: readonly string[]
  readonly datas: readonly string[]
  readonly starts: readonly (number | null)[]
  readonly lengths: readonly (number | null)[]
  readonly bytes: Buffer
  readonly deleted_kinds: readonly string[]
  readonly deleted_org_ids: readonly string[]
  readonly deleted_ids: readonly string[]
  readonly events: readonly string[]
}

/** Returns the changes of a row of the table of commits. */
export function changesOf(row: ChangesRow): Changes {
  const at = (texts: readonly string[], index: number) => texts[index] as string
  return {
    puts: row.kinds.map((kind, index) => ({
      kind,
      orgId: at(row.org_ids, index),
      id: at(row.ids, index),
      position: Number(row.positions[index]),
      data: at(row.datas, index),
      bytes: bytesAt(row, index),
    })),
    deletes: row.deleted_kinds.map((kind, index) => ({
      kind,
      orgId: at(row.deleted_org_ids, index),
      id: at(row.deleted_ids, index),
    })),
    events: row.events,
  }
}

function bytesAt({ bytes, starts, lengths }: ChangesRow, index: number): Uint8Array | null {
  const [start, length] = [starts[index], lengths[index]]
  if (start == null || length == null) return null
  // A copy, so that a file does not keep all others of its commit in memory.
  return new Uint8Array(bytes.subarray(start - 1, start - 1 + length))
}
