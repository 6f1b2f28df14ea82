import type { Principal } from '../auth/principal.ts'
import { copyString } from '../base/copy-string.ts'
import { randomUuid } from '../base/ids.ts'
import type { AttachmentRecord } from '../store/records.ts'
import { InvalidSignature, NotFound } from './errors.ts'
import type { Organization, Organizations } from './organizations.ts'

/** A file as a client sends it: name and type may be anything. */
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

/** The presigned path of a file, valid for a minute. Throws {@link NotFound} where no file has this id and this name. */
export async function presignedPath(
  { attachments, signer, orgId, clock }: Organization,
  { id, name }: Pick<AttachmentRecord, 'id' | 'name'>,
): Promise<string> {
  const attachment = await attachments.get(id)
  if (attachment === undefined || attachment.name !== name) throw new NotFound('attachment')
  return signer.sign(storagePath(orgId, attachment), clock.now())
}

/** What a presigned path says. */
export interface PresignedPath extends Pick<AttachmentRecord, 'id' | 'name'> {
  readonly orgId: string
  /** Microseconds since the epoch. */
  readonly expires: number
  readonly signature: string
}

/** The file that a presigned path leads to. Throws {@link InvalidSignature}, or {@link NotFound} where the file is gone. */
export async function presignedAttachment(
  organizations: Organizations,
  { orgId, id, name, expires, signature }: PresignedPath,
): Promise<AttachmentRecord> {
  // First of all, so that an address that was made up says nothing of what is stored.
  if (!organizations.signer.verify(storagePath(orgId, { id, name }), expires, signature)) {
    throw new InvalidSignature()
  }
  const organization = organizations.find(orgId)
  if ((organization ?? organizations).clock.now() > expires) throw new InvalidSignature()
  const attachment = await organization?.attachments.get(id)
  if (attachment === undefined) throw new NotFound('attachment')
  return attachment
}

/** The path of an attachment's bytes, before it is signed. */
export function storagePath(orgId: string, { id, name }: Pick<AttachmentRecord, 'id' | 'name'>): string {
  return `/_fake/storage/${encodeURIComponent(orgId)}/${id}/${encodeURIComponent(name)}`
}

const NAME_LENGTH_MAX = 255

/** A file name that is one segment of a path wherever it is written: clients resolve `.` and `..`, and slashes divide. */
function safeName(filename: string): string {
  const name = copyString(filename.replace(/[/\\]|\p{Cc}/gu, '_').slice(0, NAME_LENGTH_MAX))
  return /^\.{0,2}$/.test(name) ? `_${name}` : name
}

/** A content type that can be sent back as a header; like the name, it may be anything when it comes. */
function safeType(contentType = ''): string {
  const type = contentType.trim()
  return /^[\t -~\u0080-\u00ff]+$/.test(type) ? copyString(type) : 'application/octet-stream'
}
