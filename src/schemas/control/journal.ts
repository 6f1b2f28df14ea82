import { type Static, Type } from '@sinclair/typebox'
import { DateTime, Nullable } from '../types.ts'

const Headers = Type.Record(Type.String(), Type.String())

/** A request and its response as the control plane shows them. Keys and secret values are masked. */
export const RequestEntry = Type.Object(
  {
    id: Type.Integer(),
    time: DateTime(),
    org_id: Nullable(Type.String()),
    method: Type.String(),
    /** The path as sent, without the query. */
    path: Type.String(),
    /** The template of the matched route. */
    route: Nullable(Type.String()),
    query: Type.Object({ raw: Type.String(), pairs: Type.Array(Type.Array(Type.String())) }),
    headers: Headers,
    /** The JSON before validation, a text, or a form. Omitted if no body was read or parsed. */
    body: Type.Optional(Type.Unknown()),
    /** Null if unknown. */
    body_bytes: Nullable(Type.Integer()),
    /** Null if the fake closed the connection. */
    status: Nullable(Type.Integer()),
    response_headers: Headers,
    /** Omitted if the response had no body or was streamed. */
    response_body: Type.Optional(Type.Unknown()),
    duration_ms: Type.Number(),
    /** The id of the fault that was applied. Omitted if there was none. */
    fault: Type.Optional(Type.String()),
    /** The request members that the fake ignores: `body.repos`, `query.foo`. */
    unread_fields: Type.Array(Type.String()),
  },
  { $id: 'RequestEntry', title: 'RequestEntry' },
)
/** {@link RequestEntry} */
export type RequestEntry = Static<typeof RequestEntry>
