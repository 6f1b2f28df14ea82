import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { formatInstant } from '../../../src/base/clock.ts'
import { KEY, NOW, OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { stateOf } from '../../state/server.ts'
import { turnsDuring } from '../../turns.ts'

const OTHER_ORG = `org-${'b2'.repeat(16)}`
const secret = (key: string) => ({ type: 'key-value', key, value: 's3cr3t', sensitive: true, note: '' })
const asOther = { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } }
const SNAPSHOTS = '/_fake/snapshots'

t.test('POST /_fake/snapshots/{name}/restore restores the state any number of times', async (t) => {
  const { send, call, app, advance } = await startFake(t)
  await send('POST', '/v1/secrets', secret('A'))
  const taken = await send('POST', SNAPSHOTS, { name: 'with A' })
  const state = await stateOf(app)

  for (const key of ['B', 'C']) {
    await send('POST', '/v1/secrets', secret(key))
    await send('POST', '/_fake/scenarios', { scenario: 'never' })
    await send('POST', '/_fake/keys/revoke', { key: KEY })
    advance(5)
    const restored = await call('POST', '/_fake/snapshots/with%20A/restore')

    t.same([restored.statusCode, restored.body], [204, ''])
    t.equal(await stateOf(app), state)
  }
  t.same([taken.statusCode, taken.json()], [201, { name: 'with A', org_id: null }])
})

t.test(
  'restoring a snapshot of one organization restores its records, rules and revoked keys only',
  async (t) => {
    const { send, call, app } = await startFake(t)
    const other = async () => (await call('GET', '/v1/secrets', asOther)).statusCode
    await call('POST', '/v1/secrets', { ...asOther, payload: secret('A') })
    await send('POST', '/_fake/scenarios', { org_id: OTHER_ORG, scenario: 'never' })
    await send('POST', SNAPSHOTS, { name: 'x', org_id: OTHER_ORG })
    const kept = await stateOf(app, `?reveal=true&org_id=${OTHER_ORG}`)
    await call('POST', '/v1/secrets', { ...asOther, payload: secret('B') })
    await send('DELETE', '/_fake/scenarios', {})
    await send('POST', '/_fake/keys/revoke', { key: OTHER_ORG_KEY })
    await send('POST', '/v1/secrets', secret('C'))
    t.equal(await other(), 403)

    await call('POST', '/_fake/snapshots/x/restore')

    t.equal(await other(), 200)
    t.equal(await stateOf(app, `?reveal=true&org_id=${OTHER_ORG}`), kept)
    t.match((await call('GET', '/v1/secrets')).json(), [{ key: 'C' }])
  },
)

t.test('restoring a snapshot removes organizations that did not exist in it', async (t) => {
  const { send, call, app } = await startFake(t)
  await send('POST', SNAPSHOTS, { name: 'x' })
  await call('POST', '/v1/secrets', { ...asOther, payload: secret('A') })

  await call('POST', '/_fake/snapshots/x/restore')

  t.notMatch(await stateOf(app), OTHER_ORG)
  t.same((await call('GET', '/v1/secrets', asOther)).json(), [])
})

