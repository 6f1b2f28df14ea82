// What the tests of the view of requests share: a browser, a server with two organizations, and short names for parts of the page.
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { type FakeDevin, startFakeDevin } from '../../src/index.ts'
import { type PageOptions, pagesOf, sharedBrowser } from './browser.ts'

const pages = pagesOf(await sharedBrowser(), { permissions: ['clipboard-read', 'clipboard-write'] })
/** Returns the complaints of all pages. */
export const { complaints } = pages
/** A server whose journal has room for many requests, as its default organization. */
export const devin = await startFakeDevin({ journalEntries: 30_000, journalBytes: 2 ** 28 })
t.teardown(() => devin.close())
/** Another organization of the server. */
export const other = await devin.organizations.create()

/** Sends a request as a client of an organization. */
export async function send(
  { key }: Pick<FakeDevin, 'key'>,
  method: string,
  path: string,
  { body, headers }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Response> {
  const type = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const init = { method, headers: type, ...(body !== undefined && { body: text }) }
  const response = await fetch(devin.url + path, init)
  await response.text()
  return response
}

/** Sends many requests over one connection, without waiting for their answers in between. */
export async function sendMany(count: number, pathOf: (at: number) => string): Promise<void> {
  const { hostname, port } = new URL(devin.url)
  const socket = connect(Number(port), hostname)
  const headers = `host: ${hostname}\r\nauthorization: Bearer ${devin.key}\r\n`
  for (let at = 0; at < count; at++) socket.write(`GET ${pathOf(at)} HTTP/1.1\r\n${headers}\r\n`)
  socket.end()
  socket.resume()
  await once(socket, 'close')
}

/** Opens the page at a place. */
export async function open(t: Test, hash: string, options?: PageOptions): Promise<Page> {
  const { page } = await pages.open(t, options)
  await page.goto(`${devin.url}/_fake/#${hash}`)
  return page
}

/** The requests in view. */
export const rowsOf = (page: Page) => page.locator('.requests-list a')
/** The paths and queries of the requests in view. */
export const targetsOf = (page: Page) => page.locator('.requests-list .target').allTextContents()
/** A button by its name. */
export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
/** The text that was copied last. */
export const copied = (page: Page) => page.evaluate<string>('navigator.clipboard.readText()')
/** The id of the newest request. */
export const newestId = async () => (await devin.requests.list({ limit: 1 })).requests[0]?.id ?? 0

/** Waits until a page says that there are that many requests. */
export async function waitForCount(page: Page, text: string): Promise<void> {
  // Long, since on a busy machine tens of thousands of requests take their time.
  await page.getByRole('status').getByText(text, { exact: true }).waitFor({ timeout: 60_000 })
}
