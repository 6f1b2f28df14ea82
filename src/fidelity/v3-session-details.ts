import type { FidelityRow } from './row.ts'

const SESSIONS = '/v3/organizations/{org_id}/sessions'
const SESSION = `${SESSIONS}/{devin_id}`
const COMMAND = '/v3beta1/organizations/{org_id}/sessions/{devin_id}/command'

const MESSAGES = `GET ${SESSION}/messages`
const SEND = `POST ${SESSION}/messages`

const RECORDING = 'answers of the live service, recorded 2026-09-02 in a public repository’s test fixtures'

const parts: readonly FidelityRow[] = [
  {
    operation: MESSAGES,
    what: 'the operation',
    value: 'a page by cursor, oldest first; the prompt is the first message',
    confidence: 'documented',
    source: `v3/sessions/get-organizations-session-messages; ${RECORDING}`,
  },
  {
    operation: MESSAGES,
    what: '`total`',
    value: 'null',
    confidence: 'seen',
    source: RECORDING,
  },
  {
    operation: MESSAGES,
    what: '`event_id`',
    value:
      '`event-` and a UUIDv7 without dashes, in the order of the messages; it counts the messages after the milliseconds, so that those of the same moment are in order, too',
    confidence: 'seen',
    source: `${RECORDING}; how the live service orders messages of the same moment was not seen`,
  },
  {
    operation: MESSAGES,
    what: '`username`, `user_id` and `origin`',
    value:
      '`<name> (service account)` and `bot_apk` for a service user; null for Devin’s messages; `api` for those of users',
    confidence: 'seen',
    source: `${RECORDING}; a user’s own name is a guess`,
  },
  {
    operation: SEND,
    what: 'the operation',
    value: 'answers with the session, and wakes it if it is suspended: `resuming` for two seconds',
    confidence: 'documented',
    source: 'v3/sessions/post-organizations-sessions-messages; the two seconds are a guess',
  },
  {
    operation: SEND,
    what: 'answer to a session that has ended, or that is suspended and was created with `resumable: false`',
    value: '400 with the detail `Devin session already exited`, or with that it cannot be resumed',
    confidence: 'guess',
    source: 'the text of the answer to a second termination; nothing is published about messages',
  },
  {
    operation: SEND,
    what: '`message_as_user_id`',
    value: 'requires the permission `ImpersonateOrgSessions`, else 403',
    confidence: 'guess',
    source: 'as `create_as_user_id`',
  },
  {
    operation: `GET ${SESSION}/tags`,
    what: 'the operation',
    value: '`tags` in their order',
    confidence: 'documented',
    source: 'v3/sessions/get-organizations-session-tags',
  },
  {
    operation: `PUT ${SESSION}/tags`,
    what: 'the operation',
    value: 'replaces the tags, at most 50; any tag is allowed',
    confidence: 'documented',
    source:
      'v3/sessions/put-organizations-session-tags; whether a tag must be registered with the organization is not published',
  },
  {
    operation: `POST ${SESSION}/tags`,
    what: 'the operation',
    value: 'appends the tags that the session does not have',
    confidence: 'documented',
    source: 'the reference of the SDK: appendSessionTags',
  },
  {
    operation: `POST ${SESSION}/tags`,
    what: 'more than 50 tags in total',
    value: '400, and nothing is appended',
    confidence: 'guess',
    source: 'the limit is that of one request',
  },
  {
    operation: `GET ${SESSION}/attachments`,
    what: 'the operation',
    value: 'an array, without a page around it: the files that users named, and those that Devin attached',
    confidence: 'documented',
    source: 'the reference and the SDK; api-reference/common-flows shows `items`',
    question: 'v3-session-attachments',
  },
  {
    operation: `GET ${SESSION}/attachments`,
    what: 'files that were not uploaded here',
    value: 'appear with their URL, an id that follows from it, and no type',
    confidence: 'guess',
    source: '`attachment_urls` allows any URL',
  },
]

const insights: readonly FidelityRow[] = [
  {
    operation: `GET ${SESSIONS}/insights`,
    what: 'the operation',
    value: 'the list of sessions, with its filters, with the insights of each',
    confidence: 'documented',
    source: 'v3/sessions/organizations-sessions-insights',
  },
  {
    operation: `GET ${SESSION}/insights`,
    what: 'the operation',
    value:
      'the session with the counts of its messages, its size and its analysis; `analysis` is null at first',
    confidence: 'documented',
    source: 'v3/sessions/get-organizations-session-insights',
  },
  {
    operation: `GET ${SESSION}/insights`,
    what: 'the analysis',
    value:
      'describes what happened until it was made: why the session stopped, what is left to do, its messages, and a prompt with what was added later',
    confidence: 'guess',
    source: 'the SDK has the members; the real one is written by a model',
  },
  {
    operation: `GET ${SESSION}/insights`,
    what: 'events of the timeline, and kinds of action items',
    value:
      '`title`, `description`, `color` and `issue_id`; of the kinds `machine_setup`, `repo_config`, `knowledge`, `prompt_improvement` and `other`, always the last',
    confidence: 'seen',
    source: 'an SDK generated from the vendor’s document, notes of a third party; the colors are a guess',
  },
  {
    operation: `GET ${SESSION}/insights`,
    what: '`session_size`',
    value: '`xs` to `xl`, by the ACUs and the number of messages',
    confidence: 'guess',
    source: 'the names are published, their bounds are not',
  },
  {
    operation: `POST ${SESSION}/insights/generate`,
    what: 'the operation',
    value: '`started`, then `already_exists`; the analysis is there after five seconds',
    confidence: 'documented',
    source: 'v3/sessions/post-organizations-session-insights-generate; the time is a guess',
  },
]

const commands: readonly FidelityRow[] = [
  {
    operation: `POST ${COMMAND}`,
    what: 'the operation',
    value: 'takes `command`; answers with a `request_id`',
    confidence: 'seen',
    source:
      'the vendor’s command line (cloud drs run) sends it and reads `request_id`; no answer was recorded',
  },
  {
    operation: `POST ${COMMAND}`,
    what: 'a session that is suspended or has ended',
    value: '400, and nothing is run',
    confidence: 'guess',
    source: 'it has no machine then',
  },
  {
    operation: `POST ${COMMAND}`,
    what: '`GET …/command/{request_id}`, which the contract lacks',
    value:
      '`status`, `running` for a second and then `completed`, and `response`: the result that the scenario has for the command, else one with the exit code 127',
    confidence: 'seen',
    source: 'the vendor’s command line polls it; commands do not really run here',
  },
]

/** The facts about messages, tags, attachments, insights and commands of sessions of v3. */
export const v3SessionDetails: readonly FidelityRow[] = [...parts, ...insights, ...commands]
