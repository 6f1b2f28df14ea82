// Tests the tabs of the state other than that of the secrets.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import t from 'tap'
import { startFakeDevin } from '../../src/index.ts'
import { childEnvironment } from '../child-environment.ts'
import { openPage } from './browser.ts'
import { settled, startStatePages } from './state-page.ts'

const { devin, browser, open, send, put, upload, complaints } = await startStatePages(t)

const KEY = `cog_${'a'.repeat(40)}`

/** Deletes the selected item. */
async function remove(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
}

t.test('the command on each empty tab creates an item, which appears', async (t) => {
  const folder = t.testdir()
  writeFileSync(join(folder, 'notes.txt'), 'hello')
  const { page } = await open(t, 'secrets')
  for (const [tab, title] of [
    ['secrets', 'NPM_TOKEN'],
    ['knowledge', 'Style'],
    ['playbooks', 'Fix a bug'],
    ['schedules', 'Every morning'],
    ['attachments', 'notes.txt'],
  ]) {
    await page.goto(`${devin.url}/_fake/#/state/${tab}`)
    const command = await page.locator('.command code').textContent()
    await promisify(execFile)('sh', ['-c', String(command)], { cwd: folder, env: childEnvironment() })
    await page.locator('.state-row .title', { hasText: String(title) }).waitFor()
  }
  t.match(await send('GET', '/schedules'), { body: { total: 1 } })
})

t.test('a note is created, changed and deleted', async (t) => {
  const folders = [{ id: 'folder-1', name: 'Guides' }]
  await put([{ org_id: devin.orgId, folders }])
  const { page } = await open(t, 'knowledge')
  await page.getByRole('button', { name: 'New note' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Releases')
  await page.getByLabel('When to use it', { exact: true }).fill('When you release')
  await page.getByLabel('Text', { exact: true }).fill(`Use ${KEY}`)
  await page.getByLabel('Folder', { exact: true }).selectOption('Guides')
  await page.getByLabel('Pinned to the repository', { exact: true }).fill('acme/payments')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'Releases' }).waitFor()
  const [note] = (await send('GET', '/knowledge/notes')).body.items
  const fields = { trigger: 'When you release', folder_id: 'folder-1', pinned_repo: 'acme/payments' }
  t.match(note, { ...fields, name: 'Releases', body: `Use ${KEY}`, is_enabled: true })
  t.ok(page.url().includes(note.note_id))

  t.notMatch(await page.content(), KEY)
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Release')
  await page.getByLabel('Enabled', { exact: true }).uncheck()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Release', exact: true }).waitFor()
  await page.locator('.state-row .badge', { hasText: 'Disabled' }).waitFor()
  const [changed] = (await send('GET', '/knowledge/notes')).body.items
  t.match(changed, { ...fields, name: 'Release', body: `Use ${KEY}`, is_enabled: false })

  await remove(page)
  await page.getByText('There is no knowledge.').waitFor()
  t.same((await send('GET', '/knowledge/notes')).body.items, [])
})

t.test('an edited note keeps its input after Escape, unless the note itself was changed', async (t) => {
  const note = { name: 'Style', body: 'Run the linter.', trigger: 'When you write code' }
  const { note_id: id } = (await send('POST', '/knowledge/notes', { body: note })).body
  const { page } = await open(t, `knowledge/${id}`)
  const name = page.getByLabel('Name', { exact: true })
  const edit = () => page.getByRole('button', { name: 'Edit' }).click()
  const close = async () => {
    await page.keyboard.press('Escape')
    await name.waitFor({ state: 'detached' })
  }
  await edit()
  await name.fill('Styles')
  await page.getByLabel('Enabled', { exact: true }).uncheck()
  await close()
  await edit()
  t.equal(await name.inputValue(), 'Styles')
  t.notOk(await page.getByLabel('Enabled', { exact: true }).isChecked())
  await close()
  await send('PUT', `/knowledge/notes/${id}`, { body: { ...note, name: 'Rules' } })
  await page.getByRole('heading', { name: 'Rules' }).waitFor()
  await edit()
  t.equal(await name.inputValue(), 'Rules')
})