t.test('GET /_fake/snapshots/{name}/diff lists changes by record, without secret values', async (t) => {
  const { send, call, organization, advance } = await startFake(t)
  const ids = []
  for (const key of ['A', 'B']) ids.push((await send('POST', '/v1/secrets', secret(key))).json().id)
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'x', tags: ['old'] })).json()
  await send('POST', SNAPSHOTS, { name: 'x' })
  const diff = async () => (await call('GET', '/_fake/snapshots/x/diff')).json()
  t.same(await diff(), { changed: false, organizations: [] })
  advance(5)
  await call('DELETE', `/v1/secrets/${ids[0]}`)
  await organization.secrets.update(ids[1], (before) => ({ ...before, value: 'other', note: 'n' }))
  await send('PUT', `/v1/sessions/${session_id}/tags`, { tags: ['new'] })
  await organization.sessions.update(session_id, (before) => ({ ...before }))
  await call('POST', '/v1/secrets', { ...asOther, payload: secret('C') })

  const { changed, organizations } = await diff()

  t.equal(changed, true)
  const [{ records }, other] = organizations
  t.match(organizations, [{ org_id: DEFAULT_ORG_ID }, { org_id: OTHER_ORG }])
  t.same(Object.keys(records), ['secrets', 'sessions', 'audit_logs'])
  t.match(records.secrets, {
    added: [],
    removed: [{ id: ids[0], key: 'A', value: '***' }],
    changed: [
      {
        id: ids[1],
        changes: { value: { before: '***', after: '***' }, note: { before: '', after: 'n' } },
      },
    ],
  })
  t.same(Object.keys(records.secrets.changed[0].changes), ['value', 'note'])
  t.same(records.sessions, {
    added: [],
    removed: [],
    changed: [
      {
        id: session_id,
        changes: {
          tags: { before: ['old'], after: ['new'] },
          tags_changed_at: { after: '2026-01-02T03:04:10.678901Z' },
        },
      },
    ],
  })
  t.match(records.audit_logs.added, [{ action: 'delete_secret' }, { action: 'update_session_tags' }])
  t.match(other.records, { secrets: { added: [{ key: 'C', value: '***' }] } })
  t.notMatch(JSON.stringify(organizations), 's3cr3t')
})

t.test('a record rewritten with the same content is unchanged', async (t) => {
  const { send, call, organization } = await startFake(t)
  const { id } = (await send('POST', '/v1/secrets', secret('A'))).json()
  await send('POST', SNAPSHOTS, { name: 'x' })
  await organization.secrets.update(id, (before) => ({ ...before }))

  t.same((await call('GET', '/_fake/snapshots/x/diff')).json(), { changed: false, organizations: [] })
})

t.test(
  'GET /_fake/snapshots/{name}/diff of one organization excludes others, and reports a removed one',
  async (t) => {
    const { send, call } = await startFake(t)
    await call('POST', '/v1/secrets', { ...asOther, payload: secret('A') })
    await send('POST', SNAPSHOTS, { name: 'x', org_id: OTHER_ORG })
    await send('POST', '/v1/secrets', secret('B'))
    t.equal((await call('GET', '/_fake/snapshots/x/diff')).json().changed, false)

    await send('POST', '/_fake/reset', {})

    t.match((await call('GET', '/_fake/snapshots/x/diff')).json(), {
      organizations: [{ org_id: OTHER_ORG, records: { secrets: { removed: [{ key: 'A' }] } } }],
    })
  },
)

t.test('GET /_fake/snapshots lists each snapshot once, until DELETE removes it', async (t) => {
  const { send, call } = await startFake(t)
  const list = async () => (await call('GET', SNAPSHOTS)).json()
  t.same(await list(), { snapshots: [] })
  for (const name of ['a', 'b', 'a'])
    await send('POST', SNAPSHOTS, { name, ...(name === 'b' && { org_id: OTHER_ORG }) })
  t.same(await list(), {
    snapshots: [
      { name: 'a', org_id: null },
      { name: 'b', org_id: OTHER_ORG },
    ],
  })

  t.equal((await call('DELETE', `${SNAPSHOTS}/a`)).statusCode, 204)

  t.same(await list(), { snapshots: [{ name: 'b', org_id: OTHER_ORG }] })
})

t.test('GET /_fake/snapshots lists snapshots in the order in which they were first taken', async (t) => {
  const { send, app } = await startFake(t)
  const taken = [
    { name: 'a', org_id: OTHER_ORG },
    { name: 'b', org_id: null },
    { name: 'c', org_id: OTHER_ORG },
    { name: 'd', org_id: null },
  ]
  for (const { name, org_id } of [...taken, ...taken.slice(0, 2)])
    await send('POST', SNAPSHOTS, { name, ...(org_id !== null && { org_id }) })

  t.same((await app.inject(SNAPSHOTS)).json().snapshots, taken)
})

