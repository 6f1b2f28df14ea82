import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { RULES_MAX } from '../../../src/simulation/scenario-rules.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock, startFake } from '../../fake.ts'

const BYTES = 300_000
const text = 'x'.repeat(5_000)
const scenario = { steps: [{ after_seconds: 1, message: text }] }

/** Every call that makes something be kept, one of any number. */
const KEEPS: Readonly<Record<string, (n: number) => readonly [method: string, path: string, body: object]>> =
  {
    organizations: () => ['POST', '/_fake/organizations', {}],
    'clocks of new organizations': (n) => ['PUT', '/_fake/clock', { org_id: `o${n}`, frozen: true }],
    'advanced clocks of new organizations': (n) => [
      'POST',
      '/_fake/clock/advance',
      { org_id: `o${n}`, seconds: 1 },
    ],
    faults: () => ['POST', '/_fake/faults', { path: '/v1/nowhere', status: 500, body: text }],
    'faults of new organizations': (n) => ['POST', '/_fake/faults', { org_id: `o${n}`, abort: 'before' }],
    scenarios: () => ['POST', '/_fake/scenarios', { scenario }],
    'scenarios of new organizations': (n) => ['POST', '/_fake/scenarios', { org_id: `o${n}`, scenario }],
    'revoked keys': (n) => ['POST', '/_fake/keys/revoke', { key: `apk_user_${n}${text}` }],
    snapshots: (n) => ['POST', '/_fake/snapshots', { org_id: `o${n}`, name: 's' }],
    'documents of new organizations': (n) => [
      'PUT',
      `/_fake/state?org_id=o${n}`,
      { organizations: [{ org_id: `o${n}`, knowledge: [{ name: 'n', body: text }] }] },
    ],
    'documents with rules': (n) => [
      'PUT',
      `/_fake/state?org_id=o${n}`,
      { organizations: [{ org_id: `o${n}` }], scenarios: [{ org_id: `o${n}`, scenario }] },
    ],
    'documents with keys': (n) => [
      'PUT',
      `/_fake/state?org_id=o${n}`,
      { organizations: [{ org_id: `o${n}`, keys: [`apk_user_${n}${text}`] }] },
    ],
  }

const aServer = () => ({
  organizations: new Organizations({
    store: memoryStore({ bytes: BYTES }),
    clock: frozenClock,
    ids: randomIds,
  }),
})

for (const [what, keep] of Object.entries(KEEPS)) {
  t.test(`${what} take of --max-stored-bytes, and beyond it are refused in words`, async (t) => {
    const { send, call } = await startFake(t, aServer())
    const fill = async () => {
      for (let n = 0; n < 1_000; n++) {
        const res = await send(...keep(n))
        if (res.statusCode >= 300) return { n, res }
      }
      throw new Error('nothing was refused')
    }
    await call('POST', '/_fake/reset')
    const { n, res } = await fill()
    t.match([res.statusCode, res.json()], [507, { detail: /--max-stored-bytes/ }])
    t.ok(n > 10 && n < BYTES / 500, `${n} before`)

    t.equal((await call('GET', '/v1/sessions')).statusCode, 200, 'looking goes on')
    for (const { name, org_id } of (await call('GET', '/_fake/snapshots')).json().snapshots) {
      t.equal((await call('DELETE', `/_fake/snapshots/${name}?org_id=${org_id}`)).statusCode, 204)
    }
    t.equal((await call('POST', '/_fake/reset')).statusCode, 204)
    t.equal((await fill()).n, n, 'a reset has made as much room as there was')
  })
}

t.test('a document that makes less be kept is taken also when there is no room', async (t) => {
  const { send, call, app } = await startFake(t, aServer())
  await send('POST', '/v1/knowledge', { name: 'n', body: 'x'.repeat(100_000), trigger_description: 't' })
  const document = (await call('GET', '/_fake/state')).json()
  await send('POST', '/v1/knowledge', { name: 'n', body: 'x'.repeat(150_000), trigger_description: 't' })
  while ((await call('POST', '/_fake/organizations')).statusCode === 201);

  t.equal((await send('PUT', '/_fake/state', document)).statusCode, 204)
  const { organizations } = (await app.inject('/_fake/state')).json()
  t.same([organizations.length, organizations[0].knowledge.length], [1, 1])
})

t.test('a refused document leaves everything as it was', async (t) => {
  const { send, app } = await startFake(t, aServer())
  await send('POST', '/v1/knowledge', { name: 'n', body: 'b', trigger_description: 't' })
  const before = (await app.inject('/_fake/state')).body
  const knowledge = [{ name: 'n', body: 'x'.repeat(BYTES) }]

  t.equal((await send('PUT', '/_fake/state', { organizations: [{ knowledge }] })).statusCode, 507)
  t.equal((await app.inject('/_fake/state')).body, before)
})

t.test('organizations are refused also where their keys are to be registered', async (t) => {
  const strict = new KeyRegistry({ strict: true, keys: [{ key: 'apk_user_test' }] })
  const { call } = await startFake(t, { ...aServer(), keys: strict })
  while ((await call('POST', '/_fake/organizations')).statusCode === 201);

  const before = strict.capture().registered.size
  t.equal((await call('POST', '/_fake/organizations')).statusCode, 507)
  t.equal(strict.capture().registered.size, before)
})

t.test(
  `POST /_fake/scenarios takes ${RULES_MAX} rules of an organization, and as many for all`,
  async (t) => {
    const { send, call } = await startFake(t)
    for (let n = 0; n < RULES_MAX; n++) {
      const res = await send('POST', '/_fake/scenarios', { scenario: 'never', match: { prompt: 'p' } })
      if (res.statusCode !== 201) t.fail(res.body)
    }

    const refused = await send('POST', '/_fake/scenarios', { scenario: 'never' })
    t.match([refused.statusCode, refused.json()], [409, { detail: /1000 scenarios/ }])
    t.equal((await send('POST', '/_fake/scenarios', { org_id: 'o', scenario: 'never' })).statusCode, 201)
    t.equal((await call('DELETE', '/_fake/scenarios')).statusCode, 204)
    t.equal((await send('POST', '/_fake/scenarios', { scenario: 'never' })).statusCode, 201)
  },
)

t.test('an id of an organization that is too long is refused, wherever it stands', async (t) => {
  const { send, app } = await startFake(t)
  const org_id = 'o'.repeat(201)

  for (const path of ['clock', 'state', 'faults', 'requests', 'snapshots', 'scenarios']) {
    t.equal((await app.inject(`/_fake/${path}?org_id=${org_id}`)).statusCode, 422, path)
  }
  t.equal((await send('POST', '/_fake/faults', { org_id, status: 500 })).statusCode, 422)
  t.equal((await send('POST', '/_fake/scenarios', { org_id, scenario: 'never' })).statusCode, 422)
  t.equal((await send('PUT', '/_fake/state', { organizations: [{ org_id }] })).statusCode, 422)
  t.equal((await send('PUT', '/_fake/clock', { org_id: 'o'.repeat(200), frozen: true })).statusCode, 200)
})
