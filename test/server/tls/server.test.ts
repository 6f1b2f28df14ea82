import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { type AddressInfo, connect as connectPlain, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Server, startServer } from '../../../src/server/start.ts'
import { makeCertificate } from '../../../src/server/tls/certificate.ts'
import { DEFAULT_CONFIG, type ServerConfig } from '../../../src/settings/config.ts'
import { StartError } from '../../../src/settings/start-error.ts'
import { call } from './call.ts'

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
  t.match(await (await fetch(`${server.url}/_fake/ca.pem`)).json(), { detail: /^No CA was made here/ })
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

t.test('closing waits for a request over TLS and then hangs up', async (t) => {
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
  const before = performance.now()

  await server.close()

  t.ok(performance.now() - before < 500)
})

t.test('closing cuts an endless request over TLS and a pending handshake within a second', async (t) => {
  const { server, tlsUrl, ca } = await start(t)
  const silent = connectPlain(Number(new URL(tlsUrl).port), '127.0.0.1')
  t.teardown(() => silent.destroy())
  await new Promise((resolve) => silent.once('connect', resolve))
  const { outcome } = await begin(server, tlsUrl, ca)
  const before = performance.now()

  await server.close()

  t.ok(performance.now() - before < 1000)
  t.equal(await outcome, 'ECONNRESET')
})
