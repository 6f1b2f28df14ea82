import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { type FakeDevin, startFakeDevin } from '../../src/index.ts'
import type { SessionDetail } from '../../src/schemas/control/sessions.ts'
import { type PageOptions, pagesOf, sharedBrowser } from './browser.ts'

/** The text of the page without sessions. */
export const EMPTY = 'There are no sessions yet.'

/** A fake with a frozen clock and a browser, for the tests of a file. */
export interface SessionsPage {
  readonly browser: Browser
  readonly devin: FakeDevin
  /** Opens a part of the page, such as `sessions?q=x`: with options, in a browser context of its own; otherwise in a shared one. */
  open(t: Test, hash?: string, options?: PageOptions): Promise<Page>
  /** Sends a request with a key of v3 and a JSON body, and returns the JSON of the answer. */
  send<Answer>(method: string, path: string, body?: unknown): Promise<Answer>
  /** Creates a session as a client of v3. Returns its id. */
  create(members?: object): Promise<string>
  /** Returns what the control plane knows of a session. */
  detailOf(id: string): Promise<SessionDetail>
  /** Returns the complaints of all pages: errors of scripts, and violations of the content security policy. */
  complaints(): readonly string[]
}

/** Starts a fake and a browser for a file of tests. Each test starts with an empty fake. */
export async function startSessionsPage(t: Test): Promise<SessionsPage> {
  const browser = await sharedBrowser()
  const devin = await startFakeDevin({ clock: '2026-01-01T00:00:00Z', seedIds: 1 })
  t.teardown(() => devin.close())
  t.beforeEach(() => devin.reset())
  const pages = pagesOf(browser)
  const open: SessionsPage['open'] = async (t, hash = '', options) => {
    const { page } = await pages.open(t, options)
    await page.goto(`${devin.url}/_fake/#/${hash}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    return page
  }
  const send: SessionsPage['send'] = async (method, path, body) => {
    const response = await devin.fetch(path, {
      method,
      headers: { authorization: `Bearer ${devin.v3Key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return (await response.json()) as never
  }
  const create: SessionsPage['create'] = async (members = {}) => {
    const path = `/v3/organizations/${devin.orgId}/sessions`
    const answer = await send<{ session_id: string }>('POST', path, { prompt: 'Fix the login', ...members })
    return `devin-${answer.session_id}`
  }
  const detailOf: SessionsPage['detailOf'] = (id) => send('GET', `/_fake/sessions/${id}`)
  return { browser, devin, open, send, create, detailOf, complaints: pages.complaints }
}

/** Waits until a session is in a column of the board, and returns its card. */
export async function cardIn(page: Page, column: string, name: string) {
  const region = page.getByRole('region', { name: new RegExp(`^${column}`) })
  const card = region.locator('.session-card', { hasText: name })
  await card.waitFor()
  return card
}
