import t from 'tap'
import { builtInScenarios } from '../../src/simulation/scenarios.ts'
import { startControls } from './controls-page.ts'

const { devin, open, send, complaints } = await startControls(t)

const sessions = `/v3/organizations/${devin.orgId}/sessions`

t.test('every built-in scenario has a picture, a text with its steps, and a marker to copy', async (t) => {
  const page = await open(t, 'scenarios', { permissions: ['clipboard-read', 'clipboard-write'] })
  const card = page
    .locator('.scenario')
    .filter({ has: page.getByRole('link', { name: 'blocked-then-finished', exact: true }) })
  await card.waitFor()
  t.equal(await page.locator('.scenario').count(), Object.keys(builtInScenarios).length)
  t.equal(
    await card.getByRole('img').first().getAttribute('aria-label'),
    'Timeline of blocked-then-finished: created, 0 s working, 3 s blocked',
  )
  await card.getByText('Step by step').click()
  await card.getByText('3 s blocked, says “Which branch should I use?”, 0.4 ACUs').waitFor()
  await card.getByRole('button', { name: 'Copy [fake:blocked-then-finished]' }).click()
  await card.getByText('Copied').waitFor()

  t.equal(await page.evaluate('navigator.clipboard.readText()'), '[fake:blocked-then-finished]')
})

t.test('a scenario can be tried with a session, and one that rejects sessions shows its error', async (t) => {
  const page = await open(t, 'scenarios')
  await page.getByRole('button', { name: 'Create a session with needs-approval' }).click()
  const link = page.locator('.scenario').getByRole('link', { name: /^devin-/ })
  const id = (await link.getAttribute('href'))?.match(/devin-\w+/)?.[0]
  const { items } = (await send('GET', sessions)).body
  t.match(items, [{ session_id: id?.slice('devin-'.length) }])
  await devin.clock.advance(4)
  t.match((await send('GET', sessions)).body.items, [{ status_detail: 'waiting_for_approval' }])

  await page.getByRole('button', { name: 'Create a session with out-of-quota' }).click()
  await page.locator('.notice', { hasText: 'out_of_quota' }).waitFor()
})

t.test('scenarios are found by their names and purposes, and have addresses', async (t) => {
  const page = await open(t, 'scenarios/crashed')
  await page.locator('.scenario.chosen').getByText('5 s suspended').waitFor()
  await page.getByLabel('Find a scenario').fill('Two Pull')
  await page.getByText('[fake:two-pull-requests]').waitFor()
  t.equal(await page.locator('.scenario').count(), 1)
  t.match(page.url(), /find=/)
  await page.getByLabel('Find a scenario').fill('nothing is called so')

  await page.getByText('No scenario has this name.').waitFor()
})

