import t from 'tap'
import { DIFFERENCES_MAX, differencesFrom, type Expected, show } from '../../src/journal/differences.ts'
import { anExchange, aPost } from './exchange.ts'

const post = (body: unknown) => aPost('/v1/knowledge', body)
const inBody = (expected: unknown, sent: unknown) => differencesFrom({ body: expected })(post(sent))

t.test('a request that is as expected has no differences', (t) => {
  const exchange = aPost('/v1/knowledge', { name: 'n', body: 'b' }, { target: '/v1/knowledge?a=1&a=2' })
  const expected: Expected[] = [
    {},
    { method: 'POST', path: '/v1/knowledge', status: 200 },
    { path: '/v1/*', status: '2xx', query: { a: '2' }, body: { name: 'n' } },
    { query: { a: ['1', '2'] } },
  ]
  for (const one of expected) t.same(differencesFrom(one)(exchange), [], JSON.stringify(one))
  t.end()
})

t.test('every part of a request that differs is named, with what was expected', (t) => {
  const expected = { method: 'PUT', path: '/v1/x', status: '4xx', query: { a: '1', b: ['x', 'y'] }, body: 1 }
  const exchange = anExchange({ target: '/v1/apk_user_x?a=2&b=x' })

  t.same(differencesFrom(expected)(exchange), [
    'method: expected PUT, got GET',
    'path: expected "/v1/x", got "/v1/apk_user_***"',
    'status: expected 4xx, got 200',
    'query.a: expected "1", got "2"',
    'query.b: expected 2 items, got 1 item',
    'body: expected 1, got nothing',
  ])
  t.same(differencesFrom({ status: 200 })(anExchange({ status: null })), [
    'status: expected 200, got no answer',
  ])
  t.end()
})

t.test('every given member has to be in the body, at every level', (t) => {
  t.same(inBody({ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }), [])
  t.same(inBody({ a: { b: 1 }, e: null }, { a: { b: '1' } }), [
    'body.a.b: expected 1, got "1"',
    'body.e: expected null, got nothing',
  ])
  t.same(inBody({ constructor: 1 }, {}), ['body.constructor: expected 1, got nothing'])
  t.end()
})

t.test('lists have to be equally long, and fit item by item', (t) => {
  t.same(inBody([{ a: 1 }, 2], [{ a: 1, b: 1 }, 2]), [])
  t.same(inBody({ l: [1] }, { l: [1, 2] }), ['body.l: expected 1 item, got 2 items'])
  t.same(inBody({ l: [1, 2] }, { l: [2, 2] }), ['body.l.0: expected 1, got 2'])
  t.same(inBody([], {}), ['body: expected [], got {}'])
  t.same(inBody({}, []), ['body: expected {}, got []'])
  t.same(inBody({}, null), ['body: expected {}, got null'])
  t.end()
})

t.test('numbers are compared as Python’s JSON has them', (t) => {
  const sent = anExchange({ body: Buffer.from('[NaN, -0.0, 9007199254740993]') })

  t.same(differencesFrom({ body: [Number.NaN, 0, 9007199254740993n] })(sent), [])
  t.same(differencesFrom({ body: [0, 0, 9007199254740992n] })(sent), [
    'body.0: expected 0, got "NaN"',
    'body.2: expected 9007199254740992, got 9007199254740993',
  ])
  t.end()
})

t.test('secrets are compared without being shown', (t) => {
  const differences = (expected: unknown) =>
    differencesFrom({ body: expected })(aPost('/v1/secrets', { key: 'K', value: 's3cr3t', x: { y: 1 } }))

  t.same(differences({ value: 's3cr3t', x: { y: 1 } }), [])
  t.same(differences({ key: 'L', value: 'other', x: { y: 2 } }), [
    'body.key: expected "L", got "K"',
    'body.value: not the expected value, which is masked',
    'body.x: not the expected value, which is masked',
  ])
  t.same(differencesFrom({ body: 's3cr3t' })(aPost('/v1/secrets', 'other s3cr3t')), [
    'body: expected "***", got "***"',
  ])
  t.same(
    differencesFrom({ query: { value: 'a' } })(aPost('/v1/secrets', 1, { target: '/v1/secrets?value=b' })),
    ['query.value: not the expected value, which is masked'],
  )
  t.end()
})

t.test('values and places of any length fit a line', (t) => {
  const [line = ''] = inBody({ ['n'.repeat(5_000)]: 'x'.repeat(5_000) }, {})

  t.match(line, /^body\.n+…: expected "x+…, got nothing$/)
  t.ok(line.length < 500)
  t.end()
})

t.test('no more differences are looked for than anybody reads', (t) => {
  const expected = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`m${index}`, 1]))

  t.equal(inBody(expected, {}).length, DIFFERENCES_MAX)
  t.end()
})

t.test('what is nested very deeply is not compared, and costs no stack', (t) => {
  let expected: unknown = 1
  for (let level = 0; level < 5_000; level++) expected = [expected]
  const sent = anExchange({ body: Buffer.from(`${'['.repeat(5_000)}1${']'.repeat(5_000)}`) })

  t.match(differencesFrom({ body: expected })(sent), [/^body\.0\.0.*: nested too deeply to be compared$/])
  t.end()
})

t.test('of a very long value only what it is is told', (t) => {
  t.equal(show('x'.repeat(100_000)), 'a text of 100000 characters')
  t.equal(show(Array(100_000).fill(1)), 'a list of 100000 items')
  t.equal(show({ a: 'x'.repeat(100_000) }), 'an object of many members')
  t.end()
})
