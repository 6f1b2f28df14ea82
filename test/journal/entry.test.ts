// The form of journal entries in the control plane, including their unread fields.
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { toRequestEntry } from '../../src/journal/entry.ts'
import { unreadFields } from '../../src/journal/unread-fields.ts'
import { CreateSecretParams } from '../../src/schemas/v1/secrets.ts'
import { CreateSessionParams, ListSessionsQuery } from '../../src/schemas/v1/sessions.ts'
import { anEntry, aPost, aRoute } from './sample-entries.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

t.test('an entry has the request and the response', (t) => {
  const entry = anEntry({
    id: 7,
    at: 1_767_323_045_678_901,
    micros: 1_234_567,
    method: 'POST',
    target: '/v1/sessions?foo=a+b',
    rawHeaders: ['Host', 'h', 'Authorization', 'Bearer apk_user_x', 'Content-Type', 'application/json'],
    body: Buffer.from('{"prompt": "p", "repos": 1}'),
    route: aRoute('POST', '/v1/sessions', { body: CreateSessionParams }),
    responseHeaders: { ...JSON_TYPE, 'x-many': ['a', 'b'], 'x-number': 1, 'x-none': undefined },
    payload: '{"a":"é"}',
  })

  t.same(toRequestEntry(entry), {
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

t.test('an entry without a route, bodies or a response omits them', (t) => {
  const entry = toRequestEntry(anEntry({ orgId: null, route: null, status: null, target: '/apk_user_x' }))

  t.match(entry, { org_id: null, route: null, status: null, path: '/apk_user_***', body_bytes: 0 })
  t.match(entry, { response_headers: {}, unread_fields: [] })
  t.notOk('body' in entry || 'response_body' in entry)
  t.end()
})

t.test('a body is a string unless its type is JSON, and a form is an object', (t) => {
  const text = anEntry({
    rawHeaders: ['Content-Type', 'text/plain'],
    body: Buffer.from('cog_1 \xff', 'latin1'),
  })
  const form = anEntry({ body: { file: { filename: 'a.txt', size: 3 } } })

  t.same(toRequestEntry(text).body, '\ufffd')
  t.same(toRequestEntry(form).body, { file: { filename: 'a.txt', size: 3 } })
  t.end()
})

t.test('a body that was not kept has its length, or null if it is unknown', (t) => {
  t.equal(toRequestEntry(anEntry({ rawHeaders: ['CONTENT-LENGTH', '12'] })).body_bytes, 12)
  t.equal(toRequestEntry(anEntry({ rawHeaders: ['Transfer-Encoding', 'chunked'] })).body_bytes, null)
  t.end()
})

t.test('a response body is JSON if possible and otherwise a string', (t) => {
  const shown = (payload: string | Uint8Array, type?: string) =>
    toRequestEntry(anEntry({ payload, responseHeaders: type === undefined ? {} : { 'content-type': type } }))
      .response_body

  t.same(shown(Buffer.from('[1]'), 'application/json'), [1])
  t.equal(shown('[1]', 'text/plain'), '[1]')
  t.equal(shown('[1]'), '[1]')
  t.equal(shown('{"a": "apk_x', 'application/json'), '{"a": "apk_***')
  t.equal(shown('null', 'application/json'), null)
  t.equal(shown('', 'application/json'), undefined)
  t.end()
})

t.test('a response keeps its own content-length', (t) => {
  const { response_headers } = toRequestEntry(
    anEntry({ payload: 'abc', responseHeaders: { 'content-length': 99 } }),
  )

  t.same(response_headers, { 'content-length': '99' })
  t.end()
})

const responseTo = (path: string, response: unknown) =>
  toRequestEntry(
    aPost(
      path,
      {},
      {
        payload: typeof response === 'string' ? response : JSON.stringify(response),
        responseHeaders: JSON_TYPE,
      },
    ),
  ).response_body

t.test('input in a 422 response is masked like the body', (t) => {
  const body = { value: 's3cr3t', key: 'K' }
  const issue = (type: string, loc: (string | number)[], input: unknown) => ({ type, loc, msg: 'm', input })

  t.same(
    responseTo('/v1/secrets', {
      detail: [
        issue('missing', ['body', 'type'], body),
        issue('missing', ['body'], null),
        issue('string_type', ['body', 'value'], ['s3cr3t']),
        issue('odd', ['body', 'value', 'deep', 0], { s3cr3t: 1 }),
        issue('string_type', ['body', 'key'], 5),
        issue('model_attributes_type', ['body'], 's3cr3t'),
        issue('odd', ['query', 'x'], 's3cr3t'),
        issue('odd', ['query', 'key'], 's3cr3t'),
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
        issue('odd', ['query', 'key'], '***'),
        { input: '***' },
        { msg: 'no input' },
        'text',
      ],
    },
  )
  t.end()
})

t.test('other responses to a request with secrets are not masked', (t) => {
  t.same(responseTo('/v1/secrets', { detail: 'Secret name is not unique' }), {
    detail: 'Secret name is not unique',
  })
  t.same(responseTo('/v1/secrets', { id: 'secret-1' }), { id: 'secret-1' })
  t.same(responseTo('/v1/secrets', null), null)
  t.end()
})

t.test(
  'an invalid JSON response to a request with secrets is not shown, since it may be truncated input',
  (t) => {
    t.equal(responseTo('/v1/secrets', '{"detail": [{"input": "s3cr'), '***')
    t.equal(responseTo('/v1/knowledge', '{"detail": [{"inp'), '{"detail": [{"inp')
    const cut = { payload: '{"detail": [{"inp', responseHeaders: JSON_TYPE, status: 422 }
    t.equal(toRequestEntry(anEntry(cut)).response_body, '***')
    t.end()
  },
)

t.test('input in responses of other operations is shown except for what looks like a secret', (t) => {
  const quoting = (input: unknown, ...loc: (string | number)[]) =>
    responseTo('/v1/knowledge', { detail: [{ type: 'string_type', loc, input }] })

  t.match(quoting({ value: 'v', pinned: 1 }, 'body', 'name'), {
    detail: [{ input: { value: '***', pinned: 1 } }],
  })
  t.match(quoting('v', 'body', 'value'), { detail: [{ input: '***' }] })
  t.match(quoting('x', 'query', 'limit'), { detail: [{ input: 'x' }] })
  t.same(responseTo('/v1/knowledge', { body: 'b', value: 'v' }), { body: 'b', value: 'v' })
  t.same(responseTo('/v1/knowledge', { body: '{"value": "v"}' }), { body: '***' })
  t.end()
})

t.test('a password in an absolute target is not shown', async (t) => {
  const { path } = toRequestEntry(anEntry({ target: 'http://user:s3cr3t@h/v1/secrets?a=b' }))

  t.equal(path, 'http://h/v1/secrets')
})

t.test('a 204 response has no body and no content type', async (t) => {
  const entry = toRequestEntry(
    anEntry({
      status: 204,
      payload: 'null',
      responseHeaders: { 'content-type': 'application/json', 'content-length': '4', 'x-other': 'a' },
    }),
  )

  t.same(entry.response_headers, { 'x-other': 'a' })
  t.notOk('response_body' in entry)
})

const createSession = aRoute('POST', '/v1/sessions', { body: CreateSessionParams })
const unreadIn = (body: unknown) => unreadFields(createSession, { query: [], body, hasBody: true })

t.test('unknown fields of a body are unread at every level with a schema', (t) => {
  t.same(
    unreadIn({
      prompt: 'p',
      repos: [1],
      session_secrets: [
        { key: 'a', value: 'b' },
        { key: 'a', hint: 1 },
      ],
      structured_output_schema: { anything: { goes: 1 } },
      tags: ['a'],
      title: { a: 1 },
    }),
    ['body.repos', 'body.session_secrets.1.hint'],
  )
  t.end()
})

t.test('names of Object.prototype are unread', (t) => {
  t.same(unreadIn({ constructor: 1, ...JSON.parse('{"__proto__": 1}') }), [
    'body.constructor',
    'body.__proto__',
  ])
  t.end()
})

t.test('a body that does not fit its schema has no unread fields', (t) => {
  for (const body of [
    undefined,
    null,
    'text',
    [{ repos: 1 }],
    { session_secrets: { a: 1 }, tags: [{ b: 1 }] },
  ]) {
    t.same(unreadIn(body), [], JSON.stringify(body))
  }
  t.end()
})

t.test('unknown query parameters are unread', (t) => {
  const list = aRoute('GET', '/v1/sessions', { querystring: ListSessionsQuery })

  t.same(unreadFields(list, { query: ['limit', 'foo', 'toString'], body: undefined, hasBody: false }), [
    'query.foo',
    'query.toString',
  ])
  t.end()
})

t.test('a body is unread if the route reads none', (t) => {
  const get = aRoute('GET', '/v1/secrets')

  t.same(unreadFields(get, { query: ['a'], body: undefined, hasBody: true }), ['query.a', 'body'])
  t.end()
})

t.test('names of unread fields are masked', (t) => {
  const route = aRoute('POST', '/', { body: Type.Object({}) })

  t.same(unreadFields(route, { query: ['apk_x'], body: { apk_user_y: 1 }, hasBody: true }), [
    'query.apk_***',
    'body.apk_user_***',
  ])
  t.end()
})

t.test('the name of an unread parameter of a secret is masked', (t) => {
  const createSecret = aRoute('POST', '/v1/secrets', { body: CreateSecretParams })

  t.same(unreadFields(createSecret, { query: ['s3cr3t', 'key'], body: {}, hasBody: true }), [
    'query.***',
    'query.key',
  ])
  t.end()
})
