import { percentDecode } from './percent.ts'
import { rememberLatest } from './remember-latest.ts'

/** Returns the decoded path of a request target. */
export function pathOf(target: string): string {
  return splitTarget(target).path
}

/** A request target: the decoded path, and the raw query with its question mark. */
interface SplitTarget {
  readonly path: string
  readonly query: string
}

/** Splits a request target. Remembers the latest result, since several parts of the application need the path of a request. */
export const splitTarget = rememberLatest(split)

function split(target: string): SplitTarget {
  const mark = target.indexOf('?')
  const raw = mark === -1 ? target : target.slice(0, mark)
  // The absolute form (`GET http://host/path`), which RFC 9112 requires servers to accept.
  const path = raw.startsWith('/') ? raw : raw.replace(/^https?:\/\/[^/]*/i, '')
  return { path: percentDecode(path), query: mark === -1 ? '' : target.slice(mark) }
}

/**
 * Returns a path without the slashes at its end. The regular expression `/\/+$/` takes quadratic time: 3 s for a path of 58,000 slashes (Node 24).
 */
export function withoutEndSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}
