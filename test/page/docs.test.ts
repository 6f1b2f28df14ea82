import type { Page } from 'playwright-core'
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { startServer } from '../../src/server/start.ts'
import { DEFAULT_CONFIG } from '../../src/settings/config.ts'
import { pagesOf, sharedBrowser } from './browser.ts'

const pages = pagesOf(await sharedBrowser())
const server = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent' })
t.teardown(() => server.close())

/** Opens an operation by its group, method and path, sends a request with these values, and returns what it shows of the answer. */
async function tryOut(page: Page, [tag, method, path]: readonly string[], values: readonly string[] = []) {
  const operation = page
    .locator(`[id^="operations-${tag}-"].opblock-${method}`)
    .filter({ has: page.locator(`[data-path="${path}"]`) })
  const group = page.locator(`[id="operations-tag-${tag}"]`)
  if ((await group.getAttribute('data-is-open')) === 'false') await group.click()
  await operation.locator('.opblock-summary-control').click()
  await operation.getByRole('button', { name: 'Try it out' }).click()
  for (const [index, value] of values.entries()) {
    await operation.locator('.parameters input').nth(index).fill(value)
  }
  await operation.getByRole('button', { name: 'Execute' }).click()
  const answer = operation.locator('.live-responses-table')
  return {
    status: (await answer.locator('.response-col_status').nth(1).textContent())?.trim(),
    command: await operation.locator('.curl').textContent(),
  }
}

/** Operations by document, the values of their fields, and the expected part of the answer. */
const TRIED = {
  v1: [
    {
      operation: ['secrets', 'delete', '/v1/secrets/{secret_id}'],
      values: ['secret-unknown'],
      expected: { status: /^404/, command: /Bearer apk_user_demo/ },
    },
  ],
  v3: [
    {
      operation: ['sessions', 'get', '/v3/organizations/{org_id}/sessions'],
      values: [],
      expected: { status: /^200/, command: new RegExp(`/${DEFAULT_ORG_ID}/(?:.|\\n)*Bearer cog_demo`) },
    },
    {
      operation: ['sessions', 'post', '/v3/organizations/{org_id}/sessions'],
      values: [],
      expected: { status: /^200/, command: /"prompt": "prompt"/ },
    },
  ],
  control: [
    {
      operation: ['Faults', 'post', '/_fake/faults'],
      values: [],
      expected: { status: /^201/, command: /"preset": "flaky"/ },
    },
    {
      operation: ['Clock', 'get', '/_fake/clock'],
      values: [],
      expected: { status: /^200/, command: /\/_fake\/clock/ },
    },
  ],
}

for (const [document, tried] of Object.entries(TRIED)) {
  t.test(`the API page shows ${document}, and sends requests`, async (t) => {
    const { page, complaints, requests } = await pages.open(t)
    await page.goto(`${server.url}/_fake/docs?document=${document}`)

    for (const { operation, values, expected } of tried) {
      t.match(await tryOut(page, operation, values), expected, operation.join(' '))
    }
    t.same(complaints, [])
    // Nothing comes from elsewhere.
    for (const url of requests) t.ok(url.startsWith(`${server.url}/`), url)
  })
}

t.test('a link to an operation of the API page opens it', async (t) => {
  const { page } = await pages.open(t)
  const link = '/_fake/docs?document=v1#/secrets/delete_secret_v1_secrets__secret_id__delete'
  await page.goto(server.url + link)

  await page.getByRole('button', { name: 'Try it out' }).waitFor()
  t.equal(await page.getByRole('button', { name: 'Try it out' }).count(), 1)
})

t.test('the API page filters, names its document in its title, and leads back to the page', async (t) => {
  const { page, complaints } = await pages.open(t)
  await page.goto(`${server.url}/_fake/docs`)
  await page.getByPlaceholder('Filter').fill('secrets')

  await page.locator('.opblock-tag').nth(1).waitFor({ state: 'detached' })
  t.same(await page.locator('.opblock-tag').allTextContents(), ['secrets'])
  t.equal(await page.title(), 'API · API v3 · fake-devin')
  await page.getByRole('link', { name: 'Back to the page' }).click()
  await page.waitForURL(`${server.url}/_fake/`)
  t.same(complaints, [])
})

t.test(
  'the API page has its own texts in Chinese, chosen by the language of the browser or by its address',
  async (t) => {
    const chinese = await pages.open(t, { locale: 'zh-CN' })
    await chinese.page.goto(`${server.url}/_fake/docs?document=control`)
    t.same(await chinese.page.getByRole('navigation').getByRole('link').allTextContents(), [
      '← 返回页面',
      'API v3',
      'API v1（旧版）',
      '控制接口',
    ])

    const { page } = await pages.open(t)
    await page.goto(`${server.url}/_fake/docs?document=v1&lang=zh`)
    await page.getByRole('link', { name: '控制接口' }).click()
    await page.waitForURL(/\/_fake\/docs\?document=control&lang=zh$/)
    t.equal(await page.locator('html').getAttribute('lang'), 'zh')
  },
)

t.test('the API page follows the dark mode of the system', async (t) => {
  for (const colorScheme of ['dark', 'light'] as const) {
    const { page } = await pages.open(t, { colorScheme })
    await page.goto(`${server.url}/_fake/docs?document=control`)
    await page.locator('.opblock-tag').first().waitFor()
    t.equal(await page.locator('html.dark-mode').count(), colorScheme === 'dark' ? 1 : 0)
  }
})

t.test(
  'the API page sends the control token of its tab to the control plane alone, and asks for one',
  async (t) => {
    const controlToken = 't0ken'
    const guarded = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent', controlToken })
    t.teardown(() => guarded.close())
    const { page } = await pages.open(t)
    await page.goto(`${guarded.url}/_fake/docs?document=control`)
    t.match(await page.getByRole('alert').textContent(), 'needs the control token')

    await page.evaluate((token) => sessionStorage.setItem('fake-devin-token', token), controlToken)
    await page.reload()
    t.match(await tryOut(page, ['Clock', 'get', '/_fake/clock']), { status: /^200/ })

    await page.goto(`${guarded.url}/_fake/docs?document=v1`)
    const { command } = await tryOut(page, ['secrets', 'get', '/v1/secrets'])
    t.match(command, 'Bearer apk_user_demo')
    t.notMatch(command, controlToken)
  },
)

t.test('the API page says why a document cannot be shown', async (t) => {
  const { page } = await pages.open(t)
  await page.route('**/v3-openapi.json', (route) => route.fulfill({ status: 503 }))
  await page.goto(`${server.url}/_fake/docs`)

  t.equal(await page.getByRole('alert').textContent(), 'The document cannot be loaded: 503')
})
