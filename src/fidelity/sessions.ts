import { type FidelityRow, LEGACY_DOCUMENT } from './row.ts'

/** The row of an unknown session. */
export const UNKNOWN_ID = {
  what: 'answer to an unknown id, and to another organization’s',
  value: '404 {"detail":"Session not found"}',
  confidence: 'seen',
  source: `${LEGACY_DOCUMENT} lists 404; one of the vendor's own samples compares the text`,
} as const

/** The facts about sessions, but for their messages and tags. */
export const sessions: readonly FidelityRow[] = [
  {
    operation: 'GET /v1/sessions',
    what: 'the operation',
    value: '`sessions` without their messages, and neither a total nor a cursor',
    confidence: 'documented',
    source: 'v1/sessions/list-sessions',
  },
  {
    operation: 'GET /v1/sessions',
    what: 'order of the list',
    value: 'newest first',
    confidence: 'documented',
    source: LEGACY_DOCUMENT,
  },
  {
    operation: 'GET /v1/sessions',
    what: 'bounds of `limit` and `offset`',
    value: 'none: `limit` is 100 by default, and negative values count as 0',
    confidence: 'guess',
    source: `v1/sessions/list-sessions publishes defaults without bounds; the ${LEGACY_DOCUMENT} had 1 to 1000 for \`limit\`, and 0 or more for \`offset\``,
    question: 'v1-list-bounds',
  },
  {
    operation: 'GET /v1/sessions',
    what: '`skip`',
    value: 'an alias of `offset`, which takes precedence over it',
    confidence: 'guess',
    source: 'v1/sessions/list-sessions lists it without a description',
  },
  {
    operation: 'GET /v1/sessions',
    what: 'more than one tag',
    value: 'a session with any of them is listed',
    confidence: 'guess',
    source: 'v1/sessions/list-sessions does not say whether all must match',
    question: 'v1-tag-filter',
  },
  {
    operation: 'GET /v1/sessions',
    what: 'format of the tags',
    value: '`tags=a&tags=b` or `tags=a,b`, which are equivalent',
    confidence: 'seen',
    source: 'v1/sessions/list-sessions has the first; an old client sends the second',
  },
  {
    operation: 'GET /v1/sessions',
    what: '`user_email`',
    value: 'the exact address of the user whose key created the session; a service key has no user',
    confidence: 'guess',
    source: 'v1/sessions/list-sessions describes it as the creator’s address',
  },
  {
    operation: 'GET /v1/sessions',
    what: '`unlisted` sessions',
    value: 'are listed',
    confidence: 'guess',
    source: 'v1/sessions/create-a-new-devin-session does not say which list omits them',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'the operation',
    value: 'requires `prompt`; answers immediately, and the session continues in the background',
    confidence: 'documented',
    source: 'v1/sessions/create-a-new-devin-session',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'answer',
    value:
      '200 {"session_id":"devin-<32 hex>","url":"https://app.devin.ai/sessions/<32 hex>","is_new_session":null}',
    confidence: 'documented',
    source: `examples of the ${LEGACY_DOCUMENT}, and seen; null without \`idempotent\` is a guess`,
    question: 'v1-is-new-session',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'answer to the same idempotent request again',
    value:
      '200 {"session_id":"devin-<32 hex>","url":"https://app.devin.ai/sessions/<32 hex>","is_new_session":false}',
    confidence: 'documented',
    source: `External_API/external-api (alpha) and the ${LEGACY_DOCUMENT}`,
  },
  {
    operation: 'POST /v1/sessions',
    what: 'which requests are the same',
    value:
      'those with the same prompt in the organization, until the session of that prompt has ended (a finished session has not ended); other fields are not compared',
    confidence: 'seen',
    source: 'stated in a client; others put a unique text into the title to force a new session',
  },
  {
    operation: 'POST /v1/sessions',
    what: '`status` and `status_enum` of a new session',
    value: '`running` and `working`',
    confidence: 'guess',
    source: `an example of the ${LEGACY_DOCUMENT} has the two together; the initial values are not published`,
  },
  {
    operation: 'POST /v1/sessions',
    what: 'default title',
    value: 'null for 2 seconds, then the first line of the prompt, cut to 60 characters',
    confidence: 'guess',
    source: 'v1/sessions/create-a-new-devin-session says that a title is generated',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'unknown ids',
    value: '`playbook_id`, `snapshot_id`, `knowledge_ids` and `secret_ids` accept any text',
    confidence: 'guess',
    source: 'no answer for an invalid one is published',
  },
  {
    operation: 'POST /v1/sessions',
    what: '`session_secrets`',
    value:
      'only their names are stored; no operation returns them, and the list of secrets does not contain them',
    confidence: 'documented',
    source: 'v1/sessions/create-a-new-devin-session; the limits are from the newer API',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'answer to a `structured_output_schema` that refers to another document',
    value:
      '422 {"detail":[{"type":"value_error","loc":["body","structured_output_schema"],"msg":"Value error, structured_output_schema must be self-contained (no external $ref)","input":{"$ref":"https://example.com/schema"},"ctx":{"error":{}}}]}',
    confidence: 'guess',
    source: 'v1/sessions/create-a-new-devin-session has the rule without an answer',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'answer to a `structured_output_schema` of more than 64 KB, or that is not a Draft 7 schema',
    value: '422 with an item like that for a schema that refers to another document, but with another `msg`',
    confidence: 'guess',
    source: 'v1/sessions/create-a-new-devin-session has the rule without an answer',
  },
  {
    operation: 'POST /v1/sessions',
    what: '`max_acu_limit`',
    value:
      'the used ACUs never exceed it; the scenario `suspended-for-cost` suspends its session at the limit',
    confidence: 'guess',
    source:
      'v1/sessions/create-a-new-devin-session has the field; the behavior at the limit is not published for v1',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'answer to an organization without quota',
    value: '403 {"detail":"Your organization has a billing error. Error: out_of_quota"}',
    confidence: 'seen',
    source:
      'seen by third parties, 2026-09; quota never runs out by itself, so only the scenario `out-of-quota` sends it',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'a prompt with a marker such as `[fake:suspended]`',
    value: 'selects the scenario of the session; 422 if there is none with that name',
    confidence: 'guess',
    source: 'specific to the fake; the real service does not have it',
  },
  {
    operation: 'GET /v1/sessions/{session_id}',
    what: 'the operation',
    value: 'the session with its `messages`',
    confidence: 'documented',
    source: 'v1/sessions/retrieve-details-about-an-existing-session',
  },
  {
    operation: 'GET /v1/sessions/{session_id}',
    what: 'ids in the path',
    value: 'with or without the prefix `devin-`; answers have it',
    confidence: 'guess',
    source: 'clients send both; the newer API requires the prefix',
  },
  {
    operation: 'GET /v1/sessions/{session_id}',
    what: 'values of `status`',
    value: '`new`, `claimed`, `running`, `resuming`, `suspended`, `finished`, `error` and `exit`',
    confidence: 'guess',
    source: `values of the newer API, some of them in examples of the ${LEGACY_DOCUMENT}; \`finished\` with the same \`status_enum\` was seen; the schema allows any text`,
    question: 'v1-session-status',
  },
  {
    operation: 'GET /v1/sessions/{session_id}',
    what: 'course of a session',
    value:
      'determined by the scenario; without one: working, then messages, a pull request and a `structured_output` that fits the schema, and finished within seconds',
    confidence: 'guess',
    source: 'v1/usage-examples polls until `status_enum` is `blocked` or `finished`',
  },
  {
    operation: 'GET /v1/sessions/{session_id}',
    what: 'types of messages',
    value: '`initial_user_message` (the prompt, first), `user_message` and `devin_message`',
    confidence: 'seen',
    source: `${LEGACY_DOCUMENT} has the members; the types were seen by third parties`,
  },
  {
    operation: 'GET /v1/sessions/{session_id}',
    what: 'sender of a message',
    value:
      'a user’s message has the address as `username`, `api` as `origin` and the `user_id`; in Devin’s messages all three are null',
    confidence: 'guess',
    source: `an example of the ${LEGACY_DOCUMENT} has the origin \`web\` for a session from the web`,
  },
  { operation: 'GET /v1/sessions/{session_id}', ...UNKNOWN_ID },
  {
    operation: 'DELETE /v1/sessions/{session_id}',
    what: 'the operation',
    value: 'ends the session permanently',
    confidence: 'documented',
    source: 'v1/sessions/terminate-a-session',
  },
  {
    operation: 'DELETE /v1/sessions/{session_id}',
    what: 'answer',
    value: '200 {"detail":"Session terminated successfully"}',
    confidence: 'documented',
    source: `v1/sessions/terminate-a-session for the shape, ${LEGACY_DOCUMENT} for the text`,
  },
  {
    operation: 'DELETE /v1/sessions/{session_id}',
    what: 'answer to a session that has ended (terminated, expired or failed)',
    value: '400 {"detail":"Devin session already exited"}',
    confidence: 'documented',
    source: `${LEGACY_DOCUMENT}; seen with the newer API for a terminated session`,
  },
  {
    operation: 'DELETE /v1/sessions/{session_id}',
    what: 'answer to a finished session',
    value: '200 {"detail":"Session terminated successfully"}',
    confidence: 'guess',
    source: 'seen with the newer API, where such a session is still `running`',
  },
  {
    operation: 'DELETE /v1/sessions/{session_id}',
    what: '`status` and `status_enum` of a terminated session',
    value: '`exit` and `finished`',
    confidence: 'guess',
    source: 'none of the published values is for this state',
  },
  {
    operation: 'DELETE /v1/sessions/{session_id}',
    what: 'answer to a user who is not the owner',
    value: 'never sent: every key of the organization may terminate the session',
    confidence: 'documented',
    source: `${LEGACY_DOCUMENT}: 403 \`Forbidden - Only session owner can terminate\` if an organization enables it`,
  },
  { operation: 'DELETE /v1/sessions/{session_id}', ...UNKNOWN_ID },
]
