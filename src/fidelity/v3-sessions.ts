import type { FidelityRow } from './row.ts'
import { v3SessionOptions } from './v3-session-options.ts'

const SESSIONS = '/v3/organizations/{org_id}/sessions'
const SESSION = `${SESSIONS}/{devin_id}`

const LIST = `GET ${SESSIONS}`
const CREATE = `POST ${SESSIONS}`
const GET = `GET ${SESSION}`
const TERMINATE = `DELETE ${SESSION}`
const ARCHIVE = `POST ${SESSION}/archive`

const RECORDING = 'answers of the live service, recorded 2026-09-02 in a public repository’s test fixtures'

const unknownId = {
  what: 'answer to an unknown id, and to another organization’s',
  value: '404 with the detail `Session not found`',
  confidence: 'seen',
  source: 'the tests of clients expect it; no recording',
} as const

const list: readonly FidelityRow[] = [
  {
    operation: LIST,
    what: 'the operation',
    value: 'a page by cursor; each session as `GET` shows it',
    confidence: 'documented',
    source: 'v3/sessions/organizations-sessions',
  },
  {
    operation: LIST,
    what: 'order of the list',
    value: 'newest first',
    confidence: 'guess',
    source: 'the order of v1; none is published for v3',
  },
  {
    operation: LIST,
    what: '`total`, as in lists of other records of an organization',
    value: 'counts all selected sessions',
    confidence: 'guess',
    source: 'a `total` of 0 was seen on an empty list; recorded lists of other things have null',
    question: 'v3-total',
  },
  {
    operation: LIST,
    what: '`end_cursor` on the last page, as in lists of other records of an organization',
    value: 'null',
    confidence: 'guess',
    source: 'as in recorded messages; recorded repositories have a cursor',
    question: 'v3-last-cursor',
  },
  {
    operation: LIST,
    what: 'filters',
    value:
      'all must hold; of the values of one filter, such as several `tags`, one is enough; a session has one creator, so `user_ids` and `service_user_ids` together select those of either; `repo_names` take every name of a repository, with and without its host',
    confidence: 'guess',
    source: 'the page has the parameters only; clients send arrays as repeated keys',
    question: 'v3-tag-filter',
  },
  {
    operation: LIST,
    what: '`created_after`, `created_before`, `updated_after` and `updated_before`',
    value:
      'Unix seconds; both limits are included; falling asleep, archiving and a change of the tags count as updates',
    confidence: 'guess',
    source: 'the units are those of the answers; nothing is published about the limits',
  },
  {
    operation: LIST,
    what: '`origins=scheduled`',
    value: 'the sessions that a schedule has started; their `origin` is `automation`',
    confidence: 'guess',
    source: 'the parameter has the value, the answer does not',
  },
  {
    operation: LIST,
    what: 'archived sessions',
    value: 'are listed unless `is_archived=false` excludes them',
    confidence: 'guess',
    source: 'the parameter is used by a typed client; no default is published',
  },
]

