import { once } from 'node:events'
import { connect } from 'node:net'
import { pino } from 'pino'
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { CancellableDelays } from '../../src/hooks/delays.ts'
import { startFake } from '../fake.ts'
import { errorOf, PLAYBOOK, raw, startFaulty, waitUntil } from '../faults/start.ts'
import { parseAnswers } from '../fuzz/wire.ts'

t.test('a fault with a status responds in place of the API, and nothing is written', async (t) => {
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

t.test('a fault with a body sends that body', async (t) => {
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

t.test(
  'a fault also strikes a path without operations, and the next request begins after its body',
  async (t) => {
    const fake = await startFaulty(t)
    await fake.add({ path: '/openapi.json', status: 503, times: 1 })

    const received = await fake.exchange(
      raw('GET', '/openapi.json', '{"a":1}') + raw('GET', '/v1/auth_status', '', 'Connection: close'),
    )

    t.same(
      parseAnswers(received).map(({ status }) => status),
      [503, 200],
    )
  },
)

t.test('abort "before" sends no response and writes nothing', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ abort: 'before', times: 2 })

  t.equal(await errorOf(fake.post()), 'UND_ERR_SOCKET')
  t.equal(String(await fake.exchange(raw('POST', '/v1/playbooks', PLAYBOOK))), '')

  t.equal(await fake.playbooks(), 0)
  const entry = { fault: id, status: null, body: JSON.parse(PLAYBOOK), response_headers: {} }
  t.match(await fake.journal(), [entry, entry])
  t.equal((await fake.post()).status, 200)
})

t.test('abort "after" writes, but sends no response', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ abort: 'after', method: 'POST', times: 2 })

  t.equal(await errorOf(fake.post()), 'UND_ERR_SOCKET')
  t.equal(String(await fake.exchange(raw('POST', '/v1/playbooks', PLAYBOOK))), '')

  t.match(await (await fake.get()).json(), [{ title: 'Release' }, { title: 'Release' }])
  t.match(await fake.journal(), [
    { fault: id, status: null, body: { title: 'Release' }, unread_fields: [] },
    { fault: id, status: null },
    { method: 'GET', status: 200 },
  ])
})

t.test('abort "mid-body" sends half of the body with the length of the whole', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ abort: 'mid-body', method: 'POST' })

  const res = await fake.post()
  t.equal(res.status, 200)
  t.equal(await errorOf(res.text()), 'UND_ERR_SOCKET')
  const bytes = String(await fake.exchange(raw('POST', '/v1/playbooks', PLAYBOOK)))

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

t.test('a request with a fault is one entry of the journal, whatever its handler returns', async (t) => {
  const fake = await startFaulty(t)
  // The first handler throws an exception, the second returns the reply that it has sent.
  const missing = raw('DELETE', '/v1/secrets/secret-unknown')
  const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\na\r\n--b--\r\n'
  const upload = raw('POST', '/v1/attachments', part).replace(
    'application/json',
    'multipart/form-data; boundary=b',
  )
  for (const abort of ['after', 'mid-body']) {
    await fake.add({ abort, times: 2 })
    await fake.exchange(missing)
    await fake.exchange(upload)
  }

  t.same(
    (await fake.journal()).map(({ status }) => status),
    [null, null, 404, 200],
  )
})

t.test('abort "mid-body" of a response without a body sends no response', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ abort: 'mid-body' })

  t.equal(String(await fake.exchange(raw('HEAD', '/v1/playbooks'))), '')
  t.equal(String(await fake.exchange(raw('GET', '/v1/playbooks/'))), '')
  t.match(await fake.journal(), [{ status: null }, { status: null }])
})

t.test('abort "mid-body" of a one-byte body sends only the headers', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ abort: 'mid-body', status: 200, body: 1 })

  t.match(String(await fake.exchange(raw('GET', '/v1/playbooks'))), /content-length: 1\r\n[\s\S]*\r\n\r\n$/)
})

t.test('a malformed JSON body cannot be parsed, and its content-length is correct', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ malformed_json: true })

  for (const path of ['/v1/playbooks', '/v1/nothing', '/v1/playbooks/x']) {
    const [response] = parseAnswers(await fake.exchange(raw('GET', path, '', 'Connection: close')))
    t.equal(response?.headers.get('content-type'), 'application/json')
    t.throws(() => JSON.parse(String(response?.body)), path)
  }
  t.match(await errorOf((await fake.get()).json()), /^SyntaxError/)
  t.match((await fake.journal())[0], {
    fault: id,
    status: 200,
    response_body: '[',
    response_headers: { 'content-length': '1' },
  })
})

