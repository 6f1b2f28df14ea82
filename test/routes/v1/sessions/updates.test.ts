import t, { type Test } from 'tap'
import { cpuMillis } from '../../../cpu-time.ts'
import { ENGINE } from '../../../engine.ts'
import { OTHER_ORG_KEY, startFake } from '../../../fake.ts'
import { recordingLogger } from '../../../recording-logger.ts'

// The operations that change a session: message, tags and terminate.

async function withSession(t: Test, prompt = 'Fix it', options = {}) {
  const fake = await startFake(t, options)
  const { session_id: id } = (await fake.send('POST', '/v1/sessions', { prompt })).json()
  const say = (message: string) => fake.send('POST', `/v1/sessions/${id}/message`, { message })
  const get = async () => (await fake.call('GET', `/v1/sessions/${id}`)).json()
  return { ...fake, id, say, get }
}

t.test('POST /v1/sessions/{session_id}/message adds the message and returns null', async (t) => {
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

t.test('POST /v1/sessions/{session_id}/message resumes a blocked session', async (t) => {
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
  'POST /v1/sessions/{session_id}/message to a suspended session returns a detail and resumes it',
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
  'POST /v1/sessions/{session_id}/message to an ended session returns a detail and changes nothing',
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
  'POST /v1/sessions/{session_id}/message answers 404 for an unknown session and another organization’s',
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

t.test('POST /v1/sessions/{session_id}/message accepts the id without its prefix', async (t) => {
  const { id, send, get } = await withSession(t)

  await send('POST', `/v1/sessions/${id.slice('devin-'.length)}/message`, { message: 'm' })

  t.equal((await get()).messages.at(-1).message, 'm')
})

t.test('POST /v1/sessions/{session_id}/message treats a repeated message as a new one', async (t) => {
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

t.test('POST /v1/sessions/{session_id}/message stores every message of concurrent requests', async (t) => {
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
  'POST /v1/sessions/{session_id}/message replaces lone surrogates, so that later GETs succeed',
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

t.test('POST /v1/sessions/{session_id}/message answers 422 for an invalid message', async (t) => {
  const { id, send, get } = await withSession(t)

  for (const body of [{}, { message: null }, { message: 1 }, []]) {
    t.equal((await send('POST', `/v1/sessions/${id}/message`, body)).statusCode, 422)
  }
  t.equal((await get()).messages.length, 1)
})

t.test('POST /v1/sessions/{session_id}/message adds an entry to the audit log', async (t) => {
  const { say, id, organization } = await withSession(t)
  await say('m')

  t.match((await organization.auditLog.list()).at(-1), { action: 'send_message', subjectId: id })
})

t.test('POST /v1/sessions/{session_id}/message logs a warning for a malformed attachment line', async (t) => {
  const { warnings, logger } = recordingLogger()
  const { say } = await withSession(t, 'x', { logger })

  await say('ATTACHMENT: "https://secret"')

  t.same(warnings, ['1 line(s) nearly name an attachment; only ATTACHMENT:"url" on a line of its own does'])
})

// PostgreSQL waits for the disk a thousand times.
const skip = ENGINE === 'postgres'

t.test('a session with a thousand messages is written and read quickly', { skip }, async (t) => {
  const { say, get } = await withSession(t, '[fake:blocked]')
  const started = cpuMillis()

  for (let index = 0; index < 1000; index++) await say(`message ${index}`)

  t.ok((await get()).messages.length > 1000)
  t.ok(cpuMillis() - started < 10_000)
})

t.test(
  'POST /v1/sessions/{session_id}/message answers 507 for a session with 10,000 messages and events',
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

t.test(
  'POST /v1/sessions/{session_id}/message answers 507 for a session with messages of 16 MiB',
  async (t) => {
    const { say, get, id, organization } = await withSession(t, '[fake:never]')
    const message = {
      eventId: 'event-1',
      at: organization.clock.now(),
      text: 'x'.repeat(16_777_215),
      reads: 0,
    }
    await organization.sessions.update(id, (before) => ({ ...before, messages: [message] }))

    t.match((await say('yy')).json(), {
      detail: /^The messages to the session are as long as they may be \(16 MiB\)/,
    })
    t.equal((await say('y')).statusCode, 200)
    t.equal((await get()).messages.length, 3)
  },
)

async function withTaggedSession(t: Test) {
  const fake = await startFake(t)
  const { session_id: id } = (await fake.send('POST', '/v1/sessions', { prompt: 'x', tags: ['old'] })).json()
  const tags = async () => (await fake.call('GET', `/v1/sessions/${id}`)).json().tags
  return { ...fake, id, tags, put: (body: unknown) => fake.send('PUT', `/v1/sessions/${id}/tags`, body) }
}

t.test('PUT /v1/sessions/{session_id}/tags replaces the tags and confirms it', async (t) => {
  const { put, tags } = await withTaggedSession(t)

  const res = await put({ tags: ['b', 'a', 'b'] })

  t.equal(res.statusCode, 200)
  t.equal(res.body, '{"detail":"Tags updated successfully"}')
  t.same(await tags(), ['b', 'a', 'b'])
  t.equal((await put({ tags: [] })).statusCode, 200)
  t.same(await tags(), [])
})

t.test('PUT /v1/sessions/{session_id}/tags works on a finished session', async (t) => {
  const { put, tags, advance } = await withTaggedSession(t)
  advance(100)

  t.equal((await put({ tags: ['late'] })).statusCode, 200)
  t.same(await tags(), ['late'])
})

t.test('PUT /v1/sessions/{session_id}/tags does not change earlier messages of Devin', async (t) => {
  const { put, id, call, send } = await withTaggedSession(t)
  await send('POST', `/_fake/sessions/${id}/events`, { message: 'Tagged {{tags}}' })

  await put({ tags: ['new'] })

  const { messages } = (await call('GET', `/v1/sessions/${id}`)).json()
  t.equal(messages.at(-1).message, 'Tagged old')
})

t.test(
  'PUT /v1/sessions/{session_id}/tags answers 404 for an unknown session and another organization’s',
  async (t) => {
    const { id, send, call, tags } = await withTaggedSession(t)

    const answers = [
      await send('PUT', '/v1/sessions/devin-nope/tags', { tags: [] }),
      await call('PUT', `/v1/sessions/${id}/tags`, {
        payload: '{"tags":[]}',
        headers: { authorization: `Bearer ${OTHER_ORG_KEY}` },
      }),
    ]

    for (const res of answers) {
      t.equal(res.statusCode, 404)
      t.same(res.json(), { detail: 'Session not found' })
    }
    t.same(await tags(), ['old'])
  },
)

t.test('PUT /v1/sessions/{session_id}/tags accepts the id without its prefix', async (t) => {
  const { id, send, tags } = await withTaggedSession(t)
  await send('PUT', `/v1/sessions/${id.slice('devin-'.length)}/tags`, { tags: ['new'] })

  t.same(await tags(), ['new'])
})

t.test('PUT /v1/sessions/{session_id}/tags answers 422 for invalid tags', async (t) => {
  const { put, tags } = await withTaggedSession(t)

  for (const body of [{}, { tags: null }, { tags: 'a' }, { tags: [1] }])
    t.equal((await put(body)).statusCode, 422)
  t.same(await tags(), ['old'])
})

t.test(
  'PUT /v1/sessions/{session_id}/tags replaces lone surrogates, so that later GETs succeed',
  async (t) => {
    const { id, call, tags } = await withTaggedSession(t)

    await call('PUT', `/v1/sessions/${id}/tags`, {
      payload: '{"tags":["a\\udfffb"]}',
      headers: { 'content-type': 'application/json' },
    })

    t.same(await tags(), ['a\ufffdb'])
    t.equal((await call('GET', '/v1/sessions?tags=a%EF%BF%BDb')).json().sessions.length, 1)
  },
)

t.test('PUT /v1/sessions/{session_id}/tags adds an entry to the audit log', async (t) => {
  const { put, id, organization } = await withTaggedSession(t)
  await put({ tags: [] })

  t.match((await organization.auditLog.list()).at(-1), { action: 'update_session_tags', subjectId: id })
})

t.test('DELETE /v1/sessions/{session_id} ends the session and confirms it', async (t) => {
  const { id, call, advance } = await withSession(t)
  advance(1)

  const res = await call('DELETE', `/v1/sessions/${id}`)

  t.equal(res.statusCode, 200)
  t.equal(res.body, '{"detail":"Session terminated successfully"}')
  advance(100)
  t.match((await call('GET', `/v1/sessions/${id}`)).json(), {
    status: 'exit',
    status_enum: 'finished',
    updated_at: '2026-01-02T03:04:06.678901Z',
    pull_request: null,
    messages: [{}, { type: 'devin_message' }],
  })
})

t.test(
  'DELETE /v1/sessions/{session_id} answers 400 for a terminated, an expired and a failed session',
  async (t) => {
    const terminated = await withSession(t)
    await terminated.call('DELETE', `/v1/sessions/${terminated.id}`)
    const expired = await withSession(t, '[fake:expired]')
    expired.advance(1000)
    const failed = await withSession(t, '[fake:error]')
    failed.advance(1000)

    for (const { call, id } of [terminated, expired, failed]) {
      const before = (await call('GET', `/v1/sessions/${id}`)).body
      const res = await call('DELETE', `/v1/sessions/${id}`)
      t.equal(res.statusCode, 400)
      t.same(res.json(), { detail: 'Devin session already exited' })
      t.equal((await call('GET', `/v1/sessions/${id}`)).body, before)
    }
  },
)

t.test('DELETE /v1/sessions/{session_id} ends a finished session once', async (t) => {
  const { call, id, advance } = await withSession(t)
  advance(100)
  const before = (await call('GET', `/v1/sessions/${id}`)).json()
  t.match(before, { status: 'finished', status_enum: 'finished' })

  const first = await call('DELETE', `/v1/sessions/${id}`)
  const second = await call('DELETE', `/v1/sessions/${id}`)

  t.same([first.statusCode, first.json()], [200, { detail: 'Session terminated successfully' }])
  t.same([second.statusCode, second.json()], [400, { detail: 'Devin session already exited' }])
  t.match((await call('GET', `/v1/sessions/${id}`)).json(), {
    status: 'exit',
    status_enum: 'finished',
    messages: before.messages,
    structured_output: before.structured_output,
    pull_request: before.pull_request,
  })
})

t.test(
  'DELETE /v1/sessions/{session_id} answers 404 for an unknown session and another organization’s',
  async (t) => {
    const { id, call, organization } = await withSession(t)

    const answers = [
      await call('DELETE', '/v1/sessions/devin-nope'),
      await call('DELETE', `/v1/sessions/${id}`, { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } }),
    ]

    for (const res of answers) {
      t.equal(res.statusCode, 404)
      t.same(res.json(), { detail: 'Session not found' })
    }
    t.equal((await organization.sessions.get(id))?.terminatedAt, null)
  },
)

t.test('DELETE /v1/sessions/{session_id} accepts the id without its prefix', async (t) => {
  const { id, call } = await withSession(t)

  t.equal((await call('DELETE', `/v1/sessions/${id.slice('devin-'.length)}`)).statusCode, 200)
})

t.test('DELETE /v1/sessions/{session_id} succeeds once for ten concurrent requests', async (t) => {
  const { id, call, organization } = await withSession(t)

  const answers = await Promise.all(Array.from({ length: 10 }, () => call('DELETE', `/v1/sessions/${id}`)))

  t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array(9).fill(400)])
  const entries = await organization.auditLog.list()
  t.same(
    entries.map(({ action, subjectId }) => [action, subjectId]),
    [
      ['create_session', id],
      ['terminate_session', id],
    ],
  )
})
