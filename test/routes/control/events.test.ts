import { once } from 'node:events'
import { get as getOverHttps } from 'node:https'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { seededIds } from '../../../src/base/ids.ts'
import { startFakeDevin } from '../../../src/index.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { STREAMS_MAX } from '../../../src/routes/control/events.ts'
import type { LiveEvent } from '../../../src/schemas/control/events.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { secret } from '../../client/both.ts'
import { KEY, OTHER_ORG_KEY, startFake } from '../../fake.ts'

/** Starts a listening application, and returns functions that follow its events over a socket. */
async function startFollowed(t: Test, options: Parameters<typeof startFake>[1] = {}) {
  const organizations = new Organizations({
    store: memoryStore(),
    clock: systemClock(),
    ids: (owner) => seededIds(1, owner),
  })
  const fake = await startFake(t, { organizations, ...options })
  const url = await fake.listen()
  const follow = async (query = '', headers: Record<string, string> = {}) => {
    const controller = new AbortController()
    const { signal } = controller
    const cut = () => controller.abort()
    const response = await fetch(`${url}/_fake/events${query}`, { headers, signal })
    t.teardown(cut)
    return { response, ...reader(response), cut }
  }
  return { ...fake, organizations, url, follow }
}

/** Reads events one by one. */
function reader({ body }: Response) {
  const blocks = blocksOf(body as ReadableStream<Uint8Array>)
  let id = ''
  const next = async (): Promise<LiveEvent | undefined> => {
    for (;;) {
      const { done, value } = await blocks.next()
      if (done) return undefined
      id = /^id: (.*)$/m.exec(value)?.[1] ?? id
      const data = /^data: (.*)$/m.exec(value)?.[1]
      if (data !== undefined) return JSON.parse(data)
    }
  }
  return { next, lastId: () => id }
}

async function* blocksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let rest = ''
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + piece).split('\n\n')
    rest = blocks.pop() as string
    yield* blocks
  }
  return undefined
}

t.test('streams work after the document of the control plane was built', async (t) => {
  const { follow, call, send } = await startFollowed(t)
  const { next } = await follow()
  await next()
  await call('GET', '/_fake/openapi.json')
  await send('PUT', '/_fake/clock', { frozen: true })

  t.match(await next(), { kind: 'clock' })
  t.equal((await follow()).response.status, 200)
})

t.test('GET /_fake/events sends events in the order in which they happen', async (t) => {
  const { follow, call, send } = await startFollowed(t)
  const { response, next } = await follow()
  t.match(
    [response.status, Object.fromEntries(response.headers)],
    [200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }],
  )
  t.same(await next(), { kind: 'resync', org_id: null })

  const created = (await send('POST', '/v1/secrets', secret('A'))).json()
  const record = { kind: 'record', org_id: DEFAULT_ORG_ID, collection: 'secrets', id: created.id }
  t.same(await next(), { ...record, action: 'created' })
  t.match(await next(), {
    kind: 'request',
    org_id: DEFAULT_ORG_ID,
    id: 1,
    time: /^20\d\d-.*Z$/,
    method: 'POST',
    path: '/v1/secrets',
    status: 200,
    duration_ms: Number,
  })
  await call('DELETE', `/v1/secrets/${created.id}`)
  t.same(await next(), { ...record, action: 'deleted' })
  t.match(await next(), { kind: 'request', method: 'DELETE', path: `/v1/secrets/${created.id}` })
  await call('GET', '/v1/sessions?token=x', { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } })
  t.match(await next(), { kind: 'organizations', org_id: `org-${'b2'.repeat(16)}`, action: 'created' })
  t.match(await next(), { kind: 'request', path: '/v1/sessions', org_id: `org-${'b2'.repeat(16)}` })
})

