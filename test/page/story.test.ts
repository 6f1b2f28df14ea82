// The demo that the page is made for, from the first session to the reset: a bot works, the room watches, the presenter steers.
import type { Page } from 'playwright-core'
import t from 'tap'
import { cardIn, startSessionsPage } from './sessions-page.ts'

const { browser, devin, open, send, complaints } = await startSessionsPage(t)
const sessions = `/v3/organizations/${devin.orgId}/sessions`

/** The bot's answers, as it gets them from the API. */
interface BotSession {
  readonly session_id: string
  readonly status: number | string
  readonly status_detail: string | null
  readonly pull_requests: readonly object[]
  readonly tags: readonly string[]
}

/** Goes to a view by the navigation, as a presenter does. */
async function view(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click()
  await page.getByRole('heading', { level: 1 }).first().waitFor()
}

t.test(
  'during a demo, the page follows a bot that works with Devin, and the presenter controls it',
  async (t) => {
    const room = await open(t, '', { viewport: { width: 1600, height: 900 } })
    const presenter = await open(t, '', { viewport: { width: 1600, height: 900 } })
    const look = (id: string) => send<BotSession>('GET', `${sessions}/${id}`)
    await room.getByText('There are no sessions yet.').waitFor()

    // The bot gets a task in Slack and creates a session: the room sees it appear.
    const created = await send<BotSession>('POST', sessions, {
      prompt: '[fake:blocked-then-finished] Fix the login page',
      title: 'Fix the login page',
      tags: ['slack'],
    })
    await cardIn(room, 'New|Working', 'Fix the login page')
    t.match(await room.locator('.session-card').first().textContent(), /slack/)

    // The presenter opens it and makes the next steps happen: Devin asks a question.
    await (await cardIn(presenter, 'New|Working', 'Fix the login page')).getByRole('link').first().click()
    await presenter.getByRole('heading', { level: 1, name: /Fix the login page/ }).waitFor()
    for (let steps = 0; (await look(created.session_id)).status_detail !== 'waiting_for_user'; steps++) {
      t.ok(steps < 3, 'Devin asks within three steps')
      const before = JSON.stringify(await devin.sessions.get(`devin-${created.session_id}`))
      await presenter.getByRole('button', { name: 'Run the next step' }).click()
      await changed(created.session_id, before)
    }
    await cardIn(room, 'Waiting for an answer', 'Fix the login page')

    // The bot answers, and Devin goes on: the conversation shows it without a reload.
    await send('POST', `${sessions}/${created.session_id}/messages`, { message: 'Use the main branch' })
    await presenter
      .locator('.conversation, [role="log"], main')
      .getByText('Use the main branch')
      .first()
      .waitFor()
    await cardIn(room, 'New|Working', 'Fix the login page')

    // Time passes at the press of a button: a pull request, and the end.
    await view(presenter, 'Controls')
    await presenter.getByRole('button', { name: '+10 s' }).click()
    await cardIn(room, 'Finished', 'Fix the login page')
    t.match(await look(created.session_id), { pull_requests: [{ pr_state: 'open' }] })

    // Everything that the bot has sent is there, newest first.
    await view(presenter, 'Requests')
    await presenter.getByText(`/sessions/`).first().waitFor()
    await presenter
      .getByRole('button', { name: /POST/ })
      .or(presenter.getByRole('link', { name: /POST/ }))
      .first()
      .waitFor()

    // The presenter makes the API fail, and the bot meets it; then all is well again.
    await view(presenter, 'Controls')
    await presenter.getByRole('navigation').getByRole('link', { name: 'Faults' }).click()
    await presenter.getByRole('button', { name: 'Start rate-limit', exact: true }).click()
    await presenter.getByText('1 fault is active.').waitFor()
    t.match(await look(created.session_id), { status: 429 })
    await presenter.getByRole('button', { name: /^Remove the fault/ }).click()
    await presenter.getByText('No fault is active.').waitFor()
    t.match(await look(created.session_id), { session_id: created.session_id, tags: ['slack'] })

    // A new demo starts from the beginning.
    await presenter.getByRole('navigation').getByRole('link', { name: 'Snapshots' }).click()
    await presenter.getByRole('button', { name: 'Reset everything' }).click()
    await presenter.getByRole('dialog').getByRole('button', { name: 'Reset everything' }).click()
    await room.getByText('There are no sessions yet.').waitFor()
    t.same(complaints(), [])
    t.ok(browser.isConnected())
  },
)

/** Waits until a session differs from what it was. */
async function changed(id: string, before: string): Promise<void> {
  for await (const _event of devin.events()) {
    if (JSON.stringify(await devin.sessions.get(`devin-${id}`)) !== before) return
  }
}
