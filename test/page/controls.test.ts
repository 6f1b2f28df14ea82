import t from 'tap'
import { formatInstant, parseInstant, wallClock } from '../../src/base/clock.ts'
import { startControls } from './controls-page.ts'

const { devin, open, send, complaints } = await startControls(t)

const sessions = `/v3/organizations/${devin.orgId}/sessions`

t.test('the clock can be frozen and resumed', async (t) => {
  const page = await open(t, 'clock')
  await page.getByRole('button', { name: 'Freeze' }).click()
  await page.getByText('The clock is frozen. Sessions wait').waitFor()
  t.equal((await devin.clock.get()).frozen, true)
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByText('The clock runs as usual.').waitFor()

  t.equal((await devin.clock.get()).frozen, false)
})

t.test('changes of the clock by others appear at once', async (t) => {
  const page = await open(t, '')
  await page.getByText('The clock runs as usual.').waitFor()
  await devin.clock.set({ speed: 60 })

  await page.getByText('The clock runs at 60×: 60 seconds pass per second.').waitFor()
  await devin.clock.set({ now: '2030-01-01T00:00:00Z', frozen: true })
  await page.getByText('2030-01-01T00:00:00Z').waitFor()
})

t.test('advancing the clock moves a session', async (t) => {
  await devin.clock.freeze('2026-01-01T00:00:00Z')
  const created = await send('POST', sessions, { body: { prompt: 'Fix the login' } })
  const page = await open(t, 'clock')
  await page.getByRole('button', { name: '+10 s' }).click()
  await page.locator('.clock-face code', { hasText: isoAfter(10) }).waitFor()
  const session = await send('GET', `${sessions}/${created.body.session_id}`)
  t.equal(session.body.status_detail, 'waiting_for_user')
  for (const [button, seconds] of [
    ['+1 min', 70],
    ['+10 min', 670],
    ['+1 h', 4_270],
    ['+1 d', 90_670],
  ] as const) {
    await page.getByRole('button', { name: button, exact: true }).click()
    await page.locator('.clock-face code', { hasText: isoAfter(seconds) }).waitFor()
  }
  await page.getByLabel('How much').fill('2')
  await page.getByLabel('Unit').selectOption('hours')
  await page.getByRole('button', { name: 'Advance', exact: true }).click()
  await page.getByText('The clock was advanced by 2 h.').waitFor()

  t.match((await devin.clock.get()).now, isoAfter(97_870).slice(0, -1))
})

/** 2026-01-01, in seconds since the epoch. */
const JANUARY = 1_767_225_600

function isoAfter(seconds: number): string {
  return formatInstant((JANUARY + seconds) * 1_000_000).replace('.000000', '')
}

t.test('the speed of the clock can be changed', async (t) => {
  const page = await open(t, 'clock')
  for (const [name, speed] of [
    ['60×', 60],
    ['3,600×', 3_600],
    ['Instant', 'instant'],
    ['1×', 1],
  ] as const) {
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByRole('button', { name, exact: true, pressed: true }).waitFor()
    t.equal((await devin.clock.get()).speed, speed)
  }
  await page.getByLabel('Seconds per second').fill('7.5')
  await page.getByRole('button', { name: 'Set the speed' }).click()
  await page.getByText('The clock runs at 7.5×:').waitFor()
  t.equal((await devin.clock.get()).speed, 7.5)

  await page.getByLabel('Seconds per second').fill('0')
  await page.getByRole('button', { name: 'Set the speed' }).click()
  t.match(await page.getByRole('alert').textContent(), /speed/)
})

t.test('the clock can be set to a time, and back to the real time', async (t) => {
  const page = await open(t, 'clock', { timezoneId: 'Asia/Shanghai' })
  await page.getByRole('button', { name: 'Freeze' }).click()
  await page.getByLabel('Time, in your time zone').fill('2031-02-03T12:05:06')
  await page.getByRole('button', { name: 'Set', exact: true }).click()
  await page.getByText('2031-02-03T04:05:06Z').waitFor()
  t.match((await devin.clock.get()).now, '2031-02-03T04:05:06')
  t.equal(await page.locator('.clock-time').textContent(), '12:05:06')

  // The time before the clock of fake-devin begins.
  await page.getByLabel('Time, in your time zone').fill('1960-02-03T12:05:06')
  await page.getByRole('button', { name: 'Set', exact: true }).click()
  t.match(await page.getByRole('alert').textContent(), /the clock goes from/)

  await page.getByRole('button', { name: 'Return to the real time' }).click()
  await page.getByText('The clock runs as usual.').waitFor()
  const { now, frozen } = await devin.clock.get()
  t.equal(frozen, false)
  t.ok(Math.abs((parseInstant(now) as number) - wallClock.now()) < 60_000_000)
})