t.test('GET /_fake/events sends the changes by control calls', async (t) => {
  const { follow, call, send } = await startFollowed(t)
  const { next } = await follow(
    '?kinds=clock&kinds=faults&kinds=scenarios&kinds=snapshots&kinds=keys&kinds=organizations&kinds=journal&kinds=reset',
  )
  await next()
  const org = DEFAULT_ORG_ID
  const changes: [method: string, path: string, body: unknown, event: object][] = [
    ['PUT', '/_fake/clock', { frozen: true }, { kind: 'clock', org_id: null }],
    ['POST', '/_fake/clock/advance', { seconds: 1, org_id: org }, { kind: 'clock', org_id: org }],
    [
      'POST',
      '/_fake/faults',
      { status: 500, org_id: org },
      { kind: 'faults', org_id: org, action: 'created' },
    ],
    ['POST', '/_fake/faults', { status: 500 }, { kind: 'faults', org_id: null, action: 'created' }],
    ['DELETE', `/_fake/faults?org_id=${org}`, null, { kind: 'faults', org_id: org, action: 'deleted' }],
    ['DELETE', '/_fake/faults', null, { kind: 'faults', org_id: null, action: 'deleted' }],
    [
      'POST',
      '/_fake/scenarios',
      { scenario: 'default' },
      { kind: 'scenarios', org_id: null, action: 'created' },
    ],
    ['DELETE', '/_fake/scenarios', null, { kind: 'scenarios', org_id: null, action: 'deleted' }],
    [
      'POST',
      '/_fake/snapshots',
      { name: 'a' },
      { kind: 'snapshots', org_id: null, action: 'created', id: 'a' },
    ],
    ['POST', '/_fake/snapshots/a/restore', null, { kind: 'reset', org_id: null }],
    ['DELETE', '/_fake/snapshots/a', null, { kind: 'snapshots', org_id: null, action: 'deleted', id: 'a' }],
    ['DELETE', '/_fake/requests', null, { kind: 'journal', org_id: null, action: 'deleted' }],
    ['POST', '/_fake/keys/revoke', { key: KEY }, { kind: 'keys', org_id: org, action: 'deleted' }],
    ['POST', '/_fake/reset', { org_id: org }, { kind: 'reset', org_id: org }],
    [
      'PUT',
      `/_fake/state?org_id=${org}`,
      { organizations: [{ org_id: org }] },
      { kind: 'reset', org_id: org },
    ],
  ]
  for (const [method, path, body, event] of changes) {
    const answer = await (body === null ? call(method, path) : send(method, path, body))
    t.match(answer.statusCode, /^20[014]$/, `${method} ${path}`)
    let seen = await next()
    // A restored organization is removed and created.
    while (seen?.kind === 'organizations') seen = await next()
    t.match(seen, event, `${method} ${path}`)
  }
  for (const path of ['/_fake/faults', '/_fake/scenarios']) {
    const body = path === '/_fake/faults' ? { status: 500, org_id: org } : { scenario: 'default' }
    const { id } = (await send('POST', path, body)).json()
    await call('DELETE', `${path}/${id}`)
    const org_id = path === '/_fake/faults' ? org : null
    for (const action of ['created', 'deleted'] as const) t.match(await next(), { id, action, org_id }, path)
  }
})

t.test('GET /_fake/events sends new organizations, their names and their keys', async (t) => {
  const { KeyRegistry } = await import('../../../src/auth/keys.ts')
  const keys = new KeyRegistry({ strict: true, keys: [{ key: 'cog_boss', orgId: 'enterprise' }] })
  const { follow, send, call } = await startFollowed(t, { keys })
  const { next } = await follow('?kinds=organizations&kinds=keys')
  await next()
  const { org_id } = (await send('POST', '/_fake/organizations', { name: 'a' })).json()
  t.same(await next(), { kind: 'organizations', org_id, action: 'created' })
  t.same(await next(), { kind: 'keys', org_id, action: 'created' })
  const boss = { headers: { authorization: 'Bearer cog_boss', 'content-type': 'application/json' } }
  const path = `/v3/enterprise/organizations/${org_id}`
  t.equal((await call('PATCH', path, { ...boss, payload: '{"name": "b"}' })).statusCode, 200)
  t.same(await next(), { kind: 'organizations', org_id, action: 'updated' })
  const limits = '{"max_cycle_acu_limit": 5}'
  t.equal((await call('PATCH', path, { ...boss, payload: limits })).statusCode, 200, 'no event of its own')
  t.equal((await call('DELETE', path, boss)).statusCode, 200)
  t.same(await next(), { kind: 'keys', org_id, action: 'deleted' })
  t.same(await next(), { kind: 'organizations', org_id, action: 'deleted' })
})

t.test('GET /_fake/events with an organization sends only events that concern it', async (t) => {
  const { follow, send } = await startFollowed(t)
  const { next } = await follow(`?org_id=${DEFAULT_ORG_ID}&kinds=clock`)
  await next()
  await send('POST', '/_fake/clock/advance', { seconds: 1, org_id: 'org-other' })
  await send('POST', '/_fake/clock/advance', { seconds: 1 })

  t.same(await next(), { kind: 'clock', org_id: null })
})

t.test('GET /_fake/events goes on after the last event of a lost connection', async (t) => {
  const { follow, send } = await startFollowed(t)
  const first = await follow('?kinds=faults')
  await first.next()
  await send('POST', '/_fake/faults', { status: 500 })
  t.match(await first.next(), { kind: 'faults', action: 'created' })
  first.cut()
  await send('DELETE', '/_fake/faults', {})
  const second = await follow('?kinds=faults', { 'last-event-id': first.lastId() })
  t.match(await second.next(), { kind: 'faults', action: 'deleted' })
  const third = await follow(`?kinds=faults&last_event_id=${first.lastId()}`)
  t.match(await third.next(), { kind: 'faults', action: 'deleted' })
  const header = { 'last-event-id': 'gone-1' }

  t.match(await (await follow(`?last_event_id=${first.lastId()}`, header)).next(), { kind: 'resync' })
})

t.test('GET /_fake/events masks the keys of a path', async (t) => {
  const { follow, call } = await startFollowed(t)
  const { next } = await follow('?kinds=request')
  await next()
  await call('GET', '/v1/secrets/cog_abcdef?x=cog_abcdef')

  t.match(await next(), { path: '/v1/secrets/cog_***' })
})

