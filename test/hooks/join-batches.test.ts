import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { rowKinds } from '../../src/persistence/kinds.ts'
import { Replica } from '../../src/persistence/replica.ts'
import { newServices } from '../engine.ts'
import { frozenClock, KEY } from '../fake.ts'
import { raw } from '../faults/start.ts'
import { converse, parseAnswers } from '../fuzz/wire.ts'
import { MemoryDatabase } from '../persistence/memory-database.ts'

const headers = { authorization: `Bearer ${KEY}` }

/** Sends bytes on a connection of their own. Resolves with what comes back until its end. */
function exchange(app: FastifyInstance, text: string): Promise<Buffer> {
  const { port } = app.server.address() as AddressInfo
  return converse(port, { pieces: [Buffer.from(text)], ending: 'waits' })
}

/** Starts an application whose state is kept in a database that can fail. */
async function start(t: Test, isExclusive = false) {
  const { store, ...services } = newServices(frozenClock)
  const database = new MemoryDatabase(undefined, isExclusive)
  const kinds = rowKinds({ store, ...services })
  const replica = new Replica({ database, kinds, changes: store.changes, events: store.events })
  const app = await buildApp({ ...services, replica })
  await replica.start(
    () => services.stateService.captureBaseline(),
    async () => undefined,
  )
  t.teardown(async () => {
    await app.close()
    await replica.close()
  })
  const send = (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) =>
    app.inject({ method, url, headers, ...(body !== undefined && { payload: body }) })
  const requests = async () => (await send('GET', '/_fake/requests')).json().requests as { path: string }[]
  return { app, database, send, requests, services }
}

t.test(
  'while the database is unreachable, every request is answered with 503 in the error format of its generation, and not recorded',
  async (t) => {
    const { database, send, requests } = await start(t)
    const bodies: Record<string, unknown> = {}
    for (const path of ['/v1/secrets', '/v3/self', '/nowhere', '/_fake/health']) {
      database.failing.add('begin')
      const { statusCode, headers, json } = await send('GET', path)
      t.equal(statusCode, 503, path)
      t.equal(headers['retry-after'], '1', path)
      bodies[path] = json()
    }

    t.same(bodies, {
      '/v1/secrets': { detail: 'no begin' },
      '/v3/self': {
        type: 'about:blank',
        title: 'Service Unavailable',
        status: 503,
        detail: 'no begin',
        instance: '/v3/self',
      },
      '/nowhere': { detail: 'no begin' },
      '/_fake/health': { detail: 'no begin' },
    })
    t.same(await requests(), [])
    t.equal((await send('GET', '/_fake/health')).statusCode, 200)
  },
)

t.test('an answer whose changes could not be stored becomes a 503 without its headers', async (t) => {
  for (const isExclusive of [true, false]) {
    const { database, send, requests } = await start(t, isExclusive)
    database.failing.add('commit')
    const answer = await send('POST', '/v1/sessions', { prompt: 'a' })
    t.equal(answer.statusCode, 503)
    t.same(answer.json(), { detail: 'no commit' })
    t.equal(answer.headers['retry-after'], '1')
    t.same((await send('GET', '/v1/sessions')).json(), { sessions: [] })
    t.same(
      (await requests()).map(({ path }) => path),
      ['/v1/sessions'],
      'only the second one',
    )
    t.equal((await send('DELETE', '/v1/secrets')).headers.allow, 'GET')
    database.failing.add('commit')
    const refused = await send('DELETE', '/v1/secrets')
    t.same([refused.statusCode, refused.headers.allow], [503, undefined])
  }
})

t.test('an unexpected error is not shown', async (t) => {
  const { database, send } = await start(t)
  database.failure = new TypeError('secret detail')
  database.failing.add('commit')
  const answer = await send('POST', '/v1/sessions', { prompt: 'a' })
  t.same([answer.statusCode, answer.json()], [503, { detail: 'The state could not be stored' }])
})

t.test(
  'a fault that ends the connection, or sends half of a body, is recorded before the client sees it',
  async (t) => {
    const { app, send, requests } = await start(t)
    await app.listen({ port: 0, host: '127.0.0.1' })
    for (const abort of ['before', 'after', 'mid-body']) {
      await send('POST', '/_fake/faults', { abort, times: 1, path: '/v1/*' })
      await exchange(app, raw('GET', `/v1/secrets?${abort}`))
      t.equal((await requests()).length, 1, abort)
      await send('DELETE', '/_fake/requests')
    }
    t.same((await send('GET', '/_fake/faults')).json().faults, [])
  },
)

t.test('a fault that could not be counted does not strike', async (t) => {
  const { database, send } = await start(t)
  await send('POST', '/_fake/faults', { status: 418, times: 1, path: '/v1/*' })
  database.failing.add('commit')
  t.equal((await send('GET', '/v1/secrets')).statusCode, 503)

  t.equal((await send('GET', '/v1/secrets')).statusCode, 418)
  t.equal((await send('GET', '/v1/secrets')).statusCode, 200)
})

t.test('a fault that ends the connection does so even if the request cannot be recorded', async (t) => {
  const { app, database, send, requests } = await start(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  await send('POST', '/_fake/faults', { abort: 'after', path: '/v1/*' })
  const { commit } = database.calls
  database.onCommitted = () => {
    // The first commit counts the fault.
    if (database.calls.commit === commit + 1) database.failing.add('commit')
  }
  t.equal(String(await exchange(app, raw('GET', '/v1/secrets'))), '')
  t.same(await requests(), [])
})

t.test('requests on one connection that do not wait for each other are served in their order', async (t) => {
  const { app, requests } = await start(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const body = JSON.stringify({ prompt: 'a' })
  const bytes = await exchange(
    app,
    raw('POST', '/v1/sessions', body) +
      raw('GET', '/v1/secrets') +
      raw('GET', '/v1/sessions', '', 'Connection: close'),
  )

  t.same(
    parseAnswers(bytes).map(({ status }) => status),
    [200, 200, 200],
  )
  t.same(
    (await requests()).map(({ path }) => path),
    ['/v1/sessions', '/v1/secrets', '/v1/sessions'],
  )
})

t.test('a call of the application to itself is part of the request that makes it', async (t) => {
  const { send } = await start(t)
  const answer = await send('POST', '/_fake/calls', {
    method: 'POST',
    path: '/v1/sessions',
    body: { prompt: 'a' },
    org_id: DEFAULT_ORG_ID,
  })
  t.equal(answer.statusCode, 200, answer.body)
  t.equal((await send('GET', '/v1/sessions')).json().sessions.length, 1)
})

t.test('a request joins a batch only once its body has arrived', async (t) => {
  const { app, send, database } = await start(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.write(raw('POST', '/v1/sessions', 'x').slice(0, -1))
  await once(app.server, 'request')

  t.equal((await send('POST', '/v1/sessions', { prompt: 'a' })).statusCode, 200)
  database.failing.add('begin')
  socket.write('x')
  t.match(String(await once(socket, 'data')), /^HTTP\/1\.1 503 /)
})

t.test('an open stream of events is in no batch', async (t) => {
  const { app, send } = await start(t)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const end = new AbortController()
  const { body } = await fetch(`${url}/_fake/events`, { signal: end.signal })
  t.equal((await send('POST', '/v1/sessions', { prompt: 'a' })).statusCode, 200)
  let text = ''
  const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  while (!text.includes('"sessions"')) text += (await reader.read()).value
  end.abort()
  t.match(text, /"collection":"sessions"/)
})