const creation: readonly FidelityRow[] = [
  {
    operation: CREATE,
    what: 'the operation',
    value: 'requires `prompt`; answers at once, and the session goes on in the background',
    confidence: 'documented',
    source: 'v3/sessions/post-organizations-sessions',
    question: 'v3-create-session-permission',
  },
  {
    operation: CREATE,
    what: 'answer',
    value:
      '200 with all 23 members, nulls included: `status` is `new`, the id has no prefix, and `child_session_ids` and `status_detail` are null',
    confidence: 'seen',
    source: RECORDING,
    question: 'v3-created-status',
  },
  {
    operation: CREATE,
    what: '`user_id` and `service_user_id`',
    value:
      '`bot_apk` and the service user’s id for a service user; the user’s id and null for a personal access token',
    confidence: 'seen',
    source: `${RECORDING}; the second from a recorded session of the web app`,
  },
  {
    operation: CREATE,
    what: '`title` of a session that was created without',
    value: 'null; a generated one appears after two seconds',
    confidence: 'guess',
    source: 'the answer to a request without a title was not recorded',
  },
  {
    operation: CREATE,
    what: '`acus_consumed`',
    value: '0; the real service writes 0.0',
    confidence: 'seen',
    source: `${RECORDING}; the two are equal as JSON`,
  },
  {
    operation: CREATE,
    what: '`devin_id`',
    value:
      'the id of the new session, with or without its prefix; 1 to 64 letters, digits, `_` or `-`, else 400; 409 if it is taken in the organization',
    confidence: 'guess',
    source: 'the page has the parameter without a description; another fake answers 409',
  },
  {
    operation: CREATE,
    what: 'the same request again',
    value: 'creates another session: v3 has no idempotency',
    confidence: 'seen',
    source: 'the request has no such member; clients find a lost session by its tags',
  },
  {
    operation: CREATE,
    what: '`create_as_user_id`',
    value:
      'requires the permission `ImpersonateOrgSessions`, else 403; any id is accepted, and a member of the enterprise keeps its name and email address',
    confidence: 'documented',
    source:
      'v3/sessions/post-organizations-sessions; the page wants a member with `UseDevinSessions`, but the users of an identity provider need not be listed in the fake, and tests choose ids freely',
  },
  {
    operation: CREATE,
    what: '`platform`',
    value:
      '`linux`, `windows`, `default` or `inherit`, in any case; 400 with the known platforms for others. A child has that of its parent unless it names another or `default`; only the state document shows it',
    confidence: 'documented',
    source: 'v3/sessions/post-organizations-sessions says that the body lists the labels; they are a choice',
  },
  {
    operation: CREATE,
    what: '`devin_mode`',
    value: '`normal` by default; every mode is available',
    confidence: 'seen',
    source: `${RECORDING}; the real service answers 400 for a mode that the organization lacks`,
  },
  {
    operation: CREATE,
    what: 'answer to a `structured_output_schema` of more than 64 KB, with an external `$ref`, or that is not Draft 7',
    value: '400 with the reason',
    confidence: 'guess',
    source: 'the page has the rules without an answer',
  },
  ...v3SessionOptions,
  {
    operation: CREATE,
    what: '`max_acu_limit`',
    value:
      'the session is suspended with `usage_limit_exceeded` when it is reached; at 0 or less, at the first ACU',
    confidence: 'guess',
    source: 'the model has no bound; the detail is documented, the moment is not',
  },
  {
    operation: CREATE,
    what: 'parent and children',
    value: 'a session that a session’s own key creates is its child, and has the same creator',
    confidence: 'guess',
    source: 'the SDK has the principal `devin_brain`; the answers have both members',
  },
  {
    operation: CREATE,
    what: 'answer to an organization without quota',
    value: '403 with the detail `Your organization has a billing error. Error: out_of_quota`',
    confidence: 'seen',
    source: 'seen by third parties, 2026-06 and 2026-09; only the scenario `out-of-quota` sends it',
  },
  {
    operation: CREATE,
    what: 'a prompt with a marker such as `[fake:suspended]`',
    value: 'selects the scenario of the session; 400 if there is none with that name',
    confidence: 'guess',
    source: 'specific to the fake; the real service does not have it',
  },
]

const life: readonly FidelityRow[] = [
  {
    operation: GET,
    what: 'the operation',
    value: 'the session as it is now',
    confidence: 'documented',
    source: 'v3/sessions/get-organizations-session',
  },
  {
    operation: GET,
    what: 'ids in the path',
    value: 'with or without the prefix `devin-`; answers do not have it',
    confidence: 'seen',
    source: `${RECORDING}; the pages have the prefix in the path, clients send both`,
    question: 'v3-session-id',
  },
  {
    operation: GET,
    what: 'course of a session',
    value:
      '`new`, `claimed`, `running` with `working`, then `waiting_for_user` with the structured output; `suspended` with `inactivity` after an hour',
    confidence: 'seen',
    source: `${RECORDING}; it was found idle after 3,706 s, and the limit is not published`,
  },
  {
    operation: GET,
    what: 'other values of `status_detail`',
    value: 'follow from the scenario; each is reached by a built-in one',
    confidence: 'documented',
    source: 'the values of v3/sessions/get-organizations-session; when they occur is hardly published',
  },
  {
    operation: GET,
    what: '`category` and `subcategory`',
    value: 'null until a step of the scenario sets them; `Other` is the subcategory of a category without',
    confidence: 'seen',
    source: `${RECORDING}: null at first, set after an hour`,
  },
  {
    operation: GET,
    what: '`structured_output`',
    value: 'an object, or null',
    confidence: 'seen',
    source: `${RECORDING}; an output of a scenario that is not an object appears as null`,
  },
  {
    operation: GET,
    what: 'states of pull requests',
    value: '`open`, `merged` and `closed`',
    confidence: 'guess',
    source: `${RECORDING} has the first, tests of clients the second`,
  },
  { operation: GET, ...unknownId },
  {
    operation: TERMINATE,
    what: 'the operation',
    value:
      'ends the session for good and answers with it: `exit` without a detail; `archive` also archives it',
    confidence: 'documented',
    source: 'v3/sessions/delete-organizations-sessions',
    question: 'v3-terminated-detail',
  },
  {
    operation: TERMINATE,
    what: 'answer to a session that has ended (terminated, expired or failed)',
    value: '400 with the detail `Devin session already exited`',
    confidence: 'seen',
    source: 'observed by a third party, as a problem body',
  },
  {
    operation: ARCHIVE,
    what: 'the operation',
    value: 'archives the session and puts it to sleep if it is running',
    confidence: 'documented',
    source: 'v3/sessions/archive-organizations-sessions',
  },
  {
    operation: ARCHIVE,
    what: 'an archived session',
    value:
      'is `suspended` with `user_request` if it was running, and can be read, but not modified or resumed: 400 for messages and tags',
    confidence: 'documented',
    source: 'v3/sessions/archive-organizations-sessions; the status is a guess',
  },
]

/** The facts about sessions of v3 themselves. */
export const v3Sessions: readonly FidelityRow[] = [...list, ...creation, ...life]
