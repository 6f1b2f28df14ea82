// Verifying the number of requests, and the differences between a request and the expected one.
import t from 'tap'
import { DIFFERENCES_MAX, differencesFrom, type Expected, show } from '../../src/journal/differences.ts'
import type { JournalEntry } from '../../src/journal/journal.ts'
import { type Bounds, type Verification, verify as verifyRecorded } from '../../src/journal/verify.ts'
import { turnsDuring } from '../turns.ts'
import { anEntry, aPost } from './sample-entries.ts'

function verify(entries: JournalEntry[], expected: Expected, bounds: Bounds, dropped = 0) {
  return verifyRecorded({ entries, dropped }, expected, bounds)
}

const ANY = Number.POSITIVE_INFINITY
const atLeastOne = { atLeast: 1, atMost: ANY }
const idsOf = (verification: Verification) =>
  'nearest' in verification ? verification.nearest.map(({ request }) => request.id) : []

t.test('the expected number of requests is verified', async (t) => {
  const entries = [anEntry(), anEntry({ method: 'POST' }), anEntry()]

  t.same(await verify(entries, { method: 'GET' }, atLeastOne), { verified: true, count: 2 })
  t.same(await verify(entries, {}, { atLeast: 3, atMost: 3 }), { verified: true, count: 3 })
  t.same(await verify([], {}, { atLeast: 0, atMost: 0 }), { verified: true, count: 0 })
})

t.test('with too few requests, the result has the three nearest misses with their differences', async (t) => {
  const entries = [
    aPost('/v1/knowledge', { name: 'n', body: 'b' }, { id: 1 }),
    aPost('/v1/knowledge', { name: 'n', body: 'x' }, { id: 2 }),
    aPost('/v1/knowledge', { name: 'x', body: 'x' }, { id: 3 }),
    aPost('/v1/knowledge', { name: 'n', body: 'y' }, { id: 4 }),
    anEntry({ id: 5, target: '/v1/knowledge' }),
    anEntry({ id: 6 }),
  ]
  const expected = { method: 'POST', path: '/v1/knowledge', body: { name: 'n', body: 'b' } }

  const verification = await verify(entries, expected, { atLeast: 2, atMost: 2 })

  t.match(verification, {
    verified: false,
    count: 1,
    expected: 'exactly 2 requests with method POST, path "/v1/knowledge", body {"name":"n","body":"b"}',
    nearest: [{ request: { id: 4, body: { body: 'y' } }, differences: ['body.body: expected "b", got "y"'] }],
  })
  t.same(idsOf(verification), [4, 2, 3])
})

t.test('a request of the same operation is nearer than one of another operation', async (t) => {
  const same = aPost('/v1/knowledge', { a: 0, b: 0, c: 0 }, { id: 1 })
  const other = aPost('/v1/playbooks', { a: 1, b: 1, c: 1 }, { id: 2 })
  const expected = { path: '/v1/knowledge', body: { a: 1, b: 1, c: 1 } }

  t.same(idsOf(await verify([same, other], expected, atLeastOne)), [1, 2])
})

t.test('with too many requests, the result has the newest ones', async (t) => {
  const entries = [1, 2, 3, 4].map((id) => anEntry({ id }))

  const verification = await verify(
    [...entries, anEntry({ id: 5, method: 'PUT' })],
    { method: 'GET' },
    { atLeast: 0, atMost: 1 },
  )

  t.match(verification, { count: 4, nearest: [{ differences: [] }] })
  t.same(idsOf(verification), [4, 3, 2])
})

t.test('the result describes what was expected', async (t) => {
  const words = async (atLeast: number, atMost: number, expected = {}) => {
    const entries = atMost === 0 ? [anEntry()] : []
    const verification = await verify(atLeast === 0 ? Array(9).fill(anEntry()) : entries, expected, {
      atLeast,
      atMost,
    })
    return 'expected' in verification && verification.expected
  }

  t.equal(await words(1, ANY), 'at least 1 request')
  t.equal(await words(0, 2), 'at most 2 requests')
  t.equal(await words(0, 0), 'exactly 0 requests')
  t.equal(await words(2, 3), '2 to 3 requests')
  t.equal(
    await words(1, 1, { status: '4xx', query: { a: 'b' } }),
    'exactly 1 request with status 4xx, query {"a":"b"}',
  )
  const secret = { method: 'POST', path: '/v1/secrets', body: { key: 'K', value: 's3cr3t' } }
  t.equal(
    await words(1, ANY, secret),
    'at least 1 request with method POST, path "/v1/secrets", body {"key":"K","value":"***"}',
  )
})

t.test('comparing many bytes yields to the event loop', async (t) => {
  const entries = Array.from({ length: 10 }, () => aPost('/v1/knowledge', {}, { bytes: 2 ** 20 }))

  t.ok((await turnsDuring(() => verify(entries, { body: { a: 1 } }, atLeastOne))) >= 10)
})

