import type { Page } from 'playwright-core'
import t from 'tap'
import {
  button,
  complaints,
  copied,
  devin,
  newestId,
  open,
  other,
  rowsOf,
  send,
  targetsOf,
  waitForCount,
} from './requests-page.ts'

t.beforeEach(() => devin.requests.clear())

t.test('without requests, the page explains how to send one, and all tabs show it at once', async (t) => {
  const tabs = await Promise.all([open(t, '/requests'), open(t, '/requests')])
  const [page] = tabs as [Page, Page]
  await page.getByText('No client has sent anything yet.').waitFor()
  await button(page, `Copy ${await page.locator('.command code').textContent()}`).click()
  t.equal(
    await copied(page),
    `curl ${devin.url}/v3/organizations/${devin.orgId}/sessions -H "Authorization: Bearer cog_demo"`,
  )

  await send(devin, 'GET', '/v1/secrets')
  await send(devin, 'POST', '/v1/sessions?x=1', { body: { prompt: 'p' } })

  for (const tab of tabs) {
    await waitForCount(tab, '2 requests')
    t.same(await targetsOf(tab), ['/v1/sessions?x=1', '/v1/secrets'])
    t.match(await rowsOf(tab).first().textContent(), /POST.*1 unread200/)
  }
})

t.test('requests are filtered during typing, and the address has the filter', async (t) => {
  await send(devin, 'GET', '/v1/secrets')
  await send(devin, 'GET', '/v1/nothing')
  await send(devin, 'POST', '/v1/sessions', { body: { prompt: 'Fix the "login" page' } })
  const page = await open(t, '/requests')
  await waitForCount(page, '3 requests')

  await page.getByLabel('Search').pressSequentially('the "LOGIN')
  await waitForCount(page, '1 of 3 requests')
  t.same(await targetsOf(page), ['/v1/sessions'])
  await page.waitForURL(/text=/)
  await page.reload()
  await waitForCount(page, '1 of 3 requests')
  t.equal(await page.getByLabel('Search').inputValue(), 'the "LOGIN')

  await button(page, 'Show all').click()
  await waitForCount(page, '3 requests')
  t.equal(await page.locator(':focus').getAttribute('type'), 'search')
  await page.getByLabel('Status').fill('4xx')
  await waitForCount(page, '1 of 3 requests')
  t.same(await targetsOf(page), ['/v1/nothing'])
  await page.getByLabel('Status').fill('')
  await page.getByLabel('Method').selectOption('GET')
  await waitForCount(page, '2 of 3 requests')
  await page.getByLabel('Path').fill('/*/secrets')
  await waitForCount(page, '1 of 3 requests')
  // New requests are filtered, too, and a selected request keeps the filter.
  await send(devin, 'GET', '/v1/secrets?2')
  await waitForCount(page, '2 of 4 requests')
  t.same(await targetsOf(page), ['/v1/secrets?2', '/v1/secrets'])
  await rowsOf(page).first().click()
  await page.waitForURL(/#\/requests\/\d+\?.*path=/)
  await page.getByLabel('Path').fill('absent')
  await page.getByText('No request matches the filter.').waitFor()
})

t.test('a paused list counts new requests and shows them later', async (t) => {
  await send(devin, 'GET', '/v1/secrets')
  const page = await open(t, '/requests')
  await waitForCount(page, '1 request')
  await button(page, 'Pause').click()
  await send(devin, 'GET', '/v1/playbooks')
  await page.getByText('Paused, 1 new').waitFor()
  t.same(await targetsOf(page), ['/v1/secrets'])

  await button(page, 'Resume').click()
  await waitForCount(page, '2 requests')
  t.same(await targetsOf(page), ['/v1/playbooks', '/v1/secrets'])
})

t.test('clearing asks first, and removes only the requests of the shown organization', async (t) => {
  await send(devin, 'GET', '/v1/secrets')
  await send(other, 'GET', '/v1/playbooks')
  const page = await open(t, `/requests?org=${other.orgId}`)
  await waitForCount(page, '1 request')
  t.same(await targetsOf(page), ['/v1/playbooks'])
  await send(devin, 'GET', '/v1/secrets')
  await send(other, 'GET', '/v1/knowledge')
  await waitForCount(page, '2 requests')

  await button(page, 'Clear').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  t.equal((await other.requests.list()).total, 2)
  t.equal(await page.locator(':focus').textContent(), 'Clear')
  await button(page, 'Clear').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Clear' }).click()
  await page.getByText('No client has sent anything yet.').waitFor()
  t.same([(await other.requests.list()).total, (await devin.requests.list()).total], [0, 2])
  t.equal(await page.locator(':focus').textContent(), 'Clear')

  await page.getByLabel('Organization', { exact: true }).selectOption('')
  await waitForCount(page, '2 requests')
  await devin.reset()
  await page.getByText('No client has sent anything yet.').waitFor()
})

t.test('a request is shown beside its answer, without keys and secret values', async (t) => {
  const secret = { type: 'key-value', key: 'TOKEN', value: 'hush-hush', sensitive: true, note: '', extra: 1 }
  await send(devin, 'POST', '/v1/secrets', { body: secret })
  const page = await open(t, `/requests/${await newestId()}`)
  const detail = page.locator('.request-detail')
  await detail.getByRole('heading', { name: 'Unread fields' }).waitFor()
  const text = (await detail.textContent()) ?? ''

  for (const part of [
    'POST',
    '/v1/secrets',
    'body.***',
    '"key": "TOKEN"',
    'Bearer apk_user_***',
    '"value": "***"',
  ]) {
    t.ok(text.includes(part), part)
  }
  await button(page, 'Copy as curl').click()
  await button(page, '✓ Copied').waitFor()
  const curl = await copied(page)
  t.match(curl, `curl -X 'POST' '${devin.url}/v1/secrets'`)
  t.match(curl, '-H "authorization: Bearer $DEVIN_API_KEY"')
  t.match(curl, '"value":"***"')
  for (const hidden of ['hush-hush', devin.key]) t.notOk(`${curl}${await page.content()}`.includes(hidden))
  await button(page, 'Close').click()
  await page.waitForURL(/#\/requests$/)
  await detail.waitFor({ state: 'detached' })
})

t.test('a request is copied as a call that verifies it, and verified on the page', async (t) => {
  await send(devin, 'POST', '/v1/sessions', { body: { prompt: "it's", tags: ['nightly'] } })
  const page = await open(t, `/requests/${await newestId()}`)
  await button(page, 'Copy as verify()').click()
  await button(page, '✓ Copied').waitFor()
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor
  await new AsyncFunction('devin', await copied(page))(devin)

  await page.getByText('Verify that it was received').click()
  await button(page, 'Verify').click()
  await page.getByText('Verified: 1 found.').waitFor()
  const expected = page.getByLabel('Expected request, as JSON')
  await expected.fill((await expected.inputValue()).replace('nightly', 'weekly'))
  await page.getByLabel('How often').selectOption('times')
  await page.getByLabel('Times').fill('2')
  await button(page, 'Verify').click()
  await page.getByText('Not verified: 0 found.').waitFor()
  await page.getByText('body.tags.0: expected "weekly", got "nightly"').waitFor()
  await expected.fill('[')
  await button(page, 'Verify').click()
  await page.getByRole('alert').getByText('This is not a JSON object.').waitFor()
  await page.getByRole('link', { name: 'Show the session' }).click()
  await page.waitForURL(/#\/sessions\/devin-[0-9a-f]{32}$/)
})

t.test('the next request like the selected one fails on demand, which can be undone', async (t) => {
  t.teardown(() => devin.faults.clear())
  await send(devin, 'GET', '/v1/sessions')
  const page = await open(t, `/requests/${await newestId()}`)
  await button(page, 'Make this fail next time').click()
  await page.getByLabel('What happens').selectOption('unavailable')
  await button(page, 'Make it fail').click()
  await page.getByText('The next GET /v1/sessions will fail.').waitFor()
  t.match(await devin.faults.list(), {
    faults: [{ method: 'GET', path: '/v1/sessions', org_id: devin.orgId, status: 503, times: 1 }],
  })
  t.equal((await send(devin, 'GET', '/v1/sessions')).status, 503)
  await rowsOf(page).first().getByText('fault').waitFor()
  await rowsOf(page).first().click()
  await page
    .locator('.request-detail')
    .getByRole('link', { name: /^fault-/ })
    .waitFor()

  await button(page, 'Make this fail next time').click()
  const times = page.getByRole('dialog').getByLabel('Times')
  await times.fill('0')
  await button(page, 'Make it fail').click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  await times.fill('3')
  await button(page, 'Make it fail').click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  t.match(await devin.faults.list(), { faults: [{ preset: 'rate-limit', times: 3 }] })
  await button(page, 'Undo').last().click()
  await page.waitForFunction(
    'fetch("/_fake/faults").then(async (answer) => (await answer.json()).faults.length === 0)',
  )
  await page.getByRole('link', { name: 'Show the faults' }).first().click()
  await page.waitForURL(/#\/controls\/faults$/)
})

t.test('a request is sent again, as the organization; one that deletes asks first', async (t) => {
  const session = { body: { prompt: 'again' } }
  await send(other, 'POST', '/v1/sessions', session)
  const page = await open(t, `/requests/${await newestId()}`)
  await button(page, 'Send again').click()
  await page.getByRole('heading', { name: 'Sent again 200' }).waitFor()
  const answer = await other.fetch('/v1/sessions', { headers: { authorization: `Bearer ${other.key}` } })
  t.match(await answer.json(), { sessions: { length: 2 } })

  await send(other, 'DELETE', '/v1/secrets/secret-1')
  t.equal(await page.locator(':focus').textContent(), 'Send again')
  await waitForCount(page, '3 requests')
  await page.keyboard.press('k')
  await page.keyboard.press('k')
  await page.locator('.request-line', { hasText: 'DELETE' }).waitFor()
  await button(page, 'Send again').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
  await page.getByRole('heading', { name: 'Sent again 404' }).waitFor()
  t.equal(await page.locator(':focus').textContent(), 'Send again')
})

t.test('for a request that no operation handles, the page shows the nearest ones', async (t) => {
  await send(devin, 'GET', '/v1/sesions')
  const page = await open(t, `/requests/${await newestId()}`)
  await page.getByText('“sesions” instead of “sessions”').first().waitFor()

  await send(devin, 'POST', '/v1/sessions', { body: {} })
  await waitForCount(page, '2 requests')
  await rowsOf(page).first().click()
  await page.getByText('body.prompt: Field required').waitFor()
  await page.goto(`${devin.url}/_fake/#/requests/999999`)
  await page.getByText('The journal no longer has this request').waitFor()
})

t.test(
  'no page violates the content security policy or logs an error, and no script of a client runs',
  async (t) => {
    t.same(complaints(), [])
  },
)
