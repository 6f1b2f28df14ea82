import t from 'tap'
import { toRequestEntry } from '../../src/journal/entry.ts'
import { CreateSessionParams } from '../../src/schemas/v1/sessions.ts'
import { anExchange, aPost, aRoute } from './exchange.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

t.test('an entry says what was sent and what was answered', (t) => {
  const exchange = anExchange({
    id: 7,
    at: 1_767_323_045_678_901,
    micros: 1_234_567,
    method: 'POST',
    target: '/v1/sessions?foo=a+b',
    rawHeaders: ['Host', 'h', 'Authorization', 'Bearer apk_user_x', 'Content-Type', 'application/json'],
    body: Buffer.from('{"prompt": "p", "repos": 1}'),
    route: aRoute('POST', '/v1/sessions', { body: CreateSessionParams }),
    answerHeaders: { ...JSON_TYPE, 'x-many': ['a', 'b'], 'x-number': 1, 'x-none': undefined },
    payload: '{"a":"é"}',
  })

  t.same(toRequestEntry(exchange), {
    id: 7,
    time: '2026-01-02T03:04:05.678901Z',
    org_id: 'org-1',
    method: 'POST',
    path: '/v1/sessions',
    route: '/v1/sessions',
    query: { raw: 'foo=a+b', pairs: [['foo', 'a b']] },
    headers: { host: 'h', authorization: 'Bearer apk_user_***', 'content-type': 'application/json' },
    body: { prompt: 'p', repos: 1 },
    body_bytes: 27,
    status: 200,
    response_headers: { ...JSON_TYPE, 'x-many': 'a, b', 'x-number': '1', 'content-length': '10' },
    response_body: { a: 'é' },
    duration_ms: 1234.57,
    unread_fields: ['query.foo', 'body.repos'],
  })
  t.end()
})

t.test('an entry without a route, bodies or an answer leaves out what there is not', (t) => {
  const entry = toRequestEntry(anExchange({ orgId: null, route: null, status: null, target: '/apk_user_x' }))

  t.match(entry, { org_id: null, route: null, status: null, path: '/apk_user_***', body_bytes: 0 })
  t.match(entry, { response_headers: {}, unread_fields: [] })
  t.notOk('body' in entry || 'response_body' in entry)
  t.end()
})

t.test('a body is a text where its type is not JSON, and a form as it was read', (t) => {
  const text = anExchange({
    rawHeaders: ['Content-Type', 'text/plain'],
    body: Buffer.from('cog_1 \xff', 'latin1'),
  })
  const form = anExchange({ body: { file: { filename: 'a.txt', size: 3 } } })

  t.same(toRequestEntry(text).body, '\ufffd')
  t.same(toRequestEntry(form).body, { file: { filename: 'a.txt', size: 3 } })
  t.end()
})

t.test('a body that was not kept has its length, as far as it is known', (t) => {
  t.equal(toRequestEntry(anExchange({ rawHeaders: ['CONTENT-LENGTH', '12'] })).body_bytes, 12)
  t.equal(toRequestEntry(anExchange({ rawHeaders: ['Transfer-Encoding', 'chunked'] })).body_bytes, null)
  t.end()
})

t.test('an answer is JSON where it can be, else a text', (t) => {
  const answered = (payload: string | Uint8Array, type?: string) =>
    toRequestEntry(anExchange({ payload, answerHeaders: type === undefined ? {} : { 'content-type': type } }))
      .response_body

  t.same(answered(Buffer.from('[1]'), 'application/json'), [1])
  t.equal(answered('[1]', 'text/plain'), '[1]')
  t.equal(answered('[1]'), '[1]')
  t.equal(answered('{"a": "apk_x', 'application/json'), '{"a": "apk_***')
  t.equal(answered('null', 'application/json'), null)
  t.equal(answered('', 'application/json'), undefined)
  t.end()
})

t.test('an answer that names its length keeps it', (t) => {
  const { response_headers } = toRequestEntry(
    anExchange({ payload: 'abc', answerHeaders: { 'content-length': 99 } }),
  )

  t.same(response_headers, { 'content-length': '99' })
  t.end()
})

