import { CallError, callApi } from '../control.ts'

/** A file of a session that the API has. */
export interface StoredFile {
  readonly sessionId: string
  readonly orgId: string
  readonly attachmentId: string
  readonly name: string
}

/** Saves a file on this machine, as a client of the API gets it. Throws CallError. */
export async function download({ sessionId, orgId, attachmentId, name }: StoredFile): Promise<void> {
  // Devin's files are there once they have been listed.
  await callApi(orgId, 'GET', `/v3/organizations/{org_id}/sessions/${sessionId}/attachments`)
  const { headers } = await callApi(
    orgId,
    'GET',
    `/v1/attachments/${attachmentId}/${encodeURIComponent(name)}`,
  )
  const { pathname, search } = new URL(headers.location ?? '', location.href)
  const response = await fetch(`${pathname}${search}`)
  if (!response.ok) throw new CallError(response.status, await response.text())
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
