import { request } from 'node:http'
import t from 'tap'
import { axe } from './axe.ts'
import {
  button,
  complaints,
  copied,
  devin,
  newestId,
  open,
  rowsOf,
  send,
  sendMany,
  targetsOf,
  waitForCount,
} from './requests-page.ts'

t.beforeEach(() => devin.requests.clear())

t.test('data of clients never becomes markup, and long bodies are truncated', async (t) => {
  const markup = '<img src=x onerror=alert(1)></script><script>alert(1)</script>'
  const prompt = `${markup}\u202e\u0000${'x'.repeat(900_000)}`
  await send(devin, 'POST', '/v1/sessions', {
    body: { prompt, [markup]: markup },
    headers: { 'x-a': markup },
  })
  const done = Promise.withResolvers<void>()
  // A path that fetch would escape.
  request(
    devin.url,
    { path: `/v1/${markup.replaceAll(' ', '/')}?q=${markup.replaceAll(' ', '+')}` },
    (answer) => {
      answer.resume().on('end', done.resolve)
    },
  ).end()
  await done.promise
  const page = await open(t, '/requests')
  await waitForCount(page, '2 requests')
  await rowsOf(page).first().click()
  await page.locator('.request-line', { hasText: '<img' }).waitFor()
  await rowsOf(page).nth(1).click()
  await page.getByText('The first 50,000 of', { exact: false }).first().waitFor()
  await page.locator('td', { hasText: markup }).waitFor()

  t.equal(await page.locator('main img, main script').count(), 0)
  const cut = page.locator('figure pre').first()
  t.ok(((await cut.textContent()) ?? '').length < 60_000)
  await page.locator('figure').first().getByRole('button').click()
  await page.locator('figure').first().getByRole('button', { name: /Copy/ }).waitFor()
  t.ok((await copied(page)).length > 900_000)
})

t.test('requests can be used by keyboard alone', async (t) => {
  for (const name of ['secrets', 'playbooks', 'knowledge']) await send(devin, 'GET', `/v1/${name}`)
  const page = await open(t, '/requests')
  await waitForCount(page, '3 requests')
  const shown = (path: string) => page.locator('.request-line', { hasText: path }).waitFor()
  const focused = () => page.locator(':focus .target').textContent()
  await page.keyboard.press('j')
  await shown('/v1/knowledge')
  t.equal(await focused(), '/v1/knowledge')
  await page.keyboard.press('ArrowDown')
  await shown('/v1/playbooks')
  await page.keyboard.press('j')
  await shown('/v1/secrets')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  await shown('/v1/playbooks')
  t.equal(await focused(), '/v1/playbooks')

  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  t.equal(await page.locator(':focus').getAttribute('aria-label'), 'Older request')
  await page.keyboard.press('Enter')
  await shown('/v1/secrets')
  t.equal(await page.locator(':focus').getAttribute('aria-label'), 'Older request')
  await page.keyboard.press('Escape')
  await page.locator('.request-detail').waitFor({ state: 'detached' })
  t.equal(await focused(), '/v1/secrets')
  await page.getByLabel('Search').focus()
  await page.keyboard.type('jk')
  t.equal(await page.getByLabel('Search').inputValue(), 'jk')
  t.equal(await page.locator('.request-detail').count(), 0)
})

for (const colorScheme of ['light', 'dark'] as const) {
  t.test(`axe-core finds nothing, ${colorScheme}`, async (t) => {
    const page = await open(t, '/requests', { colorScheme })
    await page.getByText('No client has sent anything yet.').waitFor()
    await axe(t, page, 'without requests')
    await send(devin, 'GET', '/v1/nothing?a=1')
    await send(devin, 'POST', '/v1/sessions', { body: { prompt: 'p', extra: 1 } })
    await send(devin, 'GET', '/v1/secrets', { headers: { authorization: 'none' } })
    await waitForCount(page, '3 requests')
    await axe(t, page, 'a list')
    for (const [index, title] of ['What went wrong', 'Unread fields', 'What went wrong'].entries()) {
      await rowsOf(page).nth(index).click()
      await page.getByRole('heading', { name: title }).waitFor()
      await axe(t, page, `request ${index}`)
    }
    await page.getByText('Verify that it was received').click()
    await button(page, 'Verify').click()
    await page.getByText('Verified: 1 found.').waitFor()
    await button(page, 'Send again').click()
    await page.getByRole('heading', { name: 'Sent again 404' }).waitFor()
    await axe(t, page, 'with results')
    await button(page, 'Make this fail next time').click()
    await axe(t, page, 'a dialog')
  })
}

t.test('on a phone, in Chinese, a request is below the list, and nothing scrolls sideways', async (t) => {
  await send(devin, 'POST', `/v1/sessions?${'x'.repeat(500)}`, { body: { prompt: 'y'.repeat(5_000) } })
  const page = await open(t, `/requests/${await newestId()}`, {
    locale: 'zh-CN',
    viewport: { width: 360, height: 740 },
  })
  await page.getByRole('heading', { name: '未读字段' }).waitFor()

  const top = async (selector: string) => (await page.locator(selector).boundingBox())?.y ?? 0
  t.ok((await top('.request-detail')) > (await top('.requests-list')))
  const widths = '[document.documentElement, document.querySelector("main")].map((one) => one.scrollWidth)'
  t.same(await page.evaluate(widths), [360, 360])
  t.equal(await page.getByRole('heading', { level: 1 }).textContent(), '请求')
  await axe(t, page)
})

t.test('20,000 requests are scrolled and filtered', async (t) => {
  await sendMany(20_000, (at) => `/v1/nothing/${at}`)
  const page = await open(t, '/requests')
  await waitForCount(page, '20,000 requests')
  t.same((await targetsOf(page)).slice(0, 2), ['/v1/nothing/19999', '/v1/nothing/19998'])
  t.ok((await rowsOf(page).count()) < 100)

  await page.getByLabel('Path').fill('nothing/1234')
  await waitForCount(page, '11 of 20,000 requests')
  t.same((await targetsOf(page)).slice(-2), ['/v1/nothing/12340', '/v1/nothing/1234'])
  await page.getByLabel('Path').fill('')
  await waitForCount(page, '20,000 requests')
  await page.locator('.requests-list').evaluate((list) => list.scrollTo(0, list.scrollHeight))
  await page.locator('.requests-list .target', { hasText: /^\/v1\/nothing\/0$/ }).waitFor()
  // New rows at the top do not move the rows in view.
  await send(devin, 'GET', '/v1/secrets')
  await waitForCount(page, '20,001 requests')
  await page.locator('.requests-list .target', { hasText: /^\/v1\/nothing\/0$/ }).waitFor()
})

t.test(
  'no page violates the content security policy or logs an error, and no script of a client runs',
  async (t) => {
    t.same(complaints(), [])
  },
)
