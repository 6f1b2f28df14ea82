// Tests what all views of the page share: its addresses, languages, themes, token and event stream.
import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { type FakeDevin, type FakeDevinOptions, startFakeDevin } from '../../src/index.ts'
import { openPage, sharedBrowser } from './browser.ts'

const browser = await sharedBrowser()

async function start(t: Test, options: FakeDevinOptions = {}): Promise<FakeDevin> {
  const devin = await startFakeDevin(options)
  t.teardown(() => devin.close())
  return devin
}

/** The choice of an organization in the head of a page. */
function optionOf(page: Page, orgId: string): Locator {
  return page.locator(`option[value="${orgId}"]`)
}

/** Waits until the title of a page says that it shows a view. */
async function hasTitle(page: Page, view: string): Promise<void> {
  await page.waitForFunction((title) => {
    const { document } = globalThis as unknown as { document: { title: string } }
    return document.title === title
  }, `${view} · fake-devin`)
}

t.test('a browser that navigates to / is shown the sessions', async (t) => {
  const { url } = await start(t)
  const { page, complaints, requests } = await openPage(browser)
  await page.goto(url)
  await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor()
  await page.getByText('Live', { exact: true }).waitFor()

  t.equal(page.url(), `${url}/_fake/`)
  await hasTitle(page, 'Sessions')
  t.same(complaints, [])
  for (const one of requests) t.ok(one.startsWith(`${url}/`), one)

  // A browser without windows does not ask for it.
  const icon = new URL((await page.locator('link[rel="icon"]').getAttribute('href')) ?? '', page.url())
  t.equal(icon.origin, url)
  t.match((await fetch(icon)).headers.get('content-type'), 'image/svg+xml')
})

t.test('every view has an address, a title and a link', async (t) => {
  const { url } = await start(t)
  const { page } = await openPage(browser)
  await page.goto(`${url}/_fake/`)
  for (const name of ['Requests', 'State', 'Controls', 'Sessions']) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click()
    await page.getByRole('heading', { level: 1, name }).first().waitFor()

    await hasTitle(page, name)
    t.equal(await page.locator('nav.views [aria-current="page"]').textContent(), name)
    t.match(page.url(), `#/${name.toLowerCase()}`)
  }
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Controls' }).first().waitFor()
  await page.getByRole('link', { name: 'Faults' }).click()
  await hasTitle(page, 'Faults · Controls')
  await page.goto(`${url}/_fake/#/nothing`)
  await page.getByText('This view does not exist.').waitFor()
})

t.test('the language is that of the browser, until another one is chosen for the next visits', async (t) => {
  const { url } = await start(t)
  const { page } = await openPage(browser, { locale: 'zh-CN' })
  await page.goto(`${url}/_fake/`)
  await page.getByRole('heading', { level: 1, name: '会话' }).waitFor()
  t.equal(await page.locator('html').getAttribute('lang'), 'zh-CN')

  await page.getByLabel('语言').selectOption('en')
  await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor()
  t.equal(await page.locator('html').getAttribute('lang'), 'en')
})

t.test('the theme is that of the system, until another one is chosen for the next visits', async (t) => {
  const { url } = await start(t)
  const { page } = await openPage(browser, { colorScheme: 'dark' })
  const brightness = () =>
    page.evaluate<number>('Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])')
  await page.goto(`${url}/_fake/`)
  const theme = page.getByRole('button', { name: /^Theme/ })
  await theme.waitFor()
  t.ok((await brightness()) < 60)

  await theme.click()
  await page.getByRole('button', { name: 'Theme: Light' }).waitFor()
  t.ok((await brightness()) > 200)
  await page.reload()
  await theme.waitFor()
  t.ok((await brightness()) > 200)
})

t.test(
  'the head of the page is one line, even if a name is long, the clock is set and the connection is lost',
  async (t) => {
    const devin = await start(t, { clock: '2026-01-02T03:04:05Z' })
    const { orgId } = await devin.organizations.create({ name: 'x'.repeat(200) })
    const { page } = await openPage(browser)
    const heights = async () => {
      const found: number[] = []
      for (const width of [1024, 1280]) {
        await page.setViewportSize({ width, height: 720 })
        found.push((await page.locator('.header').boundingBox())?.height ?? 0)
      }
      return found
    }
    await page.goto(`${devin.url}/_fake/`)
    await optionOf(page, orgId).waitFor({ state: 'attached' })
    await page.locator('.clock').waitFor()
    for (const height of await heights()) t.ok(height < 60, `${height}`)
    await devin.close()
    await page.getByText('Reconnecting').waitFor()
    for (const height of await heights()) t.ok(height < 60, `${height}`)
    await page.setViewportSize({ width: 360, height: 740 })
    const { x = 0, width = 0 } = (await page.getByRole('button', { name: /^Theme/ }).boundingBox()) ?? {}
    t.ok(x + width <= 360, `${x + width}`)
  },
)

