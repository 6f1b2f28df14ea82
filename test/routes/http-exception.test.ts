import t from 'tap'
import { systemClock } from '../../src/base/clock.ts'
import { randomIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { toHttpException } from '../../src/routes/http-exception.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { StoreLimits } from '../../src/store/types.ts'
import { startFake } from '../fake.ts'

const full = (limits: StoreLimits) => ({
  organizations: new Organizations({ store: memoryStore(limits), clock: systemClock(), ids: randomIds }),
})

const secret = (key: string, value = 'v') => ({ type: 'totp', key, value, sensitive: true, note: '' })

t.test('a record too many is 507, and nothing else is refused', async (t) => {
  const { send, call } = await startFake(t, full({ records: 2 }))
  const { id } = (await send('POST', '/v1/secrets', secret('A'))).json()
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'p' })).json()

  const refused = await Promise.all([
    send('POST', '/v1/secrets', secret('B')),
    send('POST', '/v1/sessions', { prompt: 'q' }),
    send('POST', '/v1/knowledge', { name: 'n', body: 'b', trigger_description: 't' }),
    send('POST', '/v1/playbooks', { title: 't', body: 'b' }),
    call('POST', '/v1/attachments', {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      payload: '--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n',
    }),
  ])

  for (const res of refused) {
    t.equal(res.statusCode, 507)
    t.equal(res.headers['content-type'], 'application/json')
    t.match(res.json(), { detail: /--max-records/ })
  }
  t.equal((await send('POST', '/v1/secrets', secret('A'))).statusCode, 409, 'a taken name is a taken name')
  t.equal((await call('GET', `/v1/sessions/${session_id}`)).statusCode, 200)
  t.equal((await send('PUT', `/v1/sessions/${session_id}/tags`, { tags: ['a'] })).statusCode, 200)
  t.equal((await send('POST', `/v1/sessions/${session_id}/message`, { message: 'm' })).statusCode, 200)
  t.equal((await call('DELETE', `/v1/secrets/${id}`)).statusCode, 200)
  t.equal((await send('POST', '/v1/secrets', secret('B'))).statusCode, 200)
})

t.test('bytes too many are 507, also where a session grows by its messages', async (t) => {
  const { send, call } = await startFake(t, full({ bytes: 36_000 }))
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'p' })).json()

  const created = await send('POST', '/v1/secrets', secret('A', 'x'.repeat(30_000)))
  const message = { message: 'x'.repeat(40_000) }
  const sent = await send('POST', `/v1/sessions/${session_id}/message`, message)

  t.match([created.statusCode, created.json()], [507, { detail: /--max-stored-bytes/ }])
  t.equal(sent.statusCode, 507)
  t.equal((await call('POST', '/_fake/reset')).statusCode, 204)
  t.equal((await send('POST', '/v1/secrets', secret('A', 'x'.repeat(30_000)))).statusCode, 200)
})

t.test('what nobody planned has no answer', async (t) => {
  t.equal(toHttpException(new Error('boom')), undefined)
})
