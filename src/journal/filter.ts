import { pathOf } from '../fastapi/target.ts'
import { sentPath } from './entry.ts'
import type { JournalEntry } from './journal.ts'
import { compilePath } from './path-pattern.ts'

/** A status (404) or a class of statuses ('4xx'). */
export type StatusFilter = number | string

/** Returns whether a status matches. A request without a response never matches. */
export function matchesStatus(filter: StatusFilter, status: number | null): boolean {
  if (status === null) return false
  return typeof filter === 'number' ? filter === status : filter === `${Math.floor(status / 100)}xx`
}

/** Returns a function that matches the path of an entry against a path, a template (`/v1/secrets/{secret_id}`) or a glob. */
export function pathMatcher(pattern: string): (entry: JournalEntry) => boolean {
  const matches = compilePath(pattern)
  return (entry) =>
    entry.route?.template === pattern || sentPath(entry) === pattern || matches(pathOf(entry.target))
}

/** Criteria that all have to match. Omitted criteria always match. */
export interface Filter {
  readonly method?: string | undefined
  readonly path?: string | undefined
  readonly status?: StatusFilter | undefined
  /** Matches entries after the one with this id. */
  readonly afterId?: number | undefined
  /** Matches entries before the one with this id. */
  readonly beforeId?: number | undefined
  /** Matches entries from this time on, in microseconds since the epoch. */
  readonly from?: number | undefined
}

/** Returns the entries that match a filter. */
export function filterEntries(
  entries: readonly JournalEntry[],
  { method, path, status, afterId = 0, beforeId = Number.POSITIVE_INFINITY, from }: Filter,
): JournalEntry[] {
  const matchesPath = path === undefined ? undefined : pathMatcher(path)
  return entries.filter(
    (entry) =>
      entry.id > afterId &&
      entry.id < beforeId &&
      (from === undefined || entry.at >= from) &&
      (method === undefined || entry.method === method) &&
      (status === undefined || matchesStatus(status, entry.status)) &&
      (matchesPath === undefined || matchesPath(entry)),
  )
}
