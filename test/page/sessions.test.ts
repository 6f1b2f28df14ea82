import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import t from 'tap'
import { cardIn, EMPTY, startSessionsPage } from './sessions-page.ts'

/** What functions that run in the browser use. */
declare const document: {
  readonly title: string
  querySelector(selector: string): {
    readonly scrollHeight: number
    readonly scrollTop: number
    readonly clientHeight: number
    readonly value: string
  }
}

const { devin, open, send, create, detailOf, complaints } = await startSessionsPage(t)

t.test('without sessions, the board shows a command that creates one', async (t) => {
  const page = await open(t)
  const command = await page.locator('.command code').textContent()

  t.match(command, `${devin.url}/v3/organizations/${devin.orgId}/sessions`)
  t.match(command, 'cog_demo')
  await page.getByText(EMPTY).waitFor()

  const { orgId } = await devin.organizations.create()
  await page.goto(`${devin.url}/_fake/#/sessions?org=${orgId}`)
  await page
    .locator('.command code', { hasText: `${devin.url}/v3/organizations/${orgId}/sessions` })
    .waitFor()
})

t.test('a session that a client creates appears at once and moves through the columns', async (t) => {
  const page = await open(t)
  await page.getByText(EMPTY).waitFor()
  const id = await create({
    prompt: 'Fix the login [fake:blocked-then-finished]',
    title: 'Login',
    tags: ['bug'],
  })
  t.match(await (await cardIn(page, 'New', 'Login')).textContent(), /Fix the login.*bug/)
  await devin.clock.advance(1)
  await cardIn(page, 'Working', 'Login')
  await devin.clock.advance(2)
  await cardIn(page, 'Waiting for an answer', 'Login')
  await send('POST', `/v3/organizations/${devin.orgId}/sessions/${id}/messages`, { message: 'main' })
  await cardIn(page, 'Working', 'Login')
  await devin.clock.advance(8)
  t.match(await (await cardIn(page, 'Finished', 'Login')).textContent(), /1\.5 ACU.*1 pull request/)
  await send('DELETE', `/v3/organizations/${devin.orgId}/sessions/${id}`)
  await cardIn(page, 'Ended', 'Login')
  await devin.reset()
  await page.getByText(EMPTY).waitFor()
})

