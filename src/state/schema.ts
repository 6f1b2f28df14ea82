import { type Static, type TProperties, Type } from '@sinclair/typebox'
import { ORG_ID_MAX } from '../schemas/control/scope.ts'
import { AnyObject, DateTime, Nullable, StringEnum } from '../schemas/types.ts'
import { Effect, STATUS_ENUMS } from '../simulation/scenario.ts'
import { SESSION_ITEMS_MAX } from '../simulation/session-room.ts'

// The state of a server as one JSON document. What has a default may be left out, which makes a seed of a few lines.

const strict = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

/** A length that says nothing, but with one pydantic looks into a text, and refuses what no answer could show. */
const Text = Type.String({ minLength: 0 })
const Id = Type.String({ minLength: 1 })
const OrgId = Type.String({ minLength: 1, maxLength: ORG_ID_MAX })
/** The id of a record, which stands in paths. */
const RecordId = Type.Optional(Type.String({ pattern: '^[^/]+$' }))
const Time = Type.Optional(DateTime())
const maybeText = Type.Optional(Nullable(Text))
const maybeTexts = Type.Optional(Nullable(Type.Array(Text)))

const User = strict({ id: Id, email: Text, name: Text })
const maybeUser = Type.Optional(Nullable(User))

/** How often a session was read, or how many messages it had. */
const Count = Type.Optional(Type.Integer({ minimum: 0, maximum: 1e9 }))
const IdsGiven = Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** How a clock stands. */
const ClockDocument = strict({
  now: Time,
  frozen: Type.Optional(Type.Boolean()),
  speed: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1e6 })),
  instant: Type.Optional(Type.Boolean()),
})

/** A secret. Without `value` only what the API shows of it. */
const SecretDocument = strict({
  id: RecordId,
  type: Type.Optional(StringEnum(['cookie', 'key-value', 'dictionary', 'totp'])),
  key: Text,
  value: Type.Optional(Text),
  sensitive: Type.Optional(Type.Boolean()),
  note: Type.Optional(Nullable(Text)),
  created_at: Time,
})

/** A session. `count`, `age_seconds` and `status_enum` are there to write many in a few lines. */
const SessionDocument = strict({
  /** Paths may leave the prefix out, so one without it would never be found. */
  id: Type.Optional(Type.String({ pattern: '^devin-[^/]+$' })),
  prompt: Text,
  /** How many sessions to make of this one; `{n}` in prompt and title becomes 1, 2, … Default 1. */
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  title: maybeText,
  tags: Type.Optional(Type.Array(Text)),
  /** Those that it was created with. Default: its tags. */
  created_tags: Type.Optional(Type.Array(Text)),
  /** Where it shall stand by now, and stay, instead of what a scenario would make of it. */
  status_enum: Type.Optional(StringEnum(STATUS_ENUMS)),
  /** The name of a scenario, or a scenario. Default: the one that would be chosen for the prompt. */
  scenario: Type.Optional(Type.Unknown()),
  created_at: Time,
  /** How long ago it was created, instead of `created_at`. */
  age_seconds: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
  created_by: maybeUser,
  prompt_event_id: Type.Optional(Id),
  messages: Type.Optional(
    Type.Array(
      strict({
        event_id: Type.Optional(Id),
        at: Time,
        text: Text,
        reads: Count,
      }),
      { maxItems: SESSION_ITEMS_MAX },
    ),
  ),
  reads: Type.Optional(Type.Array(DateTime(), { maxItems: 100_000 })),
  events: Type.Optional(
    Type.Array(strict({ at: Time, effect: Effect, messages: Count }), { maxItems: SESSION_ITEMS_MAX }),
  ),
  terminated_at: Type.Optional(Nullable(DateTime())),
  samples: Type.Optional(Nullable(strict({ full: Type.Unknown(), partial: Type.Unknown() }))),
  structured_output_schema: Type.Optional(Nullable(AnyObject())),
  snapshot_id: maybeText,
  playbook_id: maybeText,
  unlisted: Type.Optional(Type.Boolean()),
  max_acu_limit: Type.Optional(Nullable(Type.Integer({ exclusiveMinimum: 0 }))),
  knowledge_ids: maybeTexts,
  secret_ids: maybeTexts,
  session_secret_keys: Type.Optional(Type.Array(Text)),
  answers_for_prompt: Type.Optional(Type.Boolean()),
})

