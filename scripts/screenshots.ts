// `npm run screenshots`: makes the pictures of the page in docs/images, from a demo that is the same every time. Needs a browser, see
// scripts/setup/browser.mjs, and fonts with Chinese characters.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { type FakeDevin, startFakeDevin } from '../src/index.ts'
import { browserPath } from './setup/browser.mjs'

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url))
const seedFile = fileURLToPath(new URL('../examples/seed.yaml', import.meta.url))

/** A picture: its name, the fragment of its address, and how the browser is set. */
interface Picture {
  readonly name: string
  readonly hash?: string
  readonly path?: string
  readonly isDark?: boolean
  readonly isChinese?: boolean
  readonly isPhone?: boolean
}

/** The ids of what is shown. */
interface Played {
  readonly session: string
  readonly secret: string
  readonly request: number
}

/** Lets a bot work, so that there is something to see. */
async function play(devin: FakeDevin): Promise<Played> {
  const sessions = `/v3/organizations/${devin.orgId}/sessions`
  const send = async (method: string, path: string, body?: unknown, key = devin.v3Key) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const response = await devin.fetch(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return (await response.json()) as { session_id: string; secret_id: string }
  }
  const { session_id: id } = await send('POST', sessions, {
    prompt: '[fake:blocked-then-finished] Fix the login page: addresses with a plus sign are refused',
    title: 'Fix the login page',
    tags: ['slack', 'login'],
    structured_output_schema: {
      type: 'object',
      properties: { fixed: { type: 'boolean' } },
      required: ['fixed'],
    },
  })
  await devin.clock.advance(12)
  await send('POST', `${sessions}/${id}/messages`, { message: 'Use the main branch, please.' })
  await devin.clock.advance(3)
  const { secret_id: secret } = await send('POST', `/v3/organizations/${devin.orgId}/secrets`, {
    type: 'key-value',
    key: 'DEPLOY_KEY',
    value: 's3cr3t',
    note: 'staging',
  })
  await send('DELETE', '/v1/secrets/secret-unknown', undefined, devin.key)
  await send('POST', '/v1/sessions', { prompt: 'Add dark mode', repos: ['acme/web'] }, devin.key)
  await send('GET', `${sessions}/${id}`)
  await devin.snapshots.take('before the demo')
  await send('POST', sessions, { prompt: 'Update the dependencies', tags: ['chore'] })
  await devin.faults.add({ preset: 'flaky', path: '/v1/**' })
  const { requests } = await devin.requests.list({ method: 'POST', path: '/v1/sessions' })
  return { session: `devin-${id}`, secret, request: requests.at(-1)?.id ?? 0 }
}

function picturesOf({ session, secret, request }: Played): readonly Picture[] {
  return [
    { name: 'sessions', hash: '/sessions' },
    { name: 'sessions-dark', hash: '/sessions', isDark: true },
    { name: 'session', hash: `/sessions/${session}` },
    { name: 'session-dark', hash: `/sessions/${session}`, isDark: true },
    { name: 'session-chinese', hash: `/sessions/${session}`, isChinese: true },
    { name: 'session-phone', hash: `/sessions/${session}`, isPhone: true },
    { name: 'requests', hash: `/requests/${request}` },
    { name: 'requests-dark', hash: `/requests/${request}`, isDark: true },
    { name: 'state', hash: `/state/secrets/${secret}` },
    { name: 'state-chinese', hash: '/state/knowledge', isChinese: true },
    { name: 'clock', hash: '/controls/clock' },
    { name: 'faults', hash: '/controls/faults' },
    { name: 'scenarios', hash: '/controls/scenarios' },
    { name: 'scenarios-dark', hash: '/controls/scenarios', isDark: true },
    { name: 'snapshots', hash: '/controls/snapshots/before%20the%20demo' },
    { name: 'organizations', hash: '/controls/organizations' },
    { name: 'api', path: 'docs?document=v3' },
  ]
}

async function take(browser: Browser, url: string, picture: Picture): Promise<void> {
  const { name, hash, path = `#${hash}`, isDark = false, isChinese = false, isPhone = false } = picture
  const context = await browser.newContext({
    viewport: isPhone ? { width: 390, height: 800 } : { width: 1280, height: 800 },
    colorScheme: isDark ? 'dark' : 'light',
    locale: isChinese ? 'zh-CN' : 'en-US',
    timezoneId: 'UTC',
  })
  const page = await context.newPage()
  await page.goto(`${url}/_fake/${path}`, { waitUntil: 'load' })
  await page
    .locator(hash === undefined ? '.opblock-tag' : '.connection.live')
    .first()
    .waitFor()
  // Nothing arrives any more, and what moves in has come to rest.
  await page.waitForTimeout(700)
  await page.screenshot({ path: `${folder}${name}.png` })
  await context.close()
}

const only = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
await using devin = await startFakeDevin({ port: 8080, seedFile, seedIds: 1, clock: '2026-03-02T09:30:00Z' })
const pictures = picturesOf(await play(devin))
const browser = await chromium.launch({ executablePath: browserPath(), chromiumSandbox: false })
for (const picture of pictures) {
  if (only.length > 0 && !only.includes(picture.name)) continue
  await take(browser, devin.url, picture)
  console.error(`docs/images/${picture.name}.png`)
}
await browser.close()
