import { type Static, Type } from '@sinclair/typebox'
import { StringEnum } from '../types.ts'
import { RequestEntry } from './journal.ts'
import { Method, OrgId, StrictObject } from './scope.ts'

/** The criteria of a request filter. A request must match all of them. */
const filter = {
  /** The organization of the request. Default: any. */
  org_id: OrgId,
  /** The HTTP method. Default: any. */
  method: Type.Optional(Method),
  /** The path as sent, a template (`/v1/sessions/{session_id}`), or a glob: `*` matches a part of a segment, `**` any number of segments. */
  path: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  /** The status of the response, or a class of them. Default: any. */
  status: Type.Optional(
    Type.Union([
      Type.Integer({ minimum: 100, maximum: 599 }),
      StringEnum(['1xx', '2xx', '3xx', '4xx', '5xx'], { title: 'StatusClass' }),
    ]),
  ),
}

/** The query of the request list. */
export const RequestsQuery = Type.Object({
  ...filter,
  /** The id of an entry, for later entries, or an ISO 8601 time, for entries from that time on. */
  since: Type.Optional(Type.Unsafe<string | number>(Type.String({ minLength: 1 }))),
  /** The id of an entry, for earlier entries. With `limit`, a long journal can be read in parts, the newest first. */
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  /** The maximum number of entries. The newest are shown. */
  limit: Type.Optional(Type.Integer({ minimum: 0 })),
})
/** {@link RequestsQuery} */
export type RequestsQuery = Static<typeof RequestsQuery>

/** The matching requests, newest last. */
export const Requests = Type.Object({
  /** The requests. With a `limit`, the newest of those that match. */
  requests: Type.Array(RequestEntry),
  /** The number of matching requests, shown or not. */
  total: Type.Integer(),
  /** The number of requests dropped from the journal since it was last cleared. An upper bound if the exact number is unknown. */
  dropped: Type.Integer(),
})
/** {@link Requests} */
export type Requests = Static<typeof Requests>

const Times = Type.Optional(Type.Integer({ minimum: 0 }))

/** An expected request and its expected count. Default: at least once. */
export const ExpectedRequest = StrictObject({
  ...filter,
  /** The parameters that the query must have; more are allowed. A list stands for a repeated parameter. */
  query: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]))),
  /** The headers that it must have; more are allowed. Names in any case; several values of a name are joined by a comma and a blank. */
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** The members that a JSON body must have, at any depth; more are allowed. */
  body: Type.Optional(Type.Unknown()),
  /** The exact number of matching requests. */
  times: Times,
  /** The minimum number of matching requests. Default: 1, or with `at_most` 0. */
  at_least: Times,
  /** The maximum number of matching requests. Default: no limit. */
  at_most: Times,
})
/** {@link ExpectedRequest} */
export type ExpectedRequest = Static<typeof ExpectedRequest>

/** The result of a verification, with the nearest requests if it failed. */
export const Verification = Type.Object({
  /** Also false if the journal dropped requests that could change the result. */
  verified: Type.Boolean(),
  /** The number of matching requests in the journal. */
  count: Type.Integer(),
  /** The number of requests dropped from the journal since it was last cleared, and thus not checked. Omitted if zero. */
  dropped: Type.Optional(Type.Integer()),
  /** A description of the effect of `dropped` on the result. Omitted if there is none. */
  uncertain: Type.Optional(Type.String()),
  /** A description of the expectation. Omitted, like `nearest`, if `verified`. */
  expected: Type.Optional(Type.String()),
  /** The requests that come nearest, at most three. Omitted if `verified`. */
  nearest: Type.Optional(
    Type.Array(
      Type.Object({
        /** A request. */
        request: RequestEntry,
        /** How it differs, a line each, e.g. `method: expected POST, got GET`. Empty for a matching request too many. */
        differences: Type.Array(Type.String()),
      }),
    ),
  ),
})
/** {@link Verification} */
export type Verification = Static<typeof Verification>
