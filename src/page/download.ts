import { callApi } from './control.ts'

/**
 * Saves a file on this machine, by the way of a client: the API redirects to a signed URL, whose answer a browser never shows as a page.
 * `savedAs` is the suggested name; by default the file's own. Throws CallError.
 */
export async function download(orgId: string, id: string, name: string, savedAs = name): Promise<void> {
  const path = `/v1/attachments/${encodeURIComponent(id)}/${encodeURIComponent(name)}`
  const { headers } = await callApi(orgId, 'GET', path)
  const { pathname, search } = new URL(headers.location ?? '', location.origin)
  const link = document.createElement('a')
  link.href = pathname + search
  link.download = savedAs
  link.click()
}
