import { type Static, Type } from '@sinclair/typebox'
import {
  Effect,
  ORIGINS,
  PULL_REQUEST_STATES,
  STATUS_DETAILS,
  STATUS_ENUMS,
} from '../../simulation/scenario.ts'
import { AnyObject, DateTime, Defaulted, Nullable, StringEnum } from '../types.ts'
import { OrgId, StrictObject } from './scope.ts'

/** An event to add to a session now. */
export const NewEvent = StrictObject({ org_id: OrgId, ...Effect.properties })
/** {@link NewEvent} */
export type NewEvent = Static<typeof NewEvent>

/** The maximum number of sessions on a page, and of ids in a query. */
const SESSIONS_MAX = 1_000

/** The query of the list of sessions. */
export const SessionsQuery = Type.Object({
  org_id: OrgId,
  /** The sessions to list: a parameter for each. Unknown ones are left out. Default: all. */
  ids: Type.Optional(Type.Array(Type.String(), { maxItems: SESSIONS_MAX })),
  /** The maximum number of sessions on the page. Default: 200. */
  limit: Defaulted(Type.Integer({ minimum: 1, maximum: SESSIONS_MAX, default: 200 })),
  /** The `next_cursor` of the page before. */
  cursor: Type.Optional(Type.String({ maxLength: 1_000 })),
})
/** {@link SessionsQuery} */
export type SessionsQuery = Partial<Static<typeof SessionsQuery>>

const summary = {
  /** The id of the session, with the prefix `devin-`. */
  session_id: Type.String(),
  /** Its organization. */
  org_id: Type.String(),
  /** Its title; null if it has none. */
  title: Nullable(Type.String()),
  /** Its beginning in a list. */
  prompt: Type.String(),
  /** Its tags. */
  tags: Type.Array(Type.String()),
  /** `status` in v1. */
  status: Type.String(),
  /** `status_enum` in v1. */
  status_enum: Nullable(StringEnum(STATUS_ENUMS)),
  /** `status` in v3. */
  v3_status: Type.String(),
  /** `status_detail` in v3. */
  v3_status_detail: Nullable(StringEnum(STATUS_DETAILS)),
  /** When it was created, ISO 8601. */
  created_at: DateTime(),
  /** When it last changed, ISO 8601. */
  updated_at: DateTime(),
  /** The ACUs consumed so far. */
  acus: Type.Number(),
  /** The maximum number of ACUs; null for no limit. */
  max_acu_limit: Nullable(Type.Number()),
  /** Its pull requests. */
  pull_requests: Type.Array(
    Type.Object({
      /** The URL of the pull request. */
      url: Type.String(),
      /** Its state. */
      state: StringEnum(PULL_REQUEST_STATES),
    }),
  ),
  /** The number of messages, of the user and of Devin. */
  messages: Type.Integer(),
  /** The kind of client that created it. */
  origin: StringEnum(ORIGINS),
  /** Whether it is archived. */
  archived: Type.Boolean(),
  /** The name of its scenario; null if it has none. */
  scenario: Nullable(Type.String()),
  /** Whether it has expired, failed or exited, so that nothing more happens in it. */
  has_ended: Type.Boolean(),
  /** Null if no step follows by itself. */
  next_step_at: Nullable(DateTime()),
}

/** A session in a list. */
export const ControlSessionSummary = Type.Object(summary, {
  $id: 'ControlSessionSummary',
  title: 'ControlSessionSummary',
})
/** {@link ControlSessionSummary} */
export type ControlSessionSummary = Static<typeof ControlSessionSummary>

/** A page of sessions, newest first. */
export const SessionPage = Type.Object(
  {
    /** The sessions of the page. */
    sessions: Type.Array(ControlSessionSummary),
    /** Null on the last page. */
    next_cursor: Nullable(Type.String()),
    /** The number of sessions on all pages. */
    total: Type.Integer(),
  },
  { $id: 'SessionPage', title: 'SessionPage' },
)
/** {@link SessionPage} */
export type SessionPage = Static<typeof SessionPage>

/** Something that has happened in a session, or a step of the turn in progress that will. */
export const TimelineItem = Type.Object(
  {
    /** When it happened or will happen, ISO 8601. Null if it waits for reads. */
    at: Nullable(DateTime()),
    /** Its kind: the creation, a step of the scenario, a message of the user, an event that a test added, or the end. */
    kind: StringEnum(['created', 'step', 'message', 'event', 'terminated']),
    /** Whether it has happened. */
    is_past: Type.Boolean(),
    /** The number of further reads that it waits for; null if it waits for none. */
    waits_for_reads: Nullable(Type.Integer()),
    /** The changes by a step or an event; null for other kinds. */
    effect: Nullable(Effect),
    /** The text of its message, with its templates filled in; null without a message. */
    text: Nullable(Type.String()),
  },
  { $id: 'TimelineItem', title: 'TimelineItem' },
)
/** {@link TimelineItem} */
export type TimelineItem = Static<typeof TimelineItem>

/** A message of a session. */
export const ConversationMessage = Type.Object(
  {
    /** Its author. */
    from: StringEnum(['user', 'devin']),
    /** The email address of a user, or the name of a service user. */
    by: Nullable(Type.String()),
    /** When it was sent, ISO 8601. */
    at: DateTime(),
    /** The text. */
    text: Type.String(),
    /** The id of the message. */
    event_id: Type.String(),
  },
  { $id: 'ConversationMessage', title: 'ConversationMessage' },
)
/** {@link ConversationMessage} */
export type ConversationMessage = Static<typeof ConversationMessage>

/** A file of a session. */
export const ControlSessionFile = Type.Object(
  {
    /** The name of the file. */
    name: Type.String(),
    /** The content type; null if the file is somewhere else. */
    content_type: Nullable(Type.String()),
    /** The user if the user named it, or Devin if Devin attached it. */
    source: StringEnum(['user', 'devin']),
    /** The id in paths of the API; null if the file is somewhere else. Devin's files are there once the API has listed them. */
    attachment_id: Nullable(Type.String()),
    /** The URL by which the user named it. */
    url: Type.Optional(Type.String()),
  },
  { $id: 'ControlSessionFile', title: 'ControlSessionFile' },
)
/** {@link ControlSessionFile} */
export type ControlSessionFile = Static<typeof ControlSessionFile>

/** A session with everything that is known about it. */
export const SessionDetail = Type.Object(
  {
    ...summary,
    /** At most 500 items: the newest of those that are past, and the first of those to come. */
    timeline: Type.Array(TimelineItem),
    /** Whether there are more. */
    timeline_cut: Type.Boolean(),
    /** The messages so far, oldest first. */
    conversation: Type.Array(ConversationMessage),
    /** The structured output so far, any JSON; null if there is none. */
    structured_output: Type.Unknown(),
    /** The JSON schema of the output; null if there is none. */
    structured_output_schema: Nullable(AnyObject()),
    /** The files of the user and of Devin. */
    files: Type.Array(ControlSessionFile),
    /** The answer of `GET /v1/sessions/{session_id}`. */
    v1: AnyObject(),
    /** The answer of `GET /v3/organizations/{org_id}/sessions/{devin_id}`. */
    v3: AnyObject(),
  },
  { $id: 'SessionDetail', title: 'SessionDetail' },
)
/** {@link SessionDetail} */
export type SessionDetail = Static<typeof SessionDetail>
