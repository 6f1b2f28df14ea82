import fc from 'fast-check'
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { seededIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { type Fake, frozenClock, OTHER_ORG_KEY, startFake } from '../../fake.ts'

const OTHER_ORG = `org-${'b2'.repeat(16)}`
const asOther = { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } }
const unauthenticated = { headers: { authorization: '' } }

const add = async (fake: Pick<Fake, 'send'>, fault: unknown) => {
  const res = await fake.send('POST', '/_fake/faults', fault)
  if (res.statusCode !== 201) throw new Error(res.body)
  return res.json()
}
const list = async ({ app }: Pick<Fake, 'app'>, query = '') =>
  (await app.inject(`/_fake/faults${query}`)).json().faults
const status = async ({ call }: Fake, ...request: Parameters<Fake['call']>) =>
  (await call(...request)).statusCode

t.test('POST /_fake/faults adds a fault and returns it with its counters', async (t) => {
  const fake = await startFake(t)

  const added = await add(fake, { method: 'GET', path: '/v1/secrets', status: 503, times: 2, after: 1 })

  t.match(added, { id: /^fault-[0-9a-f]{32}$/ })
  t.same(added, {
    id: added.id,
    org_id: null,
    method: 'GET',
    path: '/v1/secrets',
    status: 503,
    times: 2,
    after: 1,
    matched: 0,
    struck: 0,
    left: 2,
  })
  t.same(await list(fake), [added])
})

t.test('POST /_fake/faults returns the members of a preset, which given members override', async (t) => {
  const fake = await startFake(t)

  t.match(await add(fake, { preset: 'flaky' }), { preset: 'flaky', status: 503, times: 1, left: 1 })
  t.match(await add(fake, { preset: 'flaky', times: 3, path: '/v1/*' }), { path: '/v1/*', times: 3, left: 3 })
})

t.test('POST /_fake/faults rejects more than a thousand faults per organization', async (t) => {
  const fake = await startFake(t)
  for (let count = 0; count < 1_000; count++) await add(fake, { org_id: OTHER_ORG, delay_ms: 1 })

  const res = await fake.send('POST', '/_fake/faults', { org_id: OTHER_ORG, delay_ms: 1 })

  t.equal(res.statusCode, 409)
  t.same(res.json(), { detail: 'There are 1000 faults; delete one first' })
  t.equal((await list(fake)).length, 1_000)
  await add(fake, { delay_ms: 1 })
})

t.test(
  'GET /_fake/faults lists faults in the order of evaluation: those of the organization before global ones',
  async (t) => {
    const fake = await startFake(t)
    const forAll = await add(fake, { status: 500 })
    const own = await add(fake, { status: 501, org_id: OTHER_ORG })
    const foreign = await add(fake, { status: 502, org_id: DEFAULT_ORG_ID })

    t.same(await list(fake, `?org_id=${OTHER_ORG}`), [own, forAll])
    t.strictSame(
      new Set((await list(fake)).map(({ id }: { id: string }) => id)),
      new Set([own.id, foreign.id, forAll.id]),
    )
    t.equal(await status(fake, 'GET', '/v1/secrets', asOther), 501)
  },
)

t.test('GET /_fake/faults/{fault_id} returns the counters until the fault is used up', async (t) => {
  const fake = await startFake(t)
  const { id } = await add(fake, { method: 'GET', path: '/v1/secrets', status: 503, times: 2, after: 1 })
  const seen: unknown[] = []

  for (let count = 0; count < 4; count++) {
    const answered = await status(fake, 'GET', '/v1/secrets')
    await fake.call('POST', '/v1/secrets')
    const { matched, struck, left, detail } = (await fake.app.inject(`/_fake/faults/${id}`)).json()
    seen.push([answered, matched ?? detail, struck, left])
  }

  t.same(seen, [
    [200, 1, 0, 2],
    [503, 2, 1, 1],
    [503, 'Fault not found', undefined, undefined],
    [200, 'Fault not found', undefined, undefined],
  ])
  t.same(await list(fake), [])
})

t.test('DELETE /_fake/faults/{fault_id} removes one fault', async (t) => {
  const fake = await startFake(t)
  const { id } = await add(fake, { preset: 'outage' })
  const kept = await add(fake, { status: 500, org_id: OTHER_ORG })

  t.equal(await status(fake, 'DELETE', `/_fake/faults/${id}`), 204)

  t.same(await list(fake), [kept])
  t.equal(await status(fake, 'GET', '/v1/secrets'), 200)
  const again = await fake.call('DELETE', `/_fake/faults/${id}`)
  t.same([again.statusCode, again.json()], [404, { detail: 'Fault not found' }])
  t.equal((await fake.app.inject(`/_fake/faults/${id}`)).statusCode, 404)
})

t.test('DELETE /_fake/faults removes all faults, or those of one organization', async (t) => {
  const fake = await startFake(t)
  const forAll = await add(fake, { status: 500 })
  const own = await add(fake, { status: 501, org_id: OTHER_ORG })
  await add(fake, { status: 502, org_id: DEFAULT_ORG_ID })

  await fake.call('DELETE', `/_fake/faults?org_id=${DEFAULT_ORG_ID}`)
  t.same(await list(fake), [own, forAll])
  t.equal(await status(fake, 'GET', '/v1/secrets'), 500)

  await fake.call('DELETE', '/_fake/faults')
  t.same(await list(fake), [])
  t.equal(await status(fake, 'GET', '/v1/secrets'), 200)
})

