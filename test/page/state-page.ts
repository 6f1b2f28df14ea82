import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { type FakeDevin, startFakeDevin } from '../../src/index.ts'
import { type Answer, ask } from './ask.ts'
import { type PageOptions, pagesOf, sharedBrowser, type WatchedPage } from './browser.ts'

/** A fake, a browser, and helpers for the tests of the state. */
export interface StatePages {
  readonly devin: FakeDevin
  readonly browser: Browser
  /** Opens a tab of the state, such as `secrets?org=org-1`. */
  open(t: Test, tab: string, options?: PageOptions): Promise<WatchedPage>
  /** Calls the API as a client. The path is one of v1, or what follows the organization in v3. */
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
  /** Uploads a file as a client. Returns its URL. */
  upload(name: string, contents: string, type?: string): Promise<string>
  /** Replaces the state by a document of some organizations. */
  put(organizations: readonly object[]): Promise<void>
  /** Returns the complaints of all opened pages. */
  complaints(): readonly string[]
}

interface SendOptions {
  readonly body?: unknown
  /** The organization of a call of v3. Default: that of the fake. */
  readonly base?: string
}

/** Starts a fake and a browser for the tests of a file. Each test finds the fake as it was at the start. */
export async function startStatePages(t: Test): Promise<StatePages> {
  const browser = await sharedBrowser()
  const devin = await startFakeDevin({ seedIds: 1 })
  t.teardown(() => devin.close())
  t.beforeEach(() => devin.reset())
  const pages = pagesOf(browser)
  return {
    devin,
    browser,
    complaints: pages.complaints,
    async open(t, tab, options) {
      const opened = await pages.open(t, options)
      await opened.page.goto(`${devin.url}/_fake/#/state/${tab}`)
      await settled(opened.page)
      return opened
    },
    send(method, path, { body, base = `/v3/organizations/${devin.orgId}` } = {}) {
      const isV1 = path.startsWith('/v1/')
      const key = isV1 ? devin.key : devin.v3Key
      return ask(devin.url + (isV1 ? path : base + path), { method, key, body })
    },
    async upload(name, contents, type = 'text/plain') {
      const body = new FormData()
      body.append('file', new Blob([contents], { type }), name)
      const headers = { authorization: `Bearer ${devin.key}` }
      const response = await fetch(`${devin.url}/v1/attachments`, { method: 'POST', headers, body })
      return (await response.json()) as string
    },
    async put(organizations) {
      const response = await fetch(`${devin.url}/_fake/state`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ organizations }),
      })
      if (!response.ok) throw new Error(await response.text())
    },
  }
}

/** Waits until a tab has shown its data, and follows the server. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.state-list').waitFor({ state: 'attached' })
  await page.locator('.connection.live').waitFor()
}
