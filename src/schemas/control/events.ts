import { type Static, type TProperties, Type } from '@sinclair/typebox'
import { Nullable, StringEnum } from '../types.ts'
import { OrgId } from './scope.ts'

const ORG_ID = Nullable(Type.String())

/** Returns the schema of the events of some kinds. All have the organization that they concern; null for the whole server. */
function Event<const Kinds extends readonly string[], Members extends TProperties>(
  kinds: Kinds,
  members: Members,
) {
  return Type.Object({
    /** The kind of event. */
    kind: StringEnum(kinds),
    /** The organization that it concerns; null for the whole server. */
    org_id: ORG_ID,
    ...members,
  })
}

/** A request was answered, or its connection was closed. The members are those of its entry in the journal. */
const RequestEvent = Event(['request'], {
  /** The number of the request, as in the journal. */
  id: Type.Integer(),
  /** When it was answered, or its connection was closed, by the clock of its organization, ISO 8601. */
  time: Type.String(),
  /** The HTTP method. */
  method: Type.String(),
  /** The path as sent, without the query. */
  path: Type.String(),
  /** Null without an answer. */
  status: Nullable(Type.Integer()),
  /** The time from its arrival until then, in real milliseconds. */
  duration_ms: Type.Number(),
  /** The id of the injected fault. */
  fault: Type.Optional(Type.String()),
})

/** A record was written. `collection` is its kind in state documents. */
const RecordEvent = Event(['record'], {
  /** The kind of record, by the name of its list in state documents. */
  collection: Type.String(),
  /** The id of the record. */
  id: Type.String(),
  /** What happened to the record. */
  action: StringEnum(['created', 'updated', 'deleted']),
})

/** The clock has brought a session to its next step, without a request. */
const SessionEvent = Event(['session'], {
  /** The id of the session. */
  id: Type.String(),
})

/** Something else was changed. `id` is that of a fault or of a scenario rule, or the name of a snapshot; omitted if it concerns all. */
const ChangeEvent = Event(['faults', 'scenarios', 'snapshots', 'keys', 'organizations', 'journal'], {
  /** What happened to it. */
  action: StringEnum(['created', 'updated', 'deleted']),
  /** The id of the fault or of the rule, or the name of the snapshot. Omitted if it concerns all. */
  id: Type.Optional(Type.String()),
})

/** A clock was set, or everything was replaced: by a reset, a snapshot or a state document. What was read before is out of date. */
const WholeEvent = Event(['clock', 'reset'], {})

/** The first event of a stream that does not continue another one without a gap. What was read before may be out of date. */
const ResyncEvent = Event(['resync'], {})

/** Something that has happened. Never has contents of records, keys or secret values. Long texts are cut. */
export const LiveEvent = Type.Union(
  [RequestEvent, RecordEvent, SessionEvent, ChangeEvent, WholeEvent, ResyncEvent],
  { $id: 'LiveEvent', title: 'LiveEvent' },
)
/** {@link LiveEvent} */
export type LiveEvent = Static<typeof LiveEvent>

/** The kinds of events that can be selected. `resync` is always sent. */
const EVENT_KINDS = [
  'request',
  'record',
  'session',
  'clock',
  'faults',
  'scenarios',
  'snapshots',
  'keys',
  'organizations',
  'journal',
  'reset',
] as const

/** A kind of event that can be selected. */
export type EventKind = (typeof EVENT_KINDS)[number]

/** The query of the event stream. */
export const EventsQuery = Type.Object({
  org_id: OrgId,
  /** The kinds to send: a parameter for each. Default: all. */
  kinds: Type.Optional(Type.Array(StringEnum(EVENT_KINDS))),
  /** The same as the header `Last-Event-ID`, which takes precedence. */
  last_event_id: Type.Optional(Type.String()),
})
/** {@link EventsQuery} */
export type EventsQuery = Static<typeof EventsQuery>
