import { type FidelityRow, LEGACY_DOCUMENT } from './row.ts'

const UNKNOWN = `the ${LEGACY_DOCUMENT} lists 404 without a text; the text follows the other resources`

/** The facts about playbooks. */
export const playbooks: readonly FidelityRow[] = [
  {
    operation: 'GET /v1/playbooks',
    what: 'the operation',
    value: 'a bare array of the team playbooks that are not deleted',
    confidence: 'documented',
    source: 'v1/playbooks/list-playbooks; one third party notes an object with `items`',
    question: 'v1-playbook-list',
  },
  {
    operation: 'GET /v1/playbooks',
    what: 'order of the list',
    value: 'oldest first, all of them',
    confidence: 'guess',
    source: 'neither an order nor a paging parameter is published',
  },
  {
    operation: 'POST /v1/playbooks',
    what: 'the operation',
    value: 'requires a non-empty `title` and `body`, and answers 200 with the playbook',
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
    source: 'no answer is published; follows the secrets',
  },
  {
    operation: 'POST /v1/playbooks',
    what: 'format of a macro, and permission to write playbooks',
    value: 'any text; every key has the permission',
    confidence: 'guess',
    source:
      'v1/playbooks/create-playbook requires the permission ManageOrgPlaybooks; keys of this version have no roles',
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
    source: `v1/playbooks/update-playbook for the shape, ${LEGACY_DOCUMENT} for the text`,
  },
  {
    operation: 'PUT /v1/playbooks/{playbook_id}',
    what: 'an omitted macro',
    value: 'is removed',
    confidence: 'guess',
    source: 'v1/playbooks/update-playbook requires title and body again, so it replaces',
  },
  {
    operation: 'PUT /v1/playbooks/{playbook_id}',
    what: 'answer to a macro that another playbook has',
    value: '409 {"detail":"Playbook macro is not unique"}',
    confidence: 'guess',
    source: 'no answer is published; follows the secrets',
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
    source: `playbooks/delete-playbook for the shape, ${LEGACY_DOCUMENT} for the text`,
    question: 'v1-delete-playbook',
  },
  {
    operation: 'DELETE /v1/playbooks/{playbook_id}',
    what: 'a deleted playbook and its macro',
    value: 'no operation returns the playbook, and the macro can be used again',
    confidence: 'documented',
    source: 'playbooks/delete-playbook; its absence from the list is a guess',
  },
  {
    operation: 'DELETE /v1/playbooks/{playbook_id}',
    what: 'answer to an unknown or deleted id',
    value: '404 {"detail":"Playbook not found"}',
    confidence: 'guess',
    source: UNKNOWN,
  },
]
