import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import type { Test } from 'tap'
import { type Database, UnavailableError } from '../../src/database/types.ts'
import type { PostgresServer } from '../postgres.ts'
import { open } from './contract.ts'
import { look } from './rows.ts'

/** Returns a function that runs SQL over another connection. */
export async function operator(t: Test, url: string) {
  const client = new pg.Client(url)
  await client.connect()
  t.teardown(() => client.end())
  return async (sql: string) => (await client.query(sql)).rows
}

/** Ends the sessions of all processes on the current database. */
export const TERMINATE = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'fake-devin' AND datname = current_database()`

/** Opens two instances of an empty database, which both have loaded it. */
export async function openTwo(t: Test, server: PostgresServer) {
  const url = await server.createDatabase()
  const [one, other] = [await open(t, url), await open(t, url)]
  await look(one)
  await look(other)
  return { url, one, other, sql: await operator(t, url) }
}

/** Resolves when a session waits for a lock. */
export async function untilWaiting(sql: (text: string) => Promise<unknown[]>): Promise<void> {
  while ((await sql('SELECT FROM pg_locks WHERE NOT granted')).length === 0);
}

/** Resolves at the next call of `onCommit`. */
export function nextCommit(database: Database): Promise<void> {
  return new Promise((resolve) => {
    database.onCommit = resolve
  })
}

/** Rethrows an error that is not an UnavailableError. */
export async function ensureUnavailable(error: unknown): Promise<void> {
  if (!(error instanceof UnavailableError)) throw error
  // Gives the connection time, since a loop of calls that fail at once would block it.
  await setImmediate()
}

/** Repeats an action until the database can be used. */
export async function again<Value>(action: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await action()
    } catch (error) {
      await ensureUnavailable(error)
    }
  }
}
