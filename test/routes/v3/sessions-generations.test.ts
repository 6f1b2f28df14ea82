import t from 'tap'
import { DEFAULT_USER } from '../../../src/auth/principal.ts'
import { startV3, type V3Fake } from '../../v3.ts'

// Sessions that clients of both generations use.

const get = async ({ org }: V3Fake, id: string) => (await org('GET', `/sessions/${id}`)).json()

t.test('a session created by v1 is seen, messaged and terminated by v3', async (t) => {
  const fake = await startV3(t)
  const { org, call, send } = fake
  const v1 = { prompt: 'Fix it', title: 'T', tags: ['a'], max_acu_limit: 4 }
  const { session_id } = (await send('POST', '/v1/sessions', v1)).json()
  const id = session_id.slice(6)

  t.match(await get(fake, id), {
    session_id: id,
    title: 'T',
    tags: ['a'],
    user_id: DEFAULT_USER.id,
    service_user_id: null,
    origin: 'api',
    devin_mode: 'normal',
  })
  await org('POST', `/sessions/${id}/messages`, { message: 'Hurry' })
  await org('POST', `/sessions/${id}/tags`, { tags: ['b'] })
  const seen = (await call('GET', `/v1/sessions/${id}`)).json()
  t.same(seen.tags, ['a', 'b'])
  t.match(seen.messages, [
    { message: 'Fix it', username: DEFAULT_USER.email, user_id: DEFAULT_USER.id },
    { message: 'Hurry', username: null, user_id: null },
  ])
  t.equal((await org('DELETE', `/sessions/${id}`)).statusCode, 200)
  t.match((await call('GET', `/v1/sessions/${id}`)).json(), { status: 'exit' })
  t.equal((await call('DELETE', `/v1/sessions/${id}`)).statusCode, 400)
})

t.test('a session created by v3 is seen, messaged and terminated by v1', async (t) => {
  const fake = await startV3(t)
  const { org, call, send } = fake
  const v3 = { prompt: 'Fix it', title: 'T', tags: ['a'] }
  const id = (await org('POST', '/sessions', v3)).json().session_id

  t.match((await call('GET', `/v1/sessions/${id}`)).json(), {
    session_id: `devin-${id}`,
    title: 'T',
    tags: ['a'],
    messages: [{ message: 'Fix it', username: null, user_id: null, origin: 'api' }],
  })
  t.equal((await call('GET', '/v1/sessions')).json().sessions[0].session_id, `devin-${id}`)
  await send('POST', `/v1/sessions/${id}/message`, { message: 'Hurry' })
  await send('PUT', `/v1/sessions/${id}/tags`, { tags: ['b'] })
  t.match((await org('GET', `/sessions/${id}/messages`)).json().items, [
    { message: 'Fix it', user_id: 'bot_apk', username: 'Fake Service User (service account)' },
    { message: 'Hurry', user_id: DEFAULT_USER.id, username: DEFAULT_USER.name },
  ])
  t.same((await get(fake, id)).tags, ['b'])
  t.equal((await call('DELETE', `/v1/sessions/${id}`)).statusCode, 200)
  t.match(await get(fake, id), { status: 'exit', status_detail: null })
  t.equal((await org('DELETE', `/sessions/${id}`)).statusCode, 400)
})

t.test('a session that v3 has archived takes no messages and tags of v1', async (t) => {
  const fake = await startV3(t)
  const { org, call, send } = fake
  const id = (await org('POST', '/sessions', { prompt: 'Fix it', tags: ['a'] })).json().session_id
  await org('POST', `/sessions/${id}/archive`)

  t.match((await call('GET', `/v1/sessions/${id}`)).json(), { status: 'suspended' })
  // v1 answers a suspended session with a detail.
  const message = await send('POST', `/v1/sessions/${id}/message`, { message: 'Hurry' })
  t.same([message.statusCode, message.json()], [200, { detail: 'The session is archived' }])
  const tags = await send('PUT', `/v1/sessions/${id}/tags`, { tags: ['b'] })
  t.same([tags.statusCode, tags.json()], [400, { detail: 'The session is archived' }])
  t.equal((await org('GET', `/sessions/${id}/messages`)).json().items.length, 1)
  t.same((await get(fake, id)).tags, ['a'])
})
