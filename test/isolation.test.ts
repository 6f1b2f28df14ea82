import fc from 'fast-check'
import t, { type Test } from 'tap'
import { seededIds } from '../src/base/ids.ts'
import { connectFakeDevin, type FakeDevin, type Organization, startFakeDevin } from '../src/index.ts'
import { EPHEMERAL_ORGANIZATIONS_MAX } from '../src/organization/organizations.ts'
import { call, secret } from './client/both.ts'

const TESTS = 200
const SEED = 1

/** A simulated user test. It uses the same names as all the others. */
interface OneTest {
  readonly n: number
  readonly devin: Organization
  /** The ids that it received. */
  readonly ids: string[]
}

/** Returns a personal key of an organization that was not created explicitly. */
const keyOf = (n: number) => {
  const text = `email|${'0'.repeat(24)}_org-${String(n).padStart(32, '0')}:${'0'.repeat(32)}`
  return `apk_user_${Buffer.from(text).toString('base64')}`
}

const keysOf = (list: readonly { key: string }[]) => list.map(({ key }) => key).sort()
const secretsOf = async (devin: Organization | FakeDevin) =>
  keysOf((await call(devin, 'GET /v1/secrets')).json)
const timeOf = (n: number) => `20${String(30 + (n % 60)).padStart(2, '0')}-01-02T03:04:05.000000Z`
const statusOf = (n: number) => 500 + (n % 100)

/** Fills its organization with records, a clock, a scenario, a snapshot and a fault. */
async function arrange(server: FakeDevin, n: number): Promise<OneTest> {
  const devin = await server.organizations.create()
  const made = await call(devin, 'POST /v1/secrets', secret('A'))
  await devin.clock.freeze(timeOf(n))
  await devin.scenarios.add({
    name: 'mine',
    scenario: { steps: [{ status_enum: 'blocked', message: `I am of ${n}` }] },
  })
  await devin.snapshots.take('before')
  const session = await call(devin, 'POST /v1/sessions', {
    prompt: '[fake:mine]',
    title: `of ${n}`,
    idempotent: true,
  })
  await devin.faults.add({ path: '/v1/playbooks', status: statusOf(n), body: n, times: 2 })
  return { n, devin, ids: [made.json.id, session.json.session_id] }
}

/** Checks that the organization holds exactly its own data, while the others are just as full. */
async function look(t: Test, { n, devin, ids }: OneTest, other: OneTest): Promise<void> {
  const [secretId, sessionId] = ids
  t.same(await secretsOf(devin), ['A'], `${n}: its secrets`)
  const { json } = await call(devin, `GET /v1/sessions/${sessionId}`)
  t.equal(json.created_at, timeOf(n), `${n}: its time`)
  t.equal(json.messages.at(-1).message, `I am of ${n}`, `${n}: its scenario`)
  t.equal((await call(devin, 'GET /v1/sessions')).json.sessions.length, 1, `${n}: its sessions`)
  t.match(await call(devin, 'GET /v1/playbooks'), { status: statusOf(n), json: n }, `${n}: its fault`)
  t.match(
    (await devin.faults.list()).faults,
    [{ org_id: devin.orgId, struck: 1, left: 1 }],
    `${n}: its faults`,
  )
  t.equal(secretId, `secret-${seededIds(SEED, devin.orgId).hex()}`, `${n}: its sequence of ids`)
  for (const path of [`/v1/secrets/${other.ids[0]}`, `/v1/sessions/${other.ids[1]}`]) {
    t.equal((await call(devin, `DELETE ${path}`)).status, 404, `${n}: another's ${path}`)
  }
}

