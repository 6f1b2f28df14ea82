import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { type Fake, KEY, startFake } from './fake.ts'

// Behaviour that different clients of the API rely on.

const JSON_TYPE = { 'content-type': 'application/json' }

const session = async ({ send }: Fake, params = {}) =>
  (await send('POST', '/v1/sessions', { prompt: 'x', ...params })).json().session_id

const note = async ({ send }: Fake) =>
  (await send('POST', '/v1/knowledge', { name: 'n', body: 'b', trigger_description: 't' })).json().id

const upload = ({ call }: Fake, name: string, headers = {}) =>
  call('POST', '/v1/attachments', {
    payload: `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n`,
    headers: { 'content-type': 'multipart/form-data; boundary=b', ...headers },
  })

t.test('an empty body with a JSON content type is ignored on GET and DELETE', async (t) => {
  const fake = await startFake(t)
  const id = await session(fake)
  const empty = { headers: JSON_TYPE, payload: '' }

  t.equal((await fake.call('GET', `/v1/sessions/${id}`, empty)).statusCode, 200)
  t.equal((await fake.call('GET', '/v1/sessions', empty)).statusCode, 200)
  t.equal((await fake.call('DELETE', `/v1/sessions/${id}`, empty)).statusCode, 200)
  t.equal((await fake.call('DELETE', `/v1/knowledge/${await note(fake)}`, empty)).statusCode, 204)
})

t.test('an empty body with a JSON content type counts as missing where a body is required', async (t) => {
  const { call } = await startFake(t)

  const res = await call('POST', '/v1/sessions', { headers: JSON_TYPE, payload: '' })

  t.equal(res.statusCode, 422)
  t.same(res.json(), { detail: [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }] })
})

t.test('the singular path /v1/session also works for get, message and tags', async (t) => {
  const fake = await startFake(t)
  const id = await session(fake)

  t.equal((await fake.call('GET', `/v1/session/${id}`)).statusCode, 200)
  t.equal((await fake.send('POST', `/v1/session/${id}/message`, { message: 'm' })).body, 'null')
  t.equal((await fake.send('PUT', `/v1/session/${id}/tags`, { tags: [] })).statusCode, 200)
})

t.test('the path /messages returns 404', async (t) => {
  const fake = await startFake(t)
  const id = await session(fake)

  for (const path of [`/v1/sessions/${id}/messages`, `/v1/session/${id}/messages`]) {
    for (const res of [await fake.send('POST', path, { message: 'm' }), await fake.call('GET', path)]) {
      t.equal(res.statusCode, 404)
      t.same(res.json(), { detail: 'Not Found' })
    }
  }
})

t.test('a session id is accepted with or without its prefix and returned with it', async (t) => {
  const fake = await startFake(t)
  const id = await session(fake)

  for (const path of ['sessions', 'session']) {
    const res = await fake.call('GET', `/v1/${path}/${id.replace('devin-', '')}`)
    t.equal(res.json().session_id, id)
  }
})

t.test('every creation returns 200', async (t) => {
  const fake = await startFake(t)
  const secret = { type: 'key-value', key: 'K', value: 'v', sensitive: true, note: '' }

  t.equal((await fake.send('POST', '/v1/sessions', { prompt: 'x' })).statusCode, 200)
  t.equal((await fake.send('POST', '/v1/secrets', secret)).statusCode, 200)
  t.equal((await fake.send('POST', '/v1/playbooks', { title: 't', body: 'b' })).statusCode, 200)
  t.equal((await upload(fake, 'n')).statusCode, 200)
})

t.test('the list of secrets is a bare array of objects with id, type, key and time', async (t) => {
  const { send, call } = await startFake(t)
  await send('POST', '/v1/secrets', { type: 'totp', key: 'K', value: 'v', sensitive: true, note: '' })

  t.match((await call('GET', '/v1/secrets')).json(), [
    { id: /^secret-/, type: 'totp', key: 'K', created_at: /Z$/ },
  ])
})

t.test('a deletion returns a message, an empty body or a status, depending on the resource', async (t) => {
  const fake = await startFake(t)
  const secret = { type: 'key-value', key: 'K', value: 'v', sensitive: true, note: '' }
  const { id } = (await fake.send('POST', '/v1/secrets', secret)).json()
  const { playbook_id: playbook } = (
    await fake.send('POST', '/v1/playbooks', { title: 't', body: 'b' })
  ).json()

  t.match((await fake.call('DELETE', `/v1/secrets/${id}`)).json(), { message: String })
  const deleted = await fake.call('DELETE', `/v1/knowledge/${await note(fake)}`)
  t.same([deleted.statusCode, deleted.body], [204, ''])
  t.same((await fake.call('DELETE', `/v1/playbooks/${playbook}`)).json(), { status: 'success' })
})

