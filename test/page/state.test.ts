// Tests the secrets, and what all tabs of the state share.
import t from 'tap'
import { startStatePages } from './state-page.ts'

const { devin, open, send, put, complaints } = await startStatePages(t)

const VALUE = 'not-a-real-token'

function secret(key: string) {
  return { type: 'key-value', key, value: VALUE, is_sensitive: true, note: `for ${key}` }
}

t.test('a secret that a client creates with either generation appears at once', async (t) => {
  const { page } = await open(t, '')
  await page.getByText('There are no secrets.').waitFor()
  const { is_sensitive: sensitive, ...rest } = secret('OF_V1')
  await send('POST', '/v1/secrets', { body: { ...rest, sensitive } })
  await page.getByRole('link', { name: 'OF_V1' }).waitFor()
  await send('POST', '/secrets', { body: secret('OF_V3') })
  await page.getByRole('link', { name: 'OF_V3' }).waitFor()
  t.equal(await page.locator('.state-row .title').first().textContent(), 'OF_V3')

  await send('DELETE', `/v1/secrets/${(await send('GET', '/v1/secrets')).body[0].id}`)
  await page.getByRole('link', { name: 'OF_V1' }).waitFor({ state: 'detached' })
  t.notMatch(await page.content(), VALUE)
})

t.test('a secret that is created on the page equals one that a client creates', async (t) => {
  const { page } = await open(t, 'secrets')
  await page.getByRole('button', { name: 'New secret' }).click()
  await page.getByLabel('Key', { exact: true }).fill('LOGIN')
  await page.getByLabel('Value', { exact: true }).fill(VALUE)
  await page.getByLabel('Type', { exact: true }).selectOption('cookie')
  await page.getByLabel('Note', { exact: true }).fill('for the shop')
  await page.getByLabel('Sensitive', { exact: true }).uncheck()
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'LOGIN' }).waitFor()

  const { items } = (await send('GET', '/secrets')).body
  t.match(items, [{ key: 'LOGIN', note: 'for the shop', is_sensitive: false, secret_type: 'cookie' }])
  t.ok(page.url().includes(`#/state/secrets/${items[0].secret_id}`))
  const { organizations } = await devin.state.get({ reveal: true })
  t.equal(organizations[0]?.secrets?.[0]?.value, VALUE)
  t.equal((await send('GET', '/v1/secrets')).body[0].type, 'cookie')

  await page.getByRole('button', { name: 'New secret' }).click()
  await page.getByLabel('Key', { exact: true }).fill('LOGIN')
  await page.getByLabel('Value', { exact: true }).fill(VALUE)
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  t.equal(await page.getByRole('dialog').count(), 1)
  await page.getByRole('button', { name: 'Cancel' }).click()
  t.equal((await send('GET', '/secrets')).body.items.length, 1)
})

t.test('the form of a secret keeps its input after Escape, until it is cancelled', async (t) => {
  const { page } = await open(t, 'secrets')
  const show = () => page.getByRole('button', { name: 'New secret' }).click()
  const dialog = page.getByRole('dialog')
  await show()
  await dialog.getByLabel('Key', { exact: true }).fill('NPM_TOKEN')
  await dialog.getByLabel('Sensitive').uncheck()
  await page.keyboard.press('Escape')
  await show()
  t.equal(await dialog.getByLabel('Key', { exact: true }).inputValue(), 'NPM_TOKEN')
  t.notOk(await dialog.getByLabel('Sensitive').isChecked())
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await show()
  t.equal(await dialog.getByLabel('Key', { exact: true }).inputValue(), '')
  t.ok(await dialog.getByLabel('Sensitive').isChecked())
})

