import { type FidelityRow, LEGACY_DOCUMENT, RECORDINGS } from './row.ts'

/** What is known of all operations alike. */
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
  },
  {
    topic: 'authentication',
    what: 'which keys are good',
    value:
      'every `apk_user_…` and `apk_…`, but for those that go on with `wrong`, `invalid`, `expired` or `revoked`',
    confidence: 'guess',
    source: 'the prefixes are documented in authentication; the rest is a choice of the fake',
    setting: '--strict-keys',
  },
  {
    topic: 'authentication',
    what: 'whose a key is',
    value:
      'the organization and the person that the key itself names, as `apk_user_` + base64 of `<user id>_org-<32 hex>:<32 hex>` and `apk_` + base64 of `org-<32 hex>:<32 hex>` do; all others share one organization',
    confidence: 'seen',
    source: 'the form of real keys, seen in public projects',
  },
  {
    topic: 'authentication',
    what: 'when the key is looked at',
    value: 'after routing and after the body was parsed, before anything is validated',
    confidence: 'guess',
    source: 'as a FastAPI dependency would be',
  },
  {
    topic: 'authentication',
    what: 'another organization’s record',
    value: 'is answered like an unknown one',
    confidence: 'guess',
    source: 'v1/overview says that a key sees its organization only',
  },
  {
    topic: 'routing',
    what: 'answer to a path that is none',
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
    what: 'answer to a known path with a slash at its end',
    value: '307',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    topic: 'bodies',
    what: 'answer to a body that is no JSON',
    value:
      '422 {"detail":[{"type":"json_invalid","loc":["body",13],"msg":"JSON decode error","input":{},"ctx":{"error":"Expecting value"}}]}',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    topic: 'bodies',
    what: 'answer to bytes in no known encoding, to nesting deeper than 9,994 levels, and to integers of more than 4,300 digits',
    value: '400 {"detail":"There was an error parsing the body"}',
    confidence: 'guess',
    source: `${RECORDINGS}; the number of levels was measured with CPython 3.13`,
  },
  {
    topic: 'bodies',
    what: 'answer to a JSON body that is too long',
    value: '413 {"detail":"Content Too Large"}',
    confidence: 'guess',
    source: 'no limit is published, and FastAPI has none; the text is Python’s own for 413',
    setting: '--max-json-bytes',
  },
  {
    topic: 'bodies',
    what: 'answer to a body that does not fit its schema',
    value:
      '422 {"detail":[{"type":"missing","loc":["body","prompt"],"msg":"Field required","input":{"title":"x"}}]}',
    confidence: 'guess',
    source: `every page publishes HTTPValidationError; that its items have \`input\` and \`ctx\` is from ${RECORDINGS}`,
  },
  {
    topic: 'bodies',
    what: 'how much the answer to a wrong request says at most',
    value:
      'the first 100 issues; together they quote 1 MiB of what was sent. FastAPI has neither bound: what is beyond the first is left out, and what is beyond the second says `(not quoted: the inputs take more than 1 MiB)` in the place of `input`',
    confidence: 'guess',
    source: 'a choice of the fake, so that no request costs more than it brings; FastAPI’s is longer',
  },
  {
    topic: 'bodies',
    what: 'how long a form may be',
    value:
      'an urlencoded one 1 MiB and 10,000 fields, the headers of a part 64 KiB and 100 headers; Starlette has the bound of 1,000 fields for multipart forms alone',
    confidence: 'guess',
    source:
      'a choice of the fake, so that no request costs more than it brings; no operation of v1 takes an urlencoded form',
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
    what: 'answer to a wrong value that JSON cannot write (NaN, a lone surrogate)',
    value: '500 Internal Server Error',
    confidence: 'guess',
    source: RECORDINGS,
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
    source: `examples of the ${LEGACY_DOCUMENT} and of the newer API; 32 digits for \`note-\` and \`event-\` are a guess`,
  },
  {
    topic: 'formats',
    what: 'members without a value',
    value: 'are sent as null',
    confidence: 'guess',
    source: `FastAPI’s way unless told otherwise; an example of the ${LEGACY_DOCUMENT} has one`,
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
    value: 'never given: there is no limit',
    confidence: 'documented',
    source: 'the examples of the pages handle 429; neither figures nor headers nor a body are published',
  },
  {
    topic: 'limits',
    what: 'how much a session takes',
    value:
      '10,000 messages and events, and 16 MiB of messages; beyond that 507. Lists and sessions of more than 1 MiB are sent in pieces, without a `content-length`',
    confidence: 'guess',
    source: 'a choice of the fake; no bound is published',
  },
  {
    operation: 'GET /openapi.json',
    what: 'the operation',
    value: 'the current operations as OpenAPI 3.1.0, without the legacy ones; needs no key',
    confidence: 'guess',
    source: 'where a FastAPI application serves its document',
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
    source: 'published under this name by docs.devin.ai; what was not found in Chinese is in English',
  },
]
