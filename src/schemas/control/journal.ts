import { type Static, Type } from '@sinclair/typebox'
import { DateTime, Nullable } from '../types.ts'

const Headers = Type.Record(Type.String(), Type.String())

/** A request and its answer as the control plane shows them: keys and secret values are masked. */
export const RequestEntry = Type.Object(
  {
    id: Type.Integer(),
    time: DateTime(),
    org_id: Nullable(Type.String()),
    method: Type.String(),
    /** As it was sent, without the query. */
    path: Type.String(),
    /** The template of the route that took it. */
    route: Nullable(Type.String()),
    query: Type.Object({ raw: Type.String(), pairs: Type.Array(Type.Array(Type.String())) }),
    headers: Headers,
    /** The JSON before it was validated, a text, or a form. Left out where none was read or it could not be parsed. */
    body: Type.Optional(Type.Unknown()),
    /** Null where it is not known. */
    body_bytes: Nullable(Type.Integer()),
    /** Null where the fake hung up. */
    status: Nullable(Type.Integer()),
    response_headers: Headers,
    /** Left out where there was none, or one that went out piece by piece. */
    response_body: Type.Optional(Type.Unknown()),
    duration_ms: Type.Number(),
    /** The id of the fault that struck it. Left out where none did. */
    fault: Type.Optional(Type.String()),
    /** What was sent and is not read: `body.repos`, `query.foo`. */
    unread_fields: Type.Array(Type.String()),
  },
  { $id: 'RequestEntry', title: 'RequestEntry' },
)
/** {@link RequestEntry} */
export type RequestEntry = Static<typeof RequestEntry>
