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
    topic: 'failures of v3',
    what: 'answer to a key that is missing, unknown, revoked or expired, and to one without the permission',
    value: '403 with the detail `Unauthorized`',
    confidence: 'seen',
    source: 'seen by third parties, 2026-09; common-flows has 401 for an invalid key',
    question: 'v3-bad-key',
  },
  {
    topic: 'failures of v3',
    what: 'answer to a key that names an organization that it does not belong to',
    value: '403 with the detail `Unauthorized`',
    confidence: 'seen',
    source: 'seen by third parties; a client expects 404 for an unknown organization',
    question: 'v3-unknown-organization',
  },
  {
    topic: 'failures of v3',
    what: 'answer to a request that does not match its schema',
    value: '422 with a problem body, the detail `Validation error`, and the issues of v1 as `errors`',
    confidence: 'documented',
    source: 'newer pages have `ProblemDetail`, older ones HTTPValidationError; the texts are a guess',
    question: 'v3-422',
  },
  {
    topic: 'failures of v3',
    what: 'answer to a `first` or `limit` outside of its published bounds',
    value: '200 with the nearest size, as if it were 1 or 200',
    confidence: 'guess',
    source:
      'the document shows the bounds (`minimum: 1`, `maximum: 200`), which FastAPI would enforce with 422; the recorded answers of a FastAPI application to the same requests do not have them, and the live service was not asked',
  },
  {
    topic: 'failures of v3',
    what: 'content type of errors',
    value: '`application/problem+json`',
    confidence: 'guess',
    source: 'that of RFC 9457; the pages show `application/json`',
    question: 'v3-error-type',
  },
  {
    topic: 'lists of v3',
    what: 'answer to an `after` that no page of the list has ended with',
    value: '400 with the detail `Invalid cursor`; an empty one is the first page',
    confidence: 'guess',
    source: 'the pages have no status for it; an HTTP library for Python sends None as an empty text',
  },
  {
    topic: 'lists of v3',
    what: '`qs`, which the vendor’s pages list as the parameter of several lists',
    value: 'not read, not as JSON either; its members are parameters themselves',
    confidence: 'guess',
    source:
      'FastAPI documents a model of parameters so if another parameter is beside it, and reads them one by one; clients of the live service send them so, four others `qs` as JSON, and a generated SDK `qs[first]`',
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
