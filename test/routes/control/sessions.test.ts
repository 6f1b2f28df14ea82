import t from 'tap'
import { startFake } from '../../fake.ts'

t.test('POST /_fake/sessions/{session_id}/events makes Devin do something now', async (t) => {
  const { call, send } = await startFake(t)
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: '[fake:never]' })).json()

  const res = await send('POST', `/_fake/sessions/${session_id}/events`, {
    message: 'Which branch?',
    status_enum: 'blocked',
  })

  t.equal(res.statusCode, 201)
  t.match(res.json(), { session_id, status_enum: 'blocked', messages: [{}, { message: 'Which branch?' }] })
  t.same((await call('GET', `/v1/sessions/${session_id}`)).json(), res.json())
})

t.test('POST /_fake/sessions/{session_id}/events refuses unknown, foreign and ended sessions', async (t) => {
  const { call, send } = await startFake(t)
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()
  const event = (id: string, body: object) => send('POST', `/_fake/sessions/${id}/events`, body)

  t.equal((await event('devin-unknown', { message: 'x' })).statusCode, 404)
  t.equal((await event(session_id, { message: 'x', org_id: 'org-1' })).statusCode, 404)
  t.equal((await event(session_id, { structured_output: { $sample: 'x' } })).statusCode, 422)
  await call('DELETE', `/v1/sessions/${session_id}`)
  t.equal((await event(session_id, { message: 'x' })).statusCode, 400)
})
