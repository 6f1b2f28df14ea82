import type { AttachmentRecord } from '../../resources/attachments.ts'
import type { AttachmentResponse } from './contract.ts'

/** Returns the wire form of an uploaded file. Its URL is the one that v1 answers, too. */
export function attachmentResponse({ id, name }: AttachmentRecord, origin: string): AttachmentResponse {
  return { attachment_id: id, name, url: `${origin}/attachments/${id}/${encodeURIComponent(name)}` }
}
