// Tests listener.ts, alone and in a running server.
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { Agent, request } from 'node:https'
import { type AddressInfo, connect as connectPlain, createServer } from 'node:net'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { type Server, startServer } from '../../../src/server/start.ts'
import { makeCertificate } from '../../../src/server/tls/certificate.ts'
import { listenTls, type TlsListener } from '../../../src/server/tls/listener.ts'
import { DEFAULT_CONFIG, type ServerConfig } from '../../../src/settings/config.ts'
import { StartError } from '../../../src/settings/start-error.ts'
import { ManualTimers } from '../../events/timers.ts'
import { closeInTime } from '../close.ts'
import { call } from './call.ts'

const made = await makeCertificate('127.0.0.1')
const host = '127.0.0.1'

/** Opens a TLS listener for a server that does not listen otherwise. Closes it when the test ends. */
async function open(
  t: Test,
  listener: RequestListener,
): Promise<{ server: HttpServer; tlsListener: TlsListener }> {
  const server = createHttpServer(listener)
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
  const other = createHttpServer()
  await new Promise<void>((resolve) => other.listen(0, host, resolve))
  t.teardown(() => other.close())

  const { port } = other.address() as AddressInfo

  await t.rejects(listenTls(createHttpServer(), made, { host, port }), { code: 'EADDRINUSE' })
})

t.test('the listener has the connection limit of the HTTP server', async (t) => {
  const server = createHttpServer((_request, response) => void response.end())
  server.maxConnections = 1
  const tlsListener = await listenTls(server, made, { host, port: 0 })
  t.teardown(() => {
    tlsListener.destroyConnections()
    return tlsListener.close()
  })
  await enter(t, tlsListener)

  await t.rejects(enter(t, tlsListener))
})

const SETTINGS = { ...DEFAULT_CONFIG, port: 0, logLevel: 'silent', tls: true, tlsPort: 0 } as const

/** A server with TLS, closed when the test ends. */
async function start(t: Test, config: Partial<ServerConfig> = {}) {
  const server = await startServer({ ...SETTINGS, ...config })
  t.teardown(() => server.close())
  const { tlsUrl = '', caPem: ca = '' } = server
  return { server, tlsUrl, ca }
}

/** Occupies a port until the test ends. */
async function takenPort(t: Test): Promise<number> {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  return (other.address() as AddressInfo).port
}

t.test('HTTP and HTTPS are served at once, over the same state', async (t) => {
  const { server, tlsUrl, ca } = await start(t)
  const body = JSON.stringify({ type: 'key-value', key: 'TOKEN', value: '', sensitive: true, note: '' })

  const created = await call(`${tlsUrl}/v1/secrets`, { ca, method: 'POST' }, body)

  t.equal(created.status, 200, created.text)
  t.match(tlsUrl, /^https:\/\/127\.0\.0\.1:\d+$/)
  const headers = { authorization: 'Bearer apk_user_a' }
  t.match(await (await fetch(`${server.url}/v1/secrets`, { headers })).json(), [{ key: 'TOKEN' }])
})

t.test('without TLS there is neither an HTTPS URL nor a CA', async (t) => {
  const server = await startServer({ ...SETTINGS, tls: false })
  t.teardown(() => server.close())

  t.match(server, { tlsUrl: undefined, caPem: undefined })
  t.equal((await fetch(`${server.url}/_fake/ca.pem`)).status, 404)
})

t.test('GET /_fake/ca.pem returns over HTTP the CA that makes HTTPS trusted', async (t) => {
  const { server, tlsUrl } = await start(t, { controlToken: 'secret' })

  const answer = await fetch(`${server.url}/_fake/ca.pem`)

  const ca = await answer.text()
  t.equal(ca, server.caPem)
  t.equal((await call(`${tlsUrl}/v1/secrets`, { ca })).status, 200)
})

