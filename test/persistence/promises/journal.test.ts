import t from 'tap'
import { testDatabase } from '../../postgres.ts'
import { type ReplicaProcess, range, secretNamed, startTwo } from './replica-process.ts'

/** Asks a server whether a request was received exactly once. */
async function isVerified({ ask }: ReplicaProcess, expected: object): Promise<boolean> {
  return (await ask('POST', '/_fake/requests/verify', { ...expected, times: 1 })).body.verified
}

/** Returns two servers, in turn one or the other first. */
function inTurn(both: readonly [ReplicaProcess, ReplicaProcess], n: number) {
  const [one, other] = both
  return n % 2 === 0 ? ([one, other] as const) : ([other, one] as const)
}

t.test('verify finds an answered request, regardless of the replica that answered it', async (t) => {
  const both = await startTwo(t, await testDatabase(t))
  const missed: string[] = []
  for (const n of range(60)) {
    const [asked, verifier] = inTurn(both, n)
    // A success, a body that is refused, and an unknown path, of which the journal has no body.
    const path = ['/v1/secrets', '/v1/sessions', `/v1/unknown-${n}`][n % 3] as string
    await asked.ask('POST', path, secretNamed(`S${n}`))
    const body = n % 3 === 2 ? {} : { body: { key: `S${n}` } }
    if (!(await isVerified(verifier, { method: 'POST', path, ...body }))) missed.push(`${n} ${path}`)
  }
  t.same(missed, [])
})

t.test('verify finds each of many concurrent requests as soon as it is answered', async (t) => {
  const both = await startTwo(t, await testDatabase(t))

  const seen = await Promise.all(
    range(80).map(async (n) => {
      const [asked, verifier] = inTurn(both, n)
      await asked.ask('POST', '/v1/secrets', secretNamed(`S${n}`))
      return isVerified(verifier, { method: 'POST', path: '/v1/secrets', body: { key: `S${n}` } })
    }),
  )

  t.same(seen, Array(80).fill(true))
})

t.test('verify finds a request whose connection a fault has closed', async (t) => {
  const both = await startTwo(t, await testDatabase(t))
  const missed: string[] = []
  for (const abort of ['before', 'after', 'mid-body']) {
    for (const n of range(6)) {
      const [asked, verifier] = inTurn(both, n)
      await verifier.ask('POST', '/_fake/faults', { method: 'DELETE', abort, times: 1 })
      const path = `/v1/secrets/${abort}-${n}`
      t.equal((await asked.attempt('DELETE', path)).status, 0)
      if (!(await isVerified(verifier, { method: 'DELETE', path }))) missed.push(path)
    }
  }
  t.same(missed, [])
})

t.test('both replicas have the same journal, without gaps and in the order of the ids', async (t) => {
  const both = await startTwo(t, await testDatabase(t))

  await Promise.all(range(60).map((n) => inTurn(both, n)[0].ask('GET', `/v1/secrets?n=${n}`)))

  const [one, other] = await Promise.all(both.map(({ ask }) => ask('GET', '/_fake/requests')))
  t.equal(one?.text, other?.text)
  const ids: number[] = one?.body.requests.map(({ id }: { id: number }) => id)
  t.equal(new Set(ids).size, 60)
  t.same(
    ids,
    ids.toSorted((a, b) => a - b),
  )
})

t.test('a journal that one replica clears is empty on the other, and its ids continue', async (t) => {
  const [one, other] = await startTwo(t, await testDatabase(t))
  for (const n of range(5)) {
    await one.ask('GET', `/v1/secrets?n=${n}`)
    await other.ask('DELETE', '/_fake/requests')
    t.equal((await one.ask('GET', '/_fake/requests')).body.total, 0)
    await other.ask('GET', '/v1/secrets')
    t.equal((await one.ask('GET', '/_fake/requests')).body.total, 1)
  }
})

t.test('a full journal drops the oldest entries on both replicas', async (t) => {
  const both = await startTwo(t, await testDatabase(t), ['--journal-entries', '10'])

  for (const n of range(25)) await inTurn(both, n)[0].ask('GET', `/v1/secrets?n=${n}`)

  for (const { ask } of both) {
    const { body } = await ask('GET', '/_fake/requests')
    const paths = body.requests.map(({ query }: { query: { raw: string } }) => query.raw)
    t.same(
      paths,
      range(10).map((n) => `n=${n + 15}`),
    )
    t.same([body.total, body.dropped], [10, 15])
  }
})
