import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import type { Test } from 'tap'
import { initialise } from './initdb.ts'
import { freePort, launch, newCluster } from './postmaster.ts'

/** How long a connection may take, in milliseconds. */
const CONNECT_MS = 60_000

/** How often another port is tried if a program has taken the one that was free. */
const PORTS = 10

/** The part of a test that registers teardowns. */
type Owner = Pick<Test, 'teardown'>

/** A database server of a test, with a cluster of its own. */
export interface PostgresServer {
  /** The URL of the database `postgres`, with a user who may do everything. */
  readonly url: string
  /** Resolves with the URL of a new, empty database. */
  createDatabase(): Promise<string>
  /** Ends all sessions and writes everything to disk, as an administrator would. Resolves when all its processes have ended. */
  stop(): Promise<void>
  /** Kills the server with SIGKILL, so that `start` must recover. Resolves when all its processes have ended. */
  kill(): Promise<void>
  /** Starts it again, on the same port with the same data. Resolves when it accepts connections. */
  start(): Promise<void>
}

/**
 * Starts PostgreSQL on a free port of 127.0.0.1, with an empty cluster in a temporary folder. Removes both when the test ends. What is
 * committed survives `kill` in any case; `durable` also waits for the disk, as servers do that must survive a power failure. Throws an
 * Error that says what to do if this machine has no PostgreSQL.
 */
export async function startPostgres(t: Owner, { durable = false } = {}): Promise<PostgresServer> {
  const cluster = newCluster({ durable })
  t.teardown(() => cluster.remove())
  const password = await initialise(cluster)

  let port = 0
  const start = async () => {
    if (cluster.running !== undefined) throw new Error('PostgreSQL is already running')
    await launch(cluster, { port, durable })
  }
  for (let tries = 1; port === 0; tries += 1) {
    port = await freePort()
    await start().catch((error: Error) => {
      if (tries === PORTS || !/could not create any TCP\/IP sockets/.test(error.message)) throw error
      port = 0
    })
  }

  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  return {
    url,
    createDatabase: () => createDatabase(url),
    start,
    stop: async () => cluster.running?.end('SIGINT'),
    kill: async () => cluster.running?.end('SIGKILL'),
  }
}

/** The server of this process for all tests that need a database only. */
let own: Promise<PostgresServer> | undefined

function ownServer(): Promise<PostgresServer> {
  // Not loaded by benchmarks, in which it would time out and print.
  own ??= import('tap').then(({ default: root }) => startPostgres(root))
  return own
}

/**
 * Resolves with the URL of a new, empty database, which is dropped when the test ends. It is on the server of TEST_POSTGRES_URL, the
 * URL of a user who may do everything, or else on a server that all tests of this process share.
 */
export async function testDatabase(t: Owner): Promise<string> {
  const server = process.env.TEST_POSTGRES_URL || (await ownServer()).url
  const url = await createDatabase(server)
  t.teardown(() => execute(server, `DROP DATABASE IF EXISTS ${nameOf(url)} WITH (FORCE)`))
  return url
}

/** Databases of earlier tests of this process, with empty tables. */
const emptied: string[] = []

/**
 * Resolves with the URL of a database that is like a new one, but has the tables of the store if an earlier test of this process has used it. To create
 * and to drop a database takes longer than most tests of the API.
 */
export async function recycledDatabase(t: Owner): Promise<string> {
  const url = emptied.pop() ?? (await testDatabase((await import('tap')).default))
  t.teardown(async () => {
    await execute(url, 'TRUNCATE fake_devin_entries, fake_devin_changes')
    emptied.push(url)
  })
  return url
}

/** Creates a database that is the same on every server: nobody has changed its template, and text sorts by bytes. */
async function createDatabase(server: string): Promise<string> {
  const url = new URL(server)
  url.pathname = `/test_${randomBytes(8).toString('hex')}`
  await execute(
    server,
    `CREATE DATABASE ${nameOf(url.href)} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
  )
  return url.href
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1)
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS })
  // A lost connection also fails the statement.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(statement)
  } finally {
    await client.end()
  }
}
