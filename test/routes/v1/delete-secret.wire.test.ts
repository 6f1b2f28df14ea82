import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { KEY, OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { converse, parseAnswers, type WireAnswer } from '../../fuzz/wire.ts'
import { aSecret } from '../../records.ts'

// DELETE /v1/secrets/{secret_id} in raw bytes that no client library sends, and the responses by FastAPI's rules.

const ID = 'secret-1'

/** Starts a server. Returns functions that store a secret, send bytes, and check whether the secret exists. */
async function startServer(t: Test) {
  const { app, organization, listen } = await startFake(t)
  await listen()
  const { port } = app.server.address() as AddressInfo
  const put = async (id = ID) => {
    await organization.secrets.delete(id)
    await organization.secrets.insert(aSecret({ id, key: id }))
  }
  const send = async (text: string): Promise<WireAnswer[]> => {
    const bytes = Buffer.from(text, 'latin1')
    return parseAnswers(await converse(port, { pieces: [bytes], ending: 'waits' }))
  }
  const isThere = async (id = ID) => (await organization.secrets.get(id)) !== undefined
  return { send, put, isThere }
}

const head = (target: string, { method = 'DELETE', key = KEY, more = '' } = {}) =>
  `${method} ${target} HTTP/1.1\r\nhost: h\r\nauthorization: Bearer ${key}\r\n${more}connection: close\r\n\r\n`

const DELETED = '200 {"message":"Secret deleted successfully"}'
const NO_SECRET = '404 {"detail":"Secret not found"}'
const NO_ROUTE = '404 {"detail":"Not Found"}'
const NO_METHOD = '405 {"detail":"Method Not Allowed"}'
const INVALID_HTTP = '400 Invalid HTTP request received.'
const REDIRECT = '307 '

/** The response to each request target. */
const TARGETS: Readonly<Record<string, string>> = {
  [`/v1/secrets/${ID}`]: DELETED,
  [`http://anybody/v1/secrets/${ID}`]: DELETED,
  [`HTTPS://anybody:1/v1/secrets/${ID}`]: DELETED,
  [`/v1/secrets/${ID}?`]: DELETED,
  [`/v1/secrets/${ID}?a=%zz&&=`]: DELETED,
  '/v1/secrets/%73ecret-1': DELETED,
  '/v1%2Fsecrets%2fsecret-1': DELETED,
  '/%76%31/secrets/secret%2D1': DELETED,
  [`/v1/secrets/${ID}/`]: REDIRECT,
  [`/v1/secrets/${ID}//`]: REDIRECT,
  [`/v1/secrets/${ID}%2F`]: REDIRECT,
  '/v1/secrets/': REDIRECT,
  '/v1/secrets//': REDIRECT,
  '/v1/secrets': NO_METHOD,
  [`//v1/secrets/${ID}`]: NO_ROUTE,
  [`/v1//secrets/${ID}`]: NO_ROUTE,
  [`/v1/secrets//${ID}`]: NO_ROUTE,
  [`/v1/./secrets/${ID}`]: NO_ROUTE,
  [`/v1/x/../secrets/${ID}`]: NO_ROUTE,
  [`/v1/%2e%2e/v1/secrets/${ID}`]: NO_ROUTE,
  [`/V1/secrets/${ID}`]: NO_ROUTE,
  [`/v1/Secrets/${ID}`]: NO_ROUTE,
  [`/v1/secrets/${ID}/x`]: NO_ROUTE,
  [`/v1/secrets/x%2f${ID}`]: NO_ROUTE,
  [`ftp://h/v1/secrets/${ID}`]: NO_ROUTE,
  'http://h': NO_ROUTE,
  '*': NO_ROUTE,
  '/v1/secrets/SECRET-1': NO_SECRET,
  '/v1/secrets/1': NO_SECRET,
  [`/v1/secrets/${ID};a=b`]: NO_SECRET,
  [`/v1/secrets/${ID}#a`]: NO_SECRET,
  [`/v1/secrets/${ID}%20`]: NO_SECRET,
  [`/v1/secrets/${ID}%00`]: NO_SECRET,
  [`/v1/secrets/%00${ID}`]: NO_SECRET,
  [`/v1/secrets/${ID}%0D`]: NO_SECRET,
  [`/v1/secrets/${ID}%0A`]: NO_SECRET,
  '/v1/secrets/%2573ecret-1': NO_SECRET,
  '/v1/secrets/%': NO_SECRET,
  '/v1/secrets/%zz': NO_SECRET,
  '/v1/secrets/%ff%fe': NO_SECRET,
  '/v1/secrets/%ed%a0%80': NO_SECRET,
  '/v1/secrets/%f0%9f%a6%84': NO_SECRET,
  '/v1/secrets/..': NO_SECRET,
  '/v1/secrets/%2e%2e': NO_SECRET,
  '/v1/secrets/__proto__': NO_SECRET,
  '/v1/secrets/constructor': NO_SECRET,
  '/v1/secrets/*': NO_SECRET,
  '/v1/secrets/:secret_id': NO_SECRET,
  '/v1/secrets/{secret_id}': NO_SECRET,
  [`/v1/secrets/${'a'.repeat(10_000)}`]: NO_SECRET,
  [`/v1/secrets/${'%61'.repeat(10_000)}`]: NO_SECRET,
  [`v1/secrets/${ID}`]: INVALID_HTTP,
  '/v1/secrets/secret 1': INVALID_HTTP,
  '/v1/secrets/\xe9': INVALID_HTTP,
}

const shown = ({ status, body }: WireAnswer) => `${status} ${body}`

t.test('DELETE /v1/secrets/{secret_id} accepts every valid spelling of its path and no other', async (t) => {
  const { send, put, isThere } = await startServer(t)
  for (const [target, expected] of Object.entries(TARGETS)) {
    await put()

    const answers = await send(head(target))

    const name = target.slice(0, 60)
    t.same(answers.map(shown), [expected], name)
    t.equal(await isThere(), expected !== DELETED, name)
  }
})

t.test('DELETE /v1/secrets/{secret_id} deletes only the secret that its decoded path names', async (t) => {
  const { send, put, isThere } = await startServer(t)
  const id = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).map((odd) => odd.toWellFormed())
  await fc.assert(
    fc.asyncProperty(id, fc.boolean(), async (one, isOther) => {
      fc.pre(!one.includes('/'))
      await put(one)
      await put('other')
      const target = `/v1/secrets/${encodeURIComponent(isOther ? `${one}x` : one)}`

      const [answer] = await send(head(target))

      t.equal(answer?.status, isOther ? 404 : 200)
      t.equal(await isThere(one), isOther)
      t.ok(await isThere('other'))
    }),
    { numRuns: 100 },
  )
})