t.test('the value of a secret is shown only on request, and hidden again', async (t) => {
  await send('POST', '/secrets', { body: secret('FIRST') })
  await send('POST', '/secrets', { body: secret('SECOND') })
  const { page, requests } = await open(t, 'secrets', { permissions: ['clipboard-read', 'clipboard-write'] })
  const value = page.locator('.secret-value pre')
  await page.getByRole('link', { name: 'FIRST' }).click()
  const reveal = page.getByRole('button', { name: 'Reveal the value' })
  await reveal.waitFor()
  t.notMatch(await page.content(), VALUE)
  t.notOk(requests.some((url) => url.includes('reveal=true')))

  await reveal.click()
  t.equal(await value.textContent(), VALUE)
  t.equal(requests.filter((url) => url.includes('reveal=true')).length, 1)
  await page.getByRole('button', { name: 'Copy the value' }).click()
  await page.getByText('✓ Copied').waitFor()
  t.equal(await page.evaluate('navigator.clipboard.readText()'), VALUE)
  await page.getByRole('button', { name: 'Hide the value' }).click()
  await value.waitFor({ state: 'detached' })
  t.notMatch(await page.content(), VALUE)

  await reveal.click()
  await value.waitFor()
  await page.getByRole('link', { name: 'SECOND' }).click()
  await page.getByRole('heading', { name: 'SECOND' }).waitFor()
  t.notMatch(await page.content(), VALUE)
  await page.goBack()
  await page.getByRole('heading', { name: 'FIRST' }).waitFor()
  await reveal.waitFor()
  t.notMatch(await page.content(), VALUE)

  await page.clock.install()
  await reveal.click()
  await value.waitFor()
  await page.clock.fastForward(31_000)
  await value.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Show raw' }).click()
  await page.locator('.json').waitFor()
  t.notMatch(await page.content(), VALUE)
  t.notMatch(await page.evaluate('JSON.stringify([localStorage, sessionStorage])'), VALUE)
  for (const url of [...requests, page.url()]) t.notMatch(url, VALUE)
})

t.test('after a deletion, the next item has the focus, and after the last one the heading', async (t) => {
  for (const key of ['A', 'B', 'C']) await send('POST', '/secrets', { body: secret(`SECRET_${key}`) })
  const { page } = await open(t, 'secrets')
  await page.getByRole('link', { name: 'SECRET_B' }).click()
  const remove = async (question: string) => {
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { name: question }).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  }
  await remove('Delete “SECRET_B”?')
  await page.locator('h2:focus', { hasText: 'SECRET_A' }).waitFor()
  await remove('Delete “SECRET_A”?')
  await page.locator('h2:focus', { hasText: 'SECRET_C' }).waitFor()
  await remove('Delete “SECRET_C”?')
  await page.locator('h1:focus').waitFor()

  t.same((await send('GET', '/secrets')).body.items, [])
  await page.getByText('There are no secrets.').waitFor()
})

