import t, { type Test } from 'tap'
import { OTHER_ORG_KEY, startFake } from '../../../fake.ts'
import { recordingLogger } from '../../../recording-logger.ts'

async function withSession(t: Test, prompt = 'Fix it', options = {}) {
  const fake = await startFake(t, options)
  const { session_id: id } = (await fake.send('POST', '/v1/sessions', { prompt })).json()
  const say = (message: string) => fake.send('POST', `/v1/sessions/${id}/message`, { message })
  const get = async () => (await fake.call('GET', `/v1/sessions/${id}`)).json()
  return { ...fake, id, say, get }
}

t.test('POST /v1/sessions/{session_id}/message adds the message and answers null', async (t) => {
  const { say, get, advance } = await withSession(t)
  advance(1.5)

  const res = await say('And the docs')

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/json')
  t.equal(res.body, 'null')
  t.match((await get()).messages.at(-1), {
    type: 'user_message',
    event_id: /^event-[0-9a-f]{32}$/,
    message: 'And the docs',
    timestamp: '2026-01-02T03:04:07.178901Z',
    username: 'user@example.com',
    origin: 'api',
    user_id: String,
  })
})

t.test('POST /v1/sessions/{session_id}/message wakes a session that waits for one', async (t) => {
  const { say, get, advance } = await withSession(t, '[fake:blocked-then-finished]')
  advance(1000)
  t.equal((await get()).status_enum, 'blocked')

  await say('main')

  t.equal((await get()).status_enum, 'working')
  advance(100)
  const { status_enum, messages } = await get()
  t.equal(status_enum, 'finished')
  t.ok(messages.some(({ message }: { message: string }) => message === 'Understood: main'))
})

t.test('POST /v1/sessions/{session_id}/message resumes the work of a finished session', async (t) => {
  const { say, get, advance } = await withSession(t)
  advance(100)
  const finished = await get()
  t.equal(finished.status_enum, 'finished')

  t.equal((await say('And the docs')).body, 'null')

  t.match(await get(), { status: 'running', status_enum: 'working', pull_request: finished.pull_request })
  advance(100)
  const { status_enum, messages } = await get()
  t.equal(status_enum, 'finished')
  t.ok(messages.some(({ message }: { message: string }) => message === 'Understood: And the docs'))
})

t.test(
  'POST /v1/sessions/{session_id}/message to a suspended session answers a detail, and wakes it',
  async (t) => {
    const { say, get, advance } = await withSession(t, '[fake:suspended]')
    advance(100)
    t.equal((await get()).status, 'suspended')

    const res = await say('wake up')

    t.equal(res.statusCode, 200)
    t.same(res.json(), { detail: 'Session is suspended' })
    t.match(await get(), { status: 'resuming', status_enum: 'resume_requested' })
    t.equal((await say('at once')).body, 'null')
  },
)

t.test(
  'POST /v1/sessions/{session_id}/message to a session that has ended answers a detail and is lost',
  async (t) => {
    const expired = await withSession(t, '[fake:expired]')
    expired.advance(100)
    const failed = await withSession(t, '[fake:error]')
    failed.advance(100)
    const terminated = await withSession(t)
    await terminated.call('DELETE', `/v1/sessions/${terminated.id}`)

    for (const { say, get, organization } of [expired, failed, terminated]) {
      const before = JSON.stringify(await get())
      const logged = (await organization.auditLog.list()).length
      const res = await say('hello?')
      t.equal(res.statusCode, 200)
      t.same(res.json(), { detail: 'Session has already exited' })
      t.equal(JSON.stringify(await get()), before)
      t.equal((await organization.auditLog.list()).length, logged)
    }
  },
)

t.test(
  'POST /v1/sessions/{session_id}/message answers 404 for an unknown one and another organization’s',
  async (t) => {
    const { id, send, call, organization } = await withSession(t)

    const answers = [
      await send('POST', '/v1/sessions/devin-nope/message', { message: 'm' }),
      await call('POST', `/v1/sessions/${id}/message`, {
        payload: '{"message":"m"}',
        headers: { authorization: `Bearer ${OTHER_ORG_KEY}` },
      }),
    ]

    for (const res of answers) {
      t.equal(res.statusCode, 404)
      t.same(res.json(), { detail: 'Session not found' })
    }
    t.same((await organization.sessions.get(id))?.messages, [])
  },
)

