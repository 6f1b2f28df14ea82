import { type FidelityRow, LEGACY_DOCUMENT } from './row.ts'

/** The facts about secrets. */
export const secrets: readonly FidelityRow[] = [
  {
    operation: 'GET /v1/secrets',
    what: 'the operation',
    value: 'a bare array of `id`, `type`, `key` and `created_at`; never a value, a note or the flag',
    confidence: 'documented',
    source:
      'v1/secrets/list-secrets; the legacy openapi.yaml had an object `{"secrets": […]}` with other names',
    question: 'v1-secret-list',
  },
  {
    operation: 'GET /v1/secrets',
    what: 'order of the list',
    value: 'oldest first, all of them',
    confidence: 'guess',
    source: 'neither an order nor a paging parameter is published',
  },
  {
    operation: 'POST /v1/secrets',
    what: 'the operation',
    value: 'requires `type`, `key`, `value` and `sensitive`, and accepts `note`',
    confidence: 'documented',
    source: 'v1/secrets/create-secret',
  },
  {
    operation: 'POST /v1/secrets',
    what: 'whether `note` is optional',
    value: 'yes, and it may be null; both are stored as null',
    confidence: 'seen',
    source:
      'v1/secrets/create-secret calls it optional and marks it as required; two clients omit it (`jsklan/devin-api-mcp`, `gassara-kys/go-devin`), and the newer API has it optional and nullable',
    question: 'v1-secret-note',
  },
  {
    operation: 'POST /v1/secrets',
    what: 'answer to a new secret',
    value: '200 {"id":"secret-<32 hex>"}',
    confidence: 'guess',
    source: `v1/secrets/create-secret shows \`id\` and no status, and the ${LEGACY_DOCUMENT} has 201; the form of the id is from examples of the newer API`,
    question: 'v1-create-secret',
  },
  {
    operation: 'POST /v1/secrets',
    what: 'answer to a key that the organization already uses',
    value: '409 {"detail":"Secret name is not unique"}',
    confidence: 'documented',
    source: LEGACY_DOCUMENT,
  },
  {
    operation: 'POST /v1/secrets',
    what: 'valid keys',
    value: 'any text; keys are case-sensitive',
    confidence: 'guess',
    source: 'v1/secrets/create-secret has no bounds',
  },
  {
    operation: 'DELETE /v1/secrets/{secret_id}',
    what: 'the operation',
    value: 'deletes permanently and returns a `message`',
    confidence: 'documented',
    source: `v1/secrets/delete-secret; the ${LEGACY_DOCUMENT} had 204 without a body`,
  },
  {
    operation: 'DELETE /v1/secrets/{secret_id}',
    what: 'answer to a deletion',
    value: '200 {"message":"Secret deleted successfully"}',
    confidence: 'guess',
    source: 'v1/secrets/delete-secret publishes the shape; the text follows the other operations',
    question: 'v1-delete-secret',
  },
  {
    operation: 'DELETE /v1/secrets/{secret_id}',
    what: 'answer to an unknown or deleted id, and to another organization’s',
    value: '404 {"detail":"Secret not found"}',
    confidence: 'guess',
    source: `the ${LEGACY_DOCUMENT} lists 404 without a text; the newer API answers 403, as the vendor's Terraform provider notes`,
    question: 'v1-unknown-secret',
  },
]
