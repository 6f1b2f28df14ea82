import { once } from 'node:events'
import { connect } from 'node:net'
import { pino } from 'pino'
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { startFake } from '../fake.ts'
import { errorOf, PLAYBOOK, raw, startFaulty, until } from '../faults/start.ts'
import { parseAnswers } from '../fuzz/wire.ts'

t.test('a status is answered in the place of the API, and nothing changes', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ status: 503, headers: { 'Retry-After': '7' }, times: 1 })

  const res = await fake.post()

  t.equal(res.status, 503)
  t.equal(res.headers.get('content-type'), 'application/json')
  t.equal(res.headers.get('retry-after'), '7')
  t.equal(await res.text(), '{"detail":"Service Unavailable"}')
  t.equal(await fake.playbooks(), 0)
  t.match(await fake.journal(), [
    {
      fault: id,
      org_id: DEFAULT_ORG_ID,
      route: '/v1/playbooks',
      status: 503,
      body: JSON.parse(PLAYBOOK),
      response_headers: { 'retry-after': '7' },
      response_body: { detail: 'Service Unavailable' },
    },
  ])
  t.equal((await fake.post()).status, 200)
  t.notOk((await fake.journal())[1]?.fault)
})

t.test('a body is sent as it is given', async (t) => {
  const fake = await startFaulty(t)
  const cases = [
    [{ body: { a: [1] } }, 200, 'application/json', '{"a":[1]}'],
    [{ status: 418, body: 'é' }, 418, 'application/json', '"é"'],
    [{ body: '<p>é', headers: { 'Content-Type': 'text/html' } }, 200, 'text/html', '<p>é'],
    [{ status: 502, headers: { 'content-type': 'text/plain' } }, 502, 'text/plain', 'Bad Gateway'],
    [
      { status: 400, body: {}, headers: { 'content-type': 'application/problem+json' } },
      400,
      'application/problem+json',
      '{}',
    ],
    [{ status: 599 }, 599, 'application/json', '{"detail":"HTTP 599"}'],
    [{ status: 200 }, 200, null, ''],
    [{ status: 204 }, 204, null, ''],
    [{ status: 302, headers: { location: '/v1/sessions' } }, 302, null, ''],
  ] as const

  for (const [fault, status, type, text] of cases) {
    await fake.add({ ...fault, times: 1 })
    const res = await fake.get('/v1/playbooks', { redirect: 'manual' })
    t.same([res.status, res.headers.get('content-type'), await res.text()], [status, type, text])
  }
})

t.test('an abort before the API does anything: no answer, no write', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ abort: 'before', times: 2 })

  t.equal(await errorOf(fake.post()), 'UND_ERR_SOCKET')
  t.equal(String(await fake.talk(raw('POST', '/v1/playbooks', PLAYBOOK))), '')

  t.equal(await fake.playbooks(), 0)
  const entry = { fault: id, status: null, body: JSON.parse(PLAYBOOK), response_headers: {} }
  t.match(await fake.journal(), [entry, entry])
  t.equal((await fake.post()).status, 200)
})

t.test('an abort after the API has done everything: no answer, but the write is there', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ abort: 'after', method: 'POST', times: 2 })

  t.equal(await errorOf(fake.post()), 'UND_ERR_SOCKET')
  t.equal(String(await fake.talk(raw('POST', '/v1/playbooks', PLAYBOOK))), '')

  t.match(await (await fake.get()).json(), [{ title: 'Release' }, { title: 'Release' }])
  t.match(await fake.journal(), [
    { fault: id, status: null, body: { title: 'Release' }, unread_fields: [] },
    { fault: id, status: null },
    { method: 'GET', status: 200 },
  ])
})

t.test('an abort in the middle of the body: half of it, under the length of the whole', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ abort: 'mid-body', method: 'POST' })

  const res = await fake.post()
  t.equal(res.status, 200)
  t.equal(await errorOf(res.text()), 'UND_ERR_SOCKET')
  const bytes = String(await fake.talk(raw('POST', '/v1/playbooks', PLAYBOOK)))

  const [head = '', body = ''] = bytes.split('\r\n\r\n')
  t.match(head, /^HTTP\/1\.1 200 OK\r\n/)
  const length = Number(/content-length: (\d+)/.exec(head)?.[1])
  t.equal(body.length, length >> 1)
  t.match(body, /^\{"playbook_id":"/)
  t.equal(await fake.playbooks(), 2)
  t.match(await fake.journal(), [
    { fault: id, status: 200, response_headers: { 'content-length': String(length) } },
    { fault: id, status: 200, response_body: body },
  ])
})

t.test('a request that is struck is one entry of the journal, whatever its handler returns', async (t) => {
  const fake = await startFaulty(t)
  // One returns an exception, the other the reply that it has sent.
  const missing = raw('DELETE', '/v1/secrets/secret-unknown')
  const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\na\r\n--b--\r\n'
  const upload = raw('POST', '/v1/attachments', part).replace(
    'application/json',
    'multipart/form-data; boundary=b',
  )
  for (const abort of ['after', 'mid-body']) {
    await fake.add({ abort, times: 2 })
    await fake.talk(missing)
    await fake.talk(upload)
  }

  t.same(
    (await fake.journal()).map(({ status }) => status),
    [null, null, 404, 200],
  )
})

t.test('an abort in the middle of an answer without a body is one after it', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ abort: 'mid-body' })

  t.equal(String(await fake.talk(raw('HEAD', '/v1/playbooks'))), '')
  t.equal(String(await fake.talk(raw('GET', '/v1/playbooks/'))), '')
  t.match(await fake.journal(), [{ status: null }, { status: null }])
})

