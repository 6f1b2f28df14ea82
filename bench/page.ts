import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { browserPath } from '../scripts/setup/browser.mjs'
import { type Figure, figure } from './figures.ts'
import { fake, type Running, start } from './servers.ts'
import { median } from './statistics.ts'

const ROUNDS = 7
const UPDATES = 30
const BETWEEN_MS = 500
const SESSIONS = 10_000
const ASSETS = fileURLToPath(new URL('../dist/page/', import.meta.url))

/** Notes when a card with the text of an update is on the screen: two frames after it was added. */
const WATCH = `
  new MutationObserver(() => {
    for (const text of document.body.textContent.match(/update-\\d+!/g) ?? []) {
      if (seen[text] !== undefined) continue
      seen[text] = 0
      requestAnimationFrame(() => requestAnimationFrame(() => { seen[text] = Date.now() }))
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true })
  window.seen = {}
`

/** Measures the page in a real browser: its load, the delay of an update, its memory, and its size. */
export async function pageFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fake-devin-page-'))
  const seed = join(folder, 'seed.json')
  const many = { prompt: 'Fix issue {n}', count: SESSIONS, age_seconds: 3600, status_enum: 'finished' }
  writeFileSync(seed, JSON.stringify({ organizations: [{ sessions: [many] }] }))
  const browser = await chromium.launch({ executablePath: browserPath(), chromiumSandbox: false })
  try {
    const few = await withServer([], (server) => measure(browser, server))
    const full = await withServer(['--seed', seed], (server) => measure(browser, server))
    return [
      figure('page: load of an empty server', '', few.load, { goal: 1000, unit: ' ms' }),
      figure('page: event to pixel', `median of ${UPDATES}`, few.update, { goal: 250, unit: ' ms' }),
      figure(`page: load with ${SESSIONS} sessions`, '', full.load, { goal: 3000, unit: ' ms' }),
      figure('the same, event to pixel', `median of ${UPDATES}`, full.update, { goal: 500, unit: ' ms' }),
      figure('the same, memory', 'heap', full.heap, { goal: 50, unit: ' MB' }),
      sizeFigure(),
    ]
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true })
  }
}

async function withServer<Result>(
  flags: string[],
  act: (server: Running) => Promise<Result>,
): Promise<Result> {
  const server = await start(fake('--log-level', 'silent', ...flags))
  try {
    return await act(server)
  } finally {
    await server.stop()
  }
}

async function measure(browser: Browser, { port }: Running) {
  const url = `http://127.0.0.1:${port}`
  const loads: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const page = await browser.newPage()
    loads.push(await loadTime(page, url))
    await page.close()
  }
  // The policy of the page forbids what is evaluated below.
  const page = await browser.newPage({ bypassCSP: true })
  await loadTime(page, url)
  await page.evaluate(WATCH)
  const updates: number[] = []
  for (let round = 0; round < UPDATES; round++) updates.push(await updateTime(page, url, `update-${round}!`))
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const heap = await page.evaluate<number>('performance.memory.usedJSHeapSize')
  await page.close()
  return { load: median(loads), update: median(updates), heap: heap / 1e6 }
}

/** Returns the time from the navigation until the page is live and has what there is, in milliseconds. */
async function loadTime(page: Page, url: string): Promise<number> {
  const before = performance.now()
  await page.goto(`${url}/_fake/`)
  await page.locator('.connection.live').waitFor()
  await page.locator('.board a, .empty').first().waitFor()
  return performance.now() - before
}

/** Returns the time from the answer to a client's request until its session is on the screen, in milliseconds. */
async function updateTime(page: Page, url: string, text: string): Promise<number> {
  // Updates in quick succession are shown together.
  await setTimeout(BETWEEN_MS)
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { authorization: 'Bearer apk_user_bench', 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: text }),
  })
  const answered = performance.timeOrigin + performance.now()
  await response.arrayBuffer()
  await page.waitForFunction(`seen[${JSON.stringify(text)}] > 0`)
  const shown = await page.evaluate<number>(`seen[${JSON.stringify(text)}]`)
  return Math.max(0, shown - answered)
}

/** Measures the page's own files, and what comes with them. */
function sizeFigure(): Figure {
  const own = kilobytes((name) => !/^(?:swagger-ui|preact|virtual|diff)-/.test(name))
  const withPackages = kilobytes((name) => !name.startsWith('swagger-ui'))
  const measured = `${withPackages.toFixed(0)} kB with packages, ${kilobytes(() => true).toFixed(0)} kB with Swagger UI`
  return figure('page: own files, compressed', measured, own, { goal: 80, unit: ' kB' })
}

function kilobytes(isCounted: (name: string) => boolean): number {
  const files = readdirSync(ASSETS, { recursive: true, withFileTypes: true })
  const counted = files.filter((entry) => entry.name.endsWith('.gz') && isCounted(entry.name))
  return counted.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) / 1000
}
