import type { RequestEntry } from '../../schemas/control/journal.ts'

/** What a list needs of a request of the journal. The whole entry is read when it is shown. */
export interface RequestRow {
  readonly id: number
  readonly time: string
  readonly orgId: string | null
  readonly method: string
  readonly path: string
  /** The query as sent, without its question mark. */
  readonly query: string
  readonly route: string | null
  readonly status: number | null
  readonly milliseconds: number
  /** The id of the fault that was applied. */
  readonly fault: string | undefined
  /** The number of fields that the fake ignores. */
  readonly unread: number
  /** What a text is searched in, in lower case: method, target and status, the body, and the answer's body. */
  readonly text: string
}

/** Returns the row of an entry. The text is built here, once, so that searching it is fast. */
export function rowOf(entry: RequestEntry): RequestRow {
  const { id, time, org_id: orgId, method, path, query, route, status, fault } = entry
  const target = query.raw === '' ? path : `${path}?${query.raw}`
  const parts = [`${method} ${target} ${status ?? ''}`, textOf(entry.body), textOf(entry.response_body)]
  return {
    id,
    time,
    orgId,
    method,
    path,
    query: query.raw,
    route,
    status,
    milliseconds: entry.duration_ms,
    fault,
    unread: entry.unread_fields.length,
    text: parts.join('\n').toLowerCase(),
  }
}

function textOf(body: unknown): string {
  if (body === undefined) return ''
  return typeof body === 'string' ? body : JSON.stringify(body)
}

/** Returns a path with short ids in place of long ones, which would hide its end: `org-fa4e…`. */
export function withShortIds(path: string): string {
  return path.replaceAll(/([a-z]-|\/)([0-9a-f]{4})[0-9a-f]{28}\b/g, '$1$2…')
}

/** How an answer went, for its colour: by its status, or without an answer. */
export function toneOf(status: number | null): 'good' | 'info' | 'warn' | 'bad' {
  if (status === null || status >= 500) return 'bad'
  if (status >= 400) return 'warn'
  return status >= 300 ? 'info' : 'good'
}
