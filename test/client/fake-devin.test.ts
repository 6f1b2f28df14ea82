import t from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { Control } from '../../src/client/control.ts'
import { Requests } from '../../src/client/requests.ts'
import { type FakeDevin, FakeDevinError, startFakeDevin } from '../../src/index.ts'
import { both, call, secret } from './both.ts'

const keysOf = async (devin: Pick<FakeDevin, 'fetch' | 'key'>) =>
  (await call(devin, 'GET /v1/secrets')).json.map(({ key }: { key: string }) => key)

both('url, key and orgId work for a client', async (t, devin) => {
  const { json } = await call(devin, 'GET /v1/auth_status')

  t.match(json, { org_id: devin.orgId })
  t.equal(devin.orgId, DEFAULT_ORG_ID)
  t.equal((await fetch(`${devin.url}/_fake/health`)).status, 200)
})

both('clock is read, set, frozen, advanced and sped up', async (t, devin) => {
  const frozen = await devin.clock.freeze('2026-01-02T03:04:05Z')
  const advanced = await devin.clock.advance(90)

  t.same(frozen, { now: '2026-01-02T03:04:05.000000Z', frozen: true, speed: 1 })
  t.same(advanced, { now: '2026-01-02T03:05:35.000000Z', frozen: true, speed: 1 })
  t.match(await devin.clock.freeze(), advanced)
  // biome-ignore lint/style/noRestrictedGlobals: it parses a text and does not read the time
  t.match(await devin.clock.freeze(new Date('2026-01-02T03:05:35Z')), advanced)
  t.same(await devin.clock.get(), advanced)
  t.match(await devin.clock.set({ frozen: false, speed: 60 }), { frozen: false, speed: 60 })
})

both('clock can be limited to one organization', async (t, devin) => {
  await devin.clock.freeze('2026-01-02T03:04:05Z')

  await devin.clock.advance(60, { org_id: 'org-other' })

  t.match(await devin.clock.get(), { now: '2026-01-02T03:04:05.000000Z' })
  t.match(await devin.clock.get({ org_id: 'org-other' }), { now: '2026-01-02T03:05:05.000000Z' })
})

both('requests lists the received requests and clears them', async (t, devin) => {
  await call(devin, 'POST /v1/secrets', secret('A'))
  await call(devin, 'GET /v1/secrets')

  const all = await devin.requests.list()
  const posted = await devin.requests.list({ method: 'POST', path: '/v1/*', status: '2xx' })
  const later = await devin.requests.list({ since: Number(posted.requests[0]?.id) })
  await devin.requests.clear()

  t.match(all, { total: 2, dropped: 0, requests: { length: 2 } })
  t.match(posted.requests, [{ method: 'POST', path: '/v1/secrets', body: { key: 'A', value: '***' } }])
  t.match(later.requests, [{ method: 'GET' }])
  t.match(await devin.requests.list(), { total: 0 })
})

both('requests.verify resolves when the requests are as expected', async (t, devin) => {
  await call(devin, 'POST /v1/sessions', { prompt: 'x', tags: ['a'] })

  t.same(await devin.requests.verify({ method: 'POST', path: '/v1/sessions', body: { tags: ['a'] } }), {
    verified: true,
    count: 1,
  })
  await devin.requests.verify({ method: 'DELETE', times: 0 })
})

both('requests.verify refuses what is no JSON, and would match anything', async (t, devin) => {
  await call(devin, 'POST /v1/sessions', { prompt: 'x', structured_output_schema: {} })
  const matcher = { asymmetricMatch: () => true }
  for (const [value, what] of [
    [/x/, 'RegExp'],
    [new Set(['x']), 'Set'],
    [() => true, 'Function'],
    [matcher, 'matcher'],
  ]) {
    await t.rejects(devin.requests.verify({ body: { structured_output_schema: value } }), {
      name: 'TypeError',
      message: `verify compares JSON values, and structured_output_schema is a ${what}: compare what list() returns`,
    })
  }
})

