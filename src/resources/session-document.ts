import { type Static, Type } from '@sinclair/typebox'
import type { User } from '../auth/principal.ts'
import { AnyObject, DateTime, Nullable, StringEnum } from '../schemas/types.ts'
import { Effect, STATUS_ENUMS } from '../simulation/scenario.ts'
import type { SessionHistory } from '../simulation/session.ts'
import { SESSION_ITEMS_MAX } from '../simulation/session-limits.ts'
import type { StoredRecord } from '../store/types.ts'
import { Id, MaybeText, MaybeTexts, MaybeUser, StrictObject, Text, Time } from './resource.ts'

/** A session: its history, from which its state follows, and the options it was created with. */
export interface SessionRecord extends StoredRecord, SessionHistory {
  readonly createdBy: User | null
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
  created_by: MaybeUser,
  prompt_event_id: Type.Optional(Id),
  messages: Type.Optional(
    Type.Array(StrictObject({ event_id: Type.Optional(Id), at: Time, text: Text, reads: Count }), {
      maxItems: SESSION_ITEMS_MAX,
    }),
  ),
  reads: Type.Optional(Type.Array(DateTime(), { maxItems: 100_000 })),
  events: Type.Optional(
    Type.Array(StrictObject({ at: Time, effect: Effect, messages: Count }), { maxItems: SESSION_ITEMS_MAX }),
  ),
  terminated_at: Type.Optional(Nullable(DateTime())),
  samples: Type.Optional(Nullable(StrictObject({ full: Type.Unknown(), partial: Type.Unknown() }))),
  structured_output_schema: Type.Optional(Nullable(AnyObject())),
  snapshot_id: MaybeText,
  playbook_id: MaybeText,
  unlisted: Type.Optional(Type.Boolean()),
  max_acu_limit: Type.Optional(Nullable(Type.Integer({ exclusiveMinimum: 0 }))),
  knowledge_ids: MaybeTexts,
  secret_ids: MaybeTexts,
  session_secret_keys: Type.Optional(Type.Array(Text)),
  answers_for_prompt: Type.Optional(Type.Boolean()),
})
/** {@link SessionDocument} */
export type SessionDocument = Static<typeof SessionDocument>
