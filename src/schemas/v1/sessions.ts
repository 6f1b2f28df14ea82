import { type Static, Type } from '@sinclair/typebox'
import { STATUS_ENUMS } from '../../simulation/scenario.ts'
import { AnyObject, DateTime, Defaulted, Nullable, Secret, StringEnum } from '../types.ts'

/** The path of one session. */
export const SessionPath = Type.Object({ session_id: Type.String({ title: 'Session Id' }) })

/** The query of `GET /v1/sessions`. The vendor publishes no bounds. */
export const ListSessionsQuery = Type.Object({
  limit: Defaulted(Type.Integer({ title: 'Limit', default: 100 })),
  offset: Defaulted(Type.Integer({ title: 'Offset', default: 0 })),
  skip: Type.Optional(Nullable(Type.Integer(), { title: 'Skip' })),
  tags: Type.Optional(
    Nullable(Type.Array(Type.String()), {
      title: 'Tags',
      description: 'List of tags to filter sessions by.',
    }),
  ),
  user_email: Type.Optional(
    Nullable(Type.String(), {
      title: 'User Email',
      description: "Filter sessions by the creator's email address.",
    }),
  ),
})

/** The same with the bounds of the older document. */
export const LimitedSessionsQuery = Type.Object({
  ...ListSessionsQuery.properties,
  limit: Defaulted(Type.Integer({ default: 100, minimum: 1, maximum: 1000 })),
  offset: Defaulted(Type.Integer({ default: 0, minimum: 0 })),
})

/** A secret that is available to one session only. */
export const SessionSecretInput = Type.Object(
  {
    key: Type.String({ title: 'Key', minLength: 1, maxLength: 256 }),
    value: Secret(Type.String({ title: 'Value', maxLength: 65_536 })),
    sensitive: Defaulted(Type.Boolean({ title: 'Sensitive', default: true })),
  },
  {
    $id: 'SessionSecretInput',
    title: 'SessionSecretInput',
    description: 'Input model for a session secret provided via API.',
  },
)

/** The body of `POST /v1/sessions`. */
export const CreateSessionParams = Type.Object(
  {
    prompt: Type.String({ title: 'Prompt' }),
    idempotent: Defaulted(Type.Boolean({ title: 'Idempotent', default: false })),
    knowledge_ids: Type.Optional(
      Nullable(Type.Array(Type.String()), {
        title: 'Knowledge Ids',
        description:
          'List of knowledge IDs to use. If None, use all knowledge. If empty list, use no knowledge.',
      }),
    ),
    max_acu_limit: Type.Optional(
      Nullable(Type.Integer({ exclusiveMinimum: 0 }), {
        title: 'Max Acu Limit',
        description: 'Maximum ACU limit, must be positive',
      }),
    ),
    playbook_id: Type.Optional(Nullable(Type.String(), { title: 'Playbook Id' })),
    secret_ids: Type.Optional(
      Nullable(Type.Array(Type.String()), {
        title: 'Secret Ids',
        description: 'List of secret IDs to use. If None, use all secrets. If empty list, use no secrets.',
      }),
    ),
    session_secrets: Type.Optional(
      Nullable(Type.Array(SessionSecretInput), {
        title: 'Session Secrets',
        description:
          "List of session-specific secrets to use. These secrets are only available in the current session and are not stored in the organization's secrets.",
      }),
    ),
    snapshot_id: Type.Optional(Nullable(Type.String(), { title: 'Snapshot Id' })),
    structured_output_schema: Type.Optional(
      Nullable(AnyObject(), {
        title: 'Structured Output Schema',
        description:
          'JSON Schema (Draft 7) for validating structured output. Max 64KB. Must be self-contained (no external $ref).',
      }),
    ),
    tags: Type.Optional(
      Nullable(Type.Array(Type.String()), {
        title: 'Tags',
        description: 'List of tags to add to the session.',
      }),
    ),
    title: Type.Optional(
      Nullable(Type.String(), {
        title: 'Title',
        description: 'Custom title for the session. If None, a title will be generated automatically.',
      }),
    ),
    unlisted: Defaulted(Type.Boolean({ title: 'Unlisted', default: false })),
  },
  { $id: 'CreateSessionParams', title: 'CreateSessionParams' },
)

/** The response of `POST /v1/sessions`. */
export const CreateSessionResponse = Type.Object(
  {
    session_id: Type.String({ title: 'Session Id' }),
    url: Type.String({ title: 'Url' }),
    is_new_session: Type.Optional(Nullable(Type.Boolean(), { title: 'Is New Session' })),
  },
  {
    $id: 'CreateSessionResponse',
    title: 'CreateSessionResponse',
    description: 'Response body returned when a session is successfully created.',
  },
)

/** The pull request of a session. */
export const PullRequestInfo = Type.Object(
  {
    /** The URL of the pull request. */
    url: Type.String({ title: 'Url' }),
  },
  {
    $id: 'PullRequestInfo',
    title: 'PullRequestInfo',
    description: 'Pull request information associated with a session.',
  },
)

