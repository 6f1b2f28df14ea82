// The calls that store something, up to --max-stored-bytes, and those that store nothing.

import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { RULES_MAX } from '../../../src/simulation/scenario-rules.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock, startFake } from '../../fake.ts'

const MAX_BYTES = 300_000
const text = 'x'.repeat(5_000)
const scenario = { steps: [{ after_seconds: 1, message: text }] }

/** The calls that store something, by number. */
const STORING_CALLS: Readonly<
  Record<string, (n: number) => readonly [method: string, path: string, body: object]>
> = {
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

const limitedServer = () => ({
  organizations: new Organizations({
    store: memoryStore({ bytes: MAX_BYTES }),
    clock: frozenClock,
    ids: randomIds,
  }),
})

for (const [name, callFor] of Object.entries(STORING_CALLS)) {
  t.test(`${name} count towards --max-stored-bytes and answer 507 beyond it`, async (t) => {
    const { send, call } = await startFake(t, limitedServer())
    const fill = async () => {
      for (let n = 0; n < 1_000; n++) {
        const res = await send(...callFor(n))
        if (res.statusCode >= 300) return { n, res }
      }
      throw new Error('nothing was refused')
    }
    await call('POST', '/_fake/reset')
    const { n, res } = await fill()
    t.match([res.statusCode, res.json()], [507, { detail: /--max-stored-bytes/ }])
    t.ok(n > 10 && n < MAX_BYTES / 500, `${n} before`)

    t.equal((await call('GET', '/v1/sessions')).statusCode, 200, 'reads still succeed')
    for (const { name, org_id } of (await call('GET', '/_fake/snapshots')).json().snapshots) {
      t.equal((await call('DELETE', `/_fake/snapshots/${name}?org_id=${org_id}`)).statusCode, 204)
    }
    t.equal((await call('POST', '/_fake/reset')).statusCode, 204)
    t.equal((await fill()).n, n, 'a reset releases all memory')
  })
}

t.test('a smaller state document is accepted even when the memory is full', async (t) => {
  const { send, call, app } = await startFake(t, limitedServer())
  await send('POST', '/v1/knowledge', { name: 'n', body: 'x'.repeat(100_000), trigger_description: 't' })
  const document = (await call('GET', '/_fake/state')).json()
  await send('POST', '/v1/knowledge', { name: 'n', body: 'x'.repeat(150_000), trigger_description: 't' })
  while ((await call('POST', '/_fake/organizations')).statusCode === 201);

  t.equal((await send('PUT', '/_fake/state', document)).statusCode, 204)
  const { organizations } = (await app.inject('/_fake/state')).json()
  t.same([organizations.length, organizations[0].knowledge.length], [1, 1])
})

t.test('a state can be put back as it is when the memory is full', async (t) => {
  const { send, call } = await startFake(t, limitedServer())
  const steps = [{ after_seconds: 1, message: 'm'.repeat(50_000) }]
  await send('POST', '/_fake/scenarios', { match: { prompt: 'x' }, scenario: { steps } })
  while ((await call('POST', '/_fake/organizations')).statusCode === 201);
  const document = (await call('GET', '/_fake/state?reveal=true')).json()

  t.equal((await send('PUT', '/_fake/state', document)).statusCode, 204)
  t.same((await call('GET', '/_fake/state?reveal=true')).json(), document)
})

t.test('a rejected state document changes nothing', async (t) => {
  const { send, app } = await startFake(t, limitedServer())
  await send('POST', '/v1/knowledge', { name: 'n', body: 'b', trigger_description: 't' })
  const before = (await app.inject('/_fake/state')).body
  const knowledge = [{ name: 'n', body: 'x'.repeat(MAX_BYTES) }]
  const keys = Array.from({ length: MAX_BYTES / 100 }, (_, n) => `apk_user_${n}${'x'.repeat(100)}`)

  for (const organization of [{ knowledge }, { keys }]) {
    t.equal((await send('PUT', '/_fake/state', { organizations: [organization] })).statusCode, 507)
    t.equal((await app.inject('/_fake/state')).body, before)
  }
})

t.test('with strict keys a rejected organization registers no keys', async (t) => {
  const strict = new KeyRegistry({ strict: true, keys: [{ key: 'apk_user_test' }] })
  const { call } = await startFake(t, { ...limitedServer(), keys: strict })
  while ((await call('POST', '/_fake/organizations')).statusCode === 201);

  const before = strict.capture().registered.size
  t.equal((await call('POST', '/_fake/organizations')).statusCode, 507)
  t.equal(strict.capture().registered.size, before)
})

t.test(
  `POST /_fake/scenarios accepts ${RULES_MAX} rules per organization, and as many global ones`,
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

t.test('an overlong org_id is rejected by every call', async (t) => {
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

const UNKNOWN = 'org-misspelt'

/** All control calls that only read or delete, with an unknown organization. */
const READ_OR_DELETE_CALLS: readonly (readonly [
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  status: number,
  body?: object,
])[] = [
  ['GET', `/_fake/clock?org_id=${UNKNOWN}`, 200],
  ['GET', `/_fake/scenarios?org_id=${UNKNOWN}`, 200],
  ['DELETE', `/_fake/scenarios?org_id=${UNKNOWN}`, 204],
  ['DELETE', `/_fake/scenarios/scenario-1?org_id=${UNKNOWN}`, 404],
  ['GET', `/_fake/sessions?org_id=${UNKNOWN}`, 200],
  ['GET', '/_fake/sessions', 200],
  ['GET', `/_fake/sessions/devin-1?org_id=${UNKNOWN}`, 404],
  ['POST', '/_fake/sessions/devin-1/next-step', 404, { org_id: UNKNOWN }],
  ['POST', '/_fake/calls', 404, { org_id: UNKNOWN, method: 'GET', path: '/v1/sessions' }],
  ['GET', '/_fake/organizations?reveal=true', 200],
  ['POST', '/_fake/sessions/devin-1/events', 404, { org_id: UNKNOWN, message: 'm' }],
  ['POST', '/_fake/automations/a/trigger', 404, { org_id: UNKNOWN, event_type: 'e' }],
  ['POST', '/_fake/reset', 204, { org_id: UNKNOWN }],
  ['GET', `/_fake/state?org_id=${UNKNOWN}`, 200],
  ['GET', `/_fake/state?org_id=${UNKNOWN}&reveal=true`, 200],
  ['GET', `/_fake/state?org_id=${UNKNOWN}&collections=secrets`, 200],
  ['GET', `/_fake/snapshots?org_id=${UNKNOWN}`, 200],
  ['POST', '/_fake/snapshots/s/restore', 404, { org_id: UNKNOWN }],
  ['GET', `/_fake/snapshots/s/diff?org_id=${UNKNOWN}`, 404],
  ['DELETE', `/_fake/snapshots/s?org_id=${UNKNOWN}`, 404],
  ['POST', '/_fake/keys/revoke', 404, { org_id: UNKNOWN, key: 'apk_user_x' }],
  ['GET', `/_fake/requests?org_id=${UNKNOWN}`, 200],
  ['DELETE', `/_fake/requests?org_id=${UNKNOWN}`, 204],
  ['POST', '/_fake/requests/verify', 200, { org_id: UNKNOWN, times: 0 }],
  ['GET', `/_fake/faults?org_id=${UNKNOWN}`, 200],
  ['DELETE', `/_fake/faults?org_id=${UNKNOWN}`, 204],
  ['GET', `/_fake/faults/fault-1?org_id=${UNKNOWN}`, 404],
  ['DELETE', `/_fake/faults/fault-1?org_id=${UNKNOWN}`, 404],
  ['GET', '/_fake/health', 200],
  ['GET', '/_fake/ca.pem', 404],
  ['GET', '/_fake/fidelity', 200],
  ['GET', `/_fake/storage/${UNKNOWN}/x/y?expires=1&signature=00`, 403],
]

const asKey = (n: number) => {
  const text = `email|${String(n).padStart(24, '0')}_org-${String(n).padStart(32, '0')}:${'0'.repeat(32)}`
  return { authorization: `Bearer apk_user_${Buffer.from(text).toString('base64')}` }
}

const newOrganizations = () => new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })

t.test('a control call that only reads or deletes does not create the organization', async (t) => {
  const organizations = newOrganizations()
  const { send, app } = await startFake(t, { organizations })
  const state = () => app.inject('/_fake/state?reveal=true').then((res) => res.body)
  const [before, kept] = [await state(), organizations.all().length]

  for (const [method, path, status, body] of READ_OR_DELETE_CALLS) {
    const res = await send(method, path, body)
    t.equal(res.statusCode, status, `${method} ${path}`)
    t.equal(organizations.all().length, kept, `${method} ${path}`)
  }

  t.equal(await state(), before)
  t.equal(organizations.find(UNKNOWN), undefined)
})

t.test('an unknown organization is shown with its initial state', async (t) => {
  const { call, app } = await startFake(t)
  const orgId = `org-${'0'.repeat(31)}7`
  const shown = async (path: string) => (await app.inject(`${path}?org_id=${orgId}`)).json()
  const paths = ['/_fake/clock', '/_fake/state', '/_fake/faults', '/_fake/snapshots', '/_fake/scenarios']
  const before = await Promise.all(paths.map(shown))

  await call('GET', '/v1/secrets', { headers: asKey(7) })

  t.same(await Promise.all(paths.map(shown)), before)
  t.match(before[1].organizations, [{ org_id: orgId, name: orgId, secrets: [], sessions: [] }])
  const put = { method: 'PUT', url: `/_fake/state?org_id=${orgId}`, payload: before[1] } as const
  t.equal((await app.inject(put)).statusCode, 204, 'the state document is accepted')
})

t.test('a request that changes nothing does not change the state, even with a new key', async (t) => {
  const organizations = newOrganizations()
  const { call, app } = await startFake(t, { organizations })
  const state = () => app.inject('/_fake/state').then((res) => res.body)
  const before = await state()
  const session = '/v1/sessions/devin-0'

  for (const [n, [method, path, payload]] of (
    [
      ['GET', '/v1/sessions'],
      ['GET', session],
      ['DELETE', session],
      ['POST', `${session}/message`, { message: 'm' }],
      ['PUT', `${session}/tags`, { tags: [] }],
      ['GET', '/v1/secrets'],
      ['POST', '/v1/secrets', { key: 'refused' }],
      ['DELETE', '/v1/secrets/secret-0'],
      ['GET', '/v1/knowledge'],
      ['DELETE', '/v1/knowledge/note-0'],
      ['GET', '/v1/playbooks'],
      ['GET', '/v1/playbooks/playbook-0'],
      ['GET', '/v1/nowhere'],
      ['PUT', '/v1/secrets'],
    ] as const
  ).entries()) {
    const headers = asKey(100 + n)
    await call(method, path, { headers, ...(payload !== undefined && { payload }) })
    t.equal(await state(), before, `${method} ${path}`)
  }
})