t.test(
  'sending a message returns null, or a detail with status 200 once the session has ended',
  async (t) => {
    const fake = await startFake(t)
    const id = await session(fake)

    t.equal((await fake.send('POST', `/v1/sessions/${id}/message`, { message: 'm' })).json(), null)
    fake.advance(100)
    t.equal((await fake.send('POST', `/v1/sessions/${id}/message`, { message: 'm' })).json(), null)
    await fake.call('DELETE', `/v1/sessions/${id}`)
    const gone = await fake.send('POST', `/v1/sessions/${id}/message`, { message: 'm' })
    t.equal(gone.statusCode, 200)
    t.match(gone.json(), { detail: String })
  },
)

t.test('unknown values are null and not omitted', async (t) => {
  const fake = await startFake(t)

  const shown = (await fake.call('GET', `/v1/sessions/${await session(fake)}`)).json()

  for (const name of ['snapshot_id', 'playbook_id', 'title', 'pull_request', 'structured_output']) {
    t.equal(shown[name], null, name)
  }
})

t.test(
  'status_enum has the values of the reference, never “stopped”, and status those of the newer API',
  async (t) => {
    const fake = await startFake(t)
    const id = await session(fake)
    const seen = async () => {
      const { status, status_enum } = (await fake.call('GET', `/v1/sessions/${id}`)).json()
      return [status, status_enum]
    }

    t.same(await seen(), ['running', 'working'])
    await fake.call('DELETE', `/v1/sessions/${id}`)
    t.same(await seen(), ['exit', 'finished'])
  },
)

t.test(
  'the session list is filtered by repeated or comma-separated tags and paged by limit and offset',
  async (t) => {
    const fake = await startFake(t)
    for (const tag of ['a', 'b', 'c']) await session(fake, { tags: [tag] })
    const tags = async (query: string) =>
      (await fake.call('GET', `/v1/sessions${query}`))
        .json()
        .sessions.flatMap((one: { tags: string[] }) => one.tags)

    t.same(await tags('?tags=a&tags=c'), ['c', 'a'])
    t.same(await tags('?tags=a,c'), ['c', 'a'])
    t.same(await tags('?limit=1&offset=1'), ['b'])
  },
)

t.test('an upload returns its URL as a JSON string, which some clients read as quoted text', async (t) => {
  const fake = await startFake(t)

  const res = await upload(fake, 'a.txt')

  t.match(res.body, /^"https?:\/\/[^"]+"$/)
  t.equal(res.headers['content-type'], 'application/json')
})

t.test('an upload without a boundary returns 400', async (t) => {
  const fake = await startFake(t)

  const res = await upload(fake, 'a.txt', { 'content-type': 'multipart/form-data' })

  t.equal(res.statusCode, 400)
  t.same(Object.keys(res.json()), ['detail'])
})