t.test('a body of one byte is cut before it', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ abort: 'mid-body', status: 200, body: 1 })

  t.match(String(await fake.talk(raw('GET', '/v1/playbooks'))), /content-length: 1\r\n[\s\S]*\r\n\r\n$/)
})

t.test('malformed JSON cannot be parsed, and has the length that it says', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ malformed_json: true })

  for (const path of ['/v1/playbooks', '/v1/nothing', '/v1/playbooks/x']) {
    const [answer] = parseAnswers(await fake.talk(raw('GET', path, '', 'Connection: close')))
    t.equal(answer?.headers.get('content-type'), 'application/json')
    t.throws(() => JSON.parse(String(answer?.body)), path)
  }
  t.match(await errorOf((await fake.get()).json()), /^SyntaxError/)
  t.match((await fake.journal())[0], {
    fault: id,
    status: 200,
    response_body: '[',
    response_headers: { 'content-length': '1' },
  })
})

t.test('answers that are no JSON, or have no body, stay as they are', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ malformed_json: true })

  t.match(await (await fake.get('/v1-openapi.yaml')).text(), /^openapi: 3\.1\.0\n[\s\S]*\n$/)
  t.match(String(await fake.talk(raw('GET', '/v1/playbooks/', '', 'Connection: close'))), /^HTTP\/1\.1 307 /)
})

t.test('a body comes as slowly as it is told to', async (t) => {
  const fake = await startFaulty(t)
  const text = 'x'.repeat(100)
  const id = await fake.add({ bytes_per_second: 500, status: 200, body: text })
  const pieces: string[] = []

  const res = await fake.get()
  for await (const piece of res.body ?? []) pieces.push(Buffer.from(piece).toString())

  t.equal(pieces.join(''), JSON.stringify(text))
  t.ok(pieces.length > 1, `${pieces.length} pieces`)
  t.match(await fake.journal(), [{ fault: id, status: 200, response_body: text }])
})

t.test('an answer without a body does not wait for it', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ bytes_per_second: 1 })

  t.equal((await fake.get('/v1/playbooks', { method: 'HEAD' })).status, 405)
  t.equal((await fake.get('/v1/playbooks/', { redirect: 'manual' })).status, 307)
})

t.test('who hangs up in the middle of a slow body leaves nothing behind', async (t) => {
  const fake = await startFaulty(t)
  const text = 'x'.repeat(10_000)
  await fake.add({ bytes_per_second: 40, status: 200, body: text, headers: { 'content-type': 'text/plain' } })
  const socket = connect(Number(new URL(fake.url).port), '127.0.0.1', () => socket.write(raw('GET', '/')))

  await once(socket, 'data')
  socket.destroy()

  await until(async () => (await fake.journal()).length === 1)
  const [entry] = await fake.journal()
  t.match(entry, { status: 200, response_body: /^x+$/, response_headers: { 'content-length': '10000' } })
  t.ok(String(entry?.response_body).length < text.length)
})

t.test('a delay comes before anything is done', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ delay_ms: 100, times: 1 })

  const answer = fake.post()
  await until(async () => (await fake.faults()).length === 0)
  t.equal(await fake.playbooks(), 0)

  t.equal((await answer).status, 200)
  t.equal(await fake.playbooks(), 1)
})

t.test('who hangs up during a delay gets no answer, but what he has asked for is done', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ delay_ms: 50 })

  await fake.leave(raw('POST', '/v1/playbooks', PLAYBOOK))

  await until(async () => (await fake.playbooks()) === 1)
})

t.test('a server that is closed waits neither for delays nor for slow bodies', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ delay_ms: 600_000, method: 'GET' })
  await fake.add({ bytes_per_second: 1, method: 'POST' })
  const delayed = fake.talk(raw('GET', '/v1/playbooks', '', 'Connection: close'))
  const slow = await fake.post({ connection: 'close' })
  await until(async () => (await fake.faults()).every(({ struck }) => struck === 1))

  await fake.app.close()

  t.match(parseAnswers(await delayed), [{ status: 200 }])
  t.match(await slow.json(), { playbook_id: /^playbook-/ })
})

t.test('without a socket an abort rejects, and the rest is as with one', async (t) => {
  const fake = await startFake(t)
  const add = (fault: object) => fake.send('POST', '/_fake/faults', { ...fault, times: 1 })

  for (const abort of ['before', 'after', 'mid-body']) {
    await add({ abort })
    t.equal(await errorOf(fake.call('GET', '/v1/nothing')), 'LIGHT_ECONNRESET', abort)
  }
  await add({ bytes_per_second: 1_000 })
  t.same((await fake.call('GET', '/v1/nothing')).json(), { detail: 'Not Found' })
  await add({ delay_ms: 1, malformed_json: true })
  t.equal((await fake.call('GET', '/v1/nothing')).body, '{"detail":"')
  await add({ status: 204 })
  t.equal((await fake.call('GET', '/v1/nothing')).statusCode, 204)
})

t.test('the log names the fault, also where there is no answer to log', async (t) => {
  const lines: { msg: string; fault?: string }[] = []
  const logger = pino({}, { write: (line) => void lines.push(JSON.parse(line)) })
  const fake = await startFaulty(t, { logger })
  const id = await fake.add({ abort: 'before' })
  lines.length = 0

  await fake.talk(raw('GET', '/v1/secrets?value=s3cr3t'))

  t.match(lines, [{ fault: id, msg: `struck by ${id}` }])
  t.equal(lines.length, 1)
  t.notMatch(JSON.stringify(lines), /s3cr3t|apk_/)
})
