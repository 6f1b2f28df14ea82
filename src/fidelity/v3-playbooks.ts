import type { FidelityRow } from './row.ts'

const LIST = 'GET /v3/organizations/{org_id}/playbooks'
const CREATE = 'POST /v3/organizations/{org_id}/playbooks'
const GET = 'GET /v3/organizations/{org_id}/playbooks/{playbook_id}'
const UPDATE = 'PUT /v3/organizations/{org_id}/playbooks/{playbook_id}'
const DELETE = 'DELETE /v3/organizations/{org_id}/playbooks/{playbook_id}'

const PAGES = 'the pages of v3/playbooks'

const UNKNOWN = {
  what: 'answer to an unknown or deleted id, and to another organization’s',
  value: '404 with the detail `Playbook not found`',
  confidence: 'seen',
  source: 'the vendor’s Terraform provider expects a 404; the text follows the sessions',
} as const

const TAKEN = {
  what: 'answer to a macro that another playbook has',
  value: '409 with the detail `Playbook macro is not unique`',
  confidence: 'guess',
  source: 'no answer is published; follows the secrets of v1',
} as const

const MALFORMED = {
  what: 'answer to a macro that is not `!` and letters, digits, underscores or hyphens',
  value: '400 with the rule as its detail; v1 accepts any text, and v3 shows it',
  confidence: 'guess',
  source: 'the contract describes the form, but neither has it as a pattern nor publishes an answer',
} as const

const UNUSABLE = {
  what: 'answer to a `structured_output_schema` that is not Draft 7, refers to another document, or is larger than 64 KB',
  value: '400 with the reason as its detail',
  confidence: 'guess',
  source: 'the contract describes the limits, but publishes no answer',
} as const

/** The facts about playbooks of v3. */
export const v3Playbooks: readonly FidelityRow[] = [
  {
    operation: LIST,
    what: 'the operation',
    value: 'a page by cursor, without deleted playbooks',
    confidence: 'documented',
    source: `${PAGES}; the absence of deleted ones is a guess`,
  },
  {
    operation: LIST,
    what: 'order of the list',
    value: 'oldest first',
    confidence: 'guess',
    source: 'no order is published',
  },
  {
    operation: LIST,
    what: 'required permission, also of the other operations on playbooks',
    value: '`ManageAccountPlaybooks` or `ManageOrgPlaybooks`',
    confidence: 'documented',
    source: `${PAGES} name the first, those of v1 the second`,
  },
  {
    operation: CREATE,
    what: 'the operation',
    value: 'requires `title` and `body`, which may be empty, and answers with the playbook',
    confidence: 'documented',
    source: `${PAGES}; the guide common-flows sends other names, which the reference refuses`,
  },
  {
    operation: CREATE,
    what: '`created_by` and `updated_by`',
    value: 'the id of the user or service user; an empty text if a seed names none',
    confidence: 'guess',
    source: 'the members are texts that cannot be null',
  },
  { operation: CREATE, ...TAKEN },
  { operation: CREATE, ...MALFORMED },
  { operation: CREATE, ...UNUSABLE },
  {
    operation: GET,
    what: 'the operation',
    value: 'the playbook as in the list',
    confidence: 'documented',
    source: PAGES,
  },
  {
    operation: GET,
    what: 'an id without its prefix',
    value: 'names the same playbook, also in other paths, in bodies and in filters',
    confidence: 'seen',
    source: 'public clients send bare ids of playbooks; sessions show the id as it was sent',
  },
  { operation: GET, ...UNKNOWN },
  {
    operation: UPDATE,
    what: 'the operation',
    value: 'requires `title` and `body` again, and answers with the changed playbook',
    confidence: 'documented',
    source: PAGES,
  },
  {
    operation: UPDATE,
    what: 'omitted `macro` and `structured_output_schema`',
    value: 'stay as they are; null removes them',
    confidence: 'seen',
    source: 'a comment in the vendor’s Terraform provider, which sends null to clear them',
  },
  { operation: UPDATE, ...TAKEN },
  { operation: UPDATE, ...MALFORMED },
  { operation: UPDATE, ...UNUSABLE },
  { operation: UPDATE, ...UNKNOWN },
  {
    operation: DELETE,
    what: 'the operation',
    value:
      'answers with the playbook as it was; no operation returns it any more, new sessions do not take its output schema, and its macro can be used again',
    confidence: 'documented',
    source: `${PAGES}; the macro in the answer and the schema are guesses`,
  },
  { operation: DELETE, ...UNKNOWN },
]