t.test('snapshots of different organizations can have the same name', async (t) => {
  const { send, call, organization } = await startFake(t)
  const keysOf = async (options = {}) =>
    (await call('GET', '/v1/secrets', options)).json().map(({ key }: { key: string }) => key)
  await send('POST', '/v1/secrets', secret('A'))
  for (const org_id of [organization.orgId, OTHER_ORG]) await send('POST', SNAPSHOTS, { name: 'x', org_id })
  await send('POST', '/v1/secrets', secret('B'))
  await call('POST', '/v1/secrets', { ...asOther, payload: secret('C') })

  t.same((await call('GET', `${SNAPSHOTS}?org_id=${OTHER_ORG}`)).json(), {
    snapshots: [{ name: 'x', org_id: OTHER_ORG }],
  })
  t.match((await call('GET', `${SNAPSHOTS}/x/diff?org_id=${OTHER_ORG}`)).json().organizations, [
    { org_id: OTHER_ORG, records: { secrets: { added: [{ key: 'C' }] } } },
  ])
  t.equal((await call('GET', `${SNAPSHOTS}/x/diff`)).json().organizations.length, 2)
  await send('POST', `${SNAPSHOTS}/x/restore`, { org_id: OTHER_ORG })
  t.same([await keysOf(), await keysOf(asOther)], [['A', 'B'], []])
  await call('POST', '/v1/secrets', { ...asOther, payload: secret('C') })
  await call('POST', `${SNAPSHOTS}/x/restore`)
  t.same([await keysOf(), await keysOf(asOther)], [['A'], []], 'without an org_id, all organizations')
  t.equal((await call('DELETE', `${SNAPSHOTS}/x?org_id=${OTHER_ORG}`)).statusCode, 204)
  t.equal((await call('DELETE', `${SNAPSHOTS}/x?org_id=${OTHER_ORG}`)).statusCode, 404)
  t.equal((await call('POST', `${SNAPSHOTS}/x/restore`, { payload: { org_id: OTHER_ORG } })).statusCode, 404)
  t.same((await call('GET', SNAPSHOTS)).json(), { snapshots: [{ name: 'x', org_id: organization.orgId }] })
})

t.test('a global snapshot can be compared and restored for one organization, but not deleted', async (t) => {
  const { send, call } = await startFake(t)
  await send('POST', '/v1/secrets', secret('A'))
  await send('POST', SNAPSHOTS, { name: 'x' })
  await send('POST', '/v1/secrets', secret('B'))
  await call('POST', '/v1/secrets', { ...asOther, payload: secret('C') })

  t.match((await call('GET', `${SNAPSHOTS}/x/diff?org_id=${OTHER_ORG}`)).json(), {
    organizations: { length: 1, 0: { org_id: OTHER_ORG } },
  })
  t.equal((await call('DELETE', `${SNAPSHOTS}/x?org_id=${OTHER_ORG}`)).statusCode, 404)
  t.equal((await send('POST', `${SNAPSHOTS}/x/restore`, { org_id: OTHER_ORG })).statusCode, 204)
  t.same((await call('GET', '/v1/secrets', asOther)).json(), [])
  t.match((await call('GET', '/v1/secrets')).json(), [{ key: 'A' }, { key: 'B' }])
})

t.test('an unknown snapshot answers 404', async (t) => {
  const { call } = await startFake(t)
  for (const [method, url] of [
    ['POST', `${SNAPSHOTS}/x/restore`],
    ['GET', `${SNAPSHOTS}/x/diff`],
    ['DELETE', `${SNAPSHOTS}/x`],
  ] as const) {
    const res = await call(method, url)
    t.same([res.statusCode, res.json()], [404, { detail: 'Snapshot not found' }], url)
  }
})

