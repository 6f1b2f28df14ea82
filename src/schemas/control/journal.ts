import { type Static, Type } from '@sinclair/typebox'
import { DateTime, Nullable } from '../types.ts'

const Headers = Type.Record(Type.String(), Type.String())

/** A request and its response as the control plane shows them. Keys and secret values are masked. */
export const RequestEntry = Type.Object(
  {
    /** The number of the request. Later ones have higher numbers. */
    id: Type.Integer(),
    /** When it was answered, or its connection was closed, by the clock of its organization, ISO 8601. */
    time: DateTime(),
    /** The organization of its key; null if it belongs to none. */
    org_id: Nullable(Type.String()),
    /** The HTTP method. */
    method: Type.String(),
    /** The path as sent, without the query. */
    path: Type.String(),
    /** The template of the matched route. */
    route: Nullable(Type.String()),
    /** The query of the request. */
    query: Type.Object({
      /** The text behind the question mark; empty without one. */
      raw: Type.String(),
      /** The parameters in their order, each as its name and its value. */
      pairs: Type.Array(Type.Array(Type.String())),
    }),
    /** The headers of the request, in lower case. */
    headers: Headers,
    /** The JSON before validation, a text, or a form. Omitted if no body was read or parsed. */
    body: Type.Optional(Type.Unknown()),
    /** The length of the request body, in bytes. Null if unknown. */
    body_bytes: Nullable(Type.Integer()),
    /** Null if the fake closed the connection. */
    status: Nullable(Type.Integer()),
    /** The headers of the response, in lower case. */
    response_headers: Headers,
    /** Omitted if the response had no body or was streamed. */
    response_body: Type.Optional(Type.Unknown()),
    /** The time from its arrival until then, in real milliseconds. */
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