/** A message of a session. */
export const SessionMessage = Type.Object(
  {
    /** `initial_user_message`, `user_message` or `devin_message`. */
    type: Type.String({ title: 'Type' }),
    /** The id of the message. */
    event_id: Type.String({ title: 'Event Id' }),
    /** The text. */
    message: Type.String({ title: 'Message' }),
    /** When it was sent, ISO 8601. */
    timestamp: Type.String({ title: 'Timestamp' }),
    /** The client that sent it: `api`; null for messages of Devin. */
    origin: Type.Optional(Nullable(Type.String(), { title: 'Origin' })),
    /** The id of its sender; null for messages of Devin. */
    user_id: Type.Optional(Nullable(Type.String(), { title: 'User Id' })),
    /** The email address of its sender; null for messages of Devin. */
    username: Type.Optional(Nullable(Type.String(), { title: 'Username' })),
  },
  { $id: 'SessionMessage', title: 'SessionMessage' },
)

/** The properties that the list and the detail view of a session share. */
const sessionProperties = {
  /** The id of the session, with the prefix `devin-`. */
  session_id: Type.String({ title: 'Session Id' }),
  /** The status in words: `running`, `blocked`, `finished`. */
  status: Type.String({ title: 'Status' }),
  /** When it was created, ISO 8601. */
  created_at: DateTime({ title: 'Created At' }),
  /** When it last changed, ISO 8601. */
  updated_at: DateTime({ title: 'Updated At' }),
  /** Its playbook; null if it has none. */
  playbook_id: Type.Optional(Nullable(Type.String(), { title: 'Playbook Id' })),
  /** Its first pull request; null if it has none. */
  pull_request: Type.Optional(Nullable(PullRequestInfo)),
  /** The snapshot of the machine that it started from; null for the default. */
  snapshot_id: Type.Optional(Nullable(Type.String(), { title: 'Snapshot Id' })),
  /** The status as one of the names of v1; null before the first step. */
  status_enum: Type.Optional(Nullable(StringEnum(STATUS_ENUMS), { title: 'Status Enum' })),
  /** The output in the form of the `structured_output_schema`, any JSON; null before there is one. */
  structured_output: Type.Optional(Type.Unknown({ title: 'Structured Output' })),
  /** Its tags. */
  tags: Type.Optional(Nullable(Type.Array(Type.String()), { title: 'Tags' })),
  /** Its title; null if it has none. */
  title: Type.Optional(Nullable(Type.String(), { title: 'Title' })),
}

/** A session in the list, with its requesting user and without its messages. */
export const SessionSummary = Type.Object(
  {
    ...sessionProperties,
    requesting_user_email: Type.Optional(Nullable(Type.String(), { title: 'Requesting User Email' })),
  },
  { $id: 'SessionSummary', title: 'SessionSummary' },
)

/** The response of `GET /v1/sessions`. */
export const ListSessionsResponse = Type.Object(
  { sessions: Type.Array(SessionSummary, { title: 'Sessions' }) },
  {
    $id: 'ListSessionsResponse',
    title: 'ListSessionsResponse',
    description: 'Response containing a list of sessions.',
  },
)

/** The response of `GET /v1/sessions/{session_id}`. */
export const GetSessionResponse = Type.Object(
  {
    ...sessionProperties,
    /** The messages of the user and of Devin, oldest first. */
    messages: Defaulted(Type.Array(SessionMessage, { title: 'Messages', default: [] })),
  },
  {
    $id: 'GetSessionResponse',
    title: 'GetSessionResponse',
    description: 'Detailed information about an existing session.',
  },
)
/** {@link GetSessionResponse} */
export type GetSessionResponse = Static<typeof GetSessionResponse>

/** The response of `DELETE /v1/sessions/{session_id}`. */
export const TerminateSessionResponse = Type.Object(
  { detail: Type.String({ title: 'Detail' }) },
  {
    $id: 'TerminateSessionResponse',
    title: 'TerminateSessionResponse',
    description: 'Response for successful session termination.',
  },
)

/** The body of `POST /v1/sessions/{session_id}/message`. */
export const PostMessageParams = Type.Object(
  { message: Type.String({ title: 'Message' }) },
  { $id: 'PostMessageParams', title: 'PostMessageParams' },
)

/** The response of `POST /v1/sessions/{session_id}/message` to a session that is suspended or has ended. Otherwise, it is null. */
export const MessageSentResponse = Type.Object(
  { detail: Type.String({ title: 'Detail' }) },
  {
    $id: 'MessageSentResponse',
    title: 'MessageSentResponse',
    description: 'Response when a message is sent to a session that is already in a specific state.',
  },
)

/** The body of `PUT /v1/sessions/{session_id}/tags`. */
export const EditSessionTagsParams = Type.Object(
  { tags: Type.Array(Type.String(), { title: 'Tags' }) },
  { $id: 'EditSessionTagsParams', title: 'EditSessionTagsParams' },
)

/** The response of `PUT /v1/sessions/{session_id}/tags`. */
export const EditTagsResponse = Type.Object(
  { detail: Type.String({ title: 'Detail' }) },
  { $id: 'EditTagsResponse', title: 'EditTagsResponse', description: 'Response for successful tag update.' },
)