t.test('a deletion never leads to an item that was deleted before the list was read again', async (t) => {
  for (const key of ['A', 'B', 'C']) await send('POST', '/secrets', { body: secret(`SECRET_${key}`) })
  const { page } = await open(t, 'secrets')
  await page.getByRole('link', { name: 'SECRET_B' }).click()
  const read = Promise.withResolvers<void>()
  await page.route('**/_fake/state*', async (route) => {
    await read.promise
    await route.continue()
  })
  for (const shown of ['SECRET_B', 'SECRET_A', 'SECRET_C']) {
    await page.locator('h2', { hasText: shown }).waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }

  await page.locator('h1:focus').waitFor()
  t.match(page.url(), /#\/state\/secrets$/)
  read.resolve()
  await page.getByText('There are no secrets.').waitFor()
})

t.test('a secret is created and deleted by keyboard alone', async (t) => {
  const { page } = await open(t, 'secrets')
  const { keyboard } = page
  const focused = () => page.evaluate<string>('document.activeElement?.textContent ?? ""')
  const tabTo = async (text: string) => {
    for (let presses = 0; presses < 40 && (await focused()) !== text; presses++) await keyboard.press('Tab')
    t.equal(await focused(), text)
  }
  await tabTo('New secret')
  await keyboard.press('Enter')
  await page.locator('input:focus').waitFor()
  await keyboard.type('BY_KEYBOARD')
  await keyboard.press('Tab')
  await keyboard.type(VALUE)
  await keyboard.press('Enter')
  await page.locator('h2:focus', { hasText: 'BY_KEYBOARD' }).waitFor()
  t.equal((await send('GET', '/secrets')).body.items.length, 1)

  await tabTo('Delete')
  await keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  t.equal(await focused(), 'Delete')
  await keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await tabTo('Delete')
  await keyboard.press('Enter')
  await page.locator('h1:focus').waitFor()
  t.same((await send('GET', '/secrets')).body.items, [])
})

t.test('an item that another client deletes disappears, and the focus is not lost', async (t) => {
  const { body } = await send('POST', '/secrets', { body: secret('SHORT_LIVED') })
  const { page } = await open(t, `secrets/${body.secret_id}`)
  await page.getByRole('button', { name: 'Reveal the value' }).focus()
  await send('DELETE', `/secrets/${body.secret_id}`)
  await page.locator('h2:focus', { hasText: 'This item does not exist, or no longer does.' }).waitFor()
  await page.getByRole('link', { name: 'Close' }).click()

  await page.locator('h1:focus').waitFor()
  t.match(page.url(), /#\/state\/secrets$/)
})

t.test('the filter is part of the address, and an item keeps it', async (t) => {
  for (const key of ['NPM', 'SHOP', 'SHOPPING']) await send('POST', '/secrets', { body: secret(key) })
  const { page } = await open(t, 'secrets')
  await page.getByText('3 items').waitFor()
  await page.getByLabel('Filter', { exact: true }).fill('for shop')
  await page.getByText('2 of 3').waitFor()
  t.equal(await page.getByRole('link', { name: 'NPM' }).count(), 0)
  await page.getByRole('link', { name: 'SHOPPING' }).click()
  await page.getByRole('heading', { name: 'SHOPPING' }).waitFor()
  t.match(page.url(), 'filter=for+shop')
  await page.reload()
  await page.getByText('2 of 3').waitFor()
  t.equal(await page.getByLabel('Filter', { exact: true }).inputValue(), 'for shop')
  await page.getByRole('link', { name: 'Close' }).click()
  await page.locator('a.state-row:focus', { hasText: 'SHOPPING' }).waitFor()
  await page.getByLabel('Filter', { exact: true }).fill('nothing like that')

  await page.getByText('Nothing matches the filter.').waitFor()
})

t.test('an organization has its own items, also those with the same ids', async (t) => {
  const { orgId } = await devin.organizations.create({ name: 'Globex' })
  const of = (org: string, key: string) => ({ org_id: org, secrets: [{ id: 'secret-1', key, value: VALUE }] })
  await put([of(devin.orgId, 'OF_THE_FIRST'), { ...of(orgId, 'OF_GLOBEX'), name: 'Globex' }])
  const { page } = await open(t, 'secrets')
  await page.getByRole('link', { name: /OF_GLOBEX.*Globex/ }).click()
  await page.getByRole('heading', { name: 'OF_GLOBEX' }).waitFor()
  await page.getByRole('link', { name: 'OF_THE_FIRST' }).click()
  await page.getByRole('heading', { name: 'OF_THE_FIRST' }).waitFor()
  await page.getByLabel('Organization', { exact: true }).selectOption(orgId)
  await page.getByText('1 item', { exact: true }).waitFor()
  await page.getByRole('heading', { name: 'OF_GLOBEX' }).waitFor()
  t.equal(await page.getByText('OF_THE_FIRST').count(), 0)

  await page.getByRole('button', { name: 'New secret' }).click()
  await page.getByText('In the organization Globex').waitFor()
  await page.getByLabel('Key', { exact: true }).fill('ANOTHER')
  await page.getByLabel('Value', { exact: true }).fill(VALUE)
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'ANOTHER' }).waitFor()
  const list = await send('GET', '/secrets', { base: `/v3/organizations/${orgId}` })
  t.same(
    list.body.items.map(({ key }: { key: string }) => key),
    ['OF_GLOBEX', 'ANOTHER'],
  )
})

t.test('the items of an organization disappear with it', async (t) => {
  const { orgId: id } = await devin.organizations.create({ name: 'Globex' })
  await send('POST', '/secrets', { body: secret('THEIRS'), base: `/v3/organizations/${id}` })
  await send('POST', '/secrets', { body: secret('OURS') })
  const { page } = await open(t, 'secrets')
  await page.getByRole('link', { name: 'THEIRS' }).waitFor()

  await send('DELETE', '', { base: `/v3/enterprise/organizations/${id}` })

  await page.getByRole('link', { name: 'THEIRS' }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'OURS' }).waitFor()
})

t.test('a long list has only the rows in view', async (t) => {
  const secrets = Array.from({ length: 10_000 }, (_, index) => ({ key: `KEY_${index}` }))
  await put([{ org_id: devin.orgId, secrets }])
  const { page } = await open(t, 'secrets')
  await page.getByText('10000 items').waitFor()
  t.ok((await page.locator('.state-row').count()) < 60)
  await page.getByLabel('Filter', { exact: true }).fill('key_9876')

  await page.getByRole('link', { name: 'KEY_9876' }).waitFor()
})

t.test('an error of the server is shown where it happens, and the page tries again', async (t) => {
  const { page } = await open(t, 'secrets')
  await page.route('**/_fake/state**', (route) =>
    route.fulfill({ status: 503, body: '{"detail":"Not now"}' }),
  )
  await page.getByRole('link', { name: 'Knowledge' }).click()
  await page.getByRole('alert').getByText('Not now').waitFor()
  await page.unroute('**/_fake/state**')
  await page.getByRole('button', { name: 'Try again' }).click()

  await page.getByText('There is no knowledge.').waitFor()
})

t.test('no page violates the content security policy or logs an error', async (t) => {
  t.same(complaints(), [])
})
