import { createServer, type RequestListener, type Server } from 'node:http'
import { request } from 'node:https'
import { type AddressInfo, connect as connectPlain } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { makeCertificate } from '../../../src/server/tls/certificate.ts'
import { listenTls, type TlsListener } from '../../../src/server/tls/listener.ts'

const made = await makeCertificate('127.0.0.1')
const host = '127.0.0.1'

/** Opens a TLS listener for a server that does not listen otherwise. Closes it when the test ends. */
async function open(
  t: Test,
  listener: RequestListener,
): Promise<{ server: Server; tlsListener: TlsListener }> {
  const server = createServer(listener)
  const tlsListener = await listenTls(server, made, { host, port: 0 })
  t.teardown(() => {
    tlsListener.destroyConnections()
    return tlsListener.close()
  })
  return { server, tlsListener }
}

/** Connects a client that trusts the CA and completes its handshake. */
async function enter(t: Test, { port }: TlsListener, ALPNProtocols?: string[]): Promise<TLSSocket> {
  const socket = connect({
    host,
    port,
    servername: 'api.devin.ai',
    ca: made.caPem,
    ...(ALPNProtocols && { ALPNProtocols }),
  })
  t.teardown(() => socket.destroy())
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return socket
}

async function answer(socket: AsyncIterable<unknown>): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

t.test('a request over TLS is handled by the HTTP server and marked as encrypted', async (t) => {
  const { tlsListener } = await open(t, (request, response) => {
    response.end(`${request.method} ${request.url} ${(request.socket as TLSSocket).encrypted}`)
  })

  const text = await new Promise<string>((resolve, reject) => {
    const options = {
      host,
      port: tlsListener.port,
      servername: 'api.devin.ai',
      ca: made.caPem,
      path: '/x',
      method: 'PUT',
    }
    request(options, (response) => resolve(answer(response)))
      .on('error', reject)
      .end()
  })

  t.equal(text, 'PUT /x true')
})

t.test('a client that prefers HTTP/2 gets HTTP/1.1', async (t) => {
  const { tlsListener } = await open(t, (_request, response) => response.end())

  t.equal((await enter(t, tlsListener, ['h2', 'http/1.1'])).alpnProtocol, 'http/1.1')
})

t.test('bytes that are not HTTP are answered by the HTTP server', async (t) => {
  const { server, tlsListener } = await open(t, () => undefined)
  server.on('clientError', (_error, socket) => socket.end('sorry'))
  const socket = await enter(t, tlsListener)

  socket.write('nonsense\r\n\r\n')

  t.equal(await answer(socket), 'sorry')
})

t.test('bytes that are not TLS end only their own connection', async (t) => {
  const { tlsListener } = await open(t, (_request, response) => response.end('still here'))
  const socket = connectPlain(tlsListener.port, host)
  t.teardown(() => socket.destroy())
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  // OpenSSL ends with an alert, which is not HTTP.
  t.notMatch(await answer(socket).catch(() => ''), 'HTTP/')

  const next = await enter(t, tlsListener)
  next.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  t.match(await answer(next), /^HTTP\/1\.1 200 OK\r\n.*still here/s)
})

t.test('closing waits for open connections and accepts no others', async (t) => {
  const { tlsListener } = await open(t, () => undefined)
  const socket = await enter(t, tlsListener)
  let isClosed = false
  const closed = tlsListener.close().then(() => {
    isClosed = true
  })

  await t.rejects(enter(t, tlsListener), { code: 'ECONNREFUSED' })
  t.notOk(isClosed)
  socket.end()
  await closed
})

t.test('destroyConnections ends open connections and pending handshakes', async (t) => {
  const { server, tlsListener } = await open(t, () => undefined)
  const arrived = new Promise((resolve) => server.once('connection', resolve))
  const inside = await enter(t, tlsListener)
  await arrived
  const outside = connectPlain(tlsListener.port, host)
  await new Promise((resolve) => outside.once('connect', resolve))
  // Accepting the next connection shows that the one before has been seen.
  await enter(t, tlsListener)

  const closed = tlsListener.close()
  tlsListener.destroyConnections()

  await closed
  t.equal(await answer(inside).catch(() => ''), '')
  t.equal(await answer(outside).catch(() => ''), '')
})

t.test('an address that is not available is an error', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, host, resolve))
  t.teardown(() => other.close())

  const { port } = other.address() as AddressInfo

  await t.rejects(listenTls(createServer(), made, { host, port }), { code: 'EADDRINUSE' })
})

t.test('the listener has the connection limit of the HTTP server', async (t) => {
  const server = createServer((_request, response) => void response.end())
  server.maxConnections = 1
  const tlsListener = await listenTls(server, made, { host, port: 0 })
  t.teardown(() => {
    tlsListener.destroyConnections()
    return tlsListener.close()
  })
  await enter(t, tlsListener)

  await t.rejects(enter(t, tlsListener))
})