t.test('the board follows snapshots, and shows the organizations if there are several', async (t) => {
  const page = await open(t)
  await create({ title: 'Kept' })
  await devin.snapshots.take('before')
  await create({ title: 'Lost' })
  await page.getByRole('link', { name: 'Lost' }).waitFor()
  await devin.snapshots.restore('before')
  await page.getByRole('link', { name: 'Lost' }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Kept' }).waitFor()

  const other = await devin.organizations.create({ name: 'Rocket' })
  await devin.fetch('/v1/sessions', {
    method: 'POST',
    headers: { authorization: `Bearer ${other.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'Launch it' }),
  })
  await page.locator('.session-card', { hasText: 'Launch it' }).getByText('Rocket').waitFor()
  await page.getByLabel('Organization').selectOption('Rocket')
  await page.getByRole('link', { name: 'Kept' }).waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: 'Sessions 1' }).waitFor()
})

t.test('organizations with the same state have sessions of their own, also with the same ids', async (t) => {
  const id = `devin-${'1'.repeat(32)}`
  const of = (org_id: string, name: string) => ({
    org_id,
    name,
    keys: [`cog_${name}`],
    sessions: [{ id, title: name, prompt: 'Fix it', status_enum: 'finished' }],
  })
  const organizations = [of('org-one', 'One'), of('org-two', 'Two')]
  await devin.fetch('/_fake/state', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ organizations }),
  })
  await devin.fetch(`/v3/organizations/org-two/sessions/${id}`, {
    headers: { authorization: 'Bearer cog_Two' },
  })
  const page = await open(t)
  for (const name of ['One', 'Two']) {
    await page.getByRole('link', { name, exact: true }).click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await page.getByRole('link', { name: 'v3 response' }).click()
    await page.getByRole('heading', { name: `org-${name.toLowerCase()}` }).waitFor()
    t.equal(await page.getByLabel('Organization', { exact: true }).inputValue(), '')
    await page.getByRole('link', { name: 'All sessions' }).click()
  }
  await page.goto(`${devin.url}/_fake/#/requests`)
  await page.locator('a.request').click()
  await page.getByRole('link', { name: 'Show the session' }).click()
  await page.getByRole('heading', { level: 1, name: 'Two' }).waitFor()
})

t.test('the filter is in the address', async (t) => {
  await create({ title: 'Alpha', tags: ['bug'] })
  await create({ title: 'Beta', tags: ['chore'] })
  const page = await open(t, 'sessions?q=alp')
  await page.getByRole('link', { name: 'Alpha' }).waitFor()
  t.equal(await page.getByRole('link', { name: 'Beta' }).count(), 0)

  await page.getByRole('searchbox').fill('beta')
  await page.getByRole('link', { name: 'Beta' }).waitFor()
  t.match(page.url(), /q=beta/)
  await page.getByLabel('Tag').selectOption('bug')
  await page.getByText('No session matches the filter.').waitFor()
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await page.getByRole('link', { name: 'Alpha' }).waitFor()
  await page.getByRole('link', { name: 'Beta' }).waitFor()
})

t.test('typing into the filter during the click on a link does not undo the click', async (t) => {
  const page = await open(t)

  // The browser has changed the address, and tells the page of it later.
  await page.evaluate(`{
    location.hash = '#/sessions?tag=urgent'
    const field = document.querySelector('input[type=search]')
    field.value = 'beta'
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }`)

  await page.waitForURL(/#\/sessions\?tag=urgent&q=beta$/)
})

t.test('the dialog creates a session as a client would, by keyboard alone', async (t) => {
  const page = await open(t)
  const button = page.getByRole('button', { name: 'New session' }).first()
  await button.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('option', { name: 'slow' }).waitFor({ state: 'attached' })
  await page.keyboard.type('Fix the footer')
  await page.keyboard.press('Tab')
  await dialog.getByLabel('Scenario').selectOption('slow')
  for (const text of ['Footer', 'bug, web', '7']) {
    await page.keyboard.press('Tab')
    await page.keyboard.type(text)
  }
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  const id = await (await cardIn(page, 'New', 'Footer')).getAttribute('data-session')

  t.match(await detailOf(id ?? ''), {
    prompt: 'Fix the footer [fake:slow]',
    title: 'Footer',
    tags: ['bug', 'web'],
    max_acu_limit: 7,
    scenario: 'slow',
  })
  await page.locator('button:focus', { hasText: 'New session' }).waitFor()
})

t.test('Escape closes a dialog and keeps what was typed; Cancel and sending it discard it', async (t) => {
  const id = await create()
  const page = await open(t)
  const dialog = page.getByRole('dialog')
  const prompt = dialog.getByLabel('Prompt')
  const show = () => page.getByRole('button', { name: 'New session' }).click()
  const close = async () => {
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  }
  await show()
  await prompt.fill('Fix the footer')
  await dialog.getByLabel('ACU limit').fill('7')
  await close()
  await page.getByRole('link', { name: 'Requests' }).click()
  await page.getByRole('link', { name: 'Sessions' }).click()
  await show()
  t.equal(await prompt.inputValue(), 'Fix the footer')
  t.equal(await dialog.getByLabel('ACU limit').inputValue(), '7')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await cardIn(page, 'New', 'Fix the footer')
  await show()
  t.equal(await prompt.inputValue(), '')
  await prompt.fill('Fix the header')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await show()
  t.equal(await prompt.inputValue(), '')
  await close()

  await page.goto(`${devin.url}/_fake/#/sessions/${id}`)
  const block = page.getByRole('button', { name: 'Block…' })
  await block.click()
  await dialog.getByLabel('Question').fill('Which branch?')
  await close()
  await page.getByRole('button', { name: 'Finish…' }).click()
  t.equal(await dialog.getByLabel('Message from Devin').inputValue(), '')
  await close()
  await block.click()
  t.equal(await dialog.getByLabel('Question').inputValue(), 'Which branch?')
})

t.test('an error of the creation is shown in the dialog', async (t) => {
  const page = await open(t)
  await page.getByRole('button', { name: 'New session' }).first().click()
  await page.getByRole('textbox', { name: 'Prompt' }).fill('Fix it [fake:unknown]')
  await page.getByRole('button', { name: 'Create' }).click()

  t.match(await page.getByRole('dialog').getByRole('alert').textContent(), /unknown/)
})

t.test('a card opens the page of the session, which links back', async (t) => {
  await create({ title: 'Login', tags: ['bug'] })
  const page = await open(t)
  await page.getByRole('link', { name: 'Login' }).click()
  await page.getByRole('heading', { level: 1, name: 'Login' }).waitFor()
  await page.locator('h1:focus').waitFor()
  await page.waitForFunction(() => document.title.startsWith('Login'))
  await page.getByRole('link', { name: 'bug' }).click()
  await page.waitForURL(/tag=bug/)
  await page.getByRole('link', { name: 'Login' }).waitFor()
  await page.goBack()
  await page.getByRole('link', { name: 'All sessions' }).click()
  await cardIn(page, 'New', 'Login')
})

/** The buttons of a session's page that open a dialog: the input, and the expected session afterwards. */
const ACTIONS = [
  {
    name: 'Block…',
    fill: { 'Question (optional)': 'Which one?' },
    submit: 'Block',
    after: { status_enum: 'blocked' },
    says: 'Which one?',
  },
  {
    name: 'Finish…',
    fill: { 'Message from Devin (optional)': 'Ready' },
    submit: 'Finish',
    after: { status: 'finished', structured_output: { done: Boolean } },
    says: 'Ready',
  },
  {
    name: 'Suspend…',
    select: { Reason: 'out_of_credits' },
    submit: 'Suspend',
    after: { status: 'suspended', v3_status: 'suspended', v3_status_detail: 'out_of_credits' },
  },
  {
    name: 'Pull request…',
    fill: { 'Message from Devin (optional)': 'Please review' },
    select: { State: 'merged' },
    submit: 'Open',
    after: { pull_requests: [{ url: /^https:\/\/github\.com\//, state: 'merged' }] },
    says: 'Please review',
  },
  { name: 'Fail…', submit: 'Fail', after: { status: 'error', v3_status: 'error', has_ended: true } },
  { name: 'Expire…', submit: 'Expire', after: { status_enum: 'expired', has_ended: true } },
  { name: 'Archive…', submit: 'Archive', after: { archived: true, v3_status: 'suspended' } },
  { name: 'Terminate…', submit: 'Terminate', after: { v3_status: 'exit', has_ended: true } },
] as const

t.test('every button of a session has its effect', async (t) => {
  const page = await open(t)
  for (const { name, submit, after, ...action } of ACTIONS) {
    const id = await create({
      prompt: 'Fix it [fake:never]',
      structured_output_schema: {
        type: 'object',
        required: ['done'],
        properties: { done: { type: 'boolean' } },
      },
    })
    await page.goto(`${devin.url}/_fake/#/sessions/${id}`)
    await page.locator('code', { hasText: id }).first().waitFor()
    await page.getByRole('button', { name }).click()
    const dialog = page.getByRole('dialog')
    for (const [label, text] of Object.entries('fill' in action ? action.fill : {})) {
      await dialog.getByLabel(label).fill(text)
    }
    for (const [label, value] of Object.entries('select' in action ? action.select : {})) {
      await dialog.getByLabel(label).selectOption(value)
    }
    await dialog.getByRole('button', { name: submit }).click()
    await dialog.waitFor({ state: 'detached' })

    t.match(await detailOf(id), after, name)
    if ('says' in action) await page.getByRole('log').getByText(action.says).waitFor()
    await page.locator('button:focus', { hasText: name }).waitFor()
  }
})

t.test('the pull requests of a session stay when another one is opened', async (t) => {
  const id = await create()
  await devin.clock.advance(6)
  const page = await open(t, `sessions/${id}`)
  await page.getByRole('button', { name: 'Pull request…' }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  t.match((await detailOf(id)).pull_requests, { length: 2 })
})

t.test('an output that is not JSON is refused in the dialog', async (t) => {
  const page = await open(t, `sessions/${await create()}`)
  await page.getByRole('button', { name: 'Finish…' }).click()
  await page.getByLabel('Structured output').fill('{')
  await page.getByRole('button', { name: 'Finish', exact: true }).click()

  t.match(await page.getByRole('dialog').getByRole('alert').textContent(), /JSON/)
})

t.test('the next step happens on demand, even one that waits for reads, until none is left', async (t) => {
  const id = await create({ prompt: 'Fix it [fake:three-reads]' })
  const page = await open(t, `sessions/${id}`)
  const next = page.getByRole('button', { name: 'Run the next step' })
  await page
    .getByText(/waits for \d more reads?/)
    .first()
    .waitFor()
  for (let left = await page.locator('.timeline .coming').count(); left-- > 0; ) {
    await next.click()
    await page.locator('.timeline .coming').nth(left).waitFor({ state: 'detached' })
  }

  t.equal(await next.getAttribute('aria-disabled'), 'true')
  t.equal(await next.getAttribute('title'), 'No more steps are scheduled.')
  t.equal((await detailOf(id)).status, 'finished')
})

t.test('a disabled control says why', async (t) => {
  const id = await create()
  await devin.sessions.addEvent(id, { status_enum: 'expired' })
  const page = await open(t, `sessions/${id}`)
  const button = page.getByRole('button', { name: 'Block…' })
  await button.waitFor()
  await page.locator('[aria-disabled=true]').nth(5).waitFor()

  t.equal(await button.getAttribute('aria-disabled'), 'true')
  const reason = await button.getAttribute('aria-describedby')
  t.match(await page.locator(`[id="${reason}"]`).textContent(), /has ended/)
  await button.click({ force: true })
  t.equal(await page.getByRole('dialog').count(), 0)
  t.equal(await page.getByLabel('Message', { exact: true }).getAttribute('readonly'), '')
})

t.test('the composer speaks as Devin and as the user, by keyboard alone', async (t) => {
  const id = await create({ prompt: 'Fix it [fake:blocked-then-finished]' })
  const page = await open(t, `sessions/${id}`)
  const field = page.getByLabel('Message', { exact: true })
  await field.focus()
  await page.keyboard.type('First line')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('second line')
  await page.keyboard.press('Enter')
  await page.getByRole('log').getByText('second line').waitFor()
  // A screen reader says new messages, and not the age of each one every second.
  t.equal(await page.getByRole('log').getAttribute('aria-relevant'), 'additions')
  await page.locator('textarea:focus').waitFor()
  t.equal(await field.inputValue(), '')

  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Use main')
  await page.keyboard.press('Enter')
  await page.locator('.bubble.user', { hasText: 'Use main' }).waitFor()
  const { conversation } = await detailOf(id)
  t.match(conversation.slice(1), [
    { from: 'devin', text: 'First line\nsecond line' },
    { from: 'user', text: 'Use main' },
  ])
})

t.test('an unsent message stays while another page is shown', async (t) => {
  const [one, other] = [await create(), await create()]
  const page = await open(t, `sessions/${one}`)
  const field = page.getByLabel('Message', { exact: true })
  await field.fill('Half a sentence')
  await page.getByRole('link', { name: 'Output' }).click()
  await field.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Conversation' }).click()
  t.equal(await field.inputValue(), 'Half a sentence')

  await page.goto(`${devin.url}/_fake/#/sessions/${other}`)
  await page.waitForFunction(() => document.querySelector('textarea')?.value === '')
  await page.goBack()
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'Half a sentence')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('log').getByText('Half a sentence').waitFor()
  t.match((await detailOf(one)).conversation.at(-1), { text: 'Half a sentence' })
})

/** Waits until the end of a conversation that is longer than its view is shown. */
const endInView = (page: Page) =>
  page.waitForFunction(() => {
    const { scrollHeight, scrollTop, clientHeight } = document.querySelector('[role=log]')
    return scrollHeight > clientHeight && scrollHeight - scrollTop - clientHeight < 2
  })

t.test('new messages scroll into view only if the reader is at the end', async (t) => {
  const id = await create({ prompt: `Fix it [fake:never]\n${'line\n'.repeat(14)}` })
  for (let index = 0; index < 12; index++)
    await devin.sessions.addEvent(id, { message: `Message ${index}\n\n\n.` })
  const page = await open(t, `sessions/${id}`)
  const log = page.getByRole('log')
  const isAtEnd = () => endInView(page)
  await isAtEnd()
  await devin.sessions.addEvent(id, { message: 'At the end' })
  await log.getByText('At the end').waitFor()
  await isAtEnd()

  // A smaller window shows the end, too.
  await page.setViewportSize({ width: 1280, height: 500 })
  await isAtEnd()
  await page.setViewportSize({ width: 1280, height: 720 })
  await isAtEnd()

  await log.evaluate((element) => element.scrollTo(0, 0))
  await page.waitForFunction(() => document.querySelector('[role=log]').scrollTop === 0)
  await devin.sessions.addEvent(id, { message: 'Not seen' })
  await page.getByRole('button', { name: 'New messages' }).waitFor()
  t.equal(await log.evaluate((element) => element.scrollTop), 0)
  await page.getByRole('button', { name: 'New messages' }).click()
  await isAtEnd()
  await page.getByRole('button', { name: 'New messages' }).waitFor({ state: 'detached' })
})

t.test(
  'a reader who scrolls up stays there, even if a message comes before the event of the scroll',
  async (t) => {
    const id = await create({ prompt: `Fix it [fake:never]\n${'line\n'.repeat(60)}` })
    const page = await open(t, `sessions/${id}`)
    const log = page.getByRole('log')
    await endInView(page)

    // The event never comes.
    await page.evaluate("addEventListener('scroll', (event) => event.stopImmediatePropagation(), true)")
    await log.evaluate((element) => element.scrollTo(0, 0))
    await devin.sessions.addEvent(id, { message: 'Not seen' })
    await page.getByRole('button', { name: 'New messages' }).waitFor()
    t.equal(await log.evaluate((element) => element.scrollTop), 0)
  },
)

t.test(
  'the parts of a session have addresses: its output beside the schema, and the raw answers',
  async (t) => {
    const schema = { type: 'object', required: ['severity'], properties: { severity: { enum: ['low'] } } }
    const id = await create({ structured_output_schema: schema })
    await devin.clock.advance(8)
    const page = await open(t, `sessions/${id}/output`)
    await page.getByRole('figure', { name: 'Structured output' }).getByText('"low"').waitFor()
    await page.getByRole('figure', { name: 'Schema' }).getByText('"required"').waitFor()
    await page.getByRole('link', { name: 'v1 response' }).click()
    await page.getByRole('figure', { name: 'v1 response' }).getByText('"status_enum"').waitFor()
    t.match(page.url(), new RegExp(`${id}/v1$`))
    await page.getByRole('link', { name: 'v3 response' }).click()
    await page.getByRole('figure', { name: 'v3 response' }).getByText('"acus_consumed"').waitFor()
  },
)

t.test('a file of Devin can be downloaded', async (t) => {
  const id = await create({ prompt: 'Report [fake:attached-file]' })
  await devin.clock.advance(6)
  const page = await open(t, `sessions/${id}`)
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download report.md' }).click()
  const file = await downloading

  t.equal(file.suggestedFilename(), 'report.md')
  t.match(readFileSync(await file.path(), 'utf8'), /^# Report/)
})

t.test('the page of an unknown or deleted session links to the board', async (t) => {
  const id = await create({ title: 'Login' })
  const page = await open(t, `sessions/${id.replace('devin-', '')}`)
  await page.getByRole('heading', { name: 'Login' }).waitFor()
  await devin.reset()
  await page.getByRole('heading', { name: 'Session not found' }).waitFor()
  await page.getByRole('link', { name: 'All sessions' }).first().click()
  await page.getByText(EMPTY).waitFor()
})

t.test('data of clients never becomes markup, and only web addresses become links', async (t) => {
  const evil = '<img src=x onerror="document.title=\'hacked\'"><script>document.title="hacked"</script>'
  const id = await create({ prompt: `${evil} [fake:never]`, title: evil, tags: [evil] })
  await devin.sessions.addEvent(id, {
    message: `${evil} javascript:alert(1) [x](javascript:alert(1))`,
    attachment: { name: '<img src=x onerror=alert(1)>.html', content_type: 'text/html', content: evil },
    pull_requests: [
      { url: `javascript:alert("${evil}")` },
      { url: 'data:text/html,<script>alert(1)</script>' },
      { url: 'https://x.test/"><img src=x>' },
    ],
    structured_output: { [evil]: evil },
  })
  const page = await open(t)
  await page.locator('.session-card').getByText('<img').first().waitFor()
  const tabs = ['conversation', 'output', 'v1', 'v3']
  for (const tab of tabs) {
    await page.goto(`${devin.url}/_fake/#/sessions/${id}/${tab}`)
    await page.locator('.session-middle a[aria-current=page]').waitFor()
    t.equal(await page.locator('main img, main script, main iframe').count(), 0, tab)
  }
  const links: string[] = await page.evaluate(
    '[...document.querySelectorAll("main a")].map((link) => link.protocol)',
  )

  t.same([...new Set(links)].sort(), ['http:', 'https:'])
  t.notMatch(await page.title(), /^hacked/)
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: /^Download/ }).click()
  t.match((await downloading).suggestedFilename(), /\.html$/)
})

t.test('no page violates the content security policy or logs an error', async (t) => {
  t.same(complaints(), [])
})