t.test('an organization is chosen by its address, and the views keep it', async (t) => {
  const devin = await start(t)
  const { orgId } = await devin.organizations.create({ name: 'Globex' })
  const { page } = await openPage(browser)
  await page.goto(`${devin.url}/_fake/#/requests?org=${orgId}`)
  const select = page.getByLabel('Organization', { exact: true })
  await optionOf(page, orgId).waitFor({ state: 'attached' })

  t.equal(await select.inputValue(), orgId)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sessions' }).click()
  await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor()
  t.match(page.url(), `#/sessions?org=${orgId}`)
  await select.selectOption('')
  t.notMatch(page.url(), orgId)

  await page.goto(`${devin.url}/_fake/#/requests?org=org-unknown`)
  await page.locator('option:checked', { hasText: 'org-unknown' }).waitFor({ state: 'attached' })
  t.equal(await select.inputValue(), 'org-unknown')
})

t.test('an organization that is created appears at once, in every tab', async (t) => {
  const devin = await start(t)
  const { page } = await openPage(browser)
  const other = await page.context().newPage()
  for (const tab of [page, other]) {
    await tab.goto(`${devin.url}/_fake/`)
    await tab.getByText('Live', { exact: true }).waitFor()
  }
  const { orgId } = await devin.organizations.create({ name: '<img src=x onerror=alert(1)>' })
  for (const tab of [page, other]) {
    await optionOf(tab, orgId).waitFor({ state: 'attached' })
    t.equal(await optionOf(tab, orgId).textContent(), '<img src=x onerror=alert(1)>')
    t.equal(await tab.locator('img').count(), 0)
  }
})

t.test('the clock shows that it is frozen, and links to its controls', async (t) => {
  const devin = await start(t, { clock: '2026-01-02T03:04:05Z' })
  const { page } = await openPage(browser, { timezoneId: 'UTC' })
  await page.goto(`${devin.url}/_fake/`)
  const clock = page.getByRole('link', { name: /The clock is frozen.*03:04:05/ })
  await clock.waitFor()
  await devin.clock.advance(60)
  await page.getByRole('link', { name: /03:05:05/ }).waitFor()
  await devin.clock.set({ frozen: false, speed: 60 })
  await page.getByRole('link', { name: /The clock runs at 60×/ }).click()

  t.match(page.url(), '#/controls/clock')
})

t.test(
  'with a control token, the page shows nothing until it is entered, and keeps it only for the tab',
  async (t) => {
    const controlToken = 's3cr3t-control-token'
    const { url } = await start(t, { controlToken })
    const { page, requests } = await openPage(browser)
    await page.goto(`${url}/_fake/`)
    const field = page.getByLabel('Control token')
    await field.fill('wrong')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('The server rejected this token.').waitFor()
    await field.fill(controlToken)
    await field.press('Enter')
    await page.getByText('Live', { exact: true }).waitFor()
    await page.reload()
    await page.getByText('Live', { exact: true }).waitFor()

    t.equal(await field.count(), 0)
    for (const one of requests) t.notMatch(one, controlToken)
    t.same(await page.evaluate('JSON.stringify(localStorage)'), '{}')
    const other = await page.context().newPage()
    await other.goto(`${url}/_fake/`)
    await other.getByLabel('Control token').waitFor()
  },
)

t.test('after a restart of the server, the page reconnects by itself and shows the new state', async (t) => {
  const first = await start(t)
  const port = Number(new URL(first.url).port)
  const { page } = await openPage(browser)
  await page.goto(`${first.url}/_fake/#/controls/snapshots`)
  await page.getByText('Live', { exact: true }).waitFor()
  await page.getByText('No snapshots yet.').waitFor()
  await first.close()
  await page.getByText('Reconnecting').waitFor()
  await page.getByLabel('Name').fill('before')
  await page.getByLabel('Language').selectOption('zh')
  await page.getByRole('button', { name: '创建' }).click()
  await page.getByText('服务器没有响应。', { exact: true }).first().waitFor()
  await page.getByLabel('语言').selectOption('en')
  const second = await start(t, { port })
  const { orgId } = await second.organizations.create({ name: 'After the restart' })
  await page.getByText('Live', { exact: true }).waitFor()

  await optionOf(page, orgId).waitFor({ state: 'attached' })
  t.pass('the organization of the second server is shown')
})

t.test('a view that is first chosen while the server is down is shown when it is back', async (t) => {
  const first = await start(t)
  const port = Number(new URL(first.url).port)
  const { page } = await openPage(browser)
  await page.goto(`${first.url}/_fake/`)
  await page.getByText('Live', { exact: true }).waitFor()
  await first.close()
  await page.getByText('Reconnecting').waitFor()
  await page.getByRole('link', { name: 'Requests' }).click()
  await page.getByText('The server is not responding.', { exact: true }).waitFor()
  await start(t, { port })

  await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor()
})

t.test('the content can be reached by keyboard without passing the navigation', async (t) => {
  const { url } = await start(t)
  const { page } = await openPage(browser)
  await page.goto(`${url}/_fake/`)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.keyboard.press('Tab')
  t.equal(await page.locator(':focus').textContent(), 'Skip to content')
  await page.keyboard.press('Enter')
  t.equal(await page.locator(':focus').getAttribute('id'), 'content')
})
