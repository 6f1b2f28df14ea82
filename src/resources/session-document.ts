import { type Static, Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { AnyObject, DateTime, Nullable, StringEnum } from '../schemas/types.ts'
import { DEVIN_MODES, Effect, ORIGINS, PLATFORMS, STATUS_ENUMS, STEPS_MAX } from '../simulation/scenario.ts'
import type { SessionHistory } from '../simulation/session.ts'
import { READS_MAX, SESSION_ITEMS_MAX } from '../simulation/session-limits.ts'
import type { StoredRecord } from '../store/types.ts'
import { ActorDocument, Id, MaybeActor, MaybeText, MaybeTexts, StrictObject, Text, Time } from './resource.ts'

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
  /** With the prefix: paths may omit it, so an id without it would never be found. */
  id: Type.Optional(Type.String({ pattern: '^devin-[^/]+$' })),
  prompt: Text,
  /** The number of sessions to create; `{n}` in prompt and title becomes 1, 2, … Default 1. */
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  title: MaybeText,
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
  created_by: MaybeActor,
  prompt_event_id: Type.Optional(Id),
  messages: Type.Optional(
    Type.Array(
      StrictObject({
        event_id: Type.Optional(Id),
        at: Time,
        text: Text,
        reads: Count,
        /** The sender. Default: the creator of the session. */
        by: Type.Optional(ActorDocument),
      }),
      { maxItems: SESSION_ITEMS_MAX },
    ),
  ),
  reads: Type.Optional(Type.Array(DateTime(), { maxItems: READS_MAX })),
  events: Type.Optional(
    Type.Array(
      StrictObject({
        at: Time,
        effect: Effect,
        messages: Count,
        /** Whether the session also falls asleep, as when it is archived. */
        sleep: Type.Optional(Type.Boolean()),
        /** The step of the turn in progress that it brings forward, by its index. */
        step: Type.Optional(Type.Integer({ minimum: 0, maximum: STEPS_MAX - 1 })),
      }),
      { maxItems: SESSION_ITEMS_MAX },
    ),
  ),
  terminated_at: Type.Optional(Nullable(DateTime())),
  samples: Type.Optional(Nullable(StrictObject({ full: Type.Unknown(), partial: Type.Unknown() }))),
  structured_output_schema: Type.Optional(Nullable(AnyObject())),
  structured_output_required: Type.Optional(Type.Boolean()),
  /** Whether to skip the approvals of the scenario. */
  bypass_approval: Type.Optional(Type.Boolean()),
  session_links: Type.Optional(Type.Array(Text)),
  child_playbook_id: MaybeText,
  platform: Type.Optional(StringEnum(PLATFORMS)),
  snapshot_id: MaybeText,
  playbook_id: MaybeText,
  unlisted: Type.Optional(Type.Boolean()),
  /** With 0 or less, which only v3 accepts, the session stops at its first ACU. */
  max_acu_limit: Type.Optional(Nullable(Type.Integer())),
  knowledge_ids: MaybeTexts,
  secret_ids: MaybeTexts,
  session_secret_keys: Type.Optional(Type.Array(Text)),
  devin_mode: Type.Optional(StringEnum(DEVIN_MODES)),
  origin: Type.Optional(StringEnum(ORIGINS)),
  parent_session_id: MaybeText,
  /** Sessions in the same document that name this one as their parent are added. */
  child_session_ids: Type.Optional(Type.Array(Text, { maxItems: SESSION_ITEMS_MAX })),
  attachment_urls: Type.Optional(Type.Array(Text, { maxItems: SESSION_ITEMS_MAX })),
  automation_id: MaybeText,
  schedule_id: MaybeText,
  repos: Type.Optional(Type.Array(Text)),
  resumable: Type.Optional(Type.Boolean()),
  commands: Type.Optional(
    Type.Array(StrictObject({ id: Type.Optional(Id), at: Time, command: Text }), {
      maxItems: SESSION_ITEMS_MAX,
    }),
  ),
  archived_at: Type.Optional(Nullable(DateTime())),
  insights_requested_at: Type.Optional(Nullable(DateTime())),
  answers_for_prompt: Type.Optional(Type.Boolean()),
})
/** {@link SessionDocument} */
export type SessionDocument = Static<typeof SessionDocument>
