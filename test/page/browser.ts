import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import root, { type Test } from 'tap'
import { browserPath } from '../../scripts/setup/browser.mjs'
import { childEnvironment } from '../child-environment.ts'

/** How long a browser may take for any single step, in milliseconds. */
const STEP_MS = 30_000

/** The size of a page. Playwright's default. */
const VIEWPORT = { width: 1280, height: 720 }

/** Arguments that disable everything except the pages that a test opens. */
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-proxy-server',
]

let started: Promise<Browser> | undefined

/**
 * Returns the headless browser of this process, which its test files share. It has its own profile and home, and is closed when the
 * last test ends. Throws an Error that says what to do if this machine has none.
 */
export function sharedBrowser(): Promise<Browser> {
  started ??= launch(root)
  return started
}

async function launch(t: Test): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), 'fake-devin-browser-'))
  t.teardown(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }))
  const browser = await chromium.launch({
    executablePath: browserPath(),
    headless: true,
    chromiumSandbox: false,
    args: ARGS,
    env: browserEnvironment(home),
    timeout: STEP_MS,
  })
  t.teardown(() => browser.close())
  return browser
}

/** Returns an environment without proxies. The profile is below the home, too. */
function browserEnvironment(home: string): Record<string, string> {
  const { NODE_OPTIONS: _, ...variables } = childEnvironment({
    HOME: home,
    TMPDIR: home,
    XDG_CONFIG_HOME: home,
    XDG_CACHE_HOME: home,
  })
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, `${value}`]))
}

/** A page of a browser that records errors and requests. */
export interface WatchedPage {
  readonly page: Page
  /** The errors of scripts, and the violations of the content security policy. */
  readonly complaints: string[]
  /** The URLs of all requests. */
  readonly requests: string[]
}

/** The options of a browser context, such as the language. */
export type PageOptions = NonNullable<Parameters<Browser['newContext']>[0]>

/** Opens an empty page. */
export async function openPage(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-US', ...options })
  context.setDefaultTimeout(STEP_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
  })
  page.on('request', (request) => requests.push(request.url()))
  page.on('dialog', (dialog) => {
    complaints.push(`a script has opened a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return { page, complaints, requests }
}

/** The pages of a file of tests. */
export interface Pages {
  /** Opens an empty page for a test. */
  open(t: Test, options?: PageOptions): Promise<WatchedPage>
  /** Returns the complaints of all opened pages. */
  complaints(): readonly string[]
}

/**
 * Opens pages in a browser. The tests of a file share one tab, with `defaults`, because a new tab takes as much processor time as most
 * tests. The tab is emptied before the next test. A second tab of a test, or one with options that a tab cannot change, is not shared.
 */
export function pagesOf(browser: Browser, defaults: PageOptions = {}): Pages {
  const all: WatchedPage[] = []
  const opened = async (options: PageOptions) => {
    const watched = await openPage(browser, options)
    all.push(watched)
    return watched
  }
  let shared: Promise<WatchedPage> | undefined
  let isFree = true
  return {
    async open(t, { viewport = VIEWPORT, colorScheme = null, reducedMotion = null, ...options } = {}) {
      if (Object.keys(options).length > 0 || !isFree) {
        const own = await opened({ ...defaults, viewport, colorScheme, reducedMotion, ...options })
        t.teardown(() => own.page.context().close())
        return own
      }
      isFree = false
      shared ??= opened(defaults)
      const watched = await shared
      t.teardown(async () => {
        await empty(watched.page)
        isFree = true
      })
      // A tab in the background has no focus.
      await watched.page.bringToFront()
      if (viewport !== null) await watched.page.setViewportSize(viewport)
      await watched.page.emulateMedia({ colorScheme, reducedMotion })
      return watched
    },
    complaints: () => all.flatMap(({ complaints }) => complaints),
  }
}

/** Empties a tab after a test. */
async function empty(page: Page): Promise<void> {
  await page.unrouteAll()
  await page.evaluate('localStorage.clear(); sessionStorage.clear()')
  await page.goto('about:blank')
}