t.test('POST /v1/sessions/{session_id}/message takes the id without its prefix', async (t) => {
  const { id, send, get } = await withSession(t)

  await send('POST', `/v1/sessions/${id.slice('devin-'.length)}/message`, { message: 'm' })

  t.equal((await get()).messages.at(-1).message, 'm')
})

t.test('POST /v1/sessions/{session_id}/message takes a repeated message as another one', async (t) => {
  const { say, get } = await withSession(t, '[fake:never]')
  await say('again')
  await say('again')

  const { messages } = await get()
  t.same(
    messages.map(({ message }: { message: string }) => message),
    ['[fake:never]', 'again', 'again'],
  )
  t.not(messages[1].event_id, messages[2].event_id)
})

t.test('POST /v1/sessions/{session_id}/message of many clients at once loses none', async (t) => {
  const { say, get } = await withSession(t, '[fake:never]')
  const sent = Array.from({ length: 50 }, (_, index) => `m${index}`)

  await Promise.all(sent.map(say))

  const { messages } = await get()
  t.same(
    messages
      .slice(1)
      .map(({ message }: { message: string }) => message)
      .sort(),
    sent.sort(),
  )
})

t.test(
  'POST /v1/sessions/{session_id}/message with a lone surrogate never makes a later GET fail',
  async (t) => {
    const { id, call, get } = await withSession(t)
    const payload = '{"message":"a\\ud800b"}'

    const res = await call('POST', `/v1/sessions/${id}/message`, {
      payload,
      headers: { 'content-type': 'application/json' },
    })

    t.equal(res.statusCode, 200)
    t.equal((await get()).messages.at(-1).message, 'a\ufffdb')
  },
)

t.test('POST /v1/sessions/{session_id}/message answers 422 for what is no message', async (t) => {
  const { id, send, get } = await withSession(t)

  for (const body of [{}, { message: null }, { message: 1 }, []]) {
    t.equal((await send('POST', `/v1/sessions/${id}/message`, body)).statusCode, 422)
  }
  t.equal((await get()).messages.length, 1)
})

t.test('POST /v1/sessions/{session_id}/message writes the audit log', async (t) => {
  const { say, id, organization } = await withSession(t)
  await say('m')

  t.match((await organization.auditLog.list()).at(-1), { action: 'send_message', subjectId: id })
})

t.test(
  'POST /v1/sessions/{session_id}/message tells the log of a line that nearly names an attachment',
  async (t) => {
    const { warnings, logger } = recordingLogger()
    const { say } = await withSession(t, 'x', { logger })

    await say('ATTACHMENT: "https://secret"')

    t.same(warnings, ['1 line(s) nearly name an attachment; only ATTACHMENT:"url" on a line of its own does'])
  },
)

t.test('a session of a thousand messages is written to and read in a moment', async (t) => {
  const { say, get } = await withSession(t, '[fake:blocked]')
  const started = performance.now()

  for (let index = 0; index < 1000; index++) await say(`message ${index}`)

  t.ok((await get()).messages.length > 1000)
  t.ok(performance.now() - started < 10_000)
})

t.test(
  'POST /v1/sessions/{session_id}/message answers 507 where the session has its 10,000 messages and events',
  async (t) => {
    const { say, send, get, id, organization } = await withSession(t, '[fake:never]')
    const event = { at: organization.clock.now(), effect: {} }
    await organization.sessions.update(id, (before) => ({
      ...before,
      events: Array.from({ length: 9_998 }, () => event),
    }))

    t.equal((await say('The last one')).statusCode, 200)
    const [message, made] = [
      await say('One more'),
      await send('POST', `/_fake/sessions/${id}/events`, { message: 'e' }),
    ]

    t.match(message.json(), { detail: /^The session has as many messages and events as it may \(10,000\)/ })
    t.match([message, made], [{ statusCode: 507 }, { statusCode: 507 }])
    t.equal((await get()).messages.length, 2)
  },
)

t.test('POST /v1/sessions/{session_id}/message answers 507 where messages of 16 MiB have come', async (t) => {
  const { say, get, id, organization } = await withSession(t, '[fake:never]')
  const message = { eventId: 'event-1', at: organization.clock.now(), text: 'x'.repeat(16_777_215), reads: 0 }
  await organization.sessions.update(id, (before) => ({ ...before, messages: [message] }))

  t.match((await say('yy')).json(), {
    detail: /^The messages to the session are as long as they may be \(16 MiB\)/,
  })
  t.equal((await say('y')).statusCode, 200)
  t.equal((await get()).messages.length, 3)
})
