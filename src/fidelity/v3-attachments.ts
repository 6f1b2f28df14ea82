import type { FidelityRow } from './row.ts'

const UPLOAD = 'POST /v3/organizations/{org_id}/attachments'
const DOWNLOAD = 'GET /v3/organizations/{org_id}/attachments/{uuid}/{name}'

/** The facts about attachments of v3. */
export const v3Attachments: readonly FidelityRow[] = [
  {
    operation: UPLOAD,
    what: 'the operation',
    value: 'a multipart form with the file as `file`; answers with `attachment_id`, `name` and `url`',
    confidence: 'documented',
    source: 'v3/attachments/post-organizations-attachments',
  },
  {
    operation: UPLOAD,
    what: 'form of the URL',
    value: '`http://<host>/attachments/<uuid>/<name>`, as that of v1',
    confidence: 'seen',
    source:
      'URLs of app.devin.ai in public files and in a client’s test; a browser opens them there, and here an `apk_` key',
  },
  {
    operation: UPLOAD,
    what: 'names of files, forms without the file, and limits',
    value: 'as for `POST /v1/attachments`',
    confidence: 'guess',
    source: 'both generations store the same files',
  },
  {
    operation: DOWNLOAD,
    what: 'the operation',
    value: 'redirects with 307 to a URL that requires no key and is valid for 60 seconds',
    confidence: 'documented',
    source: 'AttachmentsClient of the SDK; the lifetime as seen on v1',
  },
  {
    operation: DOWNLOAD,
    what: 'required permission',
    value:
      '`UseDevinSessions` or `ViewOrgSessions`: that of an upload, or that of the list of a session’s files',
    confidence: 'guess',
    source: 'none is published for a download',
  },
  {
    operation: DOWNLOAD,
    what: 'answer to an unknown attachment, or to a known one with another name',
    value: '404 with the detail `Attachment not found`',
    confidence: 'guess',
    source: 'the answer of v1; none is published for v3',
  },
]
