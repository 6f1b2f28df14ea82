import { type FidelityRow, LEGACY_DOCUMENT } from './row.ts'

const UNKNOWN = `the ${LEGACY_DOCUMENT} lists 404 without its text, which is in the style of the other resources`

/** What is known of the playbooks. */
export const playbooks: readonly FidelityRow[] = [
  {
    operation: 'GET /v1/playbooks',
    what: 'the operation',
    value: 'a bare array of the team playbooks that are not deleted',
    confidence: 'documented',
    source: 'v1/playbooks/list-playbooks; one third party notes an object with `items`',
  },
  {
    operation: 'GET /v1/playbooks',
    what: 'order of the list',
    value: 'oldest first, all of them',
    confidence: 'guess',
    source: 'no order is published, and no parameter for paging',
  },
  {
    operation: 'POST /v1/playbooks',
    what: 'the operation',
    value: 'needs `title` and `body`, neither empty, and answers 200 with the playbook',
    confidence: 'documented',
    source: 'v1/playbooks/create-playbook',
  },
  {
    operation: 'POST /v1/playbooks',
    what: 'ids, `status` and `access_type`',
    value: '`playbook-<32 hex>`, `published` and `team`',
    confidence: 'documented',
    source: `examples of the second version's pages and of the ${LEGACY_DOCUMENT}`,
  },
  {
    operation: 'POST /v1/playbooks',
    what: 'answer to a macro that another playbook has',
    value: '409 {"detail":"Playbook macro is not unique"}',
    confidence: 'guess',
    source: 'no answer is published; in the style of the secrets',
  },
  {
    operation: 'POST /v1/playbooks',
    what: 'what a macro may be, and who may write playbooks',
    value: 'any text; every key has the permission',
    confidence: 'guess',
    source:
      'v1/playbooks/create-playbook names the permission ManageOrgPlaybooks; keys of this version have no roles',
  },
  {
    operation: 'GET /v1/playbooks/{playbook_id}',
    what: 'the operation',
    value: 'the playbook as in the list',
    confidence: 'documented',
    source: 'v1/playbooks/get-playbook',
  },
  {
    operation: 'GET /v1/playbooks/{playbook_id}',
    what: 'answer to an unknown or deleted id',
    value: '404 {"detail":"Playbook not found"}',
    confidence: 'guess',
    source: UNKNOWN,
  },
  {
    operation: 'PUT /v1/playbooks/{playbook_id}',
    what: 'the operation',
    value: '200 {"status":"success"}',
    confidence: 'documented',
    source: `v1/playbooks/update-playbook for the shape, ${LEGACY_DOCUMENT} for the word`,
  },
  {
    operation: 'PUT /v1/playbooks/{playbook_id}',
    what: 'a macro that is left out',
    value: 'is taken away',
    confidence: 'guess',
    source: 'v1/playbooks/update-playbook requires title and body again, so it replaces',
  },
  {
    operation: 'PUT /v1/playbooks/{playbook_id}',
    what: 'answer to a macro that another playbook has',
    value: '409 {"detail":"Playbook macro is not unique"}',
    confidence: 'guess',
    source: 'no answer is published; in the style of the secrets',
  },
  {
    operation: 'PUT /v1/playbooks/{playbook_id}',
    what: 'answer to an unknown or deleted id',
    value: '404 {"detail":"Playbook not found"}',
    confidence: 'guess',
    source: UNKNOWN,
  },
  {
    operation: 'DELETE /v1/playbooks/{playbook_id}',
    what: 'the operation',
    value: '200 {"status":"success"}',
    confidence: 'documented',
    source: `playbooks/delete-playbook for the shape, ${LEGACY_DOCUMENT} for the word`,
  },
  {
    operation: 'DELETE /v1/playbooks/{playbook_id}',
    what: 'what becomes of a deleted playbook and its macro',
    value: 'no operation shows it any more, and its macro is free',
    confidence: 'documented',
    source: 'playbooks/delete-playbook; that it leaves the list is a guess',
  },
  {
    operation: 'DELETE /v1/playbooks/{playbook_id}',
    what: 'answer to an unknown or deleted id',
    value: '404 {"detail":"Playbook not found"}',
    confidence: 'guess',
    source: UNKNOWN,
  },
]
