import { type Static, Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { AnyObject, DateTime, Nullable, StringEnum } from '../schemas/types.ts'
import { DEVIN_MODES, Effect, ORIGINS, PLATFORMS, STATUS_ENUMS, STEPS_MAX } from '../simulation/scenario.ts'
import type { SessionHistory } from '../simulation/session.ts'
import { READS_MAX, SESSION_ITEMS_MAX } from '../simulation/session-limits.ts'
import type { StoredRecord } from '../store/types.ts'
import { ActorDocument, Id, MaybeActor, MaybeText, MaybeTexts, StrictObject, Text, Time } from './resource.ts'

/** Returns the stored id of a session for an id whose prefix is optional, as in a path. */
export function sessionId(id: string): string {
  return id.startsWith('devin-') ? id : `devin-${id}`
}

/** A command that a client runs in the machine of a session. */
export interface SessionCommand {
  readonly id: string
  /** Microseconds since the epoch. */
  readonly at: number
  readonly command: string
}

/** A session: its history, from which its state follows, and the options it was created with. */
export interface SessionRecord extends StoredRecord, SessionHistory {
  readonly createdBy: Actor | null
  readonly tags: readonly string[]
  readonly snapshotId: string | null
  readonly playbookId: string | null
  readonly unlisted: boolean
  /** Null for all. */
  readonly knowledgeIds: readonly string[] | null
  /** Null for all. */
  readonly secretIds: readonly string[] | null
  /** The names of the session's own secrets. Their values are never stored. */
  readonly sessionSecretKeys: readonly string[]
  readonly structuredOutputSchema: Readonly<Record<string, unknown>> | null
  /** Whether a turn does not finish without structured output. v1 never requires it. */
  readonly structuredOutputRequired: boolean
  /** Whether its scenario does not wait for approvals. */
  readonly bypassApproval: boolean
  /** Other sessions that Devin is to read, as URLs. */
  readonly sessionLinks: readonly string[]
  /** The playbook of the sessions that it starts. */
  readonly childPlaybookId: string | null
  /** The platform of its machine. */
  readonly platform: (typeof PLATFORMS)[number]
  /** v3's agent mode. */
  readonly devinMode: (typeof DEVIN_MODES)[number]
  /** The kind of client that created it: `api`, or `automation` for schedules and automations. */
  readonly origin: (typeof ORIGINS)[number]
  /** The sessions that this one has started. */
  readonly childIds: readonly string[]
  /** The URLs of files that the client named beside the prompt and in messages. */
  readonly attachmentUrls: readonly string[]
  /** The session that started this one. */
  readonly parentId: string | null
  /** The automation that started it. */
  readonly automationId: string | null
  /** The schedule that started it. */
  readonly scheduleId: string | null
  /** The repositories that it may use, as `owner/repo`. */
  readonly repos: readonly string[]
  /** Whether its machine is kept, so that it can be resumed. */
  readonly resumable: boolean
  /** The commands that clients have run, oldest first. */
  readonly commands: readonly SessionCommand[]
  /** Microseconds since the epoch; null if it is not archived. */
  readonly archivedAt: number | null
  /** The time at which an analysis was requested, in microseconds since the epoch; null if none was. */
  readonly insightsRequestedAt: number | null
  /** Whether an idempotent request with the same prompt finds this session. */
  readonly answersForPrompt: boolean
}

/** A number of reads or messages. */
const Count = Type.Optional(Type.Integer({ minimum: 0, maximum: 1e9 }))

/** A session. `count`, `age_seconds` and `status_enum` make it easy to write many in a few lines. */
export const SessionDocument = StrictObject({
  /** The id. With the prefix: paths may omit it, so an id without it would never be found. Default: a new one. */
  id: Type.Optional(Type.String({ pattern: '^devin-[^/]+$' })),
  /** The prompt. In several sessions, `{n}` in it becomes 1, 2, … */
  prompt: Text,
  /** The number of sessions to create; `{n}` in prompt and title becomes 1, 2, … Default: 1. */
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  /** The title; null for none. Default: null. */
  title: MaybeText,
  /** The tags. Default: none. */
  tags: Type.Optional(Type.Array(Text)),
  /** The tags it was created with. Default: its tags. */
  created_tags: Type.Optional(Type.Array(Text)),
  /** The status that the session has reached and keeps, instead of following a scenario. */
  status_enum: Type.Optional(StringEnum(STATUS_ENUMS)),
  /** A scenario or its name. Default: the scenario that would be chosen for the prompt. */
  scenario: Type.Optional(Type.Unknown()),
  created_at: Time,
  /** The age of the session, instead of `created_at`. */
  age_seconds: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
  /** The creator; null if it is not known. Default: null. */
  created_by: MaybeActor,
  /** The id of the prompt as a message. Default: a new one. */
  prompt_event_id: Type.Optional(Id),
  /** The messages that users have sent after the prompt, oldest first. Default: none. */
  messages: Type.Optional(
    Type.Array(
      StrictObject({
        /** The id of the message. Default: a new one. */
        event_id: Type.Optional(Id),
        at: Time,
        /** The text. */
        text: Text,
        /** The number of reads of the session before the message. Default: 0. */
        reads: Count,
        /** The sender. Default: the creator of the session. */
        by: Type.Optional(ActorDocument),
      }),
      { maxItems: SESSION_ITEMS_MAX },
    ),
  ),
  /** The times of its reads, ISO 8601, oldest first, for a scenario that counts them. Default: none. */
  reads: Type.Optional(Type.Array(DateTime(), { maxItems: READS_MAX })),
  /** The events that were added to it, oldest first. Default: none. */
  events: Type.Optional(
    Type.Array(
      StrictObject({
        at: Time,
        /** What the event changes. */
        effect: Effect,
        /** The number of messages before the event, which orders it among those of the same time. Default: 0. */
        messages: Count,
        /** Whether the session also falls asleep, as when it is archived. Default: no. */
        sleep: Type.Optional(Type.Boolean()),
        /** The step of the turn in progress that it brings forward, by its index. */
        step: Type.Optional(Type.Integer({ minimum: 0, maximum: STEPS_MAX - 1 })),
      }),
      { maxItems: SESSION_ITEMS_MAX },
    ),
  ),
  /** When it was terminated, ISO 8601; null if it was not. Default: null. */
  terminated_at: Type.Optional(Nullable(DateTime())),
  /** The outputs that stand for `{"$sample": …}` in its scenario; null for none yet. Default: null. */
  samples: Type.Optional(
    Nullable(
      StrictObject({
        /** A whole output. */
        full: Type.Unknown(),
        /** A part of it. */
        partial: Type.Unknown(),
      }),
    ),
  ),
  /** The JSON schema of its output; null for none. Default: null. */
  structured_output_schema: Type.Optional(Nullable(AnyObject())),
  /** Whether a turn does not finish without structured output. Default: no. */
  structured_output_required: Type.Optional(Type.Boolean()),
  /** Whether to skip the approvals of the scenario. Default: no. */
  bypass_approval: Type.Optional(Type.Boolean()),
  /** Other sessions that Devin is to read, as URLs. Default: none. */
  session_links: Type.Optional(Type.Array(Text)),
  /** The playbook of the sessions that it starts; null for none. Default: null. */
  child_playbook_id: MaybeText,
  /** The platform of its machine. Default: `linux`. */
  platform: Type.Optional(StringEnum(PLATFORMS)),
  /** The snapshot that its machine starts from; null for the default. Default: null. */
  snapshot_id: MaybeText,
  /** Its playbook; null for none. Default: null. */
  playbook_id: MaybeText,
  /** Whether it is unlisted. Default: no. */
  unlisted: Type.Optional(Type.Boolean()),
  /** With 0 or less, which only v3 accepts, the session stops at its first ACU. */
  max_acu_limit: Type.Optional(Nullable(Type.Integer())),
  /** The knowledge entries that it uses; null for all. Default: null. */
  knowledge_ids: MaybeTexts,
  /** The secrets that it uses; null for all. Default: null. */
  secret_ids: MaybeTexts,
  /** The names of its own secrets, whose values are never stored. Default: none. */
  session_secret_keys: Type.Optional(Type.Array(Text)),
  /** Its agent mode in v3. Default: `normal`. */
  devin_mode: Type.Optional(StringEnum(DEVIN_MODES)),
  /** The kind of client that created it. Default: `api`. */
  origin: Type.Optional(StringEnum(ORIGINS)),
  /** The session that started it; null for none. Default: null. */
  parent_session_id: MaybeText,
  /** The sessions that it has started. Sessions in the same document that name it as their parent are added. Default: none. */
  child_session_ids: Type.Optional(Type.Array(Text, { maxItems: SESSION_ITEMS_MAX })),
  /** The URLs of files that the client named beside the prompt and in messages. Default: none. */
  attachment_urls: Type.Optional(Type.Array(Text)),
  /** The automation that started it; null for none. Default: null. */
  automation_id: MaybeText,
  /** The schedule that started it; null for none. Default: null. */
  schedule_id: MaybeText,
  /** The repositories that it may use, as `owner/repo`. Default: none. */
  repos: Type.Optional(Type.Array(Text)),
  /** Whether its machine is kept, so that it can be resumed. Default: yes. */
  resumable: Type.Optional(Type.Boolean()),
  /** The commands that clients have run in its machine, oldest first. Default: none. */
  commands: Type.Optional(
    Type.Array(
      StrictObject({
        /** The id. Default: a new one. */
        id: Type.Optional(Id),
        at: Time,
        /** The command. */
        command: Text,
      }),
      {
        maxItems: SESSION_ITEMS_MAX,
      },
    ),
  ),
  /** When it was archived, ISO 8601; null if it is not. Default: null. */
  archived_at: Type.Optional(Nullable(DateTime())),
  /** When a client last changed its tags, ISO 8601. Default: none has. */
  tags_changed_at: Type.Optional(DateTime()),
  /** When an analysis was requested, ISO 8601; null if none was. Default: null. */
  insights_requested_at: Type.Optional(Nullable(DateTime())),
  /** Whether an idempotent request with the same prompt finds it. Default: if no other session with the prompt does. */
  answers_for_prompt: Type.Optional(Type.Boolean()),
})
/** {@link SessionDocument} */
export type SessionDocument = Static<typeof SessionDocument>