t.test('a playbook is created, changed and deleted, and the dialog shows errors of the API', async (t) => {
  const { page } = await open(t, 'playbooks')
  await page.getByRole('button', { name: 'New playbook' }).click()
  await page.getByLabel('Title', { exact: true }).fill('Upgrade')
  await page.getByLabel('Instructions', { exact: true }).fill('One dependency at a time.')
  await page.getByLabel('Macro', { exact: true }).fill('upgrade')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('dialog').getByRole('alert').getByText("macro must start with '!'").waitFor()
  t.same((await send('GET', '/playbooks')).body.items, [])
  await page.getByLabel('Macro', { exact: true }).fill('!upgrade')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'Upgrade' }).waitFor()
  const [playbook] = (await send('GET', '/playbooks')).body.items
  t.match(playbook, { title: 'Upgrade', body: 'One dependency at a time.', macro: '!upgrade' })

  const schema = { type: 'object', properties: { done: { type: 'boolean' } } }
  await send('PUT', `/playbooks/${playbook.playbook_id}`, {
    body: { title: 'Upgrade', body: 'All at once.', structured_output_schema: schema },
  })
  await page.locator('.long-text', { hasText: 'All at once.' }).waitFor()
  await page.locator('.json', { hasText: '"done"' }).waitFor()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('Macro', { exact: true }).fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  const [changed] = (await send('GET', '/playbooks')).body.items
  t.match(changed, { body: 'All at once.', macro: null, structured_output_schema: schema })

  await remove(page)
  await page.getByText('There are no playbooks.').waitFor()
  t.same((await send('GET', '/playbooks')).body.items, [])
})

