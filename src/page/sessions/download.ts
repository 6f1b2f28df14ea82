import { callApi } from '../control.ts'
import { download } from '../download.ts'

/** A file of a session that the API has. */
export interface StoredFile {
  readonly sessionId: string
  readonly orgId: string
  readonly attachmentId: string
  readonly name: string
}

/** Saves the file on this machine. Throws CallError. */
export async function downloadStored({ sessionId, orgId, attachmentId, name }: StoredFile): Promise<void> {
  // Devin's files are there once they have been listed.
  await callApi(orgId, 'GET', `/v3/organizations/{org_id}/sessions/${sessionId}/attachments`)
  await download(orgId, attachmentId, name)
}
