import { type FidelityRow, LEGACY_DOCUMENT, RECORDINGS } from './row.ts'

/** The facts about all operations. */
export const topics: readonly FidelityRow[] = [
  {
    topic: 'authentication',
    what: 'answer to a request without usable `Bearer` credentials',
    value: '401 {"detail":"Unauthorized"}',
    confidence: 'seen',
    source: 'seen by third parties, 2026-09',
  },
  {
    topic: 'authentication',
    what: 'answer to a key that is unknown, revoked, or of another generation of the API (`cog_…`)',
    value: '403 {"detail":"Unauthorized"}',
    confidence: 'seen',
    source: `seen by third parties, 2026-09; older clients, and the ${LEGACY_DOCUMENT}, have 401`,
    question: 'v1-bad-key',
  },
  {
    topic: 'authentication',
    what: 'valid keys',
    value:
      'every `apk_user_…` and `apk_…`, except those that continue with `wrong`, `invalid`, `expired` or `revoked`',
    confidence: 'guess',
    source: 'the prefixes are documented in authentication; the rest is a choice of the fake',
    setting: '--strict-keys',
  },
  {
    topic: 'authentication',
    what: 'owner of a key',
    value:
      'the organization and user in the key itself, in the forms `apk_user_` + base64 of `<user id>_org-<32 hex>:<32 hex>` and `apk_` + base64 of `org-<32 hex>:<32 hex>`; all other keys share one organization',
    confidence: 'seen',
    source: 'the form of real keys, seen in public projects',
  },
  {
    topic: 'authentication',
    what: 'when the key is checked',
    value: 'after routing and parsing of the body, before validation',
    confidence: 'guess',
    source: 'like a FastAPI dependency',
  },
  {
    topic: 'authentication',
    what: 'another organization’s record',
    value: 'has the same answer as an unknown one',
    confidence: 'guess',
    source: 'v1/overview says that a key has access only to its organization',
  },
  {
    topic: 'routing',
    what: 'answer to an unknown path',
    value: '404 {"detail":"Not Found"}',
    confidence: 'seen',
    source: `seen by third parties for \`/v1/sessions/{session_id}/messages\`; ${RECORDINGS}`,
  },
  {
    topic: 'routing',
    what: 'answer to a method that a path does not have, HEAD and OPTIONS included',
    value: '405 {"detail":"Method Not Allowed"}',
    confidence: 'guess',
    source: `${RECORDINGS}; the status was seen by third parties`,
  },
  {
    topic: 'routing',
    what: 'answer to a known path with a trailing slash',
    value: '307',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    topic: 'bodies',
    what: 'answer to a body that is not JSON',
    value:
      '422 {"detail":[{"type":"json_invalid","loc":["body",13],"msg":"JSON decode error","input":{},"ctx":{"error":"Expecting value"}}]}',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    topic: 'bodies',
    what: 'answer to an unknown encoding, to nesting deeper than 9,994 levels, and to integers of more than 4,300 digits',
    value: '400 {"detail":"There was an error parsing the body"}',
    confidence: 'guess',
    source: `${RECORDINGS}; the number of levels was measured with CPython 3.13`,
  },
  {
    topic: 'bodies',
    what: 'answer to a JSON body that is too large',
    value: '413 {"detail":"Content Too Large"}',
    confidence: 'guess',
    source: 'no limit is published, and FastAPI has none; the text is Python’s phrase for 413',
    setting: '--max-json-bytes',
  },
  {
    topic: 'bodies',
    what: 'answer to a body that does not match its schema',
    value:
      '422 {"detail":[{"type":"missing","loc":["body","prompt"],"msg":"Field required","input":{"title":"x"}}]}',
    confidence: 'guess',
    source: `every page publishes HTTPValidationError; \`input\` and \`ctx\` in its items are from ${RECORDINGS}`,
  },
  {
    topic: 'bodies',
    what: 'maximum size of a validation error',
    value:
      'the first 100 issues, which quote up to 1 MiB of the input in total. FastAPI has neither limit. Further issues are omitted, and each `input` beyond 1 MiB is replaced by `(not quoted: the inputs take more than 1 MiB)`',
    confidence: 'guess',
    source: 'a choice of the fake, to bound the cost of a request; FastAPI’s answer is longer',
  },
  {
    topic: 'bodies',
    what: 'maximum size of a form',
    value:
      '1 MiB and 10,000 fields for an urlencoded form, 64 KiB and 100 headers for the headers of a part; Starlette has only a limit of 1,000 fields for multipart forms',
    confidence: 'guess',
    source:
      'a choice of the fake, to bound the cost of a request; no operation of v1 takes an urlencoded form',
  },
  {
    topic: 'bodies',
    what: 'unknown members of a body and unknown query parameters',
    value: 'are ignored',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    topic: 'bodies',
    what: 'answer to an invalid value that JSON cannot represent (NaN, a lone surrogate)',
    value: '500 Internal Server Error',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    topic: 'bodies',
    what: 'numbers that an answer quotes',
    value:
      'have the spelling of Python, such as `1e-05`, except for floats without a fraction below 2^53: `5.0` is quoted as `5`',
    confidence: 'guess',
    source: 'a choice of the fake, as JavaScript does not distinguish them; FastAPI quotes `5.0`',
  },
  {
    topic: 'formats',
    what: 'times',
    value: 'ISO 8601 in UTC with microseconds and `Z`: `2025-12-20T14:47:51.845058Z`',
    confidence: 'seen',
    source: `seen by third parties, 2025-12; examples of the ${LEGACY_DOCUMENT} end in \`+00:00\``,
  },
  {
    topic: 'formats',
    what: 'ids',
    value:
      '`devin-`, `secret-`, `note-`, `playbook-`, `event-`, `audit_log-` or `org-`, and 32 hexadecimal digits; a UUID for attachments',
    confidence: 'documented',
    source: `examples of the ${LEGACY_DOCUMENT} and of the newer API; 32 digits for \`note-\` are a guess, those of \`event-\` were recorded from the newer API`,
  },
  {
    topic: 'formats',
    what: 'members without a value',
    value: 'are sent as null',
    confidence: 'guess',
    source: `FastAPI’s default; an example of the ${LEGACY_DOCUMENT} has one`,
  },
  {
    topic: 'formats',
    what: 'content type of JSON',
    value: '`application/json`, without a charset',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    topic: 'limits',
    what: 'answer to too many requests',
    value: 'never sent: there is no rate limit',
    confidence: 'documented',
    source: 'the published examples handle 429; limits, headers and body are not published',
  },
  {
    topic: 'limits',
    what: 'maximum size of a session',
    value:
      '10,000 messages and events, and 16 MiB of messages; beyond that 507. Lists and sessions of more than 1 MiB are sent in chunks, without a `content-length`',
    confidence: 'guess',
    source: 'a choice of the fake; no limit is published',
  },
  {
    operation: 'GET /openapi.json',
    what: 'the operation',
    value: 'the current operations as OpenAPI 3.1.0, without the legacy ones; requires no key',
    confidence: 'guess',
    source: 'the path at which a FastAPI application serves its document',
  },
  {
    operation: 'GET /v1-openapi.yaml',
    what: 'the operation',
    value: 'the same as YAML',
    confidence: 'documented',
    source: 'published under this name by docs.devin.ai',
  },
  {
    operation: 'GET /zh/v1-openapi.yaml',
    what: 'the operation',
    value: 'the same in Chinese',
    confidence: 'documented',
    source: 'published under this name by docs.devin.ai; texts without a Chinese version are in English',
  },
]
