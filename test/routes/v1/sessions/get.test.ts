import t, { type Test } from 'tap'
import { type Fake, OTHER_ORG_KEY, startFake } from '../../../fake.ts'

async function withSession(t: Test, params: object = {}) {
  const fake = await startFake(t)
  const { session_id: id } = (await fake.send('POST', '/v1/sessions', { prompt: 'Fix it', ...params })).json()
  return { ...fake, id, get: async () => (await fake.call('GET', `/v1/sessions/${id}`)).json() }
}

const texts = ({ messages }: { messages: { message: string }[] }) => messages.map(({ message }) => message)

t.test(
  'GET /v1/sessions/{session_id} shows a new session with its prompt as the first message',
  async (t) => {
    const { id, get } = await withSession(t)

    const session = await get()

    t.match(session.messages[0].event_id, /^event-[0-9a-f]{32}$/)
    t.strictSame(session, {
      session_id: id,
      status: 'running',
      status_enum: 'working',
      title: null,
      created_at: '2026-01-02T03:04:05.678901Z',
      updated_at: '2026-01-02T03:04:05.678901Z',
      snapshot_id: null,
      playbook_id: null,
      tags: [],
      pull_request: null,
      structured_output: null,
      messages: [
        {
          type: 'initial_user_message',
          event_id: session.messages[0].event_id,
          message: 'Fix it',
          timestamp: '2026-01-02T03:04:05.678901Z',
          username: 'user@example.com',
          origin: 'api',
          user_id: 'email|fa4ede710000000000000001',
        },
      ],
    })
  },
)

t.test('GET /v1/sessions/{session_id} shows the session working, and finished within seconds', async (t) => {
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
  const { get, advance } = await withSession(t, { structured_output_schema: schema })

  advance(2)
  const working = await get()
  t.match(working, { status_enum: 'working', title: 'Fix it', pull_request: null, structured_output: null })
  t.same(texts(working), ['Fix it', "I'm on it: Fix it"])
  advance(8)
  const finished = await get()
  t.match(finished, {
    status: 'finished',
    status_enum: 'finished',
    pull_request: { url: /^https:\/\/github\.com\// },
    structured_output: { ok: Boolean },
    updated_at: '2026-01-02T03:04:13.678901Z',
  })
  t.match(finished.messages.at(-1), {
    type: 'devin_message',
    event_id: /^event-[0-9a-f]{32}$/,
    message: 'Done: Fix it',
    timestamp: '2026-01-02T03:04:13.678901Z',
    username: null,
    origin: null,
    user_id: null,
  })
  advance(1e6)
  t.strictSame(await get(), finished)
})

t.test(
  'GET /v1/sessions/{session_id} answers 404 for an unknown one and another organization’s',
  async (t) => {
    const { id, call } = await withSession(t)

    const answers = [
      await call('GET', '/v1/sessions/devin-nope'),
      await call('GET', `/v1/sessions/${id}x`),
      await call('GET', `/v1/sessions/${id}`, { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } }),
    ]

    for (const res of answers) {
      t.equal(res.statusCode, 404)
      t.same(res.json(), { detail: 'Session not found' })
    }
  },
)

t.test('GET /v1/sessions/{session_id} takes the id without its prefix and answers with it', async (t) => {
  const { id, call } = await withSession(t)

  const res = await call('GET', `/v1/sessions/${id.slice('devin-'.length)}`)

  t.equal(res.json().session_id, id)
})

t.test('GET /v1/sessions/{session_id}: the third read shows what waits for three', async (t) => {
  const { get } = await withSession(t, { prompt: '[fake:three-reads]' })

  const seen = []
  for (let read = 0; read < 4; read++) seen.push((await get()).status_enum)

  t.same(seen, ['working', 'working', 'finished', 'finished'])
})

t.test('GET /v1/sessions/{session_id} of many clients at once counts each', async (t) => {
  const { get } = await withSession(t, { prompt: '[fake:three-reads]' })

  const seen = await Promise.all([get(), get(), get()])

  t.equal(seen.filter(({ status_enum: status }) => status === 'finished').length, 1)
})

t.test('GET /v1/sessions/{session_id} remembers no reads that nothing waits for', async (t) => {
  const reads = async ({ organization }: Fake, id: string) =>
    (await organization.sessions.get(id))?.reads.length
  const plain = await withSession(t)
  const counting = await withSession(t, { prompt: '[fake:three-reads]' })

  for (let read = 0; read < 10; read++) {
    await plain.get()
    await counting.get()
  }

  t.equal(await reads(plain, plain.id), 0)
  t.equal(await reads(counting, counting.id), 3)
})

t.test('GET /v1/sessions/{session_id} at instant speed shows the end at once', async (t) => {
  const { get, organization } = await withSession(t)
  organization.clock.adjust({ instant: true })

  t.match(await get(), { status_enum: 'finished', title: 'Fix it', pull_request: { url: String } })
})

t.test('GET /v1/sessions/{session_id} of a service key’s session names no user', async (t) => {
  const { call } = await startFake(t)
  const headers = { authorization: 'Bearer apk_service' }
  const { session_id: id } = (
    await call('POST', '/v1/sessions', { payload: '{"prompt":"x"}', headers })
  ).json()

  t.match((await call('GET', `/v1/sessions/${id}`)).json().messages, [
    { type: 'initial_user_message', username: null, origin: 'api', user_id: null },
  ])
})
