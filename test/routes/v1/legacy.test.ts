import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { recordingLogger } from '../../recording-logger.ts'

async function withSession(t: Test, options = {}) {
  const fake = await startFake(t, options)
  const { session_id: id } = (await fake.send('POST', '/v1/sessions', { prompt: 'Fix it' })).json()
  return { ...fake, id, bare: id.slice('devin-'.length) as string }
}

const elsewhere = { authorization: `Bearer ${OTHER_ORG_KEY}` }

t.test(
  'GET /v1/session/{session_id} returns the same as the plural path, with or without the prefix',
  async (t) => {
    const { id, bare, call } = await withSession(t)
    const plural = await call('GET', `/v1/sessions/${id}`)

    for (const each of [id, bare]) {
      const res = await call('GET', `/v1/session/${each}`)
      t.equal(res.statusCode, 200)
      t.equal(res.body, plural.body)
    }
  },
)

t.test(
  'POST /v1/session/{session_id}/message returns null, and a detail after the session has ended',
  async (t) => {
    const { bare, call, send } = await withSession(t)

    const res = await send('POST', `/v1/session/${bare}/message`, { message: 'And the docs' })

    t.equal(res.body, 'null')
    const { messages } = (await call('GET', `/v1/session/${bare}`)).json()
    t.match(messages.at(-1), { type: 'user_message', message: 'And the docs' })
    await call('DELETE', `/v1/sessions/${bare}`)
    const late = await send('POST', `/v1/session/${bare}/message`, { message: 'late' })
    t.equal(late.statusCode, 200)
    t.same(late.json(), { detail: 'Session has already exited' })
  },
)

t.test('POST /v1/session/{session_id}/message logs a warning for a malformed attachment line', async (t) => {
  const { warnings, logger } = recordingLogger()
  const { id, send } = await withSession(t, { logger })

  await send('POST', `/v1/session/${id}/message`, { message: 'ATTACHMENTS:"u"' })

  t.equal(warnings.length, 1)
})

t.test('PUT /v1/session/{session_id}/tags replaces the tags', async (t) => {
  const { id, call, send } = await withSession(t)

  const res = await send('PUT', `/v1/session/${id}/tags`, { tags: ['a'] })

  t.equal(res.body, '{"detail":"Tags updated successfully"}')
  t.same((await call('GET', `/v1/session/${id}`)).json().tags, ['a'])
})

t.test('the singular paths answer 404 for an unknown session and another organization’s', async (t) => {
  const { id, call } = await withSession(t)
  const operations = [
    ['GET', '', undefined],
    ['POST', '/message', '{"message":"m"}'],
    ['PUT', '/tags', '{"tags":[]}'],
  ] as const

  for (const [method, rest, payload] of operations) {
    const body = payload === undefined ? {} : { payload }
    const answers = [
      await call(method, `/v1/session/devin-nope${rest}`, body),
      await call(method, `/v1/session/${id}${rest}`, { ...body, headers: elsewhere }),
    ]
    for (const res of answers) {
      t.equal(res.statusCode, 404)
      t.same(res.json(), { detail: 'Session not found' })
    }
  }
})

t.test('GET /v1/auth_status confirms a valid key and returns its organization', async (t) => {
  const { call } = await startFake(t)

  t.same((await call('GET', '/v1/auth_status')).json(), { status: 'ok', org_id: DEFAULT_ORG_ID })
  t.same(
    (await call('GET', '/v1/auth_status', { headers: elsewhere })).json().org_id,
    `org-${'b2'.repeat(16)}`,
  )
})

async function withLog(t: Test, count: number) {
  const fake = await startFake(t)
  for (let index = 0; index < count; index++) {
    fake.advance(1)
    await fake.send('POST', '/v1/sessions', { prompt: String(index) })
  }
  const log = async (query = '') => {
    const res = await fake.call('GET', `/v1/audit-logs${query}`)
    return res.statusCode === 200 ? res.json().audit_logs : res.statusCode
  }
  return { ...fake, log }
}

t.test('GET /v1/audit-logs lists the actions, newest first', async (t) => {
  const { call, log, organization } = await withLog(t, 2)
  const [older, newer] = await organization.sessions.list()
  await call('GET', '/v1/sessions')

  const entries = await log()

  t.match(entries[0].audit_log_id, /^audit_log-[0-9a-f]{32}$/)
  const entry = { action: 'create_session', user_id: 'email|fa4ede710000000000000001' }
  t.strictSame(entries, [
    {
      audit_log_id: entries[0].audit_log_id,
      ...entry,
      created_at: 1_767_323_047_678,
      resource_id: newer?.id,
    },
    {
      audit_log_id: entries[1].audit_log_id,
      ...entry,
      created_at: 1_767_323_046_678,
      resource_id: older?.id,
    },
  ])
})