/** Checks that the journal holds its requests in order, with their outcomes. */
async function verify(t: Test, { n, devin }: OneTest): Promise<void> {
  const { requests } = await devin.requests.list()
  t.same(
    requests.map(({ method, route, status }) => `${method} ${route} ${status}`),
    [
      'POST /v1/secrets 200',
      'POST /v1/sessions 200',
      'GET /v1/secrets 200',
      'GET /v1/sessions/{session_id} 200',
      'GET /v1/sessions 200',
      `GET /v1/playbooks ${statusOf(n)}`,
      'DELETE /v1/secrets/{secret_id} 404',
      'DELETE /v1/sessions/{session_id} 404',
    ],
    `${n}: its requests`,
  )
  const title = `of ${n}`
  await devin.requests.verify({ method: 'POST', path: '/v1/sessions', body: { title }, times: 1 })
  await devin.requests.verify({ method: 'POST', path: '/v1/sessions', times: 1 })
  const { organizations } = await devin.snapshots.diff('before')
  t.match(
    organizations,
    [{ org_id: devin.orgId, records: { sessions: { added: [{ title }] } } }],
    `${n}: its diff`,
  )
}

/** Resets the organization in one of three ways, each used by a third of the tests. */
async function tidyUp(t: Test, { n, devin }: OneTest): Promise<void> {
  if (n % 3 === 0) await devin.snapshots.restore('before')
  if (n % 3 === 1) await devin.reset()
  if (n % 3 === 2) await devin.keys.revoke(devin.key)
  const { status, json } = await call(devin, 'GET /v1/secrets', undefined, devin.keys.personal)
  t.match(
    [status, keysOf(status === 200 ? json : [])],
    [
      [200, ['A']],
      [200, []],
      [403, []],
    ][n % 3],
    `${n}: its end`,
  )
  t.match(await devin.clock.get(), { frozen: n % 3 !== 1 }, `${n}: its clock in the end`)
}

t.test('two hundred parallel tests with an organization each do not see each other', async (t) => {
  const started = await startFakeDevin({ seedIds: SEED })
  t.teardown(() => started.close())
  const server = connectFakeDevin(started.url)
  await call(server, 'POST /v1/secrets', secret('mine'))

  // All tests reach this point before any of them continues.
  const tests = await Promise.all(Array.from({ length: TESTS }, (_, n) => arrange(server, n)))
  await Promise.all(tests.map((one, n) => look(t, one, tests[(n + 1) % TESTS] as OneTest)))
  await Promise.all(tests.map((one) => verify(t, one)))
  await Promise.all(tests.map((one) => tidyUp(t, one)))

  t.equal(new Set(tests.map(({ devin }) => devin.orgId)).size, TESTS)
  t.equal(new Set(tests.flatMap(({ ids }) => ids)).size, 2 * TESTS)
  t.same(await secretsOf(server), ['mine'], 'existing data is not touched')
  t.match(await server.clock.get(), { frozen: false })
  t.same((await server.requests.list({ org_id: server.orgId })).requests.length, 2)
  t.same((await server.scenarios.list({ org_id: server.orgId })).rules, [])
  t.same((await server.faults.list({ org_id: server.orgId })).faults, [])
})

/** Control calls of one organization that any test may make at any time. Some also name the keys and ids of another organization. */
const MEDDLING: readonly ((mine: Organization, other: Organization) => Promise<unknown>)[] = [
  (mine) => mine.faults.add({ status: 503, times: 1 }),
  (mine) => mine.faults.clear(),
  (mine) => mine.clock.freeze('2031-01-01T00:00:00Z'),
  (mine) => mine.clock.advance(3600),
  (mine) => mine.scenarios.add({ scenario: 'blocked' }),
  (mine) => mine.snapshots.take('before'),
  (mine) => mine.snapshots.restore('before'),
  (mine) => mine.snapshots.delete('before'),
  (mine) => mine.requests.clear(),
  (mine) => mine.reset(),
  (mine) => mine.keys.revoke(mine.keys.service),
  (mine, other) => mine.keys.revoke(other.key),
  (mine, other) =>
    call(mine, `PUT /_fake/state?org_id=${mine.orgId}`, {
      organizations: [{ org_id: mine.orgId, keys: [other.key] }],
    }),
  (mine, other) =>
    call(mine, `PUT /_fake/state?org_id=${mine.orgId}`, {
      organizations: [{ org_id: mine.orgId }, { org_id: other.orgId }],
      revoked_keys: [other.key, other.keys.service],
      scenarios: [{ scenario: 'blocked' }, { org_id: other.orgId, scenario: 'blocked' }],
    }),
  (mine) => call(mine, 'POST /v1/secrets', secret(`K${Math.random()}`)),
  (mine) => call(mine, 'POST /v1/sessions', { prompt: 'same', idempotent: true }),
]