t.test('after requests were dropped, only conditions that they cannot change are verified', async (t) => {
  const entries = [anEntry(), anEntry()]
  const verified = async (atLeast: number, atMost: number, dropped: number) => {
    const verification = await verify(entries, {}, { atLeast, atMost }, dropped)
    t.same([verification.count, verification.dropped], [2, dropped])
    return 'uncertain' in verification ? verification.uncertain : verification.verified
  }
  const lost = /^the journal has lost 3 requests .*--journal-entries/

  t.equal(await verified(2, ANY, 3), true)
  t.equal(await verified(2, 5, 3), true)
  t.match(await verified(2, 4, 3), lost, 'there may be too many')
  t.match(await verified(0, 2, 3), lost)
  t.match(await verified(5, ANY, 3), lost, 'there may be enough')
  t.equal(await verified(6, ANY, 3), false, 'there cannot be enough')
  t.equal(await verified(0, 1, 3), false, 'there are too many')
  t.match(await verified(3, 3, 1), /^the journal has lost 1 request /)
})

const post = (body: unknown) => aPost('/v1/knowledge', body)
const inBody = (expected: unknown, sent: unknown) => differencesFrom({ body: expected })(post(sent))

t.test('an expected request has no differences', (t) => {
  const entry = aPost('/v1/knowledge', { name: 'n', body: 'b' }, { target: '/v1/knowledge?a=1&a=2' })
  const expected: Expected[] = [
    {},
    { method: 'POST', path: '/v1/knowledge', status: 200 },
    { path: '/v1/*', status: '2xx', query: { a: '2' }, body: { name: 'n' } },
    { query: { a: ['1', '2'] } },
  ]
  for (const each of expected) t.same(differencesFrom(each)(entry), [], JSON.stringify(each))
  t.end()
})

t.test('every difference of a request has a line with the expected value', (t) => {
  const expected = { method: 'PUT', path: '/v1/x', status: '4xx', query: { a: '1', b: ['x', 'y'] }, body: 1 }
  const entry = anEntry({ target: '/v1/apk_user_x?a=2&b=x' })

  t.same(differencesFrom(expected)(entry), [
    'method: expected PUT, got GET',
    'path: expected "/v1/x", got "/v1/apk_user_***"',
    'status: expected 4xx, got 200',
    'query.a: expected "1", got "2"',
    'query.b: expected 2 items, got 1 item',
    'body: expected 1, got nothing',
  ])
  t.same(differencesFrom({ status: 200 })(anEntry({ status: null })), ['status: expected 200, got no answer'])
  t.end()
})

t.test('the body must contain every expected member at every level', (t) => {
  t.same(inBody({ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }), [])
  t.same(inBody({ a: { b: 1 }, e: null }, { a: { b: '1' } }), [
    'body.a.b: expected 1, got "1"',
    'body.e: expected null, got nothing',
  ])
  t.same(inBody({ constructor: 1 }, {}), ['body.constructor: expected 1, got nothing'])
  t.end()
})

t.test('lists must have the same length and equal items', (t) => {
  t.same(inBody([{ a: 1 }, 2], [{ a: 1, b: 1 }, 2]), [])
  t.same(inBody({ l: [1] }, { l: [1, 2] }), ['body.l: expected 1 item, got 2 items'])
  t.same(inBody({ l: [1, 2] }, { l: [2, 2] }), ['body.l.0: expected 1, got 2'])
  t.same(inBody([], {}), ['body: expected [], got {}'])
  t.same(inBody({}, []), ['body: expected {}, got []'])
  t.same(inBody({}, null), ['body: expected {}, got null'])
  t.end()
})

t.test('numbers are compared as in Python’s JSON', (t) => {
  const sent = anEntry({ body: Buffer.from('[NaN, -0.0, 9007199254740993]') })

  t.same(differencesFrom({ body: [Number.NaN, 0, 9007199254740993n] })(sent), [])
  t.same(differencesFrom({ body: [0, 0, 9007199254740992n] })(sent), [
    'body.0: expected 0, got "NaN"',
    'body.2: expected 9007199254740992, got 9007199254740993',
  ])
  t.end()
})

t.test('secrets are compared, but not shown', (t) => {
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

t.test('long values and paths are shortened to a line', (t) => {
  const [line = ''] = inBody({ ['n'.repeat(5_000)]: 'x'.repeat(5_000) }, {})

  t.match(line, /^body\.n+…: expected "x+…, got nothing$/)
  t.ok(line.length < 500)
  t.end()
})

t.test('the number of differences is bounded', (t) => {
  const expected = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`m${index}`, 1]))

  t.equal(inBody(expected, {}).length, DIFFERENCES_MAX)
  t.end()
})

t.test('deeply nested values are not compared and do not overflow the stack', (t) => {
  let expected: unknown = 1
  for (let level = 0; level < 5_000; level++) expected = [expected]
  const sent = anEntry({ body: Buffer.from(`${'['.repeat(5_000)}1${']'.repeat(5_000)}`) })

  t.match(differencesFrom({ body: expected })(sent), [/^body\.0\.0.*: nested too deeply to be compared$/])
  t.end()
})

t.test('a very long value is described by its type and length', (t) => {
  t.equal(show('x'.repeat(100_000)), 'a text of 100000 characters')
  t.equal(show(Array(100_000).fill(1)), 'a list of 100000 items')
  t.equal(show({ a: 'x'.repeat(100_000) }), 'an object of many members')
  t.end()
})
