import type { Page } from 'playwright-core'
import t from 'tap'
import { axe } from './axe.ts'
import { settled, startStatePages } from './state-page.ts'

const { devin, open, send, put, complaints } = await startStatePages(t)

const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'

const TABS = ['secrets', 'knowledge', 'playbooks', 'schedules', 'attachments', 'audit', 'others/sessions']

/** Fills the fake with something of everything, under hostile names. */
async function fill(): Promise<void> {
  const id = HOSTILE.replaceAll('/', '_')
  const name = HOSTILE
  const base64 = Buffer.from(HOSTILE).toString('base64')
  const record = {
    secrets: [{ id, key: HOSTILE, value: HOSTILE, note: HOSTILE, sensitive: false, type: 'totp' }],
    folders: [{ id, name, description: HOSTILE }],
    knowledge: [
      { id, name, body: HOSTILE, trigger_description: HOSTILE, parent_folder_id: id, is_enabled: false },
    ],
    playbooks: [{ id, title: HOSTILE, body: HOSTILE, macro: HOSTILE, structured_output_schema: {} }],
    schedules: [
      { id, name, prompt: HOSTILE, frequency: '0 9 * * *', playbook_id: id, tags: [HOSTILE] },
      { name: 'off', prompt: 'p', frequency: '0 9 * * *', enabled: false },
    ],
    attachments: [{ name: id, content_type: `text/html; x=${HOSTILE}`, base64 }],
    audit_logs: [{ id, action: HOSTILE, subject_id: HOSTILE, actor: { id, name, email: HOSTILE } }],
    sessions: [{ prompt: HOSTILE, title: HOSTILE, tags: [HOSTILE] }],
  }
  await put([{ org_id: devin.orgId, name: HOSTILE, ...record }])
}

/** Shows a tab with its first item. */
async function show(page: Page, tab: string): Promise<void> {
  await page.goto(`${devin.url}/_fake/#/state/${tab}`)
  await settled(page)
  await page.locator('.state-row').last().click()
  await page.locator('.state-item h2').waitFor()
}

t.test('data of clients never becomes markup', async (t) => {
  await fill()
  const { page } = await open(t, '')
  for (const tab of TABS) {
    await show(page, tab)
    if (tab === 'secrets') await page.getByRole('button', { name: 'Reveal the value' }).click()
    const raw = page.getByRole('button', { name: 'Show raw' })
    if ((await raw.count()) > 0) await raw.click()
    await page.locator('.json', { hasText: '<img src=x' }).first().waitFor()
    t.match(await page.locator('.state-item h2').textContent(), '<img src=x', tab)
    t.equal(await page.locator('main img, main script').count(), 0, tab)
    t.equal(await page.evaluate('window.hacked'), undefined, tab)
  }
})

for (const colorScheme of ['light', 'dark'] as const) {
  t.test(`axe-core finds nothing in the tabs, ${colorScheme}`, async (t) => {
    await fill()
    const { page } = await open(t, '', { colorScheme })
    for (const tab of TABS) {
      await show(page, tab)
      if (tab === 'secrets') await page.getByRole('button', { name: 'Reveal the value' }).click()
      await axe(t, page, tab)
    }
    await page.goto(`${devin.url}/_fake/#/state/schedules`)
    await settled(page)
    await page.getByRole('button', { name: 'New schedule' }).click()
    await page.getByRole('dialog').waitFor()
    await axe(t, page, 'the dialog of a schedule')
    await devin.reset()
    await page.reload()
    await page.getByText('There are no schedules.').waitFor()
    await axe(t, page, 'no schedules')
  })
}

t.test('on a phone, an item takes the place of the list, and nothing is wider than the screen', async (t) => {
  await fill()
  const { page } = await open(t, '', { viewport: { width: 360, height: 740 } })
  const excess = () =>
    page.locator('main').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)
  for (const tab of TABS) {
    await page.goto(`${devin.url}/_fake/#/state/${tab}`)
    await settled(page)
    await page.locator('.state-row').last().waitFor()
    t.equal(await excess(), 0, tab)
    await page.locator('.state-row').last().click()
    await page.locator('.state-item h2:focus').waitFor()
    t.equal(await page.locator('.state-row').last().isVisible(), false, tab)
    t.equal(await excess(), 0, `an item of ${tab}`)
  }
  await page.getByRole('link', { name: 'Close' }).click()
  await page.locator('.state-row').last().waitFor()
  await page.locator('main :focus').waitFor()
})

t.test('on a phone, a row shows at least half of its title', async (t) => {
  await send('POST', '/v1/secrets', {
    body: { type: 'key-value', key: 'A', value: 'x', sensitive: true, note: '' },
  })
  await devin.organizations.create()
  const { page } = await open(t, 'audit', { viewport: { width: 390, height: 740 } })
  const title = page.locator('.state-row .title').first()
  await title.waitFor()
  t.ok(await title.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth))
})

t.test('the state is available in Chinese', async (t) => {
  const { page } = await open(t, 'secrets', { locale: 'zh-CN' })
  await page.getByRole('heading', { level: 1, name: '状态数据' }).waitFor()
  await page.getByText('还没有机密。').waitFor()
  await page.getByRole('button', { name: '新建机密' }).click()
  await page.getByLabel('键', { exact: true }).fill('令牌')
  await page.getByLabel('值', { exact: true }).fill('not-a-real-token')
  await page.getByRole('button', { name: '创建' }).click()
  await page.getByRole('heading', { name: '令牌' }).waitFor()
  t.match((await send('GET', '/secrets')).body.items, [{ key: '令牌' }])
  await page.getByRole('button', { name: '显示值' }).click()
  await page.getByText('not-a-real-token').waitFor()
  await page.getByRole('button', { name: '删除' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除' }).click()
  await page.locator('h1:focus').waitFor()
})

t.test('an unknown tab shows an error with links to the other tabs', async (t) => {
  const { page } = await open(t, 'secrets')
  await page.goto(`${devin.url}/_fake/#/state/nothing`)
  await page.getByText('This view does not exist.').waitFor()
  await page.getByRole('link', { name: 'Playbooks' }).click()

  await page.getByText('There are no playbooks.').waitFor()
})

t.test('no page violates the content security policy or logs an error', async (t) => {
  t.same(complaints(), [])
})
