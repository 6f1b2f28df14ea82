import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import { KEY } from './fake.ts'
import { startV3, V3_KEY, type V3Fake } from './v3.ts'

// Behaviour of v3, and of HTTP, that different clients of the API rely on.

const ORG = `/v3/organizations/${DEFAULT_ORG_ID}`

const newSession = async ({ org }: V3Fake, params = {}) =>
  (await org('POST', '/sessions', { prompt: 'x', ...params })).json()

/** Returns the types of the members of a record: `null`, `array`, `integer`, or that of `typeof`. */
const typesOf = (record: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      if (value === null) return [name, 'null']
      if (Array.isArray(value)) return [name, 'array']
      return [name, Number.isInteger(value) ? 'integer' : typeof value]
    }),
  )

t.test(
  'a client that checks its tenant finds its organization in /v3/self and in each session',
  async (t) => {
    const fake = await startV3(t)
    await newSession(fake)
    await newSession(fake)

    const self = (await fake.v3('GET', '/v3/self')).json()
    const { items } = (await fake.org('GET', '/sessions')).json()

    t.equal(self.org_id, DEFAULT_ORG_ID)
    t.same(
      items.map((item: { org_id: string }) => item.org_id),
      [DEFAULT_ORG_ID, DEFAULT_ORG_ID],
    )
  },
)

t.test('a client that accepts only ids of the form `org_…` uses such an organization', async (t) => {
  const { v3 } = await startV3(t)
  const sessions = '/v3/organizations/org_Test0123456789Ab/sessions'

  const session = (await v3('POST', sessions, { prompt: 'x' })).json()

  t.equal(session.org_id, 'org_Test0123456789Ab')
  t.equal((await v3('GET', `${sessions}/${session.session_id}`)).json().session_id, session.session_id)
  const { items } = (await v3('GET', '/v3/enterprise/sessions')).json()
  t.match(items, [{ session_id: session.session_id, org_id: session.org_id }])
})

t.test('a client with strict types decodes every session, from its creation to its end', async (t) => {
  const fake = await startV3(t)
  const types: Record<string, RegExp> = {
    session_id: /^string$/,
    url: /^string$/,
    org_id: /^string$/,
    status: /^string$/,
    status_detail: /^(string|null)$/,
    title: /^(string|null)$/,
    tags: /^array$/,
    pull_requests: /^array$/,
    child_session_ids: /^(array|null)$/,
    structured_output: /^(object|null)$/,
    acus_consumed: /^(integer|number)$/,
    created_at: /^integer$/,
    updated_at: /^integer$/,
    is_archived: /^boolean$/,
  }
  const created = await newSession(fake)
  t.match(typesOf(created), types)
  const path = `/sessions/${created.session_id}`
  const names = Object.keys(created).sort()

  const later: Record<string, unknown>[] = []
  for (const seconds of [1, 5, 30, 300]) {
    fake.advance(seconds)
    later.push((await fake.org('GET', path)).json())
  }
  later.push((await fake.org('POST', `${path}/messages`, { message: 'm' })).json())
  later.push((await fake.org('GET', '/sessions')).json().items[0])
  later.push((await fake.org('DELETE', path)).json())

  for (const session of later) {
    t.match(typesOf(session), types)
    t.same(Object.keys(session).sort(), names, 'no member is omitted')
  }
})

