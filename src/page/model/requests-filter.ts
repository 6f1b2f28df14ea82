import type { RequestRow } from './requests-row.ts'

/** Which requests to show. An empty text matches all. */
export interface RequestFilter {
  readonly method: string
  /** A part of the path; with `*` or `{…}`, a pattern for all of it, or the template of the route. */
  readonly path: string
  /** A status or its beginning; `x` is any digit. `none` matches requests that were not answered. */
  readonly status: string
  /** A text in the request or its answer. */
  readonly text: string
}

/** Returns the filter that the query of an address has. */
export function filterOf(query: Readonly<Record<string, string>>): RequestFilter {
  const { method = '', path = '', status = '', text = '' } = query
  return { method, path, status, text }
}

/** Returns whether a filter lets everything through. */
export function isEmpty(filter: RequestFilter): boolean {
  return Object.values(filter).every((text) => text.trim() === '')
}

/** Returns a function that says whether a request matches. */
export function matcherOf(filter: RequestFilter): (row: RequestRow) => boolean {
  const { method } = filter
  const tests = [
    method === '' ? undefined : (row: RequestRow) => row.method === method,
    statusTest(filter.status.trim().toLowerCase()),
    pathTest(filter.path.trim()),
    textTest(filter.text.trim().toLowerCase()),
  ].filter((test) => test !== undefined)
  return (row) => tests.every((test) => test(row))
}

type Test = ((row: RequestRow) => boolean) | undefined

function statusTest(status: string): Test {
  if (status === '') return undefined
  if (status === 'none') return (row) => row.status === null
  return (row) =>
    row.status !== null &&
    status.length <= 3 &&
    [...status].every((digit, at) => digit === 'x' || digit === String(row.status)[at])
}

function pathTest(pattern: string): Test {
  if (pattern === '') return undefined
  if (!/[*{]/.test(pattern)) {
    const part = pattern.toLowerCase()
    return (row) => row.path.toLowerCase().includes(part)
  }
  const expression = patternExpression(pattern)
  return (row) => row.route === pattern || expression.test(row.path)
}

/** `*` stands for a part of a segment, `**` for any number of segments, `{name}` for a segment. */
function patternExpression(pattern: string): RegExp {
  const parts = pattern.split(/(\*+|\{[^{}/]*\})/).map((part, at) => {
    if (at % 2 === 0) return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    if (part === '*') return '[^/]*'
    return part.startsWith('{') ? '[^/]+' : '.*'
  })
  return new RegExp(`^${parts.join('')}$`, 'i')
}

function textTest(text: string): Test {
  if (text === '') return undefined
  // In JSON, quotation marks and line breaks are escaped.
  const escaped = JSON.stringify(text).slice(1, -1)
  return (row) => row.text.includes(text) || (escaped !== text && row.text.includes(escaped))
}

/** The requests that match a filter. When some are added at either end, only these are looked at. */
export class FilteredRows {
  #rows: readonly RequestRow[] = []
  #filter: RequestFilter | undefined
  #found: readonly RequestRow[] = []

  /** Returns the rows that match, in their order: newest first. */
  find(rows: readonly RequestRow[], filter: RequestFilter): readonly RequestRow[] {
    if (isEmpty(filter)) return rows
    const matches = matcherOf(filter)
    const added = JSON.stringify(filter) === JSON.stringify(this.#filter) ? this.#addedTo(rows) : undefined
    if (added === undefined) this.#found = rows.filter(matches)
    else {
      const { id: oldest } = rows.at(-1) as RequestRow
      const newer = rows.slice(0, added.newer).filter(matches)
      const older = rows.slice(added.newer + this.#rows.length).filter(matches)
      const isCut = added.kept < this.#rows.length
      const kept = isCut ? this.#found.filter(({ id }) => id >= oldest) : this.#found
      if (isCut || newer.length > 0 || older.length > 0) this.#found = [...newer, ...kept, ...older]
    }
    this.#rows = rows
    this.#filter = filter
    return this.#found
  }

  /** Returns how many rows come before the last ones, and how many of these are still there; undefined if they are not in one piece. */
  #addedTo(rows: readonly RequestRow[]): { newer: number; kept: number } | undefined {
    const first = this.#rows[0]
    const newer = first === undefined ? -1 : rows.indexOf(first)
    if (newer < 0) return undefined
    const kept = Math.min(this.#rows.length, rows.length - newer)
    return rows[newer + kept - 1] === this.#rows[kept - 1] ? { newer, kept } : undefined
  }
}