t.test('DELETE /v1/secrets/{secret_id} answers 405 with the allowed method to other methods', async (t) => {
  const { send, put, isThere } = await startServer(t)
  await put()
  const methods = [
    'GET',
    'POST',
    'PUT',
    'PATCH',
    'HEAD',
    'OPTIONS',
    'TRACE',
    'CONNECT',
    'PURGE',
    'delete',
    'Delete',
    'DEL',
  ]
  for (const method of methods) {
    const text = head(`/v1/secrets/${ID}`, { method })
    const answers = method === 'HEAD' ? [] : await send(text)

    for (const answer of answers) t.equal(shown(answer), NO_METHOD, method)
    for (const answer of answers) t.equal(answer.headers.get('allow'), 'DELETE', method)
    t.equal(answers.length, method === 'HEAD' ? 0 : 1)
  }
  t.ok(await isThere())
})

t.test('DELETE /v1/secrets/{secret_id} ignores a body and finds the next request after it', async (t) => {
  const { send, put } = await startServer(t)
  const broken = '{"a":1,'
  const bodies = {
    'with a length': `content-type: application/json\r\ncontent-length: 7\r\n\r\n${broken}`,
    'in chunks': `transfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n4;x=y\r\n":1,\r\n0\r\nx: y\r\n\r\n`,
    'that is a form': 'content-type: multipart/form-data\r\ncontent-length: 3\r\n\r\nabc',
    'that is waited for': 'expect: 100-continue\r\ncontent-length: 7\r\n\r\n{"a":1,',
    'that is empty': 'content-type: application/json\r\ncontent-length: 0\r\n\r\n',
    'of a megabyte': `content-length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}`,
  }
  for (const [name, body] of Object.entries(bodies)) {
    await put()
    const start = head(`/v1/secrets/${ID}`).replace('connection: close\r\n\r\n', '')

    const answers = await send(start + body + head(`/v1/secrets/${ID}`))

    t.same(answers.map(shown), [DELETED, NO_SECRET], name)
  }
})

t.test('DELETE /v1/secrets/{secret_id} reads the Authorization header only', async (t) => {
  const { send, put, isThere } = await startServer(t)
  const bearer = (value: string) => head(`/v1/secrets/${ID}`).replace(`Bearer ${KEY}`, value)
  const refused: Readonly<Record<string, number>> = {
    '': 401,
    Bearer: 401,
    KEY: 401,
    'Basic YTpi': 401,
    [`Bearer:${KEY}`]: 401,
    [`Bearer  ${KEY}`]: 403,
    'Bearer cog_x': 403,
    'Bearer apk_user_': 403,
    [`Bearer ${KEY} x`]: 403,
    'Bearer \xff': 403,
    [`Bearer apk_${'a'.repeat(60_000)}\x80`]: 403,
  }
  await put()
  for (const [value, status] of Object.entries(refused)) {
    const [answer] = await send(bearer(value))
    t.match([answer?.status, String(answer?.body)], [status, '{"detail":"Unauthorized"}'], value.slice(0, 30))
  }
  t.ok(await isThere())

  const more =
    'x-http-method-override: GET\r\ncookie: a=b\r\nx-api-key: x\r\nrange: bytes=0-1\r\nif-match: "x"\r\nupgrade: h2c\r\n'
  t.same((await send(head(`/v1/secrets/${ID}`, { more }))).map(shown), [DELETED])
})

t.test(
  'DELETE /v1/secrets/{secret_id} answers the same for another organization’s secret as for an unknown one',
  async (t) => {
    const { send, put, isThere } = await startServer(t)
    await put()

    const other = await send(head(`/v1/secrets/${ID}`, { key: OTHER_ORG_KEY }))
    const none = await send(head('/v1/secrets/secret-2'))

    const headersOf = ([answer]: WireAnswer[]) =>
      [...(answer?.headers ?? [])].filter(([name]) => name !== 'date')
    t.same([other.map(shown), headersOf(other)], [none.map(shown), headersOf(none)])
    t.ok(await isThere())
  },
)

t.test(
  'DELETE /v1/secrets/{secret_id} answers 200 to the first of pipelined requests and 404 to the others',
  async (t) => {
    const { send, put } = await startServer(t)
    await put()
    const one = head(`/v1/secrets/${ID}`).replace('connection: close\r\n', '')

    const answers = await send(one.repeat(20) + head(`/v1/secrets/${ID}`))

    t.same(answers.map(shown), [DELETED, ...Array.from({ length: 20 }, () => NO_SECRET)])
  },
)
