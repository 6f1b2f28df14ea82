import { type Static, type TProperties, Type } from '@sinclair/typebox'
import { AnyObject, DateTime, Nullable, StringEnum } from '../schemas/v1/types.ts'
import { Effect, STATUS_ENUMS } from '../simulation/scenario.ts'

// The state of a server as one JSON document. What has a default may be left out, which makes a seed of a few lines.

const strict = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

const Id = Type.String({ minLength: 1 })
const maybe = {
  id: Type.Optional(Id),
  time: Type.Optional(DateTime()),
  text: Type.Optional(Nullable(Type.String())),
  texts: Type.Optional(Nullable(Type.Array(Type.String()))),
}

const User = strict({ id: Id, email: Type.String(), name: Type.String() })
const maybeUser = Type.Optional(Nullable(User))

/** How a clock stands. */
export const ClockDocument = strict({
  now: DateTime(),
  frozen: Type.Boolean(),
  speed: Type.Number({ exclusiveMinimum: 0 }),
  instant: Type.Boolean(),
})

/** A secret. Without `value` only what the API shows of it. */
export const SecretDocument = strict({
  id: maybe.id,
  type: Type.Optional(StringEnum(['cookie', 'key-value', 'dictionary', 'totp'])),
  key: Type.String(),
  value: Type.Optional(Type.String()),
  sensitive: Type.Optional(Type.Boolean()),
  note: Type.Optional(Type.String()),
  created_at: maybe.time,
})

/** A session. `count`, `age_seconds` and `status_enum` are there to write many in a few lines. */
export const SessionDocument = strict({
  id: maybe.id,
  prompt: Type.String(),
  /** How many sessions to make of this one; `{n}` in prompt and title becomes 1, 2, … Default 1. */
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  title: maybe.text,
  tags: Type.Optional(Type.Array(Type.String())),
  /** Where it shall stand from its creation on, instead of what a scenario would make of it. */
  status_enum: Type.Optional(StringEnum(STATUS_ENUMS)),
  /** The name of a scenario, or a scenario. Default: the one that would be chosen for the prompt. */
  scenario: Type.Optional(Type.Unknown()),
  created_at: maybe.time,
  /** How long ago it was created, instead of `created_at`. */
  age_seconds: Type.Optional(Type.Number({ minimum: 0, maximum: 1e10 })),
  created_by: maybeUser,
  prompt_event_id: maybe.id,
  messages: Type.Optional(
    Type.Array(
      strict({
        event_id: maybe.id,
        at: maybe.time,
        text: Type.String(),
        reads: Type.Optional(Type.Integer()),
      }),
    ),
  ),
  reads: Type.Optional(Type.Array(DateTime())),
  events: Type.Optional(
    Type.Array(strict({ at: maybe.time, effect: Effect, messages: Type.Optional(Type.Integer()) })),
  ),
  terminated_at: Type.Optional(Nullable(DateTime())),
  samples: Type.Optional(Nullable(strict({ full: Type.Unknown(), partial: Type.Unknown() }))),
  structured_output_schema: Type.Optional(Nullable(AnyObject())),
  snapshot_id: maybe.text,
  playbook_id: maybe.text,
  unlisted: Type.Optional(Type.Boolean()),
  max_acu_limit: Type.Optional(Nullable(Type.Integer())),
  knowledge_ids: maybe.texts,
  secret_ids: maybe.texts,
  session_secret_keys: Type.Optional(Type.Array(Type.String())),
  answers_for_prompt: Type.Optional(Type.Boolean()),
})

/** An attachment, its bytes in base64. */
export const AttachmentDocument = strict({
  id: maybe.id,
  name: Type.String({ minLength: 1 }),
  content_type: Type.Optional(Type.String()),
  base64: Type.Optional(Type.String()),
  created_at: maybe.time,
})

/** A knowledge entry. */
export const KnowledgeDocument = strict({
  id: maybe.id,
  name: Type.String(),
  body: Type.Optional(Type.String()),
  trigger_description: Type.Optional(Type.String()),
  macro: maybe.text,
  parent_folder_id: maybe.text,
  pinned_repo: maybe.text,
  created_at: maybe.time,
  created_by: maybeUser,
})

/** A folder of knowledge entries. */
export const FolderDocument = strict({
  id: maybe.id,
  name: Type.String(),
  description: Type.Optional(Type.String()),
  created_at: maybe.time,
})

/** A playbook. */
export const PlaybookDocument = strict({
  id: maybe.id,
  title: Type.String({ minLength: 1 }),
  body: Type.String({ minLength: 1 }),
  macro: maybe.text,
  status: Type.Optional(StringEnum(['published', 'deleted'])),
  created_at: maybe.time,
  created_by: maybeUser,
  updated_at: maybe.time,
  updated_by: maybeUser,
})

/** An entry of the audit log. */
export const AuditDocument = strict({
  id: maybe.id,
  action: Type.String(),
  created_at: maybe.time,
  user_id: maybe.text,
  subject_id: Type.String(),
})

/** A key, or a key and whose it is. */
const KeyDocument = strict({ key: Type.String(), user_id: maybe.id, user: Type.Optional(User) })

/** One organisation. Without `org_id`, the default one. */
export const OrganizationDocument = strict({
  org_id: maybe.id,
  name: Type.Optional(Type.String({ minLength: 1 })),
  clock: Type.Optional(ClockDocument),
  ids_given: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Told apart by hand: each a text or an object. */
  keys: Type.Optional(Type.Array(Type.Unknown())),
  secrets: Type.Optional(Type.Array(SecretDocument)),
  sessions: Type.Optional(Type.Array(SessionDocument)),
  attachments: Type.Optional(Type.Array(AttachmentDocument)),
  knowledge: Type.Optional(Type.Array(KnowledgeDocument)),
  folders: Type.Optional(Type.Array(FolderDocument)),
  playbooks: Type.Optional(Type.Array(PlaybookDocument)),
  audit_logs: Type.Optional(Type.Array(AuditDocument)),
})

/** The whole document. */
export const StateDocument = strict({
  version: Type.Optional(Type.Literal(1)),
  clock: Type.Optional(ClockDocument),
  ids_given: Type.Optional(Type.Integer({ minimum: 0 })),
  organizations: Type.Array(OrganizationDocument),
  /** Checked by hand, as in a file of scenarios. */
  scenarios: Type.Optional(Type.Array(Type.Unknown())),
  revoked_keys: Type.Optional(Type.Array(Type.String())),
})

export { KeyDocument }

/** {@link StateDocument} */
export type StateDocument = Static<typeof StateDocument>
/** {@link OrganizationDocument} */
export type OrganizationDocument = Static<typeof OrganizationDocument>
/** {@link SessionDocument} */
export type SessionDocument = Static<typeof SessionDocument>
/** {@link ClockDocument} */
export type ClockDocument = Static<typeof ClockDocument>