const answerTo = (path: string, answer: unknown) =>
  toRequestEntry(
    aPost(
      path,
      {},
      { payload: typeof answer === 'string' ? answer : JSON.stringify(answer), answerHeaders: JSON_TYPE },
    ),
  ).response_body

t.test('what a 422 answer quotes is masked like the body', (t) => {
  const body = { value: 's3cr3t', key: 'K' }
  const issue = (type: string, loc: (string | number)[], input: unknown) => ({ type, loc, msg: 'm', input })

  t.same(
    answerTo('/v1/secrets', {
      detail: [
        issue('missing', ['body', 'type'], body),
        issue('missing', ['body'], null),
        issue('string_type', ['body', 'value'], ['s3cr3t']),
        issue('odd', ['body', 'value', 'deep', 0], { s3cr3t: 1 }),
        issue('string_type', ['body', 'key'], 5),
        issue('model_attributes_type', ['body'], 's3cr3t'),
        issue('odd', ['query', 'x'], 's3cr3t'),
        { input: 's3cr3t' },
        { msg: 'no input' },
        'text',
      ],
    }),
    {
      detail: [
        issue('missing', ['body', 'type'], { value: '***', key: 'K' }),
        issue('missing', ['body'], '***'),
        issue('string_type', ['body', 'value'], '***'),
        issue('odd', ['body', 'value', 'deep', 0], '***'),
        issue('string_type', ['body', 'key'], 5),
        issue('model_attributes_type', ['body'], '***'),
        issue('odd', ['query', 'x'], '***'),
        { input: '***' },
        { msg: 'no input' },
        'text',
      ],
    },
  )
  t.end()
})

t.test('other answers to a request with secrets are shown as they are', (t) => {
  t.same(answerTo('/v1/secrets', { detail: 'Secret name is not unique' }), {
    detail: 'Secret name is not unique',
  })
  t.same(answerTo('/v1/secrets', { id: 'secret-1' }), { id: 'secret-1' })
  t.same(answerTo('/v1/secrets', null), null)
  t.end()
})

t.test(
  'an answer to a request with secrets that is no JSON is not shown, since it may be a cut quotation',
  (t) => {
    t.equal(answerTo('/v1/secrets', '{"detail": [{"input": "s3cr'), '***')
    t.equal(answerTo('/v1/knowledge', '{"detail": [{"inp'), '{"detail": [{"inp')
    const cut = { payload: '{"detail": [{"inp', answerHeaders: JSON_TYPE, status: 422 }
    t.equal(toRequestEntry(anExchange(cut)).response_body, '***')
    t.end()
  },
)

t.test('what other operations quote is shown but for what looks like a secret', (t) => {
  const quoting = (input: unknown, ...loc: (string | number)[]) =>
    answerTo('/v1/knowledge', { detail: [{ type: 'string_type', loc, input }] })

  t.match(quoting({ value: 'v', pinned: 1 }, 'body', 'name'), {
    detail: [{ input: { value: '***', pinned: 1 } }],
  })
  t.match(quoting('v', 'body', 'value'), { detail: [{ input: '***' }] })
  t.match(quoting('x', 'query', 'limit'), { detail: [{ input: 'x' }] })
  t.same(answerTo('/v1/knowledge', { body: 'b', value: 'v' }), { body: 'b', value: 'v' })
  t.same(answerTo('/v1/knowledge', { body: '{"value": "v"}' }), { body: '***' })
  t.end()
})

t.test('a password in an absolute target is not shown', async (t) => {
  const { path } = toRequestEntry(anExchange({ target: 'http://user:s3cr3t@h/v1/secrets?a=b' }))

  t.equal(path, 'http://h/v1/secrets')
})

t.test('an answer without a body is shown without one, and without a type', async (t) => {
  const entry = toRequestEntry(
    anExchange({
      status: 204,
      payload: 'null',
      answerHeaders: { 'content-type': 'application/json', 'content-length': '4', 'x-other': 'a' },
    }),
  )

  t.same(entry.response_headers, { 'x-other': 'a' })
  t.notOk('response_body' in entry)
})
