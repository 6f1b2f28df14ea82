import { type Static, Type } from '@sinclair/typebox'
import { Nullable, StringEnum } from '../types.ts'
import { OrgId } from './scope.ts'

/** The names of faults that need no spelling out. */
export const PRESETS = [
  'rate-limit',
  'flaky',
  'outage',
  'slow',
  'expired-key',
  'out-of-quota',
  'broken-connection',
] as const

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** The longest a request can be held up, in milliseconds. After a quarter of an hour without a sign connections are closed. */
const DELAY_MAX = 600_000

/**
 * What goes wrong, and for which requests: for those that fit all of `method`, `path` and `org_id`, and without these for
 * every request that is not for the control plane. A typing error must not be a silent nothing, so unknown members are errors.
 */
export const FaultSpec = Type.Object(
  {
    /** Stands for the members of a preset, which the others given here replace. */
    preset: Type.Optional(StringEnum(PRESETS)),
    /** Without it, requests of all organizations, and of nobody. */
    org_id: OrgId,
    method: Type.Optional(StringEnum(METHODS)),
    /** A template (`/v1/sessions/{session_id}`) or a glob: `*` is a part of a segment, `**` any number of segments, none included. */
    path: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    /** Answered instead of what the API would; 200 where there is but a body. */
    status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** Any JSON, or the very text where the headers have a content type that is not JSON. Without it, errors say what they are. */
    body: Type.Optional(Type.Unknown()),
    /** How long the request is held up before anything is done about it. */
    delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: DELAY_MAX })),
    /** Hangs up: before the API does anything, after it has done everything, or in the middle of its answer's body. */
    abort: Type.Optional(StringEnum(['before', 'after', 'mid-body'])),
    /** Whether a request that a client sends again at once, by itself, when a reused connection ends fails, too: both count once. */
    include_retries: Type.Optional(Type.Boolean()),
    /** How fast the answer's body comes. */
    bytes_per_second: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
    /** Cuts the answer's JSON so that it cannot be parsed; answers that are not JSON stay as they are. */
    malformed_json: Type.Optional(Type.Boolean()),
    /** How often it strikes before it is gone. Without it, for ever. */
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
    /** How likely it strikes a request; 1 without it. */
    probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    /** How many of the requests that fit it lets pass at first. */
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  },
  { additionalProperties: false },
)
/** {@link FaultSpec} */
export type FaultSpec = Static<typeof FaultSpec>

/** A fault as the control plane shows it: all that was given, with the members of its preset, and its counters. */
export const FaultView = Type.Object(
  {
    id: Type.String(),
    ...FaultSpec.properties,
    org_id: Nullable(Type.String()),
    /** How many requests it was about that came to it, struck or not. */
    matched: Type.Integer(),
    struck: Type.Integer(),
    /** How often it will still strike, null for ever. At 0 it is gone, so nobody sees that. */
    left: Nullable(Type.Integer()),
  },
  { $id: 'Fault', title: 'Fault' },
)
/** {@link FaultView} */
export type FaultView = Static<typeof FaultView>