t.test('a schedule is created, runs when the clock reaches it, and is switched off and on', async (t) => {
  await devin.clock.freeze('2026-01-05T08:00:00Z')
  const { page } = await open(t, 'schedules', { timezoneId: 'UTC' })
  await page.getByRole('button', { name: 'New schedule' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Morning')
  await page.getByLabel('Prompt', { exact: true }).fill('Fix the flaky tests')
  await page.getByLabel('Cron expression', { exact: true }).fill('0 25 * * *')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  await page.getByLabel('Cron expression', { exact: true }).fill('0 9 * * *')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('Jan 5, 2026, 09:00:00').waitFor()
  await page.locator('.state-row .badge', { hasText: 'Next run in 1 hr' }).waitFor()
  const schedules = async () => (await send('GET', '/schedules')).body.items
  t.match(await schedules(), [{ name: 'Morning', prompt: 'Fix the flaky tests', frequency: '0 9 * * *' }])

  await page.getByRole('button', { name: 'Disable' }).click()
  await page.locator('.state-row .badge', { hasText: 'Disabled' }).waitFor()
  t.match(await schedules(), [{ enabled: false }])
  await page.getByRole('button', { name: 'Enable' }).click()
  await page.getByText('Jan 5, 2026, 09:00:00').waitFor()
  t.match(await schedules(), [{ enabled: true }])

  await devin.clock.advance(3_600)
  await page.getByText('Jan 6, 2026, 09:00:00').waitFor()
  await page.getByText('Last run').waitFor()
  t.match((await send('GET', '/sessions')).body.items, [{ title: 'Morning', origin: 'automation' }])
  await page.getByRole('link', { name: 'Advance the clock' }).click()
  t.match(page.url(), '#/controls/clock')
  await page.goBack()
  await remove(page)
  await page.getByText('There are no schedules.').waitFor()
  t.same(await schedules(), [])
})

t.test('a one-time schedule shows its time, and after its run that it has no next one', async (t) => {
  await devin.clock.freeze('2026-01-05T08:00:00Z')
  const { page } = await open(t, 'schedules', { timezoneId: 'UTC' })
  await page.getByRole('button', { name: 'New schedule' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Release')
  await page.getByLabel('Prompt', { exact: true }).fill('Release it')
  await page.getByLabel('Runs', { exact: true }).selectOption('one_time')
  t.equal(await page.getByLabel('At', { exact: true }).inputValue(), '2026-01-05T09:00:00Z')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('Jan 5, 2026, 09:00:00').waitFor()
  await devin.clock.set({ frozen: false, speed: 3_600 })
  // Nobody asks the server for anything but the page, which does so at the time of the run.
  await page.getByText('Last run').waitFor()

  t.match((await send('GET', '/schedules')).body.items, [{ schedule_type: 'one_time', enabled: false }])
})

t.test('an attachment is downloaded byte by byte', async (t) => {
  const name = '报告 <b>50%<b>.html'
  const contents = '<script>window.hacked=1</script>\r\n\u0000é'
  await upload(name, contents, 'text/html')
  const { page } = await open(t, 'attachments')
  await page.locator('.state-row', { hasText: 'text/html' }).click()
  const size = Buffer.byteLength(contents)
  await page.locator('.facts', { hasText: `${size} byte` }).waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ])
  t.equal(readFileSync(await download.path(), 'utf8'), contents)
  t.ok(download.url().startsWith(`${devin.url}/_fake/storage/`))
  const response = await page.request.get(download.url())
  t.match(response.headers()['content-disposition'], /^attachment;/)
  t.equal(response.headers()['x-content-type-options'], 'nosniff')

  await page.getByRole('button', { name: 'Show raw' }).click()
  await page.locator('.json', { hasText: `"size": ${size}` }).waitFor()
  t.notMatch(await page.locator('.json').textContent(), 'base64')
})

t.test('the audit log has the newest entry first, is filtered, and leads to what was changed', async (t) => {
  const { page } = await open(t, 'audit')
  await page.getByText('No entries yet.').waitFor()
  const body = { name: 'Style', body: 'Run the linter.', trigger: 'When you write code' }
  const note = await send('POST', '/knowledge/notes', { body })
  await page.locator('.state-row', { hasText: 'create_knowledge' }).waitFor()
  await send('POST', '/v1/sessions', { body: { prompt: 'Fix it' } })
  await upload('notes.txt', 'hello')
  await page.locator('.state-row', { hasText: 'upload_attachment' }).waitFor()
  t.equal(await page.locator('.state-row .title').first().textContent(), 'upload_attachment')
  await page.locator('.state-row', { hasText: 'user@example.com' }).first().waitFor()

  await page.getByLabel('Filter', { exact: true }).fill('knowledge service')
  await page.getByText(/^1 of \d$/).waitFor()
  await page.locator('.state-row', { hasText: 'create_knowledge' }).click()
  await page.getByRole('link', { name: note.body.note_id, exact: true }).click()
  await page.getByRole('heading', { name: 'Style' }).waitFor()
  t.match(page.url(), `#/state/knowledge/${note.body.note_id}`)
})

t.test('all other records are shown, live', async (t) => {
  const { page } = await open(t, 'others')
  await page.getByLabel('Kind', { exact: true }).selectOption('Knowledge folders')
  await page.getByText('There are no items of this kind.').waitFor()
  t.match(page.url(), '#/state/others/folders')
  await page.getByLabel('Kind', { exact: true }).selectOption('Sessions')
  await send('POST', '/v1/sessions', { body: { prompt: 'Fix the login' } })
  await page.locator('.state-row', { hasText: 'Fix the login' }).click()
  await page.locator('.json', { hasText: '"prompt": "Fix the login"' }).waitFor()
  t.match(page.url(), '#/state/others/sessions/devin-')
  await page.getByRole('button', { name: 'Hide raw' }).click()
  await page.locator('.json').waitFor({ state: 'detached' })
  await page.goto(`${devin.url}/_fake/#/state/others/nothing`)

  await page.getByText('This view does not exist.').waitFor()
})

t.test('more than a thousand sessions are only read again on request', async (t) => {
  const sessions = [{ prompt: 'Task {n}', count: 1_001, status_enum: 'finished' as const }]
  const many = await startFakeDevin({ seed: { organizations: [{ sessions }] } })
  t.teardown(() => many.close())
  const { page } = await openPage(browser)
  t.teardown(() => page.context().close())
  await page.goto(`${many.url}/_fake/#/state/others/sessions`)
  await settled(page)
  await page.getByText('1001 items').waitFor()
  await fetch(`${many.url}/v1/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${many.key}`, 'content-type': 'application/json' },
    body: '{"prompt":"One more"}',
  })
  await page.getByRole('button', { name: 'Refresh' }).click()

  await page.getByText('1002 items').waitFor()
  t.pass('the new session is counted')
})

t.test('the enterprise has notes of its own, and no secrets', async (t) => {
  const { page } = await open(t, 'knowledge?org=enterprise')
  await page.getByRole('button', { name: 'New note' }).click()
  await page.getByLabel('Name', { exact: true }).fill('For all')
  await page.getByLabel('When to use it', { exact: true }).fill('Always')
  await page.getByLabel('Text', { exact: true }).fill('Be kind.')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'For all' }).waitFor()
  t.match((await send('GET', '/knowledge/notes', { base: '/v3/enterprise' })).body.items, [
    { name: 'For all' },
  ])
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('Text', { exact: true }).fill('Be very kind.')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('.long-text', { hasText: 'Be very kind.' }).waitFor()
  await remove(page)
  await page.getByText('There is no knowledge.').waitFor()

  await page.getByRole('link', { name: 'Secrets' }).click()
  await page.getByText('There are no secrets.').waitFor()
  t.equal(await page.getByRole('button', { name: 'New secret' }).count(), 0)
  t.equal(await page.locator('.command').count(), 0)
})

t.test('no page violates the content security policy or logs an error', async (t) => {
  t.same(complaints(), [])
})
