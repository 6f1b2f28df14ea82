import { type FidelityRow, LEGACY_DOCUMENT, RECORDINGS } from './row.ts'

/** What is known of the attachments. */
export const attachments: readonly FidelityRow[] = [
  {
    operation: 'POST /v1/attachments',
    what: 'the operation',
    value: 'a multipart form with the file as `file`; answers its URL as a JSON string, quotes included',
    confidence: 'documented',
    source: `v1/attachments/upload-files-for-devin-to-work-with; the ${LEGACY_DOCUMENT} had text/plain`,
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
      'slashes, backslashes and control characters become `_`, at most 255 characters stay, and an empty name or one of dots gets a `_` in front',
    confidence: 'guess',
    source: 'nothing is published; so the name is always one segment of the URL',
  },
  {
    operation: 'POST /v1/attachments',
    what: 'type of a file that names none',
    value: '`application/octet-stream`',
    confidence: 'guess',
    source: 'nothing is published',
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
    what: 'answer to an upload that is too long',
    value: '413 {"detail":"Content Too Large"}',
    confidence: 'guess',
    source:
      'no limit and no answer are published; FastAPI has no limit, and the text is Python’s own for 413',
    setting: '--max-upload-bytes',
  },
  {
    operation: 'GET /v1/attachments/{uuid}/{name}',
    what: 'the operation',
    value: 'redirects with 307 to a URL that needs no key and is good for 60 seconds',
    confidence: 'documented',
    source: 'v1/attachments/download-attachment-files',
  },
  {
    operation: 'GET /v1/attachments/{uuid}/{name}',
    what: 'where it redirects to',
    value:
      '`/_fake/storage/{org_id}/{uuid}/{name}?expires=<microseconds>&signature=<64 hex>` on the fake itself',
    confidence: 'guess',
    source: 'stands in for the object store of the real service',
  },
  {
    operation: 'GET /v1/attachments/{uuid}/{name}',
    what: 'answer to an unknown attachment, or to a known one by another name',
    value: '404 {"detail":"Attachment not found"}',
    confidence: 'documented',
    source: `${LEGACY_DOCUMENT}; that the name counts is a guess`,
  },
  {
    operation: 'GET /attachments/{uuid}/{name}',
    what: 'the operation',
    value: 'the URL that an upload answers; needs the key and redirects like `/v1/attachments/{uuid}/{name}`',
    confidence: 'guess',
    source: 'the form of the URL is seen; on the real service a signed-in browser opens it',
  },
  {
    operation: 'GET /attachments/{uuid}/{name}',
    what: 'answer to an unknown attachment',
    value: '404 {"detail":"Attachment not found"}',
    confidence: 'guess',
    source: 'as the documented path',
  },
  {
    operation: 'GET /_fake/storage/{org_id}/{uuid}/{name}',
    what: 'answer to a signature that is wrong or older than 60 seconds',
    value: '403 {"detail":"The signature is wrong or has expired"}',
    confidence: 'guess',
    source: 'object stores answer 403 too, in words of their own',
  },
]
