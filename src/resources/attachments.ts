import { Type } from '@sinclair/typebox'
import { formatInstant } from '../base/clock.ts'
import { randomUuid } from '../base/ids.ts'
import type { StoredRecord } from '../store/types.ts'
import type { DocumentReader } from './document-reader.ts'
import { createdAtOf, defineResource, StrictObject, Text, Time } from './resource.ts'

/** An uploaded file. */
export interface AttachmentRecord extends StoredRecord {
  readonly name: string
  readonly contentType: string
  readonly bytes: Uint8Array
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

/** The files that clients have uploaded. */
export const attachments = defineResource({
  name: 'attachments',
  document: StrictObject({
    /** The id, as it appears in paths. Default: a new one. */
    id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]+$' })),
    /** The name: one path segment, but not `.` or `..`. */
    name: Type.String({ pattern: '^(?!\\.{1,2}$)[^/\\\\\\p{Cc}]+$' }),
    /** The content type, of characters that a header may contain. Default: `application/octet-stream`. */
    content_type: Type.Optional(Type.String({ pattern: '^[\\t -~\\u0080-\\u00ff]+$' })),
    /** The contents, in base64. Default: empty. */
    base64: Type.Optional(Text),
    created_at: Time,
  }),
  encode: ({ id, name, contentType, bytes, createdAt }: AttachmentRecord) => ({
    id,
    name,
    content_type: contentType,
    base64: bytes,
    created_at: formatInstant(createdAt),
  }),
  decode: (attachment, defaults, reader) => ({
    id: attachment.id ?? randomUuid(defaults.ids),
    name: attachment.name,
    contentType: attachment.content_type ?? 'application/octet-stream',
    bytes: decodeBase64(attachment.base64 ?? '', reader),
    createdAt: createdAtOf(attachment, defaults, reader),
  }),
})

/** Decodes base64, and reports what is not. `Buffer` skips invalid characters, so the result is compared with the input. */
export function decodeBase64(base64: string, reader: DocumentReader): Uint8Array {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64.replace(/[\r\n]+/g, '')) reader.reject(['base64'], 'not base64')
  return bytes
}
