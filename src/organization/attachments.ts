import type { Principal } from '../auth/principal.ts'
import { copyString } from '../base/copy-string.ts'
import { randomUuid } from '../base/ids.ts'
import type { AttachmentRecord } from '../resources/attachments.ts'
import { NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** An uploaded file. Its name and type are unchecked client input. */
export interface UploadedFile {
  readonly filename: string
  readonly contentType?: string | undefined
  readonly bytes: Uint8Array
}

/** Stores a file. */
export async function uploadAttachment(
  { attachments, ids, clock, auditLog }: Organization,
  principal: Principal,
  file: UploadedFile,
): Promise<AttachmentRecord> {
  const attachment = {
    id: randomUuid(ids),
    name: safeName(file.filename),
    contentType: safeType(file.contentType),
    bytes: file.bytes,
    createdAt: clock.now(),
  }
  await attachments.insert(attachment)
  auditLog.write(principal, 'upload_attachment', attachment.id)
  return attachment
}

/** Returns the presigned path of a file, valid for one minute. Throws {@link NotFound} unless id and name match a file. */
export async function presignedPath(
  { attachments, signer, orgId, clock }: Organization,
  { id, name }: Pick<AttachmentRecord, 'id' | 'name'>,
): Promise<string> {
  const attachment = await attachments.get(id)
  if (attachment === undefined || attachment.name !== name) throw new NotFound('attachment')
  return signer.sign(storagePath(orgId, attachment), clock.now())
}

/** Returns the unsigned path of the bytes of a file. */
export function storagePath(orgId: string, { id, name }: Pick<AttachmentRecord, 'id' | 'name'>): string {
  return `/_fake/storage/${encodeURIComponent(orgId)}/${id}/${encodeURIComponent(name)}`
}

const NAME_LENGTH_MAX = 255

/** Returns a file name that is a single path segment: clients resolve `.` and `..`, and slashes separate segments. */
function safeName(filename: string): string {
  const name = copyString(filename.replace(/[/\\]|\p{Cc}/gu, '_').slice(0, NAME_LENGTH_MAX))
  return /^\.{0,2}$/.test(name) ? `_${name}` : name
}

/** Returns a content type that is valid in a response header. */
function safeType(contentType = ''): string {
  const type = contentType.trim()
  return /^[\t -~\u0080-\u00ff]+$/.test(type) ? copyString(type) : 'application/octet-stream'
}
