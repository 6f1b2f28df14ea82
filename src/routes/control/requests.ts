import { Type } from '@sinclair/typebox'
import { parseInstant } from '../../base/clock.ts'
import { sendNothing } from '../../fastapi/answer.ts'
import { invalidValue } from '../../fastapi/errors.ts'
import { listTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { loadSchemas } from '../../journal/journal.ts'
import { patternFlaw } from '../../journal/path-pattern.ts'
import type { Bounds } from '../../journal/verify.ts'
import { ExpectedRequest, Requests, RequestsQuery, Verification } from '../../schemas/control/requests.ts'
import { OptionalOrgScope, OrgQuery } from '../../schemas/control/scope.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { type ControlOptions, orgOf } from './scope.ts'

/** Registers the journal routes. The modules that format entries are loaded on first use. */
export async function requestRoutes(app: ApiInstance, { organizations }: ControlOptions): Promise<void> {
  // GET /_fake/requests
  app.get(
    '/_fake/requests',
    {
      schema: {
        operationId: 'list_requests',
        summary: 'List requests and their responses, newest last; keys and secret values are masked',
        querystring: RequestsQuery,
        response: { 200: Requests, 422: HTTPValidationError },
      },
    },
    async ({ query }, reply) => {
      const { toRequestEntry: entryOf } = await import('../../journal/entry.ts')
      const { filterEntries } = await import('../../journal/filter.ts')
      const { org_id: orgId, since, before: beforeId, limit = Number.POSITIVE_INFINITY, ...criteria } = query
      const flaw = patternFlaw(query.path)
      if (flaw !== undefined) throw invalidValue(['query', 'path'], flaw, query.path)
      const { entries, dropped } = organizations.journals.read(orgId)
      const found = filterEntries(entries, { ...criteria, ...startOf(since), beforeId })
      const shown = found.slice(Math.max(0, found.length - limit))
      await loadSchemas(shown)
      const after = `],"total":${found.length},"dropped":${dropped}}`
      // Formatting an entry of a mebibyte takes a tenth of a second.
      return sendTexts(reply, wrap('{"requests":[', listTexts(shown, entryOf), after), { perTurn: 1 })
    },
  )

  // DELETE /_fake/requests
  app.delete(
    '/_fake/requests',
    {
      schema: {
        operationId: 'delete_requests',
        summary: 'Clear the journals of all organizations, or of one',
        querystring: OrgQuery,
        body: OptionalOrgScope,
        response: { 204: Type.Null(), 422: HTTPValidationError },
      },
    },
    async ({ query, body }, reply) => {
      const orgId = orgOf(query, body)
      organizations.journals.clear(orgId)
      organizations.events.live?.publish({ kind: 'journal', org_id: orgId ?? null, action: 'deleted' })
      return sendNothing(reply)
    },
  )

  // POST /_fake/requests/verify
  app.post(
    '/_fake/requests/verify',
    {
      schema: {
        operationId: 'verify_requests',
        summary:
          'Verify that matching requests were received, by default at least one; otherwise show the closest ones',
        body: ExpectedRequest,
        response: { 200: Verification, 422: HTTPValidationError },
      },
    },
    async ({ body }) => {
      const { verify } = await import('../../journal/verify.ts')
      const flaw = patternFlaw(body.path)
      if (flaw !== undefined) throw invalidValue(['body', 'path'], flaw, body.path)
      const { journals } = organizations
      const route = journals.routes.find(body.method, body.path)
      return await verify(journals.read(body.org_id), body, boundsOf(body), route)
    },
  )
}

/** Parses `since`. Throws RequestValidationError if it is neither an id nor a time. */
function startOf(since: string | number | undefined): { afterId?: number; from?: number } {
  if (since === undefined) return {}
  const text = String(since)
  if (/^\d{1,15}$/.test(text)) return { afterId: Number(text) }
  const from = parseInstant(text)
  if (from === undefined) {
    throw invalidValue(['query', 'since'], 'neither the id of an entry nor an ISO 8601 time', since)
  }
  return { from }
}

/** Returns the bounds of the expected count. Throws RequestValidationError if they contradict each other. */
function boundsOf({ times, at_least, at_most }: ExpectedRequest): Bounds {
  if (times !== undefined) {
    if (at_least === undefined && at_most === undefined) return { atLeast: times, atMost: times }
    throw invalidValue(['body', 'times'], 'cannot be combined with at_least or at_most', times)
  }
  const atLeast = at_least ?? (at_most === undefined ? 1 : 0)
  const atMost = at_most ?? Number.POSITIVE_INFINITY
  if (atLeast <= atMost) return { atLeast, atMost }
  throw invalidValue(['body', 'at_most'], 'less than at_least', atMost)
}