t.test('URLs in answers begin with https if the request came over HTTPS', async (t) => {
  const { tlsUrl, ca } = await start(t)
  const headers = { host: 'api.devin.ai', 'content-type': 'multipart/form-data; boundary=x' }
  const options = { ca, servername: 'api.devin.ai', headers }
  const form =
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'

  const uploaded = await call(`${tlsUrl}/v1/attachments`, { ...options, method: 'POST' }, form)
  const redirected = await call(`${tlsUrl}/v1/secrets/`, options)

  t.match(uploaded.text, /^"https:\/\/api\.devin\.ai\//)
  t.equal(redirected.headers.location, 'https://api.devin.ai/v1/secrets')
})

t.test('a client refuses the certificate under another name', async (t) => {
  const { tlsUrl, ca } = await start(t)
  const named = (servername: string) =>
    call(`${tlsUrl}/v1/secrets`, { ca, servername, headers: { host: servername } })

  await t.rejects(named('api.example.com'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  t.equal((await named('api.devin.ai')).status, 200)
})

t.test('a client that does not trust the CA refuses, and the server still serves others', async (t) => {
  const { tlsUrl, ca } = await start(t)
  const stranger = (await makeCertificate('127.0.0.1')).caPem

  await t.rejects(call(`${tlsUrl}/v1/secrets`, {}), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  await t.rejects(call(`${tlsUrl}/v1/secrets`, { ca: stranger }), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  // A bundle may hold the CA of an earlier run, which has the same name.
  t.equal((await call(`${tlsUrl}/v1/secrets`, { ca: [stranger, ca] })).status, 200)
})

t.test('a given certificate is presented, without a CA', async (t) => {
  const { cert, key, caPem } = await makeCertificate('127.0.0.1')
  const folder = t.testdir({ 'cert.pem': cert, 'key.pem': key })
  const files = { tlsCertFile: join(folder, 'cert.pem'), tlsKeyFile: join(folder, 'key.pem') }
  const { server, tlsUrl } = await start(t, files)

  t.equal((await call(`${tlsUrl}/v1/secrets`, { ca: caPem })).status, 200)
  t.equal(server.caPem, undefined)
  t.match(await (await fetch(`${server.url}/_fake/ca.pem`)).json(), {
    detail: /^This server has no CA of its own/,
  })
})

t.test('the CA is in the requested file once the server listens', async (t) => {
  const tlsCaOutFile = join(t.testdir({}), 'ca.pem')

  const { ca } = await start(t, { tlsCaOutFile })

  t.equal(readFileSync(tlsCaOutFile, 'utf8'), ca)
})

t.test('the URL for HTTPS names the host that the certificate is for', async (t) => {
  const { tlsUrl, ca } = await start(t, { host: 'localhost' })

  t.match(tlsUrl, /^https:\/\/localhost:\d+$/)
  t.equal((await call(`${tlsUrl}/v1/secrets`, { ca })).status, 200)
})

t.test('an HTTPS port in use is reported with advice, and nothing listens', async (t) => {
  const tlsPort = await takenPort(t)

  const error = await startServer({ ...SETTINGS, tlsPort }).catch((error: unknown) => error)

  t.type(error, StartError)
  t.match(error, {
    message: `port ${tlsPort} of 127.0.0.1 is in use: stop what listens there, or choose another with --tls-port (0 picks a free one)`,
    exitCode: 1,
  })
})

t.test('if HTTP cannot listen, HTTPS does not either', async (t) => {
  const [port, tlsPort] = [await takenPort(t), await freePort()]

  await t.rejects(startServer({ ...SETTINGS, port, tlsPort }), { message: /choose another with --port/ })
  await t.rejects(call(`https://127.0.0.1:${tlsPort}`, {}), { code: 'ECONNREFUSED' })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A request over TLS whose headers have arrived and whose body has not. */
async function begin({ app }: Server, tlsUrl: string, ca: string) {
  const headers = { authorization: 'Bearer apk_user_a', 'content-length': 2 }
  const pending = request(`${tlsUrl}/v1/sessions`, { ca, agent: false, method: 'POST', headers })
  const outcome = new Promise<number | string | undefined>((resolve) => {
    pending.on('response', (response) => resolve(response.resume().statusCode))
    pending.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
  })
  const arrived = new Promise((resolve) => app.server.once('request', resolve))
  pending.flushHeaders()
  await arrived
  return { outcome, finish: () => pending.end('{}') }
}

t.test('closing waits for a request over TLS and then closes its connection', async (t) => {
  const { server, tlsUrl, ca } = await start(t)
  const { outcome, finish } = await begin(server, tlsUrl, ca)

  const closed = server.close()
  finish()

  t.equal(await outcome, 422)
  await closed
  await t.rejects(call(tlsUrl, { ca }), { code: 'ECONNREFUSED' })
})

t.test('closing does not wait for an idle TLS connection', async (t) => {
  const { server, tlsUrl, ca } = await start(t)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  await call(`${tlsUrl}/v1/secrets`, { ca, agent })
  const { schedule } = new ManualTimers()

  await server.close({ schedule })

  t.notOk(server.app.server.listening, 'although no timer ends')
})

t.test('closing cuts an endless request over TLS and a pending handshake within a second', async (t) => {
  const { server, tlsUrl, ca } = await start(t)
  const silent = connectPlain(Number(new URL(tlsUrl).port), '127.0.0.1')
  t.teardown(() => silent.destroy())
  await new Promise((resolve) => silent.once('connect', resolve))
  const { outcome } = await begin(server, tlsUrl, ca)

  await closeInTime(t, server)

  t.equal(await outcome, 'ECONNRESET')
})
