import { percentDecode } from './percent.ts'

/** Returns the decoded path of a request target. */
export function pathOf(target: string): string {
  return splitTarget(target).path
}

/** Splits a request target into the decoded path and the raw query with its question mark. */
export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?')
  const raw = mark === -1 ? target : target.slice(0, mark)
  // The absolute form (`GET http://host/path`), which RFC 9112 requires servers to accept.
  const path = raw.startsWith('/') ? raw : raw.replace(/^https?:\/\/[^/]*/i, '')
  return { path: percentDecode(path), query: mark === -1 ? '' : target.slice(mark) }
}
