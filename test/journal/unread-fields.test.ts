import { Type } from '@sinclair/typebox'
import t from 'tap'
import { unreadFields } from '../../src/journal/unread-fields.ts'
import { CreateSessionParams, ListSessionsQuery } from '../../src/schemas/v1/sessions.ts'
import { aRoute } from './exchange.ts'

const create = aRoute('POST', '/v1/sessions', { body: CreateSessionParams })
const unreadIn = (body: unknown) => unreadFields(create, { query: [], body, hasBody: true })

t.test('unknown fields of a body are unread, at every level that has a schema', (t) => {
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

t.test('what every object has is no field', (t) => {
  t.same(unreadIn({ constructor: 1, ...JSON.parse('{"__proto__": 1}') }), [
    'body.constructor',
    'body.__proto__',
  ])
  t.end()
})

t.test('a body of another shape than its schema has no unread fields', (t) => {
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

t.test('a body where none is read is unread', (t) => {
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
  const create = aRoute('POST', '/v1/secrets', { body: Type.Object({}) })

  t.same(unreadFields(create, { query: ['s3cr3t', 'key'], body: {}, hasBody: true }), [
    'query.***',
    'query.key',
  ])
  t.end()
})
