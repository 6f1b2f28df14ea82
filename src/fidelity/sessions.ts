import { type FidelityRow, LEGACY_DOCUMENT } from './row.ts'

const UNKNOWN_ID = {
  what: 'answer to an unknown id, and to another organisation’s',
  value: '404 {"detail":"Session not found"}',
  confidence: 'seen',
  source: `${LEGACY_DOCUMENT} lists 404; one of the vendor's own samples compares the text`,
} as const

/** What is known of the operations on sessions. */
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
    value: 'none: `limit` is 100 by default, and what is negative counts as 0',
    confidence: 'guess',
    source: `v1/sessions/list-sessions publishes defaults without bounds; the ${LEGACY_DOCUMENT} had 1 to 1000, and 0 and more`,
  },
  {
    operation: 'GET /v1/sessions',
    what: '`skip`',
    value: 'another name of `offset`, which it wins over',
    confidence: 'guess',
    source: 'v1/sessions/list-sessions names it without a description',
  },
  {
    operation: 'GET /v1/sessions',
    what: 'more than one tag',
    value: 'a session with any of them is listed',
    confidence: 'guess',
    source: 'v1/sessions/list-sessions does not say whether all are meant',
  },
  {
    operation: 'GET /v1/sessions',
    what: 'how tags are written',
    value: '`tags=a&tags=b` and `tags=a,b`, which are the same',
    confidence: 'seen',
    source: 'v1/sessions/list-sessions has the first; an old client sends the second',
  },
  {
    operation: 'GET /v1/sessions',
    what: '`user_email`',
    value:
      'the exact address of the person behind the key that created the session; a service key has no person',
    confidence: 'guess',
    source: 'v1/sessions/list-sessions says that the creator’s address is meant',
  },
  {
    operation: 'GET /v1/sessions',
    what: '`unlisted` sessions',
    value: 'are listed',
    confidence: 'guess',
    source: 'v1/sessions/create-a-new-devin-session does not say from which list they are missing',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'the operation',
    value: 'needs `prompt`; the answer comes at once, and the session goes on by itself',
    confidence: 'documented',
    source: 'v1/sessions/create-a-new-devin-session',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'answer',
    value:
      '200 {"session_id":"devin-<32 hex>","url":"https://app.devin.ai/sessions/<32 hex>","is_new_session":null}',
    confidence: 'documented',
    source: `examples of the ${LEGACY_DOCUMENT}, and seen; that null is sent where \`idempotent\` is not asked for is a guess`,
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
    what: 'which request is the same',
    value:
      'one with the same prompt in the organisation, as long as the session of that prompt has not ended (a finished one has not); nothing else of the request counts',
    confidence: 'seen',
    source: 'a client says so; others put something unique into the title to force a new session',
  },
  {
    operation: 'POST /v1/sessions',
    what: '`status` and `status_enum` of a new session',
    value: '`running` and `working`',
    confidence: 'guess',
    source: `an example of the ${LEGACY_DOCUMENT} has the two together; what comes first is not published`,
  },
  {
    operation: 'POST /v1/sessions',
    what: 'title that nobody chose',
    value: 'null for 2 seconds, then the first line of the prompt, cut to 60 characters',
    confidence: 'guess',
    source: 'v1/sessions/create-a-new-devin-session says that a title is generated',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'ids of things that do not exist',
    value: '`playbook_id`, `snapshot_id`, `knowledge_ids` and `secret_ids` take any text',
    confidence: 'guess',
    source: 'no answer for a wrong one is published',
  },
  {
    operation: 'POST /v1/sessions',
    what: '`session_secrets`',
    value: 'only their names are kept, nothing shows them, and the list of secrets does not have them',
    confidence: 'documented',
    source: 'v1/sessions/create-a-new-devin-session; their limits are those that the newer API publishes',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'answer to a `structured_output_schema` that refers to another document',
    value:
      '422 {"detail":[{"type":"value_error","loc":["body","structured_output_schema"],"msg":"Value error, structured_output_schema must be self-contained (no external $ref)","input":{"$ref":"https://example.com/schema"},"ctx":{"error":{}}}]}',
    confidence: 'guess',
    source: 'v1/sessions/create-a-new-devin-session has the rule, and no answer',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'answer to a `structured_output_schema` of more than 64 KB, or that is no Draft 7 schema',
    value: '422 with an item like that of a schema that refers to another document, in other words',
    confidence: 'guess',
    source: 'v1/sessions/create-a-new-devin-session has the rule, and no answer',
  },
  {
    operation: 'POST /v1/sessions',
    what: '`max_acu_limit`',
    value:
      'no more ACUs than that are ever shown as used; the scenario `suspended-for-cost` suspends its session at the limit',
    confidence: 'guess',
    source:
      'v1/sessions/create-a-new-devin-session has the field; what a session does at its limit is not published for v1',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'answer to an organisation without money or quota',
    value: '403 {"detail":"Your organization has a billing error. Error: out_of_quota"}',
    confidence: 'seen',
    source:
      'seen by third parties, 2026-09; nothing runs out by itself, so only the scenario `out-of-quota` gives it',
  },
  {
    operation: 'POST /v1/sessions',
    what: 'a prompt with a marker such as `[fake:suspended]`',
    value: 'chooses the scenario of the session, and is 422 when there is none of that name',
    confidence: 'guess',
    source: 'the fake’s own, and nothing that the real service knows',
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
    value: 'with or without their prefix `devin-`; answers have it',
    confidence: 'guess',
    source: 'clients send both; the newer API asks for the prefix',
  },
  {
    operation: 'GET /v1/sessions/{session_id}',
    what: 'values of `status`',
    value:
      '`new`, `claimed`, `running`, `resuming`, `suspended`, `finished`, `error` and `exit`, beside the published `status_enum`',
    confidence: 'guess',
    source: `words of the newer API, some of them in examples of the ${LEGACY_DOCUMENT}; \`finished\` beside the same \`status_enum\` was seen; here it is any text`,
  },
  {
    operation: 'GET /v1/sessions/{session_id}',
    what: 'course of a session',
    value:
      'the scenario decides; without one: working, then messages, a pull request and a `structured_output` that fits the schema, and finished within seconds',
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
    what: 'who a message is from',
    value:
      'a user’s has the address as `username`, `api` as `origin` and the `user_id`; in Devin’s all three are null',
    confidence: 'guess',
    source: `an example of the ${LEGACY_DOCUMENT} has origin \`web\` for a session of the web`,
  },
  { operation: 'GET /v1/sessions/{session_id}', ...UNKNOWN_ID },
  {
    operation: 'DELETE /v1/sessions/{session_id}',
    what: 'the operation',
    value: 'ends the session for good',
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
    source: `${LEGACY_DOCUMENT}; seen with the newer API for one that was terminated before`,
  },
  {
    operation: 'DELETE /v1/sessions/{session_id}',
    what: 'answer to a finished session',
    value: '200 {"detail":"Session terminated successfully"}',
    confidence: 'guess',
    source:
      'it has done its task and has not exited: in the newer API such a session is `running`, and clients terminate it; inferred for this one',
  },
  {
    operation: 'DELETE /v1/sessions/{session_id}',
    what: '`status` and `status_enum` of a terminated session',
    value: '`exit` and `finished`',
    confidence: 'guess',
    source: 'the published values have none for it',
  },
  {
    operation: 'DELETE /v1/sessions/{session_id}',
    what: 'answer to somebody who is not the owner',
    value: 'never given: every key of the organisation may terminate',
    confidence: 'documented',
    source: `${LEGACY_DOCUMENT}: 403 \`Forbidden - Only session owner can terminate\` where an organisation asks for it`,
  },
  { operation: 'DELETE /v1/sessions/{session_id}', ...UNKNOWN_ID },
  {
    operation: 'POST /v1/sessions/{session_id}/message',
    what: 'the operation',
    value: '200 null',
    confidence: 'documented',
    source: `v1/sessions/send-a-message-to-an-existing-devin-session; the ${LEGACY_DOCUMENT} had 204 without a body`,
  },
  {
    operation: 'POST /v1/sessions/{session_id}/message',
    what: 'answer to a suspended session, which gets the message',
    value: '200 {"detail":"Session is suspended"}',
    confidence: 'guess',
    source:
      'v1/sessions/send-a-message-to-an-existing-devin-session has the shape; the text is not published',
  },
  {
    operation: 'POST /v1/sessions/{session_id}/message',
    what: 'a message to a finished session',
    value: 'resumes the work, as one to a blocked session does',
    confidence: 'seen',
    source:
      'clients of the newer API send follow-up messages to sessions that are done; inferred for this one',
  },
  {
    operation: 'POST /v1/sessions/{session_id}/message',
    what: 'answer to a session that has ended, which does not get the message',
    value: '200 {"detail":"Session has already exited"}',
    confidence: 'guess',
    source: 'not published; a client takes a `detail` to mean that the session is gone',
  },
  { operation: 'POST /v1/sessions/{session_id}/message', ...UNKNOWN_ID },
  {
    operation: 'PUT /v1/sessions/{session_id}/tags',
    what: 'the operation',
    value: '200 {"detail":"Tags updated successfully"}',
    confidence: 'documented',
    source: `v1/sessions/update-session-tags for the shape, ${LEGACY_DOCUMENT} for the text`,
  },
  {
    operation: 'PUT /v1/sessions/{session_id}/tags',
    what: 'which tags are replaced, and how many there may be',
    value: 'all of them, also those of a session that has ended; any number',
    confidence: 'guess',
    source: 'the newer API allows 50; no limit is published for this one',
  },
  { operation: 'PUT /v1/sessions/{session_id}/tags', ...UNKNOWN_ID },
]