t.test('GET /_fake/events names the fault of a request', async (t) => {
  const { follow, call, send } = await startFollowed(t)
  const { next } = await follow('?kinds=request')
  await next()
  const { id } = (await send('POST', '/_fake/faults', { abort: 'before' })).json()
  await call('GET', '/v1/secrets').catch(() => undefined)

  t.match(await next(), { kind: 'request', status: null, fault: id })
})

t.test('a client that does not read is disconnected, and others are not', async (t) => {
  const { follow, organizations, url } = await startFollowed(t)
  const { next, cut } = await follow()
  await next()
  const slow = connect(Number(new URL(url).port), '127.0.0.1')
  slow.write('GET /_fake/events HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(slow, 'readable')
  const { hub } = organizations.events
  t.equal(hub?.size, 2)
  const event = { kind: 'snapshots', org_id: null, action: 'created', id: 'x'.repeat(900) } as const
  // Until the buffers of the system are full, too.
  let read = 0
  while (hub?.size === 2) {
    for (let count = 0; count < 100; count++) hub.publish(event)
    for (let count = 0; count < 100; count++) if ((await next())?.kind === 'snapshots') read++
  }
  t.ok(read > 0)
  slow.resume()
  await once(slow, 'close')
  hub?.publish({ kind: 'clock', org_id: null })
  t.same(await next(), { kind: 'clock', org_id: null })
  cut()
})

t.test('GET /_fake/events answers 503 beyond a hundred streams, until one is closed', async (t) => {
  const { follow, organizations, call } = await startFollowed(t)
  const streams = []
  for (let count = 0; count < STREAMS_MAX; count++) streams.push(await follow())
  const refused = await call('GET', '/_fake/events')
  t.same([refused.statusCode, refused.json()], [503, { detail: 'There are 100 streams; close one first' }])
  await streams[0]?.next()
  streams[0]?.cut()
  while (organizations.events.hub?.size === STREAMS_MAX) await new Promise((resolve) => setImmediate(resolve))

  t.equal((await follow()).response.status, 200)
})

t.test('HEAD /_fake/events answers with the headers only', async (t) => {
  const { app, organizations } = await startFollowed(t)
  const { statusCode, headers, body } = await app.inject({ method: 'HEAD', url: '/_fake/events' })

  t.match([statusCode, headers, body], [200, { 'content-type': 'text/event-stream' }, ''])
  t.equal(organizations.events.live, undefined)
})

t.test(
  'GET /_fake/events requires the control token, and rejects unknown kinds and parameters',
  async (t) => {
    const { call } = await startFollowed(t, { controlToken: 'token' })
    const auth = { headers: { authorization: 'Bearer token' } }
    t.equal((await call('GET', '/_fake/events')).statusCode, 401)
    t.equal((await call('GET', '/_fake/events?kinds=nothing', auth)).statusCode, 422)
    t.match((await call('GET', '/_fake/events?kind=request', auth)).json(), {
      detail: [{ msg: /did you mean kinds/i }],
    })
  },
)

t.test('a closing server ends its streams at once, and accepts no new ones', async (t) => {
  const { follow, app, organizations, call } = await startFollowed(t)
  const { next } = await follow()
  await next()
  organizations.events.close()
  t.equal(await next(), undefined)
  const refused = await call('GET', '/_fake/events')
  t.same([refused.statusCode, refused.json()], [503, { detail: 'The server stops' }])
  await app.close()
})

t.test('app.close() ends the streams', async (t) => {
  const { follow, app } = await startFollowed(t)
  const { next } = await follow()
  await next()
  const closed = app.close()
  t.equal(await next(), undefined)
  await closed
})

t.test('GET /_fake/events works over HTTPS and through fetch without a socket', async (t) => {
  const devin = await startFakeDevin({ tls: true })
  t.teardown(() => devin.close())
  const controller = new AbortController()
  const response = await devin.fetch('/_fake/events', { signal: controller.signal })
  const { next } = reader(response)
  t.match(await next(), { kind: 'resync' })
  await devin.clock.freeze()
  t.match(await next(), { kind: 'clock' })
  controller.abort()
  const options = { ca: devin.caPem, servername: 'api.devin.ai', headers: { host: 'api.devin.ai' } }
  const request = getOverHttps(`${devin.tlsUrl}/_fake/events`, options)
  const [secure] = await once(request, 'response')
  const [text] = await once(secure.setEncoding('utf8'), 'data')

  t.match(text, /^retry: 1000\n\nid: \w+-\d+\ndata: \{"kind":"resync","org_id":null\}\n\n$/)
  const ended = once(secure, 'end')
  await devin.close()
  await ended
})

t.test('nothing is collected before the first stream', async (t) => {
  const { organizations, send } = await startFollowed(t)
  await send('POST', '/v1/secrets', secret('A'))

  t.same([organizations.events.live, organizations.journals.onEntry], [undefined, undefined])
})
