import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { browserPath } from '../../scripts/setup/browser.mjs'
import { childEnvironment } from '../child-environment.ts'

/** How long a browser may take for any single step, in milliseconds. */
const STEP_MS = 30_000

/** Keep the browser from everything but the pages that a test opens. */
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-proxy-server',
]

/**
 * Starts a browser without a window, with a profile and a home of its own, and closes it when the test ends. Throws an Error that says
 * what to do if this machine has none.
 */
export async function launch(t: Test): Promise<Browser> {
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

/** A page of a browser that notes what must not happen. */
export interface WatchedPage {
  readonly page: Page
  /** The errors of scripts, and what the content security policy has forbidden. */
  readonly complaints: string[]
  /** The URLs of all requests. */
  readonly requests: string[]
}

/** Opens an empty page. `options` are those of a browser context, such as the language. */
export async function openPage(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<WatchedPage> {
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
  return { page, complaints, requests }
}
