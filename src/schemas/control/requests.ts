import { type Static, Type } from '@sinclair/typebox'
import { StringEnum } from '../types.ts'
import { RequestEntry } from './journal.ts'
import { OrgId, StrictObject } from './scope.ts'

/** Of which requests are looked for: those that fit all that is given. */
const filter = {
  org_id: OrgId,
  method: Type.Optional(StringEnum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])),
  /** As it was sent, a template (`/v1/sessions/{session_id}`) or a glob: `*` is a part of a segment, `**` any number of them. */
  path: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  status: Type.Optional(
    Type.Union([
      Type.Integer({ minimum: 100, maximum: 599 }),
      StringEnum(['1xx', '2xx', '3xx', '4xx', '5xx'], { title: 'StatusClass' }),
    ]),
  ),
}

/** Which requests are listed. */
export const RequestsQuery = Type.Object({
  ...filter,
  /** The id of an entry, for those after it, or an ISO 8601 time, for those from then on. */
  since: Type.Optional(Type.String({ minLength: 1 })),
  /** How many to show at most: the newest. */
  limit: Type.Optional(Type.Integer({ minimum: 0 })),
})
/** {@link RequestsQuery} */
export type RequestsQuery = Static<typeof RequestsQuery>

/** The requests that were looked for, newest last. */
export const Requests = Type.Object({
  requests: Type.Array(RequestEntry),
  /** How many fit, shown or not. */
  total: Type.Integer(),
  /** How many did not fit into the journal since it was last cleared; at most so many, where it is not known exactly. */
  dropped: Type.Integer(),
})
/** {@link Requests} */
export type Requests = Static<typeof Requests>

const Times = Type.Optional(Type.Integer({ minimum: 0 }))

/** A request that was expected, and how often. Default: at least once. */
export const ExpectedRequest = StrictObject({
  ...filter,
  query: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]))),
  body: Type.Optional(Type.Unknown()),
  times: Times,
  at_least: Times,
  at_most: Times,
})
/** {@link ExpectedRequest} */
export type ExpectedRequest = Static<typeof ExpectedRequest>

/** Whether requests came as expected; if not, the nearest ones. */
export const Verification = Type.Object({
  /** False also where the journal has lost requests that could make a difference. */
  verified: Type.Boolean(),
  /** How many of those that are kept in the journal are as expected. */
  count: Type.Integer(),
  /** How many requests did not fit into the journal since it was last cleared, and so were not looked at; left out for none. */
  dropped: Type.Optional(Type.Integer()),
  /** What that means for the result, in words; left out where it means nothing. */
  uncertain: Type.Optional(Type.String()),
  /** In words; left out, like `nearest`, where everything is as expected. */
  expected: Type.Optional(Type.String()),
  nearest: Type.Optional(
    Type.Array(Type.Object({ request: RequestEntry, differences: Type.Array(Type.String()) })),
  ),
})
/** {@link Verification} */
export type Verification = Static<typeof Verification>
