import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { postgresBin } from '../scripts/setup/postgres.mjs'
import { type PostgresServer, startPostgres } from '../test/postgres.ts'
import { type Figure, note } from './figures.ts'

/** A database server for the measurement. */
export type Postgres = Pick<PostgresServer, 'createDatabase'>

const PGBENCH_SECONDS = 5

const SCHEMA = `
  CREATE TABLE world ();
  CREATE TABLE entries (key text PRIMARY KEY, data text NOT NULL);
  INSERT INTO entries SELECT n::text, repeat('x', 300) FROM generate_series(1, 10000) AS n`

/**
 * A transaction like one that commits a deletion: a lock that only one session gets; two rows are added, three are changed and two are
 * removed; in two round trips.
 */
const TRANSACTION = `
\\set number random(1, 1000000000)
BEGIN\\; LOCK TABLE world IN EXCLUSIVE MODE;
INSERT INTO entries SELECT name || :number, repeat('x', 500) FROM unnest(ARRAY['a', 'b']) AS name ON CONFLICT DO NOTHING\\; \
UPDATE entries SET data = repeat('y', 200) WHERE key IN ('1', '2', '3')\\; \
DELETE FROM entries WHERE key IN ('a' || :number - 1, (:number % 10000)::text)\\; COMMIT;
`

/** Runs a function with a PostgreSQL server that waits for its disk, or with undefined if this machine has none. */
export async function withPostgres<Value>(
  use: (postgres: Postgres | undefined) => Promise<Value>,
): Promise<Value> {
  try {
    postgresBin()
  } catch (error) {
    console.error(`without PostgreSQL: ${(error as Error).message}`)
    return use(undefined)
  }
  const teardowns: (() => unknown)[] = []
  const owner = { teardown: (action: () => unknown) => void teardowns.push(action) }
  try {
    return await use(await startPostgres(owner as Parameters<typeof startPostgres>[0], { durable: true }))
  } finally {
    for (const action of teardowns.toReversed()) await action()
  }
}

/** Measures how many transactions like those of the fake the database itself can do. */
export async function pgbenchFigures(postgres: Postgres | undefined): Promise<Figure[]> {
  if (postgres === undefined) return []
  // Beside the server itself, of which there may be only a link in the folder of programs.
  const pgbench = join(dirname(realpathSync(join(postgresBin(), 'postgres'))), 'pgbench')
  if (!existsSync(pgbench)) {
    console.error(`without pgbench: there is no ${pgbench}`)
    return []
  }
  const url = await postgres.createDatabase()
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(SCHEMA)
  await client.end()
  const folder = mkdtempSync(join(tmpdir(), 'fake-devin-pgbench-'))
  try {
    const script = join(folder, 'transaction.sql')
    writeFileSync(script, TRANSACTION)
    const figures: Figure[] = []
    for (const clients of [1, 2]) {
      const args = [
        '--no-vacuum',
        '--file',
        script,
        '--time',
        String(PGBENCH_SECONDS),
        '--client',
        String(clients),
      ]
      const { stdout } = await promisify(execFile)(pgbench, [...args, url])
      const latency = /latency average = ([\d.]+)/.exec(stdout)?.[1]
      const perSecond = Math.round(Number(/tps = ([\d.]+)/.exec(stdout)?.[1]))
      const what = `pgbench: a lock and seven rows, ${clients} session${clients === 1 ? '' : 's'}`
      figures.push(note(what, `${latency} ms`, `${perSecond} commits/s`))
    }
    return figures
  } finally {
    rmSync(folder, { recursive: true })
  }
}
