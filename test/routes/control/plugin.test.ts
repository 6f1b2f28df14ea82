// What all routes of the control plane share: public routes, HEAD, body limits and the guard.

import { type AddressInfo, connect } from 'node:net'
import t from 'tap'
import { version } from '../../../src/base/version.ts'
import { CONTROL_JSON_MAX } from '../../../src/routes/control/index.ts'
import { startFake } from '../../fake.ts'

t.test('GET /_fake/health returns the status and version without a key', async (t) => {
  const { app } = await startFake(t)

  const res = await app.inject('/_fake/health')

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/json')
  t.same(res.json(), { status: 'ok', version })
})

t.test('HEAD /_fake/health answers like GET, without the body', async (t) => {
  const { app } = await startFake(t)
  await app.listen()
  const { port } = app.server.address() as AddressInfo
  const exchange = (lines: string) =>
    new Promise<string>((resolve, reject) => {
      let received = ''
      const socket = connect(port, 'localhost', () => socket.write(`${lines}\r\n\r\n`))
      socket.setEncoding('utf8').on('data', (data: string) => {
        received += data
      })
      socket.on('close', () => resolve(received.replace(/\r\nDate: .*/, ''))).on('error', reject)
    })

  const [head] = (await exchange('GET /_fake/health HTTP/1.1\r\nhost: a\r\nconnection: close')).split(
    '\r\n\r\n',
  )

  for (const lines of [
    'HEAD /_fake/health HTTP/1.1\r\nhost: a\r\nconnection: close',
    'HEAD /_fake/health?now=1 HTTP/1.1\r\nhost: www.example.com\r\nconnection: close',
    'HEAD /_fake/health HTTP/1.1\r\nhost: a\r\nauthorization: nonsense\r\nconnection: close',
    'HEAD /_fake/health HTTP/1.1\r\nhost: a\r\norigin: http://b\r\nuser-agent: \r\nconnection: close',
    'HEAD /_fake/health HTTP/1.0',
    'GET /_fake/health HTTP/1.0',
  ]) {
    const [answer, body] = (await exchange(lines)).split('\r\n\r\n')
    t.equal(answer, head, lines)
    t.equal(body, lines.startsWith('HEAD') ? '' : JSON.stringify({ status: 'ok', version }), lines)
  }
})

t.test('HEAD answers like GET on the control plane, with the same status and headers', async (t) => {
  const { app } = await startFake(t, { controlToken: 't0ken' })
  const authorization = 'Bearer t0ken'
  for (const path of ['/_fake/health', '/_fake/clock', '/_fake/faults/fault-1', '/_fake/requests?org_id=a']) {
    const get = await app.inject({ url: path, headers: { authorization } })
    const head = await app.inject({ method: 'HEAD', url: path, headers: { authorization } })

    t.equal(head.statusCode, get.statusCode, path)
    t.same({ ...head.headers, date: '' }, { ...get.headers, date: '' }, path)
    t.equal(head.body, '', path)
  }
  t.equal((await app.inject({ method: 'HEAD', url: '/_fake/clock' })).statusCode, 401)
})

t.test('HEAD answers 405 on all other routes', async (t) => {
  const { app } = await startFake(t)
  for (const [path, allow] of [
    ['/v1/secrets', 'GET'],
    ['/_fake/reset', 'POST'],
  ] as const) {
    const { statusCode, headers } = await app.inject({ method: 'HEAD', url: path })
    t.match({ statusCode, headers }, { statusCode: 405, headers: { allow } }, path)
  }
  const { headers } = await app.inject({ method: 'POST', url: '/_fake/health' })
  t.equal(headers.allow, 'GET, HEAD')
})

t.test('GET /_fake/ca.pem returns the CA without a key or token and for any Host', async (t) => {
  const { app } = await startFake(t, { caPem: 'the CA', controlToken: 'secret' })

  const res = await app.inject({ url: '/_fake/ca.pem', headers: { host: 'fake.example.com' } })

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/pem-certificate-chain')
  t.equal(res.body, 'the CA')
})

t.test('GET /_fake/ca.pem answers 404 without a CA', async (t) => {
  const { app } = await startFake(t)

  const res = await app.inject('/_fake/ca.pem')

  t.equal(res.statusCode, 404)
  t.same(res.json(), { detail: 'This server has no CA of its own: start it with --tls' })
})

const paddedBody = (bytes: number) => ({
  headers: { 'content-type': 'application/json' },
  payload: `{}${' '.repeat(bytes - 2)}`,
})

t.test('a control call accepts a body of 2 MiB and answers 413 to a larger one', async (t) => {
  const { call } = await startFake(t)

  t.equal((await call('POST', '/_fake/reset', paddedBody(CONTROL_JSON_MAX))).statusCode, 204)
  const { statusCode, body } = await call('POST', '/_fake/reset', paddedBody(CONTROL_JSON_MAX + 1))
  t.equal(statusCode, 413)
  t.equal(body, '{"detail":"Content Too Large"}')
})

t.test('a state document may be as large as any JSON body', async (t) => {
  const { call } = await startFake(t)

  t.not((await call('PUT', '/_fake/state', paddedBody(2 * CONTROL_JSON_MAX))).statusCode, 413)
})

t.test('a control call has no higher limit than other calls', async (t) => {
  const { call } = await startFake(t, { limits: { jsonBytes: 100 } })

  t.equal((await call('POST', '/_fake/reset', paddedBody(101))).statusCode, 413)
})