t.test('a client that keeps its cursor reads each message once while the session goes on', async (t) => {
  const fake = await startV3(t)
  const path = `/sessions/${(await newSession(fake)).session_id}/messages`
  const seen: string[] = []
  let cursor: string | null = null

  for (let poll = 0; poll < 12; poll++) {
    if (poll % 4 === 3) await fake.org('POST', path, { message: `more ${poll}` })
    const after: string = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`
    const { items, end_cursor: end } = (await fake.org('GET', `${path}?first=1${after}`)).json()
    for (const { event_id: id } of items) if (!seen.includes(id)) seen.push(id)
    // The last page has no cursor, so it is read again.
    if (end !== null) cursor = end
    fake.advance(15)
  }

  const all = (await fake.org('GET', path)).json().items
  t.ok(all.length > 4)
  t.same(
    seen,
    all.slice(0, seen.length).map((message: { event_id: string }) => message.event_id),
  )
})

t.test(
  'a client downloads the attachments of a session by id and name, and follows without its key',
  async (t) => {
    const fake = await startV3(t)
    const form = `--b\r\nContent-Disposition: form-data; name="file"; filename="a b#1 ü.txt"\r\n\r\nhello\r\n--b--\r\n`
    const file = (
      await fake.call('POST', `${ORG}/attachments`, {
        payload: form,
        headers: { authorization: `Bearer ${V3_KEY}`, 'content-type': 'multipart/form-data; boundary=b' },
      })
    ).json()
    const { session_id: id } = await newSession(fake, { attachment_urls: [file.url] })

    const [listed] = (await fake.org('GET', `/sessions/${id}/attachments`)).json()
    const path = `/attachments/${listed.attachment_id}/${encodeURIComponent(listed.name)}`
    const redirect = await fake.call('GET', `${ORG}${path}`, {
      headers: { authorization: `Bearer ${V3_KEY}`, accept: '*/*' },
    })
    t.equal(redirect.statusCode, 307)
    const { pathname, search } = new URL(String(redirect.headers.location), 'http://localhost')
    t.equal((await fake.app.inject({ url: pathname + search })).body, 'hello')

    const { pathname: web } = new URL(listed.url)
    const refused = await fake.call('GET', web, { headers: { authorization: `Bearer ${V3_KEY}` } })
    t.equal(refused.statusCode, 403, 'the URL itself is for the web app, and takes no key of v3')
  },
)

t.test('requests without a body have a JSON content type, an empty body, or an empty object', async (t) => {
  const fake = await startV3(t)
  const { session_id: id } = await newSession(fake)
  const json = { authorization: `Bearer ${V3_KEY}`, 'content-type': 'application/json' }
  const status = async (method: string, path: string, payload?: string) =>
    (await fake.call(method, `${ORG}${path}`, { headers: json, ...(payload !== undefined && { payload }) }))
      .statusCode

  t.equal(await status('POST', `/sessions/${id}/archive`), 200)
  t.equal(await status('POST', `/sessions/${id}/archive`, ''), 200)
  t.equal(await status('POST', `/sessions/${id}/archive`, '{}'), 200)
  t.equal(await status('DELETE', `/sessions/${id}`, '{}'), 200)
  t.equal(await status('DELETE', `/sessions/${id}`), 400, 'which has ended')
})

t.test('booleans are in the notation of the language of the client', async (t) => {
  const fake = await startV3(t)

  for (const archive of ['true', 'True', '1', 'false', 'False', '0']) {
    const { session_id: id } = await newSession(fake)
    const ended = await fake.org('DELETE', `/sessions/${id}?archive=${archive}`)
    t.same([ended.statusCode, ended.json().is_archived], [200, /^(true|1)$/i.test(archive)], archive)
  }
})

t.test('parameters and headers that the API does not have are ignored', async (t) => {
  const fake = await startV3(t)
  await newSession(fake, { tags: ['a'] })
  const headers = {
    'x-org-id': 'org-x',
    'x-stainless-lang': 'js',
    'idempotency-key': 'k',
    'x-request-id': 'r',
  }

  for (const query of [
    '',
    `qs=${encodeURIComponent('{"first":1,"tags":["b"]}')}`,
    'qs[first]=1',
    'tags[]=b',
  ]) {
    const answer = await fake.org('GET', `/sessions?${query}`, undefined, headers)
    t.same([answer.statusCode, answer.json().total], [200, 1], query)
  }
  const once = await fake.org('POST', '/sessions', { prompt: 'x' }, headers)
  const again = await fake.org('POST', '/sessions', { prompt: 'x' }, headers)
  t.not(once.json().session_id, again.json().session_id)
})

t.test('a client of both generations finds out the generation of its key with /v3/self', async (t) => {
  const { call } = await startV3(t)

  const refused = await call('GET', '/v3/self', { headers: { authorization: `Bearer ${KEY}` } })

  t.equal(refused.statusCode, 403)
  t.match(refused.json(), { status: 403, detail: 'Unauthorized' })
  t.equal((await call('GET', '/v1/sessions')).statusCode, 200)
})

/** Sends raw text to a listening server, and resolves with everything received until it closes the connection. */
async function exchange(t: Test, text: string): Promise<string> {
  const base = await (await startV3(t)).listen()
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  let received = ''
  socket.on('data', (data) => (received += data))
  socket.write(text)
  await once(socket, 'close')
  return received
}

const body = '{"prompt":"x"}'
const post = (headers: string, content = body, { target = `${ORG}/sessions`, version = '1.1' } = {}) =>
  `POST ${target} HTTP/${version}\r\nHost: api.devin.ai\r\nAuthorization: Bearer ${V3_KEY}\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${content}`
const length = `Content-Length: ${body.length}`

t.test('an offer to upgrade to HTTP/2 is ignored, and the body is read', async (t) => {
  const offer = 'Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk'

  const answer = await exchange(
    t,
    post(`Connection: Upgrade, HTTP2-Settings, close\r\n${offer}\r\n${length}`),
  )

  t.match(answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*"status":"new"/)
})

t.test('a body may be sent in chunks, after the server has asked for it', async (t) => {
  const chunks = [...body].map((char) => `1\r\n${char}\r\n`).join('')
  const headers = 'Connection: close\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue'

  const answer = await exchange(t, post(headers, `${chunks}0\r\n\r\n`))

  t.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
})

t.test('requests may have an absolute URL, as through a proxy, or use HTTP/1.0', async (t) => {
  const target = `http://api.devin.ai${ORG}/sessions`

  t.match(
    await exchange(t, post(`Connection: close\r\n${length}`, body, { target })),
    /^HTTP\/1\.1 200 OK\r\n/,
  )
  t.match(await exchange(t, post(length, body, { version: '1.0' })), /^HTTP\/1\.1 200 OK\r\n/)
})

t.test('pipelined requests are answered in order', async (t) => {
  const titled = (title: string, connection: string) => {
    const content = JSON.stringify({ prompt: 'x', title })
    return post(`Connection: ${connection}\r\nContent-Length: ${content.length}`, content)
  }

  const answers = await exchange(
    t,
    titled('one', 'keep-alive') + titled('two', 'keep-alive') + titled('three', 'close'),
  )

  t.same(answers.match(/(?<="title":")\w+/g), ['one', 'two', 'three'])
})
