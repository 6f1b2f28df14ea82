import { type FidelityRow, LEGACY_DOCUMENT, RECORDINGS } from './row.ts'

/** The facts about attachments. */
export const attachments: readonly FidelityRow[] = [
  {
    operation: 'POST /v1/attachments',
    what: 'the operation',
    value: 'a multipart form with the file as `file`; returns its URL as a JSON string, including quotes',
    confidence: 'documented',
    source: `v1/attachments/upload-files-for-devin-to-work-with; the ${LEGACY_DOCUMENT} had text/plain`,
    question: 'v1-attachment-url',
  },
  {
    operation: 'POST /v1/attachments',
    what: 'form of the URL',
    value: '200 "http://<host>/attachments/<uuid>/notes.txt"',
    confidence: 'seen',
    source:
      'URLs of api.devin.ai in public files, 2024 to 2026; here with the host at which the client reached the fake',
  },
  {
    operation: 'POST /v1/attachments',
    what: 'names of files',
    value:
      'slashes, backslashes and control characters become `_`, names are cut to 255 characters, and an empty name or one of only dots gets a leading `_`',
    confidence: 'guess',
    source: 'not published; the name is then always a single path segment of the URL',
  },
  {
    operation: 'POST /v1/attachments',
    what: 'content type of a file without one',
    value: '`application/octet-stream`',
    confidence: 'guess',
    source: 'not published',
  },
  {
    operation: 'POST /v1/attachments',
    what: 'answer to a form without the file',
    value: '422 {"detail":[{"type":"missing","loc":["body","file"],"msg":"Field required","input":null}]}',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    operation: 'POST /v1/attachments',
    what: 'answer to a multipart body without a boundary',
    value: '400 {"detail":"Missing boundary in multipart."}',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    operation: 'POST /v1/attachments',
    what: 'answer to more than 1000 files',
    value: '400 {"detail":"Too many files. Maximum number of files is 1000."}',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    operation: 'POST /v1/attachments',
    what: 'answer to more than 1000 text fields',
    value: '400 {"detail":"Too many fields. Maximum number of fields is 1000."}',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    operation: 'POST /v1/attachments',
    what: 'answer to a text field of more than 1 MiB',
    value: '400 {"detail":"Part exceeded maximum size of 1024KB."}',
    confidence: 'guess',
    source: RECORDINGS,
  },
  {
    operation: 'POST /v1/attachments',
    what: 'answer to an upload that is too large',
    value: '413 {"detail":"Content Too Large"}',
    confidence: 'guess',
    source:
      'neither a limit nor an answer is published; FastAPI has no limit, and the text is Python’s phrase for 413',
    setting: '--max-upload-bytes',
  },
  {
    operation: 'GET /v1/attachments/{uuid}/{name}',
    what: 'the operation',
    value: 'redirects with 307 to a URL that requires no key and is valid for 60 seconds',
    confidence: 'documented',
    source: 'v1/attachments/download-attachment-files',
  },
  {
    operation: 'GET /v1/attachments/{uuid}/{name}',
    what: 'target of the redirect',
    value:
      '`/_fake/storage/{org_id}/{uuid}/{name}?expires=<microseconds>&signature=<64 hex>` on the fake itself',
    confidence: 'guess',
    source: 'replaces the object store of the real service',
  },
  {
    operation: 'GET /v1/attachments/{uuid}/{name}',
    what: 'answer to an unknown attachment, or to a known one with another name',
    value: '404 {"detail":"Attachment not found"}',
    confidence: 'documented',
    source: `${LEGACY_DOCUMENT}; comparing the name is a guess`,
  },
  {
    operation: 'GET /attachments/{uuid}/{name}',
    what: 'the operation',
    value:
      'the URL that an upload returns; requires the key and redirects like `/v1/attachments/{uuid}/{name}`',
    confidence: 'guess',
    source: 'the form of the URL was seen; on the real service a signed-in browser opens it',
  },
  {
    operation: 'GET /attachments/{uuid}/{name}',
    what: 'answer to an unknown attachment',
    value: '404 {"detail":"Attachment not found"}',
    confidence: 'guess',
    source: 'like the documented path',
  },
  {
    operation: 'GET /_fake/storage/{org_id}/{uuid}/{name}',
    what: 'answer to a signature that is wrong or older than 60 seconds',
    value: '403 {"detail":"The signature is wrong or has expired"}',
    confidence: 'guess',
    source: 'object stores also answer 403, with their own texts',
  },
]
