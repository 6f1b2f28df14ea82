import t from 'tap'
import type { JournalEntry } from '../../src/journal/journal.ts'
import { type Verification, verify as verifyRecorded } from '../../src/journal/verify.ts'
import { turnsDuring } from '../turns.ts'
import { anExchange, aPost } from './exchange.ts'

type Expected = Parameters<typeof verifyRecorded>[1]
type Bounds = Parameters<typeof verifyRecorded>[2]

function verify(exchanges: JournalEntry[], expected: Expected, bounds: Bounds, dropped = 0) {
  return verifyRecorded({ exchanges, dropped }, expected, bounds)
}

const ANY = Number.POSITIVE_INFINITY
const one = { atLeast: 1, atMost: ANY }
const idsOf = (verification: Verification) =>
  'nearest' in verification ? verification.nearest.map(({ request }) => request.id) : []

t.test('requests are verified where there are as many as expected', async (t) => {
  const exchanges = [anExchange(), anExchange({ method: 'POST' }), anExchange()]

  t.same(await verify(exchanges, { method: 'GET' }, one), { verified: true, count: 2 })
  t.same(await verify(exchanges, {}, { atLeast: 3, atMost: 3 }), { verified: true, count: 3 })
  t.same(await verify([], {}, { atLeast: 0, atMost: 0 }), { verified: true, count: 0 })
})

t.test(
  'where there are too few, the three nearest that do not fit are told, with their differences',
  async (t) => {
    const exchanges = [
      aPost('/v1/knowledge', { name: 'n', body: 'b' }, { id: 1 }),
      aPost('/v1/knowledge', { name: 'n', body: 'x' }, { id: 2 }),
      aPost('/v1/knowledge', { name: 'x', body: 'x' }, { id: 3 }),
      aPost('/v1/knowledge', { name: 'n', body: 'y' }, { id: 4 }),
      anExchange({ id: 5, target: '/v1/knowledge' }),
      anExchange({ id: 6 }),
    ]
    const expected = { method: 'POST', path: '/v1/knowledge', body: { name: 'n', body: 'b' } }

    const verification = await verify(exchanges, expected, { atLeast: 2, atMost: 2 })

    t.match(verification, {
      verified: false,
      count: 1,
      expected: 'exactly 2 requests with method POST, path "/v1/knowledge", body {"name":"n","body":"b"}',
      nearest: [
        { request: { id: 4, body: { body: 'y' } }, differences: ['body.body: expected "b", got "y"'] },
      ],
    })
    t.same(idsOf(verification), [4, 2, 3])
  },
)

t.test('a request of the same operation is nearer than any of another', async (t) => {
  const same = aPost('/v1/knowledge', { a: 0, b: 0, c: 0 }, { id: 1 })
  const other = aPost('/v1/playbooks', { a: 1, b: 1, c: 1 }, { id: 2 })
  const expected = { path: '/v1/knowledge', body: { a: 1, b: 1, c: 1 } }

  t.same(idsOf(await verify([same, other], expected, one)), [1, 2])
})

t.test('where there are too many, the newest of them are told', async (t) => {
  const exchanges = [1, 2, 3, 4].map((id) => anExchange({ id }))

  const verification = await verify(
    [...exchanges, anExchange({ id: 5, method: 'PUT' })],
    { method: 'GET' },
    { atLeast: 0, atMost: 1 },
  )

  t.match(verification, { count: 4, nearest: [{ differences: [] }] })
  t.same(idsOf(verification), [4, 3, 2])
})

t.test('what was expected is told in words', async (t) => {
  const words = async (atLeast: number, atMost: number, expected = {}) => {
    const exchanges = atMost === 0 ? [anExchange()] : []
    const verification = await verify(atLeast === 0 ? Array(9).fill(anExchange()) : exchanges, expected, {
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

t.test('others have their turns while many bytes are compared', async (t) => {
  const exchanges = Array.from({ length: 10 }, () => aPost('/v1/knowledge', {}, { bytes: 2 ** 20 }))

  t.ok((await turnsDuring(() => verify(exchanges, { body: { a: 1 } }, one))) >= 10)
})

t.test('where requests were dropped, only what they cannot change is verified', async (t) => {
  const exchanges = [anExchange(), anExchange()]
  const verified = async (atLeast: number, atMost: number, dropped: number) => {
    const verification = await verify(exchanges, {}, { atLeast, atMost }, dropped)
    t.same([verification.count, verification.dropped], [2, dropped])
    return 'uncertain' in verification ? verification.uncertain : verification.verified
  }
  const lost = /^the journal has lost 3 requests .*--journal-entries/

  t.equal(await verified(2, ANY, 3), true)
  t.equal(await verified(2, 5, 3), true)
  t.match(await verified(2, 4, 3), lost, 'there may have been too many')
  t.match(await verified(0, 2, 3), lost)
  t.match(await verified(5, ANY, 3), lost, 'there may have been enough')
  t.equal(await verified(6, ANY, 3), false, 'there cannot have been enough')
  t.equal(await verified(0, 1, 3), false, 'there have been too many')
  t.match(await verified(3, 3, 1), /^the journal has lost 1 request /)
})