/** An attachment, its bytes in base64. */
const AttachmentDocument = strict({
  id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]+$' })),
  /** One segment of a path, and none that leads elsewhere. */
  name: Type.String({ pattern: '^(?!\\.{1,2}$)[^/\\\\\\p{Cc}]+$' }),
  /** What can be sent as a header. */
  content_type: Type.Optional(Type.String({ pattern: '^[\\t -~\\u0080-\\u00ff]+$' })),
  base64: Type.Optional(Text),
  created_at: Time,
})

/** A knowledge entry. */
const KnowledgeDocument = strict({
  id: RecordId,
  name: Text,
  body: Type.Optional(Text),
  trigger_description: Type.Optional(Text),
  macro: maybeText,
  parent_folder_id: maybeText,
  pinned_repo: maybeText,
  created_at: Time,
  created_by: maybeUser,
})

/** A folder of knowledge entries. */
const FolderDocument = strict({
  id: RecordId,
  name: Text,
  description: Type.Optional(Text),
  created_at: Time,
})

/** A playbook. */
const PlaybookDocument = strict({
  id: RecordId,
  title: Type.String({ minLength: 1 }),
  body: Type.String({ minLength: 1 }),
  macro: maybeText,
  status: Type.Optional(StringEnum(['published', 'deleted'])),
  created_at: Time,
  created_by: maybeUser,
  updated_at: Time,
  updated_by: maybeUser,
})

/** An entry of the audit log. */
const AuditDocument = strict({
  id: RecordId,
  action: Text,
  created_at: Time,
  user_id: maybeText,
  subject_id: Text,
})

/** A key, or a key and whose it is. */
export const KeyDocument = strict({ key: Text, user_id: Type.Optional(Id), user: Type.Optional(User) })

/** One organization. Without `org_id`, the default one. */
const OrganizationDocument = strict({
  org_id: Type.Optional(OrgId),
  name: Type.Optional(Type.String({ minLength: 1 })),
  clock: Type.Optional(ClockDocument),
  ids_given: IdsGiven,
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

/** What a rule's own check does not know. */
export const RuleOwnerDocument = Type.Object({
  id: Type.Optional(Id),
  org_id: Type.Optional(Nullable(OrgId)),
})

/** How many organizations a document may have, more than fit into 512 MiB: ten megabytes of empty ones would be three million. */
const ORGANIZATIONS_MAX = 200_000

/** The whole document. */
export const StateDocument = strict({
  version: Type.Optional(Type.Literal(1)),
  clock: Type.Optional(ClockDocument),
  ids_given: IdsGiven,
  organizations: Type.Array(OrganizationDocument, { maxItems: ORGANIZATIONS_MAX }),
  /** Checked by hand, as in a file of scenarios. */
  scenarios: Type.Optional(Type.Array(Type.Unknown())),
  revoked_keys: Type.Optional(Type.Array(Text)),
})

/** {@link StateDocument} */
export type StateDocument = Static<typeof StateDocument>
/** {@link OrganizationDocument} */
export type OrganizationDocument = Static<typeof OrganizationDocument>
/** {@link SessionDocument} */
export type SessionDocument = Static<typeof SessionDocument>
/** {@link ClockDocument} */
export type ClockDocument = Static<typeof ClockDocument>
/** {@link KeyDocument} */
export type KeyDocument = Static<typeof KeyDocument>
/** {@link RuleOwnerDocument} */
export type RuleOwnerDocument = Static<typeof RuleOwnerDocument>