t.test(
  'a fault of an organization affects only its requests, and a global one also those without a key',
  async (t) => {
    const fake = await startFake(t)
    await add(fake, { status: 500, org_id: DEFAULT_ORG_ID })

    t.equal(await status(fake, 'GET', '/v1/secrets'), 500)
    t.equal(await status(fake, 'GET', '/v1/secrets', asOther), 200)
    t.equal(await status(fake, 'GET', '/v1/secrets', unauthenticated), 401)
    t.equal(await status(fake, 'GET', '/v1/secrets', { headers: { authorization: 'Bearer apk_wrong' } }), 403)

    await add(fake, { status: 503 })
    t.equal(await status(fake, 'GET', '/v1/secrets'), 500)
    t.equal(await status(fake, 'GET', '/v1/secrets', asOther), 503)
    t.equal(await status(fake, 'GET', '/v1/secrets', unauthenticated), 503)
  },
)

t.test('only the first fault that applies counts the request', async (t) => {
  const fake = await startFake(t)
  await add(fake, { status: 500, after: 1, times: 1 })
  const second = await add(fake, { status: 501, times: 2 })

  const answers: number[] = []
  for (let count = 0; count < 4; count++) answers.push(await status(fake, 'GET', '/v1/secrets'))

  t.same(answers, [501, 500, 501, 200])
  t.equal((await fake.app.inject(`/_fake/faults/${second.id}`)).statusCode, 404)
})

t.test('faults do not apply to the control plane', async (t) => {
  const fake = await startFake(t)
  await add(fake, { status: 500 })
  await add(fake, { path: '**', status: 501 })

  for (const url of ['/_fake/health', '/_fake/faults', '/_fake/nothing', '/_fake', '/%5ffake/health']) {
    t.not(await status(fake, 'GET', url), 500, url)
  }
  t.equal(await status(fake, 'GET', '/_fake/health'), 200)
})

t.test('property: a fault applies exactly as often as configured under concurrent requests', async (t) => {
  const parallel = fc.asyncProperty(
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 0, max: 20 }),
    async (times, after) => {
      const fake = await startFake(t)
      await add(fake, { status: 503, times, after })

      const answers = await Promise.all(Array.from({ length: 100 }, () => status(fake, 'GET', '/v1/secrets')))

      t.equal(answers.filter((answer) => answer === 503).length, times)
      t.same(await list(fake), [])
    },
  )

  await fc.assert(parallel, { numRuns: 10 })
})

/** Returns to which of a hundred requests a fault applies with a seed, before and after a reset. */
async function strikes(t: Test, seed: number, fault: object, between?: (fake: Fake) => Promise<unknown>) {
  const ids = (owner: string) => seededIds(seed, owner)
  const fake = await startFake(t, {
    organizations: new Organizations({ store: memoryStore(), clock: frozenClock, ids }),
  })
  const run = async () => {
    await add(fake, fault)
    let answers = ''
    for (let count = 0; count < 100; count++) {
      answers += (await status(fake, 'GET', '/v1/secrets')) === 503 ? 'x' : '.'
      await between?.(fake)
    }
    return answers
  }
  const first = await run()
  await fake.call('POST', '/_fake/reset')
  return [first, await run()]
}

t.test('a probability is reproducible with a seed and restarts with a reset', async (t) => {
  const fault = { status: 503, probability: 0.3 }
  const [first = '', again] = await strikes(t, 1, fault)

  t.equal(again, first)
  t.same(await strikes(t, 1, fault), [first, first])
  t.not((await strikes(t, 2, fault))[0], first)
  const count = first.replaceAll('.', '').length
  t.ok(count > 15 && count < 45, `${count} of 100`)
  t.match((await strikes(t, 1, { status: 503, probability: 1 }))[0], /^x{100}$/)
  t.match((await strikes(t, 1, { status: 503, probability: 0 }))[0], /^\.{100}$/)
})

t.test('other requests do not change to which requests a probability applies', async (t) => {
  const fault = { status: 503, probability: 0.5, org_id: DEFAULT_ORG_ID, path: '/v1/secrets' }

  t.same(
    await strikes(t, 1, fault, ({ send }) => send('POST', '/v1/sessions', { prompt: 'p' })),
    await strikes(t, 1, fault),
  )
})

t.test('POST /_fake/reset removes all faults, or those of one organization', async (t) => {
  const fake = await startFake(t)
  const forAll = await add(fake, { status: 500 })
  await add(fake, { status: 501, org_id: OTHER_ORG })
  const own = await add(fake, { status: 502, org_id: DEFAULT_ORG_ID })

  await fake.send('POST', '/_fake/reset', { org_id: OTHER_ORG })
  t.same(await list(fake), [own, forAll])

  await fake.call('POST', '/_fake/reset')
  t.same(await list(fake), [])
  t.equal(await status(fake, 'GET', '/v1/secrets'), 200)
})

t.test('loading or restoring a state removes all faults', async (t) => {
  const fake = await startFake(t)
  const state = (await fake.app.inject('/_fake/state?reveal=true')).json()
  await fake.send('POST', '/_fake/snapshots', { name: 'a' })

  await add(fake, { status: 500 })
  await add(fake, { status: 500, org_id: OTHER_ORG })
  t.equal((await fake.send('PUT', '/_fake/state', state)).statusCode, 204)
  t.same(await list(fake), [])

  await add(fake, { status: 500 })
  await add(fake, { status: 500, org_id: DEFAULT_ORG_ID })
  t.equal(await status(fake, 'POST', '/_fake/snapshots/a/restore'), 204)
  t.same(await list(fake), [])
  t.equal(await status(fake, 'GET', '/v1/secrets'), 200)
})
