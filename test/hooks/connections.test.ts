import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { type AppOptions, buildApp } from '../../src/app.ts'
import { closeIdleConnections, IDLE_MS, IdleReaper } from '../../src/hooks/connections.ts'
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

t.test('the time for the headers and the body of a request is limited', async (t) => {
  const { app } = await listening(t)
  const { headersTimeout, requestTimeout } = app.server

  t.ok(headersTimeout > 0)
  t.ok(headersTimeout < requestTimeout && requestTimeout < IDLE_MS.duringRequest)
})

t.test('a response has no Keep-Alive header, like that of uvicorn', async (t) => {
  const { app, open } = await listening(t)
  const socket = open()
  socket.write(GET)

  const [response] = await once(socket, 'data')

  t.match(String(response), /^HTTP\/1\.1 200 /)
  t.notMatch(String(response), /keep-alive:/i)
  t.same([app.server.keepAliveTimeout, app.server.timeout], [0, 0], 'no timer per request')
})

/** Starts a server that responds only to GET, with one client connection that is added to a reaper. */
async function reaped(t: Test) {
  const reaper = new IdleReaper()
  const server = createServer((request, response) => void (request.method === 'GET' && response.end('ok')))
  server.keepAliveTimeout = 0
  t.teardown(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
  const [connection] = (await once(server, 'connection')) as [Socket]
  reaper.add(connection, 0)
  t.teardown(() => connection.destroy())
  const send = async (method: string) => {
    socket.write(`${method} / HTTP/1.1\r\nhost: h\r\n\r\n`)
    await once(server, 'request')
  }
  return { reaper, connection, socket, send, server }
}

t.test('a connection is sending from the end of an answer until its client has taken it', async (t) => {
  const { reaper, socket, send, server } = await reaped(t)
  const finished = Promise.withResolvers<void>()
  server.removeAllListeners('request').on('request', (_request, response) => {
    // More than the operating system buffers.
    response.end(Buffer.alloc(64 * 2 ** 20)).on('finish', finished.resolve)
  })
  t.notOk(reaper.isSending)

  socket.pause()
  await send('GET')
  t.ok(reaper.isSending)

  socket.resume()
  await finished.promise
  t.notOk(reaper.isSending)
})

t.test('a connection whose request is in progress is not sending', async (t) => {
  const { reaper, send } = await reaped(t)
  await send('POST')

  t.notOk(reaper.isSending)
})

t.test('a connection without further requests is closed', async (t) => {
  const { reaper, connection, socket, send } = await reaped(t)
  await send('GET')
  await once(socket, 'data')

  reaper.sweep(1_000)
  reaper.sweep(1_000 + IDLE_MS.betweenRequests)
  t.notOk(connection.destroyed, 'not before the timeout, which started with the last transfer')
  reaper.sweep(1_001 + IDLE_MS.betweenRequests)

  t.ok(connection.destroyed)
  // A sweep ignores a connection that is closing or closed.
  reaper.sweep(Number.MAX_SAFE_INTEGER)
  await once(socket, 'close')
  reaper.sweep(Number.MAX_SAFE_INTEGER)
})

t.test('a connection with a pending response has a longer timeout', async (t) => {
  const { reaper, connection, send } = await reaped(t)
  await send('POST')

  reaper.sweep(1_000)
  reaper.sweep(1_000 + IDLE_MS.duringRequest)
  t.notOk(connection.destroyed)
  reaper.sweep(1_001 + IDLE_MS.duringRequest)

  t.ok(connection.destroyed)
})

t.test('a connection stays open while the client still reads a response', async (t) => {
  const { reaper, connection, socket, send, server } = await reaped(t)
  server.once('request', (_request, response) => response.end(Buffer.alloc(64 * 2 ** 20)))
  socket.pause()
  await send('POST')
  const queued = () => Reflect.get(connection, '_handle').writeQueueSize
  reaper.sweep(1_000)
  const before = queued()
  t.ok(before > 0)

  socket.on('data', () => queued() < before && socket.pause().emit('moved')).resume()
  await once(socket, 'moved')
  reaper.sweep(1_001 + IDLE_MS.duringRequest)
  t.notOk(connection.destroyed)
  reaper.sweep(1_002 + 2 * IDLE_MS.duringRequest)

  t.ok(connection.destroyed, 'once the client stops reading')
})

t.test('an application closes idle connections while it listens', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  let now = 0
  let sweep: unknown
  const startTimer = (callback: () => void, ms: number) => {
    sweep = callback
    return setInterval(callback, ms)
  }
  closeIdleConnections(app, {
    clock: { now: () => now * 1000 },
    startTimer: startTimer as typeof setInterval,
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1').resume()
  t.teardown(() => socket.destroy())
  const [connection] = (await once(app.server, 'connection')) as [Socket]
  if (typeof sweep !== 'function') return t.fail('no timer was started')

  now = 2 * IDLE_MS.betweenRequests
  sweep()

  t.ok(connection.destroyed)
  await once(socket, 'close')
})

t.test('connections beyond the limit are closed, and the others stay open', async (t) => {
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

t.test('a client that half-closes the connection receives all responses', async (t) => {
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

t.test('destroyAll destroys all connections of an application, including tunnels', async (t) => {
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

  app.idleReaper.destroyAll()

  t.equal((await Promise.all(closed)).length, 2)
})
