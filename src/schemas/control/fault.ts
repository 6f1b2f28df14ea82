import { type Static, Type } from '@sinclair/typebox'
import { Nullable, StringEnum } from '../types.ts'
import { Method, OrgId } from './scope.ts'

/** The names of the fault presets. */
export const PRESETS = [
  'rate-limit',
  'flaky',
  'outage',
  'slow',
  'expired-key',
  'out-of-quota',
  'broken-connection',
] as const

/** The maximum delay of a request, in milliseconds. Connections are closed after a quarter of an hour without activity. */
const DELAY_MAX = 600_000

/**
 * A fault and the requests it applies to: those that match all of `method`, `path` and `org_id`, by default every request outside the
 * control plane. Unknown members are errors, so that typos are reported.
 */
export const FaultSpec = Type.Object(
  {
    /** Sets the members of a preset. Other members of this object override them. Default: no preset. */
    preset: Type.Optional(StringEnum(PRESETS)),
    /** Default: all requests, including those without an organization. */
    org_id: OrgId,
    /** The HTTP method. Default: all. */
    method: Type.Optional(Method),
    /** A template (`/v1/sessions/{session_id}`) or a glob: `*` matches a part of a segment, `**` any number of segments. Default: all. */
    path: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    /** The status of the response in place of the API's. Default: with a `body` 200, else the API responds. */
    status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
    /** Headers of the response in place of the API's, which needs a `status` or a `body`. Default: none. */
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** Any JSON, or a literal text if `headers` has a content type other than JSON. Default for errors: the reason phrase. */
    body: Type.Optional(Type.Unknown()),
    /** The delay before the request is processed, in real milliseconds. Default: 0. */
    delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: DELAY_MAX })),
    /**
     * When to close the connection: before the API processes the request, after it has, or in the middle of the response body. Default: not
     * at all.
     */
    abort: Type.Optional(StringEnum(['before', 'after', 'mid-body'])),
    /**
     * Whether to also fail the immediate automatic retry of a client whose reused connection was closed. Both count as one. Default: false.
     */
    include_retries: Type.Optional(Type.Boolean()),
    /** The transfer rate of the response body. Default: unlimited. */
    bytes_per_second: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
    /** Whether to truncate a JSON response so that it cannot be parsed. Other responses stay unchanged. Default: false. */
    malformed_json: Type.Optional(Type.Boolean()),
    /** The number of times it applies before it is removed. Default: unlimited. */
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
    /** The probability that it applies to a matching request. Default: 1. */
    probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    /** The number of matching requests to skip first. Default: 0. */
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  },
  { additionalProperties: false },
)
/** {@link FaultSpec} */
export type FaultSpec = Static<typeof FaultSpec>

/** A fault as the control plane shows it: the given members, those of its preset, and its counters. */
export const FaultView = Type.Object(
  {
    /** The id of the fault, for later calls. */
    id: Type.String(),
    ...FaultSpec.properties,
    /** The organization whose requests it applies to; null for all requests. */
    org_id: Nullable(Type.String()),
    /** The number of matching requests, whether or not it was applied to them. */
    matched: Type.Integer(),
    /** The number of times it was applied. */
    struck: Type.Integer(),
    /** The number of times it will still apply, or null if unlimited. It is removed at 0, so 0 is never shown. */
    left: Nullable(Type.Integer()),
  },
  { $id: 'Fault', title: 'Fault' },
)
/** {@link FaultView} */
export type FaultView = Static<typeof FaultView>