t.test('the field for the time starts with the time of the shown clock', async (t) => {
  const { orgId } = await devin.organizations.create({ name: 'Globex' })
  await devin.clock.freeze('2026-01-02T03:04:05Z')
  await send('PUT', '/_fake/clock', { body: { org_id: orgId, now: '2030-06-07T08:09:10Z', frozen: true } })
  const page = await open(t, 'clock', { timezoneId: 'UTC' })
  const time = page.getByLabel('Time, in your time zone')
  t.equal(await time.inputValue(), '2026-01-02T03:04:05')
  await page.getByLabel('Organization', { exact: true }).selectOption(orgId)
  await page.getByText('2030-06-07T08:09:10Z').waitFor()
  t.equal(await time.inputValue(), '2030-06-07T08:09:10')
})

t.test('an organization has a clock of its own', async (t) => {
  const other = await devin.organizations.create({ name: 'Globex' })
  const page = await open(t, 'clock')
  await page.getByText('All organizations have the same time.').waitFor()
  await other.clock.freeze('2030-01-01T00:00:00Z')
  await page.getByRole('link', { name: 'Globex' }).click()
  await page.getByText('This clock differs from that of the server').waitFor()
  t.match(await page.locator('.scope').textContent(), /only to the organization Globex/)
  await page.getByRole('button', { name: '+1 h' }).click()
  await page.getByText('2030-01-01T01:00:00Z').waitFor()

  t.match((await other.clock.get()).now, '2030-01-01T01:00:00')
  t.notMatch((await devin.clock.get()).now, '2030')
})

t.test('each preset can be started, and strikes the requests of clients', async (t) => {
  const page = await open(t, 'faults')
  await page.getByText(`fake-devin fault flaky --url ${devin.url}`).waitFor()
  const started = []
  for (const name of await page.locator('.preset code').allTextContents()) {
    await page.getByRole('button', { name: `Start ${name}`, exact: true }).click()
    await page.getByRole('row').getByText(name, { exact: true }).waitFor()
    started.push(name)
  }
  t.same(
    (await devin.faults.list()).faults.map(({ preset }) => preset),
    started,
  )
  await page.getByText('7 faults are active.').waitFor()
  t.equal((await send('GET', '/v3/self')).status, 429)
})

t.test('the counters of a fault move with the requests', async (t) => {
  await devin.faults.add({ path: '/v3/self', status: 503, times: 3, after: 1 })
  const page = await open(t, 'faults')
  const row = page.getByRole('row', { name: 'answers 503' })
  const numbers = () => row.locator('td.number').allTextContents()
  await row.waitFor()
  t.same((await numbers()).slice(0, 3), ['0', '0', '3'])
  t.equal((await send('GET', '/v3/self')).status, 200)
  // Matched, but not struck.
  await row.locator('td.number').first().getByText('1').waitFor()
  t.equal((await send('GET', '/v3/self')).status, 503)
  await row.locator('td.number').first().getByText('2').waitFor()
  t.same((await numbers()).slice(0, 3), ['2', '1', '2'])
  await send('GET', '/v3/self')
  await send('GET', '/v3/self')

  await page.getByText('All requests get their normal responses.').waitFor()
})

