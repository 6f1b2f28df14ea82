import { percentDecode } from './percent.ts'

/** Returns the decoded path of a request target. */
export function pathOf(target: string): string {
  return splitTarget(target).path
}

/** A request target: the decoded path, and the raw query with its question mark. */
interface SplitTarget {
  readonly path: string
  readonly query: string
}

/** The latest target, since each part of the application that handles a request needs its path. */
let latest: { readonly target: string; readonly parts: SplitTarget } = {
  target: '/',
  parts: { path: '/', query: '' },
}

/** Splits a request target. */
export function splitTarget(target: string): SplitTarget {
  if (target !== latest.target) latest = { target, parts: split(target) }
  return latest.parts
}

function split(target: string): SplitTarget {
  const mark = target.indexOf('?')
  const raw = mark === -1 ? target : target.slice(0, mark)
  // The absolute form (`GET http://host/path`), which RFC 9112 requires servers to accept.
  const path = raw.startsWith('/') ? raw : raw.replace(/^https?:\/\/[^/]*/i, '')
  return { path: percentDecode(path), query: mark === -1 ? '' : target.slice(mark) }
}