t.test('more than a hundred snapshots answer 409, also concurrently', async (t) => {
  const { send, call } = await startFake(t)
  const taken = await Promise.all(
    Array.from({ length: 105 }, (_, index) => send('POST', SNAPSHOTS, { name: `s${index}` })),
  )

  const refused = taken.filter(({ statusCode }) => statusCode === 409)
  t.equal(refused.length, 5)
  t.same(refused[0]?.json(), { detail: 'There are 100 snapshots; delete one first' })
  t.equal((await send('POST', SNAPSHOTS, { name: 's0' })).statusCode, 201, 'replacing a snapshot is allowed')
  await call('DELETE', `${SNAPSHOTS}/s1`)
  t.equal((await send('POST', SNAPSHOTS, { name: 'new' })).statusCode, 201)
})

t.test('names that cannot be a path segment are rejected', async (t) => {
  const { send } = await startFake(t)
  for (const name of ['', 'a/b', '.', '..', 'x'.repeat(201), 5, null]) {
    t.equal((await send('POST', SNAPSHOTS, { name })).statusCode, 422, String(name))
  }
  t.equal((await send('POST', SNAPSHOTS, { name: '...', nam: 'x' })).statusCode, 422)
})

t.test('a snapshot is consistent under concurrent writes', async (t) => {
  const { send, call, app } = await startFake(t)
  await Promise.all([
    send('POST', SNAPSHOTS, { name: 'x' }),
    ...Array.from({ length: 50 }, (_, index) => send('POST', '/v1/secrets', secret(`S${index}`))),
  ])
  await call('POST', '/_fake/snapshots/x/restore')

  const [{ secrets, clock }] = JSON.parse(await stateOf(app)).organizations
  t.equal((await call('GET', '/v1/secrets')).json().length, secrets.length)
  t.equal(clock.now, formatInstant(NOW))
})

t.test(
  'GET /_fake/snapshots/{name}/diff has the size and hash of a file instead of its contents',
  async (t) => {
    const { send, call, organization } = await startFake(t)
    const file = (id: string, text: string) => ({
      id,
      name: 'a.txt',
      contentType: 'text/plain',
      bytes: Buffer.from(text),
      createdAt: 0,
    })
    await organization.attachments.insert(file('one', 'abc'))
    await organization.attachments.insert(file('two', 'abc'))
    await send('POST', SNAPSHOTS, { name: 'x' })
    await organization.attachments.update('one', () => file('one', 'abd'))
    await organization.attachments.delete('two')

    const diff = await call('GET', '/_fake/snapshots/x/diff')

    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    t.match(diff.json().organizations[0].records.attachments, {
      removed: [{ id: 'two', name: 'a.txt', size: 3, sha256: abc }],
      changed: [{ id: 'one', changes: { sha256: { before: abc, after: /^[0-9a-f]{64}$/ } } }],
    })
    t.notMatch(diff.body, /base64/)
  },
)

t.test('GET /_fake/snapshots/{name}/diff of thousands of records yields to the event loop', async (t) => {
  const { call, send } = await startFake(t)
  await send('POST', '/_fake/snapshots', { name: 'before' })
  const organization = (org_id: string) => ({
    org_id,
    sessions: [{ prompt: 'number {n}', count: 1_200 }],
    knowledge: [{ name: 'n' }],
  })
  await send('PUT', '/_fake/state', { organizations: [organization('org-a'), organization('org-b')] })

  const answer: { body?: ReturnType<typeof JSON.parse> } = {}
  const turns = await turnsDuring(async () => {
    answer.body = (await call('GET', '/_fake/snapshots/before/diff')).json()
  })

  t.ok(turns >= 4, `${turns} turns`)
  t.equal(answer.body.changed, true)
  const added = answer.body.organizations
    .filter(({ org_id }: { org_id: string }) => /^org-[ab]$/.test(org_id))
    .map(({ records }: { records: Record<string, { added: unknown[] }> }) =>
      Object.entries(records).map(([kind, diff]) => [kind, diff.added.length]),
    )
  const each = [
    ['sessions', 1_200],
    ['knowledge', 1],
  ]
  t.same(added, [each, each])
})
