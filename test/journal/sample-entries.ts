import type { JournalEntry, RecordedRoute } from '../../src/journal/journal.ts'
import { CreateSecretParams } from '../../src/schemas/v1/secrets.ts'
import { CreateSessionParams } from '../../src/schemas/v1/sessions.ts'

/** Returns a route of a journal entry. */
export function aRoute(
  method: string,
  template: string,
  schema: RecordedRoute['schema'] = {},
): RecordedRoute {
  return { method, template, schema }
}

/** Returns a journal entry with defaults for the fields that are not given. */
export function anEntry(fields: Partial<JournalEntry> = {}): JournalEntry {
  return {
    id: 1,
    at: 0,
    micros: 1234,
    orgId: 'org-1',
    method: 'GET',
    target: '/v1/secrets',
    rawHeaders: [],
    body: undefined,
    route: aRoute('GET', '/v1/secrets'),
    fault: undefined,
    status: 200,
    responseHeaders: {},
    payload: null,
    bytes: 1,
    ...fields,
  }
}

/** The bodies of v1 that hold secrets, by path. */
const SECRET_BODIES: Readonly<Record<string, object>> = {
  '/v1/secrets': CreateSecretParams,
  '/v1/sessions': CreateSessionParams,
}

/** Returns a journal entry of a POST request with a JSON body. */
export function aPost(target: string, sent: unknown, fields: Partial<JournalEntry> = {}): JournalEntry {
  const body = SECRET_BODIES[target]
  const route = aRoute('POST', target, body && { body })
  return anEntry({ method: 'POST', target, route, body: Buffer.from(JSON.stringify(sent)), ...fields })
}