t.test('a rule is added, used by the next session, and removed', async (t) => {
  const page = await open(t, 'scenarios')
  await page.getByText(`curl ${devin.url}/_fake/scenarios`).waitFor()
  await page.getByRole('button', { name: 'Add a rule' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Prompt contains').fill('refactor')
  await dialog.getByLabel('Scenario').selectOption('needs-approval')
  await dialog.getByRole('button', { name: 'Add' }).click()
  await page.getByText('prompt contains “refactor”').waitFor()
  await send('POST', sessions, { body: { prompt: 'Please refactor it' } })
  await devin.clock.advance(4)
  t.match((await send('GET', sessions)).body.items, [{ status_detail: 'waiting_for_approval' }])

  await page.getByRole('button', { name: 'Remove rule 1' }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await page.getByText('No rules: sessions follow default').waitFor()
  t.same((await devin.scenarios.list()).rules, [])
})

t.test('a rule can have steps of its own, and mistakes in them are shown with their location', async (t) => {
  const page = await open(t, `scenarios?org=${devin.orgId}`)
  await page.getByRole('button', { name: 'Add a rule' }).click()
  const dialog = page.getByRole('dialog')
  const add = dialog.getByRole('button', { name: 'Add' })
  await dialog.getByLabel('Name').fill('mine')
  await dialog.getByLabel('Title contains').fill('/^Fix/')
  await dialog.getByLabel('Has the tag').fill('bug')
  await dialog.getByLabel('Scenario').selectOption('custom steps…')
  await dialog.getByLabel('Steps, as JSON').fill('{"steps": ')
  await add.click()
  await dialog.getByRole('alert').getByText('This is not JSON').waitFor()
  await dialog.getByLabel('Steps, as JSON').fill('{"steps": [{"after_secs": 1}]}')
  await add.click()
  await dialog.getByRole('alert').getByText('body.scenario.steps.0.after_secs').waitFor()
  await dialog
    .getByLabel('Steps, as JSON')
    .fill('{"steps": [{"after_seconds": 90, "status_enum": "blocked", "message": "<b>Why?</b>"}]}')
  await add.click()
  await page.getByText('title contains “/^Fix/”, has the tag “bug”').waitFor()
  await page.locator('.rule').getByText('Step by step').click()
  await page.getByText('90 s blocked, says “<b>Why?</b>”').waitFor()

  t.match((await devin.scenarios.list()).rules, [
    { name: 'mine', org_id: devin.orgId, match: { title: '/^Fix/', tag: 'bug' } },
  ])
})

t.test('forms keep their input after Escape, until they are cancelled', async (t) => {
  const page = await open(t, '')
  const dialog = page.getByRole('dialog')
  for (const [tab, button, label] of [
    ['Faults', 'Custom fault', 'Path'],
    ['Scenarios', 'Add a rule', 'Prompt contains'],
    ['Organizations', 'Create an organization', 'Name'],
  ] as const) {
    await page.getByRole('link', { name: tab, exact: true }).click()
    const show = () => page.getByRole('button', { name: button }).click()
    await show()
    await dialog.getByLabel(label).fill('typed')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await show()
    t.equal(await dialog.getByLabel(label).inputValue(), 'typed', tab)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await show()
    t.equal(await dialog.getByLabel(label).inputValue(), '', tab)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  }
})

t.test('a snapshot shows the changes since it was taken, live, and can be restored', async (t) => {
  const note = { name: 'Style', body: 'one\ntwo\nthree', trigger_description: 'Always' }
  const key = devin.key
  const { body: created } = await send('POST', '/v1/knowledge', { key, body: note })
  const page = await open(t, 'snapshots')
  await page.getByText(`fake-devin snapshot before --url ${devin.url}`).waitFor()
  await page.getByLabel('Name').fill('before')
  await page.getByRole('button', { name: 'Take' }).click()
  await page.getByText('The snapshot before was taken.').waitFor()
  t.same((await devin.snapshots.list()).snapshots, [{ name: 'before', org_id: null }])

  await page.getByRole('link', { name: 'Changes since “before' }).click()
  await page.getByText('Nothing has changed.').waitFor()
  t.match(page.url(), /#\/controls\/snapshots\/before$/)
  const changed = { ...note, name: 'Rules', body: 'one\n2\nthree' }
  await send('PUT', `/v1/knowledge/${created.id}`, { key, body: changed })
  await send('POST', sessions, { body: { prompt: 'Fix <i>it</i>' } })
  await page.getByText('0 added, 0 removed, 1 changed').waitFor()
  const change = page.locator('li.changed')
  t.same(await change.locator('.lines > *').allTextContents(), ['  one', '- two', '+ 2', '  three'])
  t.match(await change.locator('dd').first().textContent(), 'before Style → after Rules')
  await page.locator('li.added', { hasText: 'Fix <i>it</i>' }).locator('summary').click()
  await page.getByRole('figure', { name: 'Fix <i>it</i>' }).getByText('"prompt":').waitFor()

  await page.getByRole('button', { name: 'Restore before' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.getByText('Nothing has changed.').waitFor()
  t.match((await send('GET', sessions)).body, { items: [] })
  await page.getByRole('link', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Delete before' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('No snapshots yet.').waitFor()
  t.same((await devin.snapshots.list()).snapshots, [])
})

t.test('a snapshot of one organization is named, compared and restored as its own', async (t) => {
  const other = await devin.organizations.create({ name: 'Globex' })
  await other.snapshots.take('own')
  await send('POST', `/v3/organizations/${other.orgId}/sessions`, { body: { prompt: 'x' }, key: other.v3Key })
  const page = await open(t, 'snapshots')
  await page.getByRole('link', { name: 'Changes since “own' }).click()
  await page.getByText('sessions 1 added').waitFor()
  t.match(page.url(), `of=${other.orgId}`)
  await page.getByRole('button', { name: 'Restore own' }).click()
  await page.getByText('All later changes in Globex are lost.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.getByText('Nothing has changed.').waitFor()

  await page.goto(`${devin.url}/_fake/#/controls/snapshots/gone`)
  await page.getByRole('alert').getByText('Snapshot not found').waitFor()
  // Snapshots outlive a reset.
  await other.snapshots.delete('own')
})

t.test('one organization can be restored from a snapshot of all', async (t) => {
  const other = await devin.organizations.create({ name: 'Globex' })
  await devin.snapshots.take('all')
  const theirs = `/v3/organizations/${other.orgId}/sessions`
  await send('POST', theirs, { body: { prompt: 'x' }, key: other.v3Key })
  await send('POST', sessions, { body: { prompt: 'x' } })
  const page = await open(t, `snapshots?org=${other.orgId}`)
  await page.getByRole('button', { name: 'Restore all' }).click()
  await page.getByText('All later changes in Globex are lost.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.getByText('The snapshot all was restored.').waitFor()

  t.equal((await send('GET', theirs, { key: other.v3Key })).body.total, 0)
  t.equal((await send('GET', sessions)).body.total, 1)
  await devin.snapshots.delete('all')
})

t.test('one organization or everything can be reset', async (t) => {
  const other = await devin.organizations.create({ name: 'Globex' })
  const body = { prompt: 'x' }
  await send('POST', `/v3/organizations/${other.orgId}/sessions`, { body, key: other.v3Key })
  await send('POST', sessions, { body })
  const count = async (path: string, key: string) => (await send('GET', path, { key })).body.total
  const page = await open(t, `snapshots?org=${other.orgId}`)
  await page.getByRole('button', { name: 'Reset Globex' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Reset Globex' }).click()
  await page.getByText('The reset is complete.').waitFor()
  t.equal(await count(`/v3/organizations/${other.orgId}/sessions`, other.v3Key), 0)
  t.equal(await count(sessions, devin.v3Key), 1)

  await page.goto(`${devin.url}/_fake/#/controls/snapshots`)
  await page.getByRole('button', { name: 'Reset everything' }).click()
  await dialog.getByRole('button', { name: 'Reset everything' }).click()
  await dialog.waitFor({ state: 'detached' })
  t.equal(await count(sessions, devin.v3Key), 0)
})

t.test('an organization is created, and a client uses its key', async (t) => {
  const page = await open(t, 'organizations')
  await page.getByRole('button', { name: 'Create an organization' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Globex')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByRole('heading', { name: 'Globex was created' }).waitFor()
  const [id] = await dialog.locator('p code').allTextContents()
  const keys = await dialog.locator('.keys code').allTextContents()
  t.equal(keys.length, 4)
  t.match((await send('GET', '/v3/self', { key: keys[0] as string })).body, { org_id: id })
  await dialog.getByRole('button', { name: 'Close' }).click()

  // Keys are shown on purpose only.
  t.equal(await page.locator('.keys').count(), 0)
  await page.getByRole('button', { name: 'Show keys' }).click()
  const item = page.locator('.organization', { hasText: 'Globex' })
  const shown = await item.locator('.keys code').first().textContent()
  t.match((await send('GET', '/v3/self', { key: shown as string })).body, { org_id: id })
  await page.getByRole('button', { name: 'Hide keys' }).click()
  await page.locator('.keys').first().waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Show Globex' }).click()
  await item.getByText('✓ shown').waitFor()
  t.match(page.url(), `org=${id}`)
  await page.getByText(`export DEVIN_ORG_ID=${id}`).waitFor()
  await page.getByRole('button', { name: 'Delete Globex' }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await item.waitFor({ state: 'detached' })
  t.notMatch(page.url(), /org=/)
  t.equal((await send('GET', `/v3/enterprise/organizations/${id}`)).status, 404)
})

t.test('organizations can be filtered by a part of their name', async (t) => {
  await Promise.all(
    Array.from({ length: 120 }, (_, index) => devin.organizations.create({ name: `Team ${index}` })),
  )
  const page = await open(t, 'organizations')
  await page.getByText('21 more').waitFor()
  await page.getByLabel('Find an organization').fill('team 77')
  await page.getByText('21 more').waitFor({ state: 'detached' })
  t.equal(await page.locator('.organization').count(), 1)
  await page.getByLabel('Find an organization').fill('nobody')

  await page.getByText('No organization has this name.').waitFor()
})

t.test('no page violates the content security policy or logs an error', async (t) => {
  t.same(complaints(), [])
})
