import type { RequestEntry } from '../../../src/schemas/control/journal.ts'

/** Returns an entry of the journal, as the control plane shows it. */
export function entryWith(members: Partial<RequestEntry> = {}): RequestEntry {
  return {
    id: 1,
    time: '2026-01-02T03:04:05.678901Z',
    org_id: 'org-1',
    method: 'GET',
    path: '/v1/sessions',
    route: '/v1/sessions',
    query: { raw: '', pairs: [] },
    headers: {},
    body_bytes: 0,
    status: 200,
    response_headers: { 'content-type': 'application/json' },
    duration_ms: 1.5,
    unread_fields: [],
    ...members,
  }
}
