import t, { type Test } from 'tap'
import { OTHER_ORG_KEY, startFake } from '../../../fake.ts'

async function withSession(t: Test, prompt = 'Fix it') {
  const fake = await startFake(t)
  const { session_id: id } = (await fake.send('POST', '/v1/sessions', { prompt })).json()
  return { ...fake, id }
}

t.test('DELETE /v1/sessions/{session_id} ends the session and says so', async (t) => {
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

t.test('DELETE /v1/sessions/{session_id} answers 400 for one that has ended, however it ended', async (t) => {
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
})

t.test('DELETE /v1/sessions/{session_id} ends a finished session, once', async (t) => {
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
  'DELETE /v1/sessions/{session_id} answers 404 for an unknown one and another organization’s',
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

t.test('DELETE /v1/sessions/{session_id} takes the id without its prefix', async (t) => {
  const { id, call } = await withSession(t)

  t.equal((await call('DELETE', `/v1/sessions/${id.slice('devin-'.length)}`)).statusCode, 200)
})

t.test('DELETE /v1/sessions/{session_id} of ten clients at once succeeds for one', async (t) => {
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
