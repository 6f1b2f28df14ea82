import type { FidelityRow } from './row.ts'

const LIST = 'GET /v3/organizations/{org_id}/secrets'
const CREATE = 'POST /v3/organizations/{org_id}/secrets'
const DELETE = 'DELETE /v3/organizations/{org_id}/secrets/{secret_id}'

/** The facts about secrets of v3. */
export const v3Secrets: readonly FidelityRow[] = [
  {
    operation: LIST,
    what: 'the operation',
    value: 'a page by cursor; never a value',
    confidence: 'documented',
    source: 'v3/secrets/organizations-secrets',
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
    what: '`access_type`, `updated_at` and `updated_by`',
    value: '`org`, null and null',
    confidence: 'guess',
    source: 'no operation changes a secret or creates a personal one',
  },
  {
    operation: LIST,
    what: 'a secret of the type `dictionary`, which only older clients of v1 could create',
    value: '`secret_type` is `key-value`',
    confidence: 'guess',
    source: 'v3 does not have the type',
  },
  {
    operation: CREATE,
    what: 'the operation',
    value:
      'requires `type`, `key` and `value`, and answers with the secret without its value; `is_sensitive` is true by default',
    confidence: 'documented',
    source: 'the pages of v3/secrets',
  },
  {
    operation: CREATE,
    what: 'answer to a key that the organization already uses',
    value: '409 with the detail `Secret name is not unique`',
    confidence: 'guess',
    source: 'the answer of v1; none is published for v3',
  },
  {
    operation: DELETE,
    what: 'the operation',
    value: 'deletes permanently and answers with the secret',
    confidence: 'documented',
    source: 'v3/secrets/delete-organizations-secrets',
  },
  {
    operation: DELETE,
    what: 'answer to an unknown or deleted id, and to another organization’s',
    value: '403 with the detail `Unauthorized`',
    confidence: 'seen',
    source: 'the vendor’s Terraform provider notes the 403; the text is that of every other 403',
    question: 'v3-unknown-secret',
  },
]