t.test('control calls are accepted for IP addresses and for private host names', async (t) => {
  const { app } = await startFake(t)
  const hosts = [
    'localhost',
    'localhost:8080',
    '127.0.0.1:1',
    '[::1]:8080',
    '10.0.0.7',
    'mock-devin:9000',
    'x.localhost',
    'host.docker.internal',
    'api.devin.ai',
    'LOCALHOST',
  ]
  for (const host of hosts) {
    t.equal((await app.inject({ url: '/_fake/clock', headers: { host } })).statusCode, 200, host)
  }
})

t.test('a public Host is rejected to prevent DNS rebinding', async (t) => {
  const { app } = await startFake(t)
  for (const host of [
    'evil.example',
    'evil.example:8080',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'devin.ai',
  ]) {
    const res = await app.inject({ url: '/_fake/clock', headers: { host } })
    t.equal(res.statusCode, 403, host)
    t.match(res.json().detail, /Host/)
  }
})

t.test('a foreign Origin is rejected, also null and a cross-site fetch without one', async (t) => {
  const { app } = await startFake(t)
  const foreign = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { 'sec-fetch-site': 'cross-site' },
  ]
  for (const headers of foreign) {
    const res = await app.inject({
      url: '/_fake/clock',
      headers: { host: 'localhost:8080', ...headers },
    })
    t.equal(res.statusCode, 403, JSON.stringify(headers))
    t.match(res.json().detail, /origin/)
  }
})

t.test('the server’s own Origin is accepted', async (t) => {
  const { app } = await startFake(t)
  for (const origin of ['http://localhost:8080', 'https://localhost:8080']) {
    const headers = { host: 'localhost:8080', origin, 'sec-fetch-site': 'same-origin' }
    t.equal((await app.inject({ method: 'GET', url: '/_fake/clock', headers })).statusCode, 200, origin)
  }
})

t.test(
  'the own Origin is accepted behind a proxy that terminates TLS and adds the default port to the Host',
  async (t) => {
    const { app } = await startFake(t)
    for (const [host, origin] of [
      ['fake.example.test', 'https://fake.example.test'],
      ['fake.example.test:443', 'https://fake.example.test'],
      ['Fake.Example.test:80', 'http://fake.example.test'],
      ['[::1]:443', 'https://[::1]'],
    ]) {
      for (const forwarded of [{}, { 'x-forwarded-proto': 'https' }]) {
        const res = await app.inject({ url: '/_fake/clock', headers: { host, origin, ...forwarded } })
        t.equal(res.statusCode, 200, `${origin} as ${host}`)
      }
    }
  },
)

t.test('a forwarded host does not make a foreign Origin or Host acceptable', async (t) => {
  const { app } = await startFake(t, { forwardedAllowIps: '*' })
  const forwarded = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'localhost',
    forwarded: 'host=localhost',
  }
  for (const headers of [
    { host: 'evil.example', origin: 'https://evil.example' },
    { host: 'localhost', origin: 'https://evil.example' },
    { host: 'localhost', origin: 'https://localhost:80' },
    { host: 'localhost', origin: 'wss://localhost' },
    { host: 'a b', origin: 'https://localhost' },
  ]) {
    const res = await app.inject({ url: '/_fake/clock', headers: { ...headers, ...forwarded } })
    t.equal(res.statusCode, 403, JSON.stringify(headers))
  }
})

t.test('a body that is not JSON is rejected, because forms of foreign pages can send it', async (t) => {
  const { app, organization } = await startFake(t)
  const time = organization.clock.now()
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const res = await app.inject({
      method: 'POST',
      url: '/_fake/clock/advance',
      payload: '{"seconds":60}',
      headers: { 'content-type': type },
    })
    t.equal(res.statusCode, 415, type)
    t.match(res.json().detail, /application\/json/)
  }
  t.equal(organization.clock.now(), time)
})

t.test('with a control token every call requires it, and any Host is accepted', async (t) => {
  const { app } = await startFake(t, { controlToken: 't0k3n' })
  const get = (headers: Record<string, string>) => app.inject({ url: '/_fake/clock', headers })

  for (const authorization of [undefined, 't0k3n', 'Bearer wrong', 'Bearer t0k3m']) {
    const res = await get(authorization === undefined ? {} : { authorization })
    t.equal(res.statusCode, 401)
    t.same(res.json(), {
      detail: authorization?.startsWith('Bearer')
        ? 'The token is not that of --control-token'
        : 'The control plane requires the token of --control-token: send Authorization: Bearer TOKEN',
    })
  }
  t.equal((await get({ authorization: 'Bearer t0k3n' })).statusCode, 200)
  t.equal((await get({ authorization: 'Bearer t0k3n', host: 'fake.example' })).statusCode, 200)
  t.equal((await get({ authorization: 'Bearer t0k3n', origin: 'https://evil.example' })).statusCode, 403)
})

t.test('the health check and the files of the page require no token and accept any Host', async (t) => {
  const { app } = await startFake(t, { controlToken: 't0k3n', pageFolder: t.testdir({}) })
  const status = async (url: string) =>
    (await app.inject({ url, headers: { host: 'pod-7.example' } })).statusCode

  t.equal(await status('/_fake/health'), 200)
  // 501, because this page is not built.
  for (const url of ['/_fake/', '/_fake/docs', '/_fake/assets/page.js']) t.equal(await status(url), 501, url)
})

t.test('the vendor’s routes are not guarded', async (t) => {
  const { call } = await startFake(t, { controlToken: 't0k3n' })

  const res = await call('GET', '/v1/secrets', {
    headers: { host: 'evil.example', origin: 'https://evil.example' },
  })

  t.equal(res.statusCode, 200)
})
