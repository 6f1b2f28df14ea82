import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { type FakeDevin, startFakeDevin } from '../../src/index.ts'
import { type Answer, ask } from './ask.ts'
import { type PageOptions, pagesOf, sharedBrowser } from './browser.ts'

/** A fake with a running clock, a browser, and helpers for the tests of the controls. */
export interface Controls {
  readonly devin: FakeDevin
  /** Opens a tab of the controls, such as `faults?org=org-1`. */
  open(t: Test, tab: string, options?: PageOptions): Promise<Page>
  /** Sends a request as a client does. */
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
  /** Returns the complaints of all opened pages. */
  complaints(): readonly string[]
}

interface SendOptions {
  /** Default: a key of v3. */
  readonly key?: string
  readonly body?: unknown
}

/** Starts a fake and a browser for the tests of a file. Each test finds the fake as it was at the start. */
export async function startControls(t: Test): Promise<Controls> {
  const pages = pagesOf(await sharedBrowser())
  const devin = await startFakeDevin({ seedIds: 1 })
  t.teardown(() => devin.close())
  t.beforeEach(() => devin.reset())
  return {
    devin,
    complaints: pages.complaints,
    async open(t, tab, options) {
      const { page } = await pages.open(t, options)
      await page.goto(`${devin.url}/_fake/#/controls/${tab}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      return page
    },
    send: (method, path, { key = devin.v3Key, body } = {}) => ask(devin.url + path, { method, key, body }),
  }
}
