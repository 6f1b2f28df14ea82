import t, { type Test } from 'tap'
import { OTHER_ORG_KEY, startFake } from '../../../fake.ts'

async function withSession(t: Test) {
  const fake = await startFake(t)
  const { session_id: id } = (await fake.send('POST', '/v1/sessions', { prompt: 'x', tags: ['old'] })).json()
  const tags = async () => (await fake.call('GET', `/v1/sessions/${id}`)).json().tags
  return { ...fake, id, tags, put: (body: unknown) => fake.send('PUT', `/v1/sessions/${id}/tags`, body) }
}

t.test('PUT /v1/sessions/{session_id}/tags replaces the tags and says so', async (t) => {
  const { put, tags } = await withSession(t)

  const res = await put({ tags: ['b', 'a', 'b'] })

  t.equal(res.statusCode, 200)
  t.equal(res.body, '{"detail":"Tags updated successfully"}')
  t.same(await tags(), ['b', 'a', 'b'])
  t.equal((await put({ tags: [] })).statusCode, 200)
  t.same(await tags(), [])
})

t.test('PUT /v1/sessions/{session_id}/tags works on a session that has ended', async (t) => {
  const { put, tags, advance } = await withSession(t)
  advance(100)

  t.equal((await put({ tags: ['late'] })).statusCode, 200)
  t.same(await tags(), ['late'])
})

t.test('PUT /v1/sessions/{session_id}/tags changes nothing in what Devin has said', async (t) => {
  const { put, id, call, send } = await withSession(t)
  await send('POST', `/_fake/sessions/${id}/events`, { message: 'Tagged {{tags}}' })

  await put({ tags: ['new'] })

  const { messages } = (await call('GET', `/v1/sessions/${id}`)).json()
  t.equal(messages.at(-1).message, 'Tagged old')
})

t.test(
  'PUT /v1/sessions/{session_id}/tags answers 404 for an unknown one and another organization’s',
  async (t) => {
    const { id, send, call, tags } = await withSession(t)

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

t.test('PUT /v1/sessions/{session_id}/tags takes the id without its prefix', async (t) => {
  const { id, send, tags } = await withSession(t)
  await send('PUT', `/v1/sessions/${id.slice('devin-'.length)}/tags`, { tags: ['new'] })

  t.same(await tags(), ['new'])
})

t.test('PUT /v1/sessions/{session_id}/tags answers 422 for what are no tags', async (t) => {
  const { put, tags } = await withSession(t)

  for (const body of [{}, { tags: null }, { tags: 'a' }, { tags: [1] }])
    t.equal((await put(body)).statusCode, 422)
  t.same(await tags(), ['old'])
})

t.test('PUT /v1/sessions/{session_id}/tags with a lone surrogate never makes a later GET fail', async (t) => {
  const { id, call, tags } = await withSession(t)

  await call('PUT', `/v1/sessions/${id}/tags`, {
    payload: '{"tags":["a\\udfffb"]}',
    headers: { 'content-type': 'application/json' },
  })

  t.same(await tags(), ['a\ufffdb'])
  t.equal((await call('GET', '/v1/sessions?tags=a%EF%BF%BDb')).json().sessions.length, 1)
})

t.test('PUT /v1/sessions/{session_id}/tags writes the audit log', async (t) => {
  const { put, id, organization } = await withSession(t)
  await put({ tags: [] })

  t.match((await organization.auditLog.list()).at(-1), { action: 'update_session_tags', subjectId: id })
})
