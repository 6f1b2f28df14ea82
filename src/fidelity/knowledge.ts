import { type FidelityRow, LEGACY_DOCUMENT } from './row.ts'

const UNKNOWN = `the ${LEGACY_DOCUMENT} lists 404 without a text; the text follows the other resources`

/** The facts about knowledge entries. */
export const knowledge: readonly FidelityRow[] = [
  {
    operation: 'GET /v1/knowledge',
    what: 'the operation',
    value: 'all entries and all folders at once, without paging and without the built-in knowledge',
    confidence: 'documented',
    source: `v1/knowledge/list-knowledge; ${LEGACY_DOCUMENT}`,
  },
  {
    operation: 'GET /v1/knowledge',
    what: 'order of the entries',
    value: 'oldest first',
    confidence: 'guess',
    source: 'no order is published',
  },
  {
    operation: 'GET /v1/knowledge',
    what: 'folders',
    value: 'listed, but no operation creates them',
    confidence: 'documented',
    source: 'v1/overview has no operation for them',
  },
  {
    operation: 'POST /v1/knowledge',
    what: 'the operation',
    value:
      'requires `name`, `body` and `trigger_description`, and answers 200 with the entry; ids are `note-<32 hex>`',
    confidence: 'documented',
    source: `v1/knowledge/create-knowledge; the prefix of the id from the ${LEGACY_DOCUMENT}`,
  },
  {
    operation: 'POST /v1/knowledge',
    what: '`created_by` of an entry made with a service key',
    value: 'null',
    confidence: 'guess',
    source: 'v1/knowledge/update-knowledge publishes it as nullable; such a key has no user',
  },
  {
    operation: 'POST /v1/knowledge',
    what: '`parent_folder_id`, `pinned_repo` and `macro`',
    value: 'any text; nothing checks that the folder or the repository exists',
    confidence: 'guess',
    source: 'no answer for an invalid one is published',
  },
  {
    operation: 'PUT /v1/knowledge/{note_id}',
    what: 'the operation',
    value: 'replaces the entry: requires the same fields as for a new one, and omitted fields become null',
    confidence: 'documented',
    source: 'v1/knowledge/update-knowledge; null for omitted fields is a guess',
  },
  {
    operation: 'PUT /v1/knowledge/{note_id}',
    what: 'answer to an unknown id',
    value: '404 {"detail":"Knowledge not found"}',
    confidence: 'guess',
    source: UNKNOWN,
  },
  {
    operation: 'DELETE /v1/knowledge/{note_id}',
    what: 'the operation',
    value: '204',
    confidence: 'documented',
    source: 'v1/knowledge/delete-knowledge',
  },
  {
    operation: 'DELETE /v1/knowledge/{note_id}',
    what: 'answer to an unknown id',
    value: '404 {"detail":"Knowledge not found"}',
    confidence: 'guess',
    source: UNKNOWN,
  },
]