t.test('a preset can be limited to some requests', async (t) => {
  const page = await open(t, `faults?org=${devin.orgId}`)
  await page.getByRole('button', { name: 'Limit and start outage' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Method').selectOption('GET')
  await dialog.getByLabel('Path').fill('/v3/self')
  await dialog.getByLabel('Times').fill('2')
  // The operations of the API are suggested.
  await dialog.locator('option[value="/v3/organizations/{org_id}/sessions"]').waitFor({ state: 'attached' })
  await dialog.getByRole('button', { name: 'Start' }).click()
  await page.getByText('GET /v3/self').waitFor()

  t.match((await devin.faults.list()).faults, [
    { preset: 'outage', method: 'GET', path: '/v3/self', times: 2, org_id: devin.orgId },
  ])
})

t.test('a custom fault can be created, and the dialog shows mistakes', async (t) => {
  const page = await open(t, 'faults')
  await page.getByRole('button', { name: 'Custom fault' }).click()
  const dialog = page.getByRole('dialog')
  const start = dialog.getByRole('button', { name: 'Start' })
  await start.click()
  await dialog.getByRole('alert').getByText('a fault needs an effect').waitFor()
  await dialog.getByLabel('Status').fill('418')
  await dialog.getByLabel('Body').fill('<b>')
  await start.click()
  await dialog.getByRole('alert').getByText('this is not JSON').waitFor()
  await dialog.getByLabel('Headers').fill('content-type text/html')
  await start.click()
  await dialog.getByRole('alert').getByText('does not have the form “Name: value”').waitFor()
  await dialog.getByLabel('Body').fill('{"detail": "Teapot"}')
  await dialog.getByLabel('Headers').fill('X-Tea: green')
  await dialog.getByLabel('Delay').fill('5')
  await dialog.getByLabel('Bytes per second').fill('100000')
  await dialog.getByLabel('Skip the first').fill('0')
  await dialog.getByLabel('Probability').fill('often')
  await start.click()
  await dialog.getByRole('alert').getByText('Probability, 0 to 1: “often” is not a number.').waitFor()
  await dialog.getByLabel('Probability').fill('1')
  await start.click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('answers 418, with a body of its own, with X-Tea, 5 ms late').waitFor()
  t.match(await send('GET', '/v1/secrets'), { status: 418, body: { detail: 'Teapot' } })

  await page.getByRole('button', { name: 'Custom fault' }).click()
  await dialog.getByLabel('Break the connection').selectOption('before the API does anything')
  await dialog.getByLabel('Also break the client’s automatic retry').check()
  await start.click()
  await page.getByText('breaks the connection before, also the automatic retry').waitFor()
  await page.getByRole('button', { name: 'Custom fault' }).click()
  await dialog.getByLabel('Truncate the JSON').check()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  t.equal((await devin.faults.list()).faults.length, 2)
})

t.test('a fault can be removed, restored, and removed together with all others', async (t) => {
  await devin.faults.add({ preset: 'outage', times: 4 })
  await devin.faults.add('slow')
  const page = await open(t, 'faults')
  await page.getByRole('button', { name: 'Remove the fault: outage' }).click()
  await page.getByText('1 fault is active.').waitFor()
  t.equal((await devin.faults.list()).faults.length, 1)
  t.equal(await page.locator(':focus').getAttribute('aria-label'), 'Active faults')
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('2 faults are active.').waitFor()
  t.match((await devin.faults.list()).faults[1], { preset: 'outage', left: 4 })
  await page.getByRole('button', { name: 'Remove all' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove all' }).click()
  await page.getByText('All requests get their normal responses.').waitFor()

  t.same((await devin.faults.list()).faults, [])
})

t.test('a notice disappears after a while, but not while its button is focused', async (t) => {
  await devin.faults.add({ preset: 'outage' })
  const page = await open(t, 'faults', { timezoneId: 'UTC' })
  await page.clock.install()
  await page.getByRole('button', { name: 'Remove the fault: outage' }).click()
  const undo = page.getByRole('button', { name: 'Undo' })
  const row = page.getByRole('rowheader', { name: 'outage' })
  await row.waitFor({ state: 'detached' })
  await undo.focus()
  await page.clock.fastForward(60_000)
  await undo.click()
  await row.waitFor()
  await page.getByRole('button', { name: 'Remove the fault: outage' }).click()
  await undo.waitFor()
  await page.clock.fastForward(60_000)
  await undo.waitFor({ state: 'detached' })
  t.same((await devin.faults.list()).faults, [])
})

t.test('a fault and a clock are controlled by keyboard alone', async (t) => {
  const page = await open(t, 'faults')
  await page.getByRole('button', { name: 'Start flaky', exact: true }).waitFor()
  const focusOn = async (name: string) => {
    for (let tabs = 0; tabs < 60; tabs++) {
      await page.keyboard.press('Tab')
      const focused = page.locator(':focus')
      // After the last element, the focus is on the browser's own.
      if ((await focused.count()) === 0) continue
      if (((await focused.getAttribute('aria-label')) ?? (await focused.textContent())) === name) return
    }
    throw new Error(`Tab does not reach ${name}`)
  }
  await focusOn('Start flaky')
  await page.keyboard.press('Enter')
  await page.getByText('1 fault is active.').waitFor()
  t.match((await devin.faults.list()).faults, [{ preset: 'flaky' }])
  await page.goto(`${devin.url}/_fake/#/controls/clock`)
  await devin.clock.freeze('2026-01-01T00:00:00Z')
  await page.getByText('2026-01-01T00:00:00Z').waitFor()
  await focusOn('+1 min')
  await page.keyboard.press('Enter')
  await page.getByText('2026-01-01T00:01:00Z').waitFor()
  // The button keeps the focus.
  await page.keyboard.press('Enter')
  await page.getByText('2026-01-01T00:02:00Z').waitFor()
})

t.test('no page violates the content security policy or logs an error', async (t) => {
  t.same(complaints(), [])
})