t.test('control calls of other organizations do not change an organization', async (t) => {
  const server = await startFakeDevin({ clock: '2030-01-01T00:00:00Z' })
  t.teardown(() => server.close())
  const quiet = await server.organizations.create()
  const others = await Promise.all(Array.from({ length: 5 }, () => server.organizations.create()))
  await call(quiet, 'POST /v1/secrets', secret('mine'))
  await call(quiet, 'POST /v1/sessions', { prompt: 'same', idempotent: true })
  await quiet.snapshots.take('before')
  await quiet.scenarios.add({ name: 'mine', scenario: 'never' })
  await quiet.faults.add({ path: '/v1/playbooks', status: 418 })
  const look = async () => {
    const org = `org_id=${quiet.orgId}`
    const paths = ['state?reveal=true&', 'faults?', 'scenarios?', 'snapshots?', 'requests?', 'clock?']
    const shown = await Promise.all(paths.map((path) => call(quiet, `GET /_fake/${path}${org}`)))
    return shown.map(({ json }) => json)
  }
  const before = await look()
  const meddle = fc.tuple(fc.nat(4), fc.nat(5), fc.nat(MEDDLING.length - 1))

  await fc.assert(
    fc.asyncProperty(fc.array(meddle, { minLength: 5, maxLength: 20 }), async (calls) => {
      const all = [...others, quiet] as const
      const done = calls.map(([mine, other, index]) =>
        MEDDLING[index]?.(others[mine] as Organization, all[other] as Organization),
      )
      await Promise.allSettled(done)
      t.same(await look(), before)
    }),
    { numRuns: 15 },
  )
  t.equal((await call(quiet, 'GET /v1/secrets')).status, 200)
  t.equal((await call(quiet, 'GET /v1/secrets', undefined, quiet.keys.service)).status, 200)
  t.equal((await call(quiet, 'GET /v1/playbooks')).status, 418)
})

t.test(
  'the journal of an organization that only reads survives requests of thousands of others',
  async (t) => {
    const server = await startFakeDevin({ clock: '2030-01-01T00:00:00Z' })
    t.teardown(() => server.close())
    const quiet = await server.organizations.create()
    const [key, orgId] = [keyOf(1), `org-${'1'.padStart(32, '0')}`]
    await call(quiet, 'GET /v1/secrets')
    await call(quiet, 'GET /v1/secrets', undefined, key)

    for (let n = 2; n < 2 * EPHEMERAL_ORGANIZATIONS_MAX; n++)
      await call(server, 'GET /v1/secrets', undefined, keyOf(n))

    for (const org_id of [quiet.orgId, orgId]) {
      const verified = await server.requests.verify({ org_id, path: '/v1/secrets', times: 1 })
      t.same(verified, { verified: true, count: 1 })
      t.match(await server.requests.list({ org_id }), { total: 1, dropped: 0 })
    }
  },
)

t.test('requests dropped from the journal are reported and not treated as never sent', async (t) => {
  const server = await startFakeDevin({ journalEntries: 3 })
  t.teardown(() => server.close())
  for (let n = 0; n < 5; n++) await call(server, 'GET /v1/secrets')

  t.match(await server.requests.list(), { total: 3, dropped: 2 })
  const lost = { message: /the journal has lost 2 requests/ }
  await t.rejects(server.requests.verify({ path: '/v1/sessions' }), lost)
  await t.rejects(server.requests.verify({ path: '/v1/sessions', times: 0 }), lost)
  t.match(await server.requests.verify({ path: '/v1/secrets', at_least: 3 }), { count: 3, dropped: 2 })
  await server.requests.clear()
  t.same(await server.requests.verify({ times: 0 }), { verified: true, count: 0 })
})
