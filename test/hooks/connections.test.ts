import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { type AppOptions, buildApp } from '../../src/app.ts'
import { closeIdleConnections, cutConnections, IDLE_MS, IdleReaper } from '../../src/hooks/connections.ts'
import { parseAnswers } from '../fuzz/wire.ts'

async function listening(t: Test, options: AppOptions = {}) {
  const app = await buildApp(options)
  t.teardown(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const open = (allowHalfOpen = false): Socket => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen })
    t.teardown(() => socket.destroy())
    return socket
  }
  return { app, open }
}

const GET = 'GET /v1/secrets HTTP/1.1\r\nhost: h\r\nauthorization: Bearer apk_user_test\r\n\r\n'

t.test('no client may take for ever for its headers or its body', async (t) => {
  const { app } = await listening(t)
  const { headersTimeout, requestTimeout } = app.server

  t.ok(headersTimeout > 0)
  t.ok(headersTimeout < requestTimeout && requestTimeout < IDLE_MS.duringOne)
})

t.test(
  'an answer does not say how long its connection may be idle, as that of uvicorn does not',
  async (t) => {
    const { app, open } = await listening(t)
    const socket = open()
    socket.write(GET)

    const [answer] = await once(socket, 'data')

    t.match(String(answer), /^HTTP\/1\.1 200 /)
    t.notMatch(String(answer), /keep-alive:/i)
    t.same([app.server.keepAliveTimeout, app.server.timeout], [0, 0], 'no timer per request')
  },
)

/** A server that answers what begins with GET, whose connections a test watches itself, and a client of it. */
async function watched(t: Test) {
  const watch = new IdleReaper()
  const server = createServer((request, response) => void (request.method === 'GET' && response.end('ok')))
  server.keepAliveTimeout = 0
  t.teardown(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
  const [connection] = (await once(server, 'connection')) as [Socket]
  watch.add(connection, 0)
  t.teardown(() => connection.destroy())
  const ask = async (method: string) => {
    socket.write(`${method} / HTTP/1.1\r\nhost: h\r\n\r\n`)
    await once(server, 'request')
  }
  return { watch, connection, socket, ask, server }
}

t.test('a connection on which no request comes any more is hung up on', async (t) => {
  const { watch, connection, socket, ask } = await watched(t)
  await ask('GET')
  await once(socket, 'data')

  watch.sweep(1_000)
  watch.sweep(1_000 + IDLE_MS.betweenRequests)
  t.notOk(connection.destroyed, 'not before its time is over, which began with what moved last')
  watch.sweep(1_001 + IDLE_MS.betweenRequests)

  t.ok(connection.destroyed)
  // What is about to close has nothing left to look at, and is seen no more afterwards.
  watch.sweep(Number.MAX_SAFE_INTEGER)
  await once(socket, 'close')
  watch.sweep(Number.MAX_SAFE_INTEGER)
})

t.test('a request that is under way has more time', async (t) => {
  const { watch, connection, ask } = await watched(t)
  await ask('POST')

  watch.sweep(1_000)
  watch.sweep(1_000 + IDLE_MS.duringOne)
  t.notOk(connection.destroyed)
  watch.sweep(1_001 + IDLE_MS.duringOne)

  t.ok(connection.destroyed)
})

t.test('an answer that is still being read is none that does not move', async (t) => {
  const { watch, connection, socket, ask, server } = await watched(t)
  server.once('request', (_request, response) => response.end(Buffer.alloc(64 * 2 ** 20)))
  socket.pause()
  await ask('POST')
  const queued = () => Reflect.get(connection, '_handle').writeQueueSize
  watch.sweep(1_000)
  const before = queued()
  t.ok(before > 0)

  socket.on('data', () => queued() < before && socket.pause().emit('moved')).resume()
  await once(socket, 'moved')
  watch.sweep(1_001 + IDLE_MS.duringOne)
  t.notOk(connection.destroyed)
  watch.sweep(1_002 + 2 * IDLE_MS.duringOne)

  t.ok(connection.destroyed, 'until it is read no more')
})

t.test('the connections of an application are watched while it listens', async (t) => {
  const server = createServer()
  t.teardown(() => server.close())
  let now = 0
  let sweep: unknown
  const every = (callback: () => void, ms: number) => {
    sweep = callback
    return setInterval(callback, ms)
  }
  closeIdleConnections({ server }, { clock: { now: () => now * 1000 }, every: every as typeof setInterval })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
  t.teardown(() => socket.destroy())
  const [connection] = (await once(server, 'connection')) as [Socket]
  if (typeof sweep !== 'function') return t.fail('nobody looks for idle connections')

  now = 2 * IDLE_MS.betweenRequests
  sweep()

  t.ok(connection.destroyed)
  await once(socket, 'close')
})

t.test('connections beyond the limit are hung up on, and those within it go on', async (t) => {
  const { app, open } = await listening(t, { limits: { connections: 2 } })
  const sockets = [open(), open()]
  for (const socket of sockets) {
    socket.write(GET)
    await once(socket, 'data')
  }

  const third = open().resume()
  await once(app.server, 'drop')
  await once(third, 'close')

  t.equal(third.bytesRead, 0)
  sockets[0]?.write(GET)
  t.match(String(await once(sockets[0] as Socket, 'data')), /^HTTP\/1\.1 200 /)
  sockets[0]?.destroy()
  sockets[1]?.destroy()
})

t.test('a client that closes its half of the connection still gets every answer', async (t) => {
  const { open } = await listening(t)
  const socket = open(true)
  const body = '{"prompt":"p","structured_output_schema":{"type":"object"}}'
  const slow = GET.replace('GET /v1/secrets', 'POST /v1/sessions').replace(
    '\r\n\r\n',
    `\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )

  socket.end(GET + slow + GET)
  const received: Buffer[] = []
  for await (const chunk of socket) received.push(chunk)

  t.same(
    parseAnswers(Buffer.concat(received)).map(({ status }) => status),
    [200, 200, 200],
  )
})

t.test('all connections can be cut, also one that was asked to be a tunnel', async (t) => {
  const never = 1_000_000_000
  const { app, open } = await listening(t, { limits: { linger: { ms: never, bytes: never } } })
  const closed: Promise<unknown>[] = []
  for (const text of [GET, GET.replace('GET', 'CONNECT')]) {
    const arrived = once(app.server, 'connection')
    const socket = open(true)
    socket.write(text)
    const [connection] = (await arrived) as [Socket]
    closed.push(once(connection, 'close'))
    await once(socket, 'data')
  }

  cutConnections(app)

  t.equal((await Promise.all(closed)).length, 2)
})
