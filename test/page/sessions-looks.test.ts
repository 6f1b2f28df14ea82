import t from 'tap'
import { startFakeDevin } from '../../src/index.ts'
import { axe } from './axe.ts'
import { openPage } from './browser.ts'
import { cardIn, startSessionsPage } from './sessions-page.ts'

/** What a function that runs in the browser uses. */
declare const getComputedStyle: (element: unknown) => { readonly outlineStyle: string }

const { browser, devin, open, create, detailOf, complaints } = await startSessionsPage(t)

for (const colorScheme of ['light', 'dark'] as const) {
  t.test(`axe-core finds nothing in the ${colorScheme} theme`, async (t) => {
    const blocked = await create({ prompt: 'Fix it [fake:blocked-then-finished]', tags: ['bug'] })
    await create({ prompt: 'Fix it [fake:error]' })
    await create({ prompt: 'Fix it [fake:never]' })
    await devin.clock.advance(10)
    const waiting = await create({ structured_output_schema: { type: 'object' } })
    await devin.clock.advance(2)
    const page = await open(t, '', { colorScheme, reducedMotion: 'reduce' })
    await cardIn(page, 'Waiting for an answer', 'Fix it')
    await axe(t, page)
    await page.getByRole('button', { name: 'New session' }).click()
    await axe(t, page)
    for (const place of [`${blocked}`, `${waiting}/output`, `${waiting}/v1`, 'devin-unknown']) {
      await page.goto(`${devin.url}/_fake/#/sessions/${place}`)
      await page.locator('.session-middle, .empty').waitFor()
      await axe(t, page, place)
    }
    await page.goto(`${devin.url}/_fake/#/sessions/${waiting}`)
    await page.getByRole('button', { name: 'Finish…' }).click()
    await axe(t, page)
  })
}

t.test(
  'on a phone there is one list with a filter by status, in Chinese too, and nothing scrolls sideways',
  async (t) => {
    const id = await create({
      title: '修复登录页面',
      prompt: `修复${'x'.repeat(300)} [fake:never]`,
      tags: ['y'.repeat(80)],
    })
    await create({ title: 'Other', prompt: 'Fix it' })
    await devin.clock.advance(8)
    const page = await open(t, '', {
      locale: 'zh-CN',
      viewport: { width: 360, height: 740 },
      reducedMotion: 'reduce',
    })
    const isNarrow = () => page.evaluate('document.documentElement.scrollWidth <= innerWidth')
    await page.getByRole('link', { name: '已完成 1' }).click()
    await page.getByText('修复登录页面').waitFor({ state: 'detached' })
    await page.getByText('Other').waitFor()
    t.match(page.url(), /status=finished/)
    await page.getByRole('link', { name: '全部 2' }).click()
    t.ok(await isNarrow())
    for (const part of await page.locator('.session-card:has-text("yyy") p').all()) {
      t.ok(await part.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth))
    }
    t.ok(
      await page
        .locator('.board-cards')
        .first()
        .evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth),
    )
    await axe(t, page)

    await page.getByRole('link', { name: '修复登录页面' }).click()
    for (const tab of ['对话', '输出', 'v1 的响应', 'v3 的响应', '时间线', '详情']) {
      await page.getByRole('link', { name: tab, exact: true }).click()
      await page.locator('.tabs a[aria-current=page]', { hasText: tab }).waitFor()
      t.ok(await isNarrow(), tab)
      if (['时间线', '详情'].includes(tab)) await axe(t, page, tab)
    }
    for (const address of ['?status=finished', `/${id}/details`]) {
      await page.goto('about:blank')
      await page.goto(`${devin.url}/_fake/#/sessions${address}`)
      const { x = 0, width = 0 } = (await page.locator('.tabs [aria-current]').boundingBox()) ?? {}
      t.ok(x + width <= 360, `the chosen tab of ${address} is in sight`)
    }
    await page.getByText('操控').click()
    await page.getByRole('button', { name: '等待答复…' }).click()
    await page.getByLabel('问题（可选）').fill('哪个分支？')
    await page.getByRole('dialog').getByRole('button', { name: '等待答复' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    t.match(await detailOf(id), { status_enum: 'blocked' })
  },
)

t.test('placeholders are as readable as other texts', async (t) => {
  const page = await open(t, '', { colorScheme: 'dark' })
  const colours = await page.getByPlaceholder('Filter by title').evaluate((field) => {
    const { getComputedStyle, document } = globalThis as unknown as typeof globalThis & {
      getComputedStyle(element: unknown, pseudo?: string): { color: string }
      document: { querySelector(selector: string): unknown }
    }
    return [
      getComputedStyle(field, '::placeholder').color,
      getComputedStyle(document.querySelector('.count')).color,
    ]
  })
  t.equal(colours[0], colours[1])
})

t.test('with forced colours, selected items have an outline', async (t) => {
  const id = await create()
  const page = await open(t, `sessions/${id}`, { forcedColors: 'active' })
  const outlineOf = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).outlineStyle)
  await page.locator('.speakers').waitFor()

  t.equal(await outlineOf('.views [aria-current]'), 'solid')
  t.equal(await outlineOf('.tabs [aria-current]'), 'solid')
  t.equal(await outlineOf('.speakers :checked + span'), 'solid')
  t.equal(await outlineOf('.views :not([aria-current])'), 'none')
  t.equal(await outlineOf('.speakers :not(:checked) + span'), 'none')
})

t.test(
  'more sessions than one page of the control plane has are all counted, and few are rendered',
  async (t) => {
    const many = await startFakeDevin({
      seed: {
        organizations: [
          { name: 'Acme', sessions: [{ prompt: 'Fix {n}', count: 2_100, status_enum: 'finished' }] },
        ],
      },
    })
    t.teardown(() => many.close())
    const { page, complaints: own } = await openPage(browser)
    await page.goto(`${many.url}/_fake/`)
    await page.getByRole('heading', { level: 1, name: 'Sessions 2,100' }).waitFor()

    t.ok((await page.locator('.session-card').count()) < 100)

    const cards = page.locator('.board-cards')
    const topOf = () => cards.evaluate(({ scrollTop }) => scrollTop)
    const link = page.getByRole('link', { name: 'Fix 1000', exact: true })
    // The card is below the middle. Cards that are seen for the first time may be higher than expected, hence the search.
    await cards.evaluate((list) => list.scrollTo(0, list.scrollHeight * 0.45))
    while ((await link.count()) === 0) await cards.evaluate((list) => list.scrollBy(0, 500))
    await link.click()
    await page.getByRole('heading', { level: 1, name: 'Fix 1000' }).waitFor()
    await page.goBack()
    await link.waitFor()
    t.ok((await topOf()) > 10_000)
    await page.goto(`${many.url}/_fake/#/requests`)
    await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor()
    await page.goto(`${many.url}/_fake/#/sessions?q=Fix`)
    await cards.waitFor()
    t.equal(await topOf(), 0)
    t.same(own, [])
  },
)

t.test('with strict keys, the empty board leads to the keys of the organization', async (t) => {
  const strict = await startFakeDevin({
    strictKeys: true,
    seed: { organizations: [{ org_id: 'org-mine', keys: ['apk_user_mine'] }] },
  })
  t.teardown(() => strict.close())
  const { page, complaints: own } = await openPage(browser)
  await page.goto(`${strict.url}/_fake/`)
  await page.getByRole('link', { name: 'Controls → Organizations' }).click()
  await page.waitForURL(/#\/controls\/organizations$/)

  t.same(own, [])
})

t.test('no page violates the content security policy or logs an error', async (t) => {
  t.same(complaints(), [])
})
