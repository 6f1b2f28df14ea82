import { type Static, type TArray, type TOptional, Type } from '@sinclair/typebox'
import { type ListDocuments, resourceEntries } from '../resources/index.ts'
import { ActorDocument, Id, StrictObject, Text, Time } from '../resources/resource.ts'
import { OrganizationAnswers, ServerAnswers } from '../schemas/control/answers.ts'
import { ORG_ID_MAX } from '../schemas/control/scope.ts'
import { DateTime, Nullable, StringEnum } from '../schemas/types.ts'

// The state of a server as one JSON document. Members with a default are optional, so a seed can be a few lines.

const OrgId = Type.String({ minLength: 1, maxLength: ORG_ID_MAX })
const IdsGiven = Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** The settings of a clock. */
const ClockDocument = StrictObject({
  /** The time, ISO 8601. Default: unchanged. */
  now: Time,
  /** Whether time stands still until it is moved. Default: unchanged. */
  frozen: Type.Optional(Type.Boolean()),
  /** The seconds that pass per real second. Default: unchanged. */
  speed: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1e6 })),
  /** Whether to skip every wait for time to pass. Default: unchanged. */
  instant: Type.Optional(Type.Boolean()),
})

/** A key and its owner. */
export const KeyDocument = StrictObject({
  key: Text,
  user_id: Type.Optional(Id),
  user: Type.Optional(ActorDocument),
  permissions: Type.Optional(Type.Array(Id)),
  expires_at: Type.Optional(DateTime()),
  /** For keys of neither a service user nor a user. */
  principal_type: Type.Optional(StringEnum(['devin_brain', 'windsurf_session'])),
  /** The session that a `devin_brain` key belongs to. */
  devin_id: Type.Optional(Id),
})

/** The record lists of an organization, by name. */
const recordLists = Object.fromEntries(
  resourceEntries.map(([, { name, document }]) => [name, Type.Optional(Type.Array(document))]),
) as { [Name in keyof ListDocuments]: TOptional<TArray<ListDocuments[Name]>> }

/** One organization. Without `org_id`, the default one. */
const OrganizationDocument = StrictObject({
  /** The id of the organization; `enterprise` for what belongs to the enterprise. Default: the default organization. */
  org_id: Type.Optional(OrgId),
  /** The name. Default: the id. */
  name: Type.Optional(Type.String()),
  /** When it was created, ISO 8601. Default: now, by its clock. */
  created_at: Time,
  /** Its clock. Default: it follows that of the server. */
  clock: Type.Optional(ClockDocument),
  /** The answers that were chosen to open questions, by their name. Default: those of the server. */
  answers: Type.Optional(OrganizationAnswers),
  /** The number of ids generated so far, from which `--seed-ids` continues. Default: 0. */
  ids_given: IdsGiven,
  /** The keys: each is a string, or an object with its `user_id`. */
  keys: Type.Optional(Type.Array(Type.Unknown())),
  ...recordLists,
})

/** The members of a scenario rule that `checkRule` does not accept. */
export const RuleOwnerDocument = Type.Object({
  id: Type.Optional(Id),
  org_id: Type.Optional(Nullable(OrgId)),
})

/** The maximum number of organizations in a document: more than fit into 512 MiB. Ten megabytes hold three million empty ones. */
const ORGANIZATIONS_MAX = 200_000

/** The whole document. */
export const StateDocument = StrictObject({
  /** The version of the format. Default: 1, the only one. */
  version: Type.Optional(Type.Literal(1)),
  /** The clock of the server. Default: unchanged. */
  clock: Type.Optional(ClockDocument),
  /** The answers that were chosen for all organizations, by the name of the question. Default: those of `--answer`. */
  answers: Type.Optional(ServerAnswers),
  /** The number of ids generated so far, from which `--seed-ids` continues. Default: unchanged. */
  ids_given: IdsGiven,
  /** The organizations, and the enterprise. */
  organizations: Type.Array(OrganizationDocument, { maxItems: ORGANIZATIONS_MAX }),
  /** The rules that assign scenarios to sessions, as in a file of `--scenarios`. Default: unchanged. */
  scenarios: Type.Optional(Type.Array(Type.Unknown())),
  /** The keys that are no longer valid. Default: unchanged. */
  revoked_keys: Type.Optional(Type.Array(Text)),
})

/** {@link StateDocument} */
export type StateDocument = Static<typeof StateDocument>
/** {@link OrganizationDocument} */
export type OrganizationDocument = Static<typeof OrganizationDocument>
/** {@link ClockDocument} */
export type ClockDocument = Static<typeof ClockDocument>
/** {@link KeyDocument} */
export type KeyDocument = Static<typeof KeyDocument>
/** {@link RuleOwnerDocument} */
export type RuleOwnerDocument = Static<typeof RuleOwnerDocument>