t.test('malformed_json does not change responses without a JSON body', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ malformed_json: true })

  t.match(await (await fake.get('/v1-openapi.yaml')).text(), /^openapi: 3\.1\.0\n[\s\S]*\n$/)
  t.match(
    String(await fake.exchange(raw('GET', '/v1/playbooks/', '', 'Connection: close'))),
    /^HTTP\/1\.1 307 /,
  )
})

t.test('bytes_per_second limits the rate of a body', async (t) => {
  const fake = await startFaulty(t)
  const text = 'x'.repeat(100)
  const id = await fake.add({ bytes_per_second: 500, status: 200, body: text })
  // A client that is slow itself may read several of them at once.
  const writes = Promise.withResolvers<() => unknown[]>()
  fake.app.server.once('request', (_request, response) => {
    writes.resolve(t.capture(response, 'write', response.write))
  })

  const res = await fake.get()

  t.equal(await res.text(), JSON.stringify(text))
  t.equal((await writes.promise)().length, 5)
  t.match(await fake.journal(), [{ fault: id, status: 200, response_body: text }])
})

t.test('bytes_per_second does not delay a response without a body', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ bytes_per_second: 1 })

  t.equal((await fake.get('/v1/playbooks', { method: 'HEAD' })).status, 405)
  t.equal((await fake.get('/v1/playbooks/', { redirect: 'manual' })).status, 307)
})

t.test(
  'the journal has the part of a throttled body that was sent before the client disconnected',
  async (t) => {
    const fake = await startFaulty(t)
    const text = 'x'.repeat(10_000)
    await fake.add({
      bytes_per_second: 40,
      status: 200,
      body: text,
      headers: { 'content-type': 'text/plain' },
    })
    const socket = connect(Number(new URL(fake.url).port), '127.0.0.1', () => socket.write(raw('GET', '/')))

    await once(socket, 'data')
    socket.destroy()

    await waitUntil(async () => (await fake.journal()).length === 1)
    const [entry] = await fake.journal()
    t.match(entry, { status: 200, response_body: /^x+$/, response_headers: { 'content-length': '10000' } })
    t.ok(String(entry?.response_body).length < text.length)
  },
)

t.test('a delay precedes the operation', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ delay_ms: 600_000, times: 1 })

  const response = fake.post({ connection: 'close' })
  await waitUntil(async () => (await fake.faults()).length === 0)
  t.equal(await fake.playbooks(), 0)

  // Ends the delay.
  await fake.app.close()
  t.equal((await response).status, 200)
  t.equal(await fake.playbooks(), 1)
})

t.test('an operation runs even if the client disconnects during its delay', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ delay_ms: 50 })

  await fake.sendAndDisconnect(raw('POST', '/v1/playbooks', PLAYBOOK))

  await waitUntil(async () => (await fake.playbooks()) === 1)
})

t.test('closing the server ends delays and throttling', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ delay_ms: 600_000, method: 'GET' })
  await fake.add({ bytes_per_second: 1, method: 'POST' })
  const delayed = fake.exchange(raw('GET', '/v1/playbooks', '', 'Connection: close'))
  const slow = await fake.post({ connection: 'close' })
  await waitUntil(async () => (await fake.faults()).every(({ struck }) => struck === 1))

  await fake.app.close()

  t.match(parseAnswers(await delayed), [{ status: 200 }])
  t.match(await slow.json(), { playbook_id: /^playbook-/ })
})

t.test('faults apply to injected requests, and an abort rejects', async (t) => {
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

t.test('the log contains the id of the fault, even without a response', async (t) => {
  const lines: { msg: string; fault?: string }[] = []
  const logger = pino({}, { write: (line) => void lines.push(JSON.parse(line)) })
  const fake = await startFaulty(t, { logger })
  const id = await fake.add({ abort: 'before' })
  lines.length = 0

  await fake.exchange(raw('GET', '/v1/secrets?value=s3cr3t'))

  t.match(lines, [{ fault: id, msg: `struck by ${id}` }])
  t.equal(lines.length, 1)
  t.notMatch(JSON.stringify(lines), /s3cr3t|apk_/)
})

t.test('cancelled delays resolve at once, and so do later ones', async (t) => {
  const delays = new CancellableDelays()
  const pending = [delays.wait(600_000), delays.wait(600_000)]
  t.equal(delays.isCancelled, false)

  delays.cancel()

  await Promise.all(pending)
  await delays.wait(600_000)
  t.equal(delays.isCancelled, true)
})

t.test('a delay that is not cancelled resolves after its time', async (t) => {
  const delays = new CancellableDelays()

  await delays.wait(1)

  t.equal(delays.isCancelled, false)
})