both('requests.verify rejects with an AssertionError that shows the nearest requests', async (t, devin) => {
  const expected = { method: 'POST', path: '/v1/sessions', body: { prompt: 'y' }, times: 1 } as const
  await t.rejects(devin.requests.verify(expected), {
    name: 'AssertionError',
    code: 'ERR_ASSERTION',
    operator: 'verify',
    actual: 0,
    message:
      'expected exactly 1 request with method POST, path "/v1/sessions", body {"prompt":"y"}, found 0\nthere were no requests',
  })
  await call(devin, 'POST /v1/sessions', { prompt: 'x' })
  await t.rejects(devin.requests.verify({ method: 'POST', times: 2 }), {
    message: 'expected exactly 2 requests with method POST, found 1\nthere were no other requests',
  })

  const { message } = await devin.requests.verify(expected).catch((error) => error)
  t.equal(
    message.replace(/#\d+/, '#1'),
    [
      'expected exactly 1 request with method POST, path "/v1/sessions", body {"prompt":"y"}, found 0',
      'the nearest requests:',
      '  #1 POST /v1/sessions 200',
      '    body.prompt: expected "y", got "x"',
    ].join('\n'),
  )
})

both('scenarios are added, listed and removed', async (t, devin) => {
  const rule = await devin.scenarios.add({ match: { prompt: 'x' }, scenario: 'blocked' })
  const other = await devin.scenarios.add({ scenario: { steps: [{ status_enum: 'finished' }] } })

  const { rules, built_in } = await devin.scenarios.list()
  await devin.scenarios.delete(rule.id)
  const left = await devin.scenarios.list()
  await devin.scenarios.clear()

  t.match(rules, [{ id: rule.id, scenario: 'blocked' }, { id: other.id }])
  t.ok('three-reads' in built_in)
  t.match(left.rules, [{ id: other.id }])
  t.same((await devin.scenarios.list()).rules, [])
})

both('a second argument of faults.add is refused, since it would have no effect', async (t, devin) => {
  const add = devin.faults.add.bind(devin.faults) as (...given: unknown[]) => Promise<unknown>

  await t.rejects(add('flaky', { times: 3 }), {
    name: 'TypeError',
    message: /add\(\{ preset: 'flaky', times: 3 \}\)/,
  })

  t.same((await devin.faults.list()).faults, [])
})

both('faults are added, listed, read and removed', async (t, devin) => {
  const status = async () => (await call(devin, 'GET /v1/secrets')).status
  const limit = await devin.faults.add('rate-limit')
  const once = await devin.faults.add({ method: 'POST', path: '/v1/secrets', abort: 'after', times: 1 })

  t.equal(await status(), 429)
  t.match(await devin.faults.get(limit.id), { preset: 'rate-limit', struck: 1, left: null })
  await devin.faults.delete(limit.id)
  await t.rejects(call(devin, 'POST /v1/secrets', secret('A')), {
    name: 'TypeError',
    message: 'fetch failed',
  })

  t.same(await keysOf(devin), ['A'], 'the write happened, and its answer was lost')
  t.match(await devin.requests.list({ method: 'POST' }), { requests: [{ status: null }] })
  await t.rejects(devin.faults.get(once.id), {
    name: 'FakeDevinError',
    status: 404,
    detail: 'Fault not found',
  })
  await devin.faults.add({ status: 503 })
  await devin.faults.clear()
  t.same(await devin.faults.list(), { faults: [] })
  t.equal(await status(), 200)
})

both('a truncated answer can be distinguished from a complete one', async (t, devin) => {
  await devin.faults.add({ path: '/v1/secrets', abort: 'mid-body', times: 1 })

  const response = await devin.fetch('/v1/secrets', { headers: { authorization: `Bearer ${devin.key}` } })

  t.equal(response.status, 200)
  await t.rejects(response.text(), { name: 'TypeError', message: 'terminated' })
})

both('a fault of one organization does not affect others', async (t, devin) => {
  const one = await devin.organizations.create()

  await one.faults.add({ status: 503 })

  t.match(
    [await call(one, 'GET /v1/secrets'), await call(devin, 'GET /v1/secrets')],
    [{ status: 503 }, { status: 200 }],
  )
  t.match((await one.faults.list()).faults, [{ org_id: one.orgId }])
  await one.faults.clear()
  t.equal((await call(one, 'GET /v1/secrets')).status, 200)
})

both('sessions.addEvent adds an event to a session immediately', async (t, devin) => {
  const { json } = await call(devin, 'POST /v1/sessions', { prompt: '[fake:never]' })

  const session = await devin.sessions.addEvent(json.session_id, {
    message: 'Which branch?',
    status_enum: 'blocked',
  })

  t.match(session, { session_id: json.session_id, status_enum: 'blocked' })
  t.equal(session.messages.at(-1)?.message, 'Which branch?')
})

both('sessions.list and sessions.get show sessions, and sessions.nextStep drives them', async (t, devin) => {
  const { json } = await call(devin, 'POST /v1/sessions', { prompt: 'Fix it' })
  const { session_id: id } = (await call(devin, 'POST /v1/sessions', { prompt: '[fake:three-reads]' })).json

  const first = await devin.sessions.list({ limit: 1 })
  t.match(first, { total: 2, sessions: [{ session_id: id, scenario: 'three-reads' }] })
  const { next_cursor: cursor } = first
  t.match(await devin.sessions.list({ cursor: cursor as string, ids: [id, json.session_id] }), {
    sessions: [{ session_id: json.session_id }],
    next_cursor: null,
  })
  t.match(await devin.sessions.get(id), { prompt: '[fake:three-reads]', timeline: [{ kind: 'created' }] })
  t.match(await devin.sessions.nextStep(id), { session_id: id, status_enum: 'working' })
  await t.rejects(devin.sessions.nextStep('devin-x'), { message: /Session not found/ })
})

both('sessions of an organization are those of this organization only', async (t, devin) => {
  const one = await devin.organizations.create()
  const { json } = await call(devin, 'POST /v1/sessions', { prompt: 'Fix it' })

  t.match(await one.sessions.list(), { sessions: [], total: 0 })
  await t.rejects(one.sessions.get(json.session_id), { message: /Session not found/ })
  await t.rejects(one.sessions.nextStep(json.session_id), { message: /Session not found/ })
})

both('organizations.list shows the organizations, with keys if requested', async (t, devin) => {
  const { orgId } = await devin.organizations.create({ name: 'Acme' })

  t.match(await devin.organizations.list(), {
    organizations: [
      { org_id: devin.orgId, is_default: true, keys: null },
      { org_id: orgId, name: 'Acme', is_default: false },
    ],
    strict_keys: false,
  })
  const { organizations } = await devin.organizations.list({ reveal: true })
  t.match(organizations[0]?.keys, { v1: [devin.key], v3: [devin.v3Key] })
})

both('keys.revoke invalidates a key', async (t, devin) => {
  await devin.keys.revoke(devin.key)

  t.equal((await call(devin, 'GET /v1/secrets')).status, 403)
})

both('snapshots are taken, listed, compared, restored and deleted', async (t, devin) => {
  t.same(await devin.snapshots.take('before'), { name: 'before', org_id: null })
  await call(devin, 'POST /v1/secrets', secret('A'))

  const diff = await devin.snapshots.diff('before')
  await devin.snapshots.restore('before')

  t.match(diff.organizations, [{ org_id: devin.orgId, records: { secrets: { added: [{ key: 'A' }] } } }])
  t.same(await keysOf(devin), [])
  t.match(await devin.snapshots.list(), { snapshots: [{ name: 'before' }] })
  await devin.snapshots.delete('before')
  t.same(await devin.snapshots.list(), { snapshots: [] })
})

both('state is read and restored, and reset restores the initial state', async (t, devin) => {
  await devin.clock.freeze()
  await call(devin, 'POST /v1/secrets', secret('A'))
  const state = await devin.state.get({ reveal: true })
  t.match(state.organizations, [{ secrets: [{ key: 'A', value: 's3cr3t' }] }])
  t.notMatch(JSON.stringify(await devin.state.get()), 's3cr3t')

  await devin.reset()
  t.same(await keysOf(devin), [])
  t.match(await devin.clock.get(), { frozen: false })
  await devin.state.put(state)

  t.same(await keysOf(devin), ['A'])
  t.same(await devin.state.get({ reveal: true }), state)
})

both('an upload is downloaded through its redirect, for every base URL of a client', async (t, devin) => {
  const headers = { authorization: `Bearer ${devin.key}` }
  const form = new FormData()
  form.set('file', new File(['bytes'], 'a b.txt', { type: 'text/plain' }))
  const up = await devin.fetch('https://api.devin.ai/v1/attachments', {
    method: 'POST',
    headers,
    body: form,
  })
  const address = String(await up.json())

  for (const api of ['https://api.devin.ai/v1', '/v1', `${devin.url}/v1`]) {
    const down = await devin.fetch(address.replace('https://app.devin.ai', api), { headers })
    t.match([down.status, down.redirected, await down.text()], [200, true, 'bytes'], api)
  }
})

both('fidelity returns the ledger', async (t, devin) => {
  const { rows } = await devin.fidelity()

  t.ok(rows.some(({ operation }) => operation === 'DELETE /v1/secrets/{secret_id}'))
})

both('organizations.create creates an isolated organization', async (t, devin) => {
  const [one, other] = await Promise.all([
    devin.organizations.create({ name: 'One' }),
    devin.organizations.create(),
  ])
  await one.clock.freeze('2026-01-02T03:04:05Z')
  await one.scenarios.add({ scenario: 'blocked' })
  await one.snapshots.take('before')
  await call(one, 'POST /v1/secrets', secret('A'))
  const { json } = await call(one, 'POST /v1/sessions', { prompt: 'x' })
  await one.sessions.addEvent(json.session_id, { message: 'Hello' })

  t.same([await keysOf(one), await keysOf(other), await keysOf(devin)], [['A'], [], []])
  t.match([one.key, one.keys.service], [one.keys.personal, /^apk_(?!user_)/])
  t.equal((await call(one, 'GET /v1/secrets', undefined, one.keys.service)).json.length, 1)
  t.match([one.url, one.orgId], [devin.url, /^org-[0-9a-f]{32}$/])
  t.match(await one.clock.get(), { frozen: true })
  t.match(await other.clock.get(), { frozen: false })
  t.equal((await one.requests.list()).total, 4)
  await other.requests.verify({ times: 1 })
  t.same((await other.scenarios.list()).rules, [])
  t.same((await other.snapshots.list()).snapshots, [])
  t.match((await one.state.get()).organizations, [{ org_id: one.orgId, name: 'One' }])
  t.match((await one.snapshots.diff('before')).organizations, [{ org_id: one.orgId }])
  await one.keys.revoke(one.key)
  t.equal((await call(one, 'GET /v1/secrets')).status, 403)
})

both('changes in one organization do not affect others', async (t, devin) => {
  const [one, other] = await Promise.all([devin.organizations.create(), devin.organizations.create()])
  for (const each of [one, other, devin]) {
    await call(each, 'POST /v1/secrets', secret('A'))
    await each.scenarios.add({ scenario: 'blocked' })
  }
  const state = await one.state.get()

  await one.scenarios.clear()
  await one.requests.clear()
  await one.reset()
  await one.state.put(state)
  await one.snapshots.take('x')
  await one.reset()
  await one.snapshots.restore('x')
  await one.snapshots.delete('x')

  t.same([await keysOf(one), await keysOf(other), await keysOf(devin)], [['A'], ['A'], ['A']])
  t.equal((await other.requests.list()).total, 2)
  t.match((await other.scenarios.list()).rules, [{ org_id: other.orgId }, { org_id: null }])
})

both('an organization cannot read or remove faults, rules and keys of others', async (t, devin) => {
  const [one, other] = await Promise.all([devin.organizations.create(), devin.organizations.create()])
  const [fault, rule] = [await other.faults.add('outage'), await other.scenarios.add({ scenario: 'never' })]

  const refusals: Promise<unknown>[] = [
    one.faults.get(fault.id),
    one.faults.delete(fault.id),
    one.scenarios.delete(rule.id),
    one.keys.revoke(other.key),
  ]
  for (const refused of refusals) {
    await t.rejects(refused, { name: 'FakeDevinError', status: 404 })
  }

  await other.faults.delete(fault.id)
  await other.scenarios.delete(rule.id)
  t.equal((await call(other, 'GET /v1/secrets')).status, 200)
})

both('the controls of an organization refuse the id of another one', async (t, devin) => {
  const one = await devin.organizations.create()

  await t.rejects(one.clock.set({ org_id: 'org-other', frozen: true }), {
    name: 'TypeError',
    message: `these controls apply only to ${one.orgId}, not to org-other`,
  })
  t.match(await one.clock.set({ org_id: one.orgId, frozen: true }), { frozen: true })
  t.match(await devin.clock.get({ org_id: 'org-other' }), { frozen: false })
})

both('organizations.of controls an existing organization', async (t, devin) => {
  await devin.organizations.of(devin.orgId).clock.freeze('2026-01-02T03:04:05Z')

  t.match(await devin.clock.get({ org_id: devin.orgId }), { frozen: true })
  t.match(await devin.clock.get(), { frozen: false })
})

both('a refusal of the control plane is an error with its status and text', async (t, devin) => {
  const error = await devin.clock.advance(-1).catch((error) => error)

  t.ok(error instanceof FakeDevinError)
  t.match(error, {
    name: 'FakeDevinError',
    status: 422,
    message: 'POST /_fake/clock/advance: 422 body.seconds: Input should be greater than or equal to 0',
    detail: [{ loc: ['body', 'seconds'] }],
  })
  await t.rejects(devin.snapshots.restore('none'), {
    status: 404,
    detail: 'Snapshot not found',
    message: 'POST /_fake/snapshots/{name}/restore: 404 Snapshot not found',
  })
})

both('errors do not repeat sent values', async (t, devin) => {
  const document = { organizations: [{ secrets: [{ key: 'A', value: 's3cr3t', vlaue: 's3cr3t' }] }] }

  const error = await devin.state.put(document).catch((error) => error)
  const unknown = await devin.keys.revoke('apk_wrong_s3cr3t').catch((error) => error)

  t.match(error.message, 'did you mean value?')
  for (const each of [error, unknown]) {
    t.ok(each instanceof FakeDevinError)
    t.notMatch([each.stack, JSON.stringify(each)].join(), 's3cr3t')
  }
})

both('an id that would lead to another operation is refused', async (t, devin) => {
  await devin.scenarios.add({ scenario: 'blocked' })

  for (const id of ['', '.', '..']) await t.rejects(devin.scenarios.delete(id), { name: 'TypeError' })
  // As in a program without types.
  await t.rejects(devin.scenarios.delete(undefined as unknown as string), { name: 'TypeError' })

  t.equal((await devin.scenarios.list()).rules.length, 1)
  await devin.snapshots.take('a?b#c%20 ü')
  await devin.snapshots.delete('a?b#c%20 ü')
})

both(
  'a token is sent with every call and appears in no error',
  async (t, devin) => {
    await devin.clock.freeze()

    const error = await devin.clock.advance(-1).catch((error) => error)

    t.notMatch([error.stack, JSON.stringify(error)].join(), 't0ken')
    t.equal((await devin.fetch('/_fake/clock')).status, 401, 'fetch is a client like any other')
  },
  { controlToken: 't0ken' },
)

t.test('a closed fake does not answer', async (t) => {
  const devin = await startFakeDevin()
  await devin[Symbol.asyncDispose]()

  await t.rejects(devin.clock.get(), {
    name: 'FakeDevinError',
    status: undefined,
    message: `GET /_fake/clock: no answer from ${devin.url}: nothing listens there (ECONNREFUSED)`,
  })
  await t.rejects(devin.fetch('/v1/secrets'), { name: 'TypeError', cause: { code: 'ECONNREFUSED' } })
})

/** Returns the requests of a server that gives this answer. */
function requestsOf(answer: unknown): Requests {
  return new Requests(
    new Control({
      url: 'http://a',
      send: async () => ({ status: 200, text: JSON.stringify(answer) }),
      open: () => t.fail('nothing is opened') as never,
    }),
  )
}

t.test('verify shows that a request was not answered', async (t) => {
  const request = { id: 7, method: 'GET', path: '/v1/secrets', status: null }
  const nearest = [{ request, differences: ['status: expected 200, got no answer'] }]
  const requests = requestsOf({ verified: false, count: 0, expected: 'exactly 1 request', nearest })

  await t.rejects(requests.verify({ status: 200, times: 1 }), {
    message: [
      'expected exactly 1 request, found 0',
      'the nearest requests:',
      '  #7 GET /v1/secrets not answered',
      '    status: expected 200, got no answer',
    ].join('\n'),
  })
})

t.test('verify shows why its count may be too low', async (t) => {
  const uncertain = '3 requests are no longer in the journal'
  const requests = requestsOf({ verified: false, count: 0, expected: 'exactly 1 request', uncertain })

  await t.rejects(requests.verify({ times: 1 }), {
    message: `expected exactly 1 request, found 0; ${uncertain}\nthere were no requests`,
  })
})

t.test('verify works without the nearest requests', async (t) => {
  const requests = requestsOf({ verified: false, count: 0, expected: 'at least 1 request' })

  await t.rejects(requests.verify({}), {
    message: 'expected at least 1 request, found 0\nthere were no requests',
  })
})
