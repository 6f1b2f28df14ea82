import { resolve } from 'node:path'
import { URL } from '../base/builtins.ts'
import { systemClock } from '../base/clock.ts'
import type { Engine } from './schema.ts'
import { type Database, OpenError } from './types.ts'

/**
 * Opens a database: `postgres://…` or `postgresql://…` is a PostgreSQL database, anything else the path of a SQLite file, which is created if it
 * does not exist. An older schema is migrated. Rejects with an {@link OpenError}, or with an {@link UnavailableError} if a PostgreSQL server is
 * starting, stopping or busy. Loads only what the engine needs.
 */
export async function openDatabase(location: string, clock = systemClock()): Promise<Database> {
  const where = describeLocation(location)
  if (engineOf(location) === 'sqlite') {
    const { openSqlite } = await import('./sqlite.ts')
    return openSqlite(where)
  }
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres(location, where, clock)
}

/** Returns the engine of a location. Throws an {@link OpenError} for a URL of another database. */
export function engineOf(location: string): Engine {
  const scheme = schemeOf(location)
  if (scheme === undefined) return 'sqlite'
  if (/^postgres(?:ql)?$/i.test(scheme)) return 'postgres'
  throw new OpenError(
    `${scheme}:// is not supported: use postgres://… for PostgreSQL, or the path of a file for SQLite`,
  )
}

/** Returns a location for messages and logs: an absolute path, or a URL without its password and parameters. */
export function describeLocation(location: string): string {
  const scheme = schemeOf(location)
  if (scheme === undefined) return resolve(location)
  const url = URL.parse(location)
  // Otherwise a password with characters that are not encoded could be taken for a part of the path.
  if (url === null || url.pathname.includes('@')) return `${scheme}://…`
  const { username, host, pathname } = url
  return `${scheme}://${username}${username === '' ? '' : '@'}${host}${pathname}`
}

/** Returns the scheme of a URL; undefined for a path. On Windows, a path can begin with one letter and a colon. */
function schemeOf(location: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):\/\//i.exec(location)?.[1]
}