t.test('an upload is downloaded from the URL that clients derive from the returned one', async (t) => {
  const fake = await startFake(t)
  const base = await fake.listen()
  const [, uuid, name] =
    /\/attachments\/([^/]+)\/([^/"]+)/.exec((await upload(fake, 'büro (1).txt')).body) ?? []

  const res = await fetch(`${base}/v1/attachments/${uuid}/${name}`, {
    headers: { authorization: `Bearer ${KEY}` },
  })

  t.equal(res.status, 200)
  t.ok(res.redirected)
  t.equal(await res.text(), 'hello')
})

t.test("names and ids may exceed Fastify's default length limit", async (t) => {
  const fake = await startFake(t)
  const url = new URL((await upload(fake, 'ü'.repeat(255))).json())

  t.ok(url.pathname.length > 1500)
  t.equal((await fake.call('GET', `/v1${url.pathname}`)).statusCode, 307)
  const res = await fake.call('GET', `/v1/sessions/${'x'.repeat(5000)}`)
  t.equal(res.statusCode, 404)
  t.same(res.json(), { detail: 'Session not found' })
})

t.test('an update with a partial knowledge entry returns 422', async (t) => {
  const fake = await startFake(t)

  const res = await fake.send('PUT', `/v1/knowledge/${await note(fake)}`, { body: 'new' })

  t.equal(res.statusCode, 422)
  t.ok(res.json().detail.every(({ msg }: { msg: string }) => msg === 'Field required'))
})

t.test('a missing or unusable key returns 401, and a key of another family returns 403', async (t) => {
  const { call } = await startFake(t)
  const answer = async (authorization: string) => {
    const res = await call('GET', '/v1/sessions', { headers: { authorization } })
    return [res.statusCode, res.json()]
  }

  t.same(await answer(''), [401, { detail: 'Unauthorized' }])
  t.same(await answer('Bearer cog_key'), [403, { detail: 'Unauthorized' }])
})

t.test('unknown fields are ignored', async (t) => {
  const { send } = await startFake(t)
  const unknown = { prompt: 'x', repos: [], devin_mode: 'a', machine_snapshot_id: 'm', max_acu: 1 }

  t.equal((await send('POST', '/v1/sessions', unknown)).statusCode, 200)
})

t.test('times are ISO 8601 with microseconds', async (t) => {
  const fake = await startFake(t)

  const { created_at } = (await fake.call('GET', `/v1/sessions/${await session(fake)}`)).json()

  t.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
})

t.test('a trailing slash is redirected, and clients send their body again', async (t) => {
  const fake = await startFake(t)
  const base = await fake.listen()

  for (const path of ['/v1/sessions/', '/v1/sessions//', '/v1/secrets/', '/v1/attachments/']) {
    t.equal((await fake.call('GET', path)).statusCode, 307, path)
  }
  t.match((await fake.call('GET', '/v1/sessions//')).headers.location, /\/v1\/sessions$/)
  const res = await fetch(`${base}/v1/sessions/`, {
    method: 'POST',
    body: '{"prompt":"x"}',
    headers: { ...JSON_TYPE, authorization: `Bearer ${KEY}` },
  })
  t.equal(res.status, 200)
  t.match(await res.json(), { session_id: String })
})

t.test('a double slash before the path returns 404, as on a FastAPI server', async (t) => {
  const { call } = await startFake(t)

  t.equal((await call('GET', '//v1/sessions')).statusCode, 404)
})

/** Sends raw text and resolves with everything received. */
function exchange(base: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(Number(new URL(base).port), '127.0.0.1', () => socket.write(text))
    socket.on('data', (data) => {
      received += data
    })
    socket.on('close', () => resolve(received)).on('error', reject)
  })
}

function isOurError(t: Test, status: number, text: string, message: string) {
  t.ok(status >= 400, message)
  t.notMatch(text, /"statusCode"|"code"|FST_/, message)
}

t.test("no error has Fastify's own format", async (t) => {
  const fake = await startFake(t)
  const requests: [string, string, object][] = [
    ['GET', '/nowhere', {}],
    ['PATCH', '/v1/sessions', {}],
    ['POST', '/v1/sessions', { payload: '{', headers: JSON_TYPE }],
    ['POST', '/v1/sessions', { payload: 'x', headers: { 'content-type': 'text/nonsense' } }],
    ['POST', '/v1/sessions', { payload: '{}', headers: { 'content-type': 'a;b;c' } }],
    ['POST', '/v1/sessions', { payload: '{"__proto__":1}', headers: JSON_TYPE }],
    ['POST', '/v1/sessions', { payload: Buffer.alloc(11_000_000, 0x20), headers: JSON_TYPE }],
    [
      'POST',
      '/v1/attachments',
      { payload: 'x', headers: { 'content-type': 'multipart/form-data; boundary=' } },
    ],
    ['POST', '/v1/attachments', { payload: 'x', headers: { 'content-type': 'application/octet-stream' } }],
    ['GET', '/v1/sessions/%FF%zz', {}],
    ['GET', '/v1/sessions?limit=x', {}],
    ['GET', `/v1/attachments/${'x'.repeat(3000)}/y`, {}],
    ['DELETE', '/v1/sessions', {}],
  ]
  for (const [method, url, options] of requests) {
    const res = await fake.call(method, url, options)
    isOurError(t, res.statusCode, res.body, `${method} ${url.slice(0, 40)} ${res.statusCode}`)
  }
})

t.test("no error has Fastify's own format, even after malformed HTTP", async (t) => {
  const fake = await startFake(t)
  const base = await fake.listen()
  const close = 'Host: x\r\nConnection: close\r\n'
  const requests = [
    'nonsense\r\n\r\n',
    `GET /v1/sessions HTTP/1.1\r\n${close}X: ${'y'.repeat(70_000)}\r\n\r\n`,
    `POST /v1/sessions HTTP/1.1\r\n${close}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`,
    `POST /v1/sessions HTTP/1.1\r\n${close}Content-Length: 99999999\r\n\r\n`,
    `GET * HTTP/1.1\r\n${close}\r\n`,
  ]
  for (const request of requests) {
    const answer = await exchange(base, request)
    isOurError(t, Number(answer.slice(9, 12)), answer, request.slice(0, 40))
  }
})
