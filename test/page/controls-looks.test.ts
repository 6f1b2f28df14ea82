import type { Page } from 'playwright-core'
import t from 'tap'
import { axe } from './axe.ts'
import { startControls } from './controls-page.ts'

const { devin, open, send, complaints } = await startControls(t)

const HOSTILE = '<img src=x onerror="window.hacked=1">'

/** Fills the fake with something of everything, under hostile names. Returns the addresses of all tabs. */
async function fill(): Promise<string[]> {
  const organization = await devin.organizations.create({ name: HOSTILE })
  await organization.clock.set({ speed: 60 })
  await devin.faults.add({ path: `/${HOSTILE}`, body: HOSTILE, headers: { 'X-Note': HOSTILE }, times: 2 })
  await devin.faults.add({ preset: 'rate-limit', probability: 0, org_id: organization.orgId })
  await devin.scenarios.add({ match: { prompt: HOSTILE }, scenario: 'blocked' })
  const steps = [
    { after_seconds: 1, message: HOSTILE, title: HOSTILE, pull_request: { url: 'javascript:hacked=1' } },
  ]
  await devin.scenarios.add({ name: 'mine', match: { tag: HOSTILE }, scenario: { steps } })
  const { body } = await send('POST', '/v1/knowledge', {
    key: devin.key,
    body: { name: 'Style', body: 'a\nb', trigger_description: HOSTILE },
  })
  const name = HOSTILE.replaceAll('/', '')
  await devin.snapshots.take(name)
  await send('PUT', `/v1/knowledge/${body.id}`, {
    key: devin.key,
    body: { name: HOSTILE, body: `a\n${HOSTILE}`, trigger_description: 'x' },
  })
  return ['clock', 'faults', 'scenarios/default', `snapshots/${encodeURIComponent(name)}`, 'organizations']
}

/** Waits until a tab has shown its data. */
async function settled(page: Page): Promise<void> {
  await page
    .getByText(/^Loading/)
    .first()
    .waitFor({ state: 'detached' })
  await page.locator('main h2').first().waitFor()
}

t.test('names and texts of clients are never interpreted as markup', async (t) => {
  const tabs = await fill()
  for (const tab of tabs) {
    const page = await open(t, tab)
    await settled(page)
    await page.locator('main').getByText('<img src=x').first().waitFor()
    await page.evaluate(`for (const summary of document.querySelectorAll('summary')) summary.click()`)
    t.equal(await page.locator('main img').count(), 0, tab)
    t.equal(await page.locator('a[href^="javascript"]').count(), 0, tab)
    t.equal(await page.evaluate(() => (globalThis as { hacked?: number }).hacked), undefined, tab)
  }
})

for (const colorScheme of ['light', 'dark'] as const) {
  t.test(`axe-core finds nothing in the tabs, ${colorScheme}`, async (t) => {
    const tabs = await fill()
    const page = await open(t, '', { colorScheme })
    for (const tab of tabs) {
      await page.goto(`${devin.url}/_fake/#/controls/${tab}`)
      await settled(page)
      if (tab === 'organizations') {
        await page.getByRole('button', { name: 'Show keys' }).click()
        await page.locator('.keys').first().waitFor()
      }
      await axe(t, page, tab)
    }
    await page.goto(`${devin.url}/_fake/#/controls/faults`)
    await page.getByRole('button', { name: 'Custom fault' }).click()
    await axe(t, page, 'the dialog of a fault')
    await devin.reset()
    await page.reload()
    await page.getByText('All requests get their normal responses.').waitFor()
    await axe(t, page, 'no faults')
  })
}

t.test('on a phone, no tab is wider than the screen', async (t) => {
  const tabs = await fill()
  const page = await open(t, '', { viewport: { width: 360, height: 740 } })
  for (const tab of tabs) {
    await page.goto(`${devin.url}/_fake/#/controls/${tab}`)
    await settled(page)
    const main = page.locator('main')
    t.equal(await main.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth), 0, tab)
  }
})

t.test('a long text is wrapped, and the elements beside it stay visible', async (t) => {
  const long = 'x'.repeat(300)
  await devin.faults.add({ path: `/v3/${long}/**`, status: 503, delay_ms: 100, probability: 0.5 })
  await devin.scenarios.add({ match: { prompt: long }, scenario: 'blocked' })
  const page = await open(t, 'faults')
  for (const tab of ['faults', 'scenarios']) {
    await page.goto(`${devin.url}/_fake/#/controls/${tab}`)
    const remove = page.locator('main li, main tr').getByRole('button', { name: 'Remove' })
    await remove.waitFor()
    const { x, width } = (await remove.boundingBox()) ?? { x: 0, width: Number.POSITIVE_INFINITY }
    t.ok(x + width <= 1280, tab)
  }
})

t.test('the controls are available in Chinese', async (t) => {
  const page = await open(t, 'faults', { locale: 'zh-CN' })
  await page.getByRole('heading', { level: 1, name: '控制' }).waitFor()
  await page.getByRole('button', { name: '启动 flaky', exact: true }).click()
  await page.getByText('1 个故障生效中。').waitFor()
  await page.getByRole('link', { name: '时钟', exact: true }).click()
  await page.getByRole('button', { name: '停止' }).click()
  await page.getByText('时钟已停止，会话会等待您拨动时钟。').waitFor()

  t.equal((await devin.clock.get()).frozen, true)
})

t.test('an unknown tab shows an error with links to the other tabs', async (t) => {
  const page = await open(t, 'nothing')
  await page.getByText('This view does not exist.').waitFor()
  await page.getByRole('link', { name: 'Organizations' }).click()

  await page.getByRole('heading', { name: 'Point a client here' }).waitFor()
})

t.test('no page violates the content security policy or logs an error', async (t) => {
  t.same(complaints(), [])
})
