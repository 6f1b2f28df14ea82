import { sentPath } from './entry.ts'
import type { JournalEntry } from './journal.ts'
import { compilePath, pathOf } from './path-pattern.ts'

/** A status (404), or all of a class ('4xx'). */
export type StatusFilter = number | string

/** Whether a status is meant. Nothing is by a request that was not answered. */
export function isStatus(filter: StatusFilter, status: number | null): boolean {
  if (status === null) return false
  return typeof filter === 'number' ? filter === status : filter === `${Math.floor(status / 100)}xx`
}

/** Says whether the path of an exchange is meant by a path, a template (`/v1/secrets/{secret_id}`) or a glob. */
export function pathMatcher(pattern: string): (exchange: JournalEntry) => boolean {
  const fits = compilePath(pattern)
  return (exchange) =>
    exchange.route?.template === pattern || sentPath(exchange) === pattern || fits(pathOf(exchange.target))
}

/** Why a pattern would match no path, or not what was meant; undefined when it is fine, or there is none. */
export function patternFlaw(pattern = '/'): string | undefined {
  if (!/^[/*]/.test(pattern)) return 'a path starts with / or *'
  if (/[?#]/.test(pattern)) return 'a path has no query'
  if (pattern.includes('/:')) return 'parameters are written as {session_id}'
  return undefined
}

/** What is looked for; what is left out does not matter. */
export interface Filter {
  readonly method?: string | undefined
  readonly path?: string | undefined
  readonly status?: StatusFilter | undefined
  /** Those after the entry with this id. */
  readonly afterId?: number | undefined
  /** Those from this time on, in microseconds since the epoch. */
  readonly from?: number | undefined
}

/** The exchanges that are looked for. */
export function filterExchanges(
  exchanges: readonly JournalEntry[],
  { method, path, status, afterId = 0, from }: Filter,
): JournalEntry[] {
  const isPath = path === undefined ? undefined : pathMatcher(path)
  return exchanges.filter(
    (exchange) =>
      exchange.id > afterId &&
      (from === undefined || exchange.at >= from) &&
      (method === undefined || exchange.method === method) &&
      (status === undefined || isStatus(status, exchange.status)) &&
      (isPath === undefined || isPath(exchange)),
  )
}
