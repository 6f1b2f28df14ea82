import type { FidelityRow } from './row.ts'

/** The facts about the documents of v3, and about failures that v3 answers only when a fault simulates them. */
export const v3Topics: readonly FidelityRow[] = [
  {
    topic: 'failures of v3',
    what: 'answer beyond the rate limit',
    value:
      'never sent, since there is no rate limit; the fault `rate-limit` answers 429 with a problem body and `Retry-After: 1`',
    confidence: 'guess',
    source: 'the vendor’s Terraform provider retries 429; no limit, header or body is published',
  },
  {
    topic: 'failures of v3',
    what: 'answer to a key that expires while it is in use',
    value: 'the 403 of every refused key; the fault `expired-key` answers 401 with a problem body',
    confidence: 'guess',
    source: 'common-flows and newer reference pages document 401; third parties have only seen 403',
  },
  {
    topic: 'the prefix /v3beta1',
    what: 'released operations',
    value: 'are served below it, too, with the same permissions',
    confidence: 'documented',
    source: 'the page of code scans says so, and several pages still show the prefix of the beta',
  },
  {
    operation: 'GET /v3-openapi.yaml',
    what: 'the operation',
    value: 'the vendor’s document of v3 as OpenAPI 3.1.0; requires no key',
    confidence: 'documented',
    source: 'published under this name by docs.devin.ai',
  },
  {
    operation: 'GET /v3-openapi.json',
    what: 'the operation',
    value: 'the same as JSON',
    confidence: 'guess',
    source: 'published under this name in another language only: es/v3-openapi.json',
  },
  {
    operation: 'GET /zh/v3-openapi.yaml',
    what: 'the operation',
    value: 'the same; in Chinese are the texts that v1 has, too',
    confidence: 'documented',
    source:
      'published under this name by docs.devin.ai; its other texts are not known here, and are in English',
  },
]