t.test('GET /v1/audit-logs returns nothing of another organization', async (t) => {
  const { call } = await withLog(t, 1)

  t.same((await call('GET', '/v1/audit-logs', { headers: elsewhere })).json(), { audit_logs: [] })
})

t.test('GET /v1/audit-logs supports limit, before and after', async (t) => {
  const { log } = await withLog(t, 5)
  const ids: string[] = (await log()).map(({ audit_log_id: id }: { audit_log_id: string }) => id)
  const shownBy = async (query: string) =>
    (await log(query)).map(({ audit_log_id: id }: { audit_log_id: string }) => ids.indexOf(id)).join('')

  const pages = {
    '': '01234',
    '?limit=2': '01',
    [`?before=${ids[1]}`]: '234',
    [`?before=${ids[1]}&limit=1`]: '2',
    [`?after=${ids[3]}`]: '012',
    [`?after=${ids[3]}&limit=1`]: '0',
    [`?before=${ids[0]}&after=${ids[3]}`]: '12',
    [`?before=${ids[3]}&after=${ids[1]}`]: '',
    [`?before=${ids[4]}`]: '',
    [`?after=${ids[0]}`]: '',
    '?before=nope&after=nope': '01234',
    [`?limit=${'9'.repeat(400)}`]: '01234',
  }
  for (const [query, expected] of Object.entries(pages)) t.equal(await shownBy(query), expected, query)
})

t.test('GET /v1/audit-logs has a default limit of 100 and answers 422 for an invalid limit', async (t) => {
  const { log } = await withLog(t, 101)

  t.equal((await log()).length, 100)
  t.equal((await log('?limit=101')).length, 101)
  for (const query of ['?limit=0', '?limit=-1', '?limit=x']) t.equal(await log(query), 422)
})

t.test('GET /v1/enterprise/consumption returns the usage of the sessions of a range of days', async (t) => {
  const { call, send, advance, organization } = await startFake(t)
  await send('POST', '/v1/sessions', { prompt: 'one' })
  await call('POST', '/v1/sessions', {
    payload: '{"prompt":"two"}',
    headers: { authorization: 'Bearer apk_s' },
  })
  const [one, two] = await organization.sessions.list()
  advance(1)
  await call('DELETE', `/v1/sessions/${two?.id}`)
  advance(100)

  const res = await call('GET', '/v1/enterprise/consumption?start_date=2026-01-01&end_date=2026-01-02')

  t.equal(res.statusCode, 200)
  const common = {
    created_at: '2026-01-02T03:04:05.678901Z',
    org_id: DEFAULT_ORG_ID,
    org_name: DEFAULT_ORG_ID,
  }
  const { sessions, cycle } = res.json()
  t.strictSame(cycle, { start: '2026-01-01', end: '2026-01-02' })
  t.match(sessions, [
    {
      ...common,
      user_name: 'Fake User',
      user_email: 'user@example.com',
      session_name: 'one',
      acu_used: 1.5,
      url: `https://app.devin.ai/sessions/${one?.id.slice('devin-'.length)}`,
      pull_requests: [{ pr_url: /^https/, pr_status: 'open' }],
    },
    { ...common, user_name: '', user_email: '', session_name: '', acu_used: 0, pull_requests: [] },
  ])
  t.equal(sessions.length, 2)
})

t.test('GET /v1/enterprise/consumption counts whole UTC days, first and last included', async (t) => {
  const { call, send, organization } = await startFake(t)
  const day = 86_400_000_000
  const start = Math.floor(organization.clock.now() / day) * day
  for (const now of [start - 1, start, start + day - 1, start + day]) {
    organization.clock.adjust({ now })
    await send('POST', '/v1/sessions', { prompt: String(now) })
  }
  const count = async (from: string, to: string) =>
    (await call('GET', `/v1/enterprise/consumption?start_date=${from}&end_date=${to}`)).json().sessions.length

  t.equal(await count('2026-01-02', '2026-01-02'), 2)
  t.equal(await count('2026-01-01', '2026-01-03'), 4)
  t.equal(await count('2026-01-03', '2026-01-02'), 0)
  t.equal(await count('0000-01-01', '9999-12-31'), 4)
})

t.test('GET /v1/enterprise/consumption answers 400 for an invalid date and 422 without one', async (t) => {
  const { call } = await startFake(t)
  const query = (start: string, end = '2026-01-02') =>
    call('GET', `/v1/enterprise/consumption?start_date=${encodeURIComponent(start)}&end_date=${end}`)

  for (const date of [
    '',
    'today',
    '2026-02-30',
    '2026-13-01',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00:00',
    '2026-01-01\n',
  ]) {
    for (const res of [await query(date), await query('2026-01-01', encodeURIComponent(date))]) {
      t.equal(res.statusCode, 400, date)
      t.same(res.json(), { detail: 'Invalid date format. Dates must be in ISO format (YYYY-MM-DD)' })
    }
  }
  t.equal((await call('GET', '/v1/enterprise/consumption')).statusCode, 422)
})
