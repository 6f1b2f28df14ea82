import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import t, { type Test } from 'tap'
import { LOCAL_PROXIES, TrustedProxies } from '../../src/fastapi/forwarded.ts'
import { makeCertificate } from '../../src/server/tls/certificate.ts'
import { startFake } from '../fake.ts'
import { call } from '../server/tls/call.ts'

const peer = (remoteAddress?: string, more: object = {}) => ({ remoteAddress, ...more }) as Socket

t.test('only proxies on the same machine are trusted by default', async (t) => {
  const trusts = (list: string | undefined, ...addresses: (string | undefined)[]) => {
    const proxies = new TrustedProxies(list)
    return addresses.map((address) => proxies.trusts(address))
  }
  const local = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.0.0.2', '10.0.0.1', 'fe80::1%eth0', undefined]
  t.same(trusts(undefined, ...local), [true, true, true, false, false, false, false])
  t.same(trusts(LOCAL_PROXIES, ...local), trusts(undefined, ...local))
  t.same(trusts('127.0.0.1', ...local), [true, false, true, false, false, false, false])
  t.same(
    trusts('', ...local),
    local.map(() => false),
  )
  t.same(
    trusts(' * ', ...local),
    local.map(() => true),
  )
  t.same(trusts('10.0.0.0/8, fd00::/8', '10.9.9.9', '::ffff:10.0.0.1', '11.0.0.1', 'fd12::1', 'fe80::1'), [
    true,
    true,
    false,
    true,
    false,
  ])
  t.same(trusts('0.0.0.0/0', '8.8.8.8', '::1'), [true, false])
})

t.test(
  'X-Forwarded-Proto is accepted only from trusted peers and with the values that uvicorn accepts',
  async (t) => {
    const schemes: [forwarded: string | undefined, scheme: string][] = [
      ['https', 'https'],
      [' https ', 'https'],
      ['http', 'http'],
      ['ws', 'ws'],
      ['wss', 'wss'],
      ['HTTPS', 'http'],
      ['https, http', 'http'],
      ['https://evil.example/?', 'http'],
      ['javascript', 'http'],
      ['', 'http'],
      [undefined, 'http'],
    ]
    const proxies = new TrustedProxies()
    for (const [forwarded, scheme] of schemes) {
      t.equal(proxies.schemeOf(peer('127.0.0.1'), forwarded), scheme, String(forwarded))
      t.equal(proxies.schemeOf(peer('10.0.0.1'), forwarded), 'http', String(forwarded))
      t.equal(proxies.schemeOf(peer('10.0.0.1', { encrypted: true }), forwarded), 'https', String(forwarded))
    }
    t.equal(proxies.schemeOf(peer('127.0.0.1', { encrypted: true }), 'http'), 'http')
  },
)

t.test('the origin of a request without a Host is the local address', async (t) => {
  const origin = (more: object) =>
    new TrustedProxies().originOf({ socket: peer('127.0.0.1', more), headers: {}, rawHeaders: [] } as never)
  t.equal(origin({ localAddress: '10.0.0.7', localPort: 80 }), 'http://10.0.0.7:80')
  t.equal(origin({ localAddress: '::1', localPort: 8080 }), 'http://[::1]:8080')
  t.equal(origin({ localPort: 1 }), 'http://127.0.0.1:1')
})

/** Starts a proxy that terminates TLS and forwards the Host and the scheme. Returns its port and the CA to trust. */
async function startProxy(t: Test, upstream: string): Promise<{ port: number; ca: string }> {
  const { cert, key, caPem: ca } = await makeCertificate('localhost')
  const proxy = createServer({ cert, key }, (incoming, outgoing) => {
    const { method, url, headers } = incoming
    const forwarded = { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' }
    const forward = request(upstream + url, { method, headers: forwarded, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode as number, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(forward)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(() => proxy.close())
  return { port: (proxy.address() as AddressInfo).port, ca }
}

const UPLOAD =
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n'
const uploads = { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' } }

t.test('all URLs in answers work through a proxy that terminates TLS', async (t) => {
  const { listen } = await startFake(t)
  const { port, ca } = await startProxy(t, await listen())
  const origin = `https://localhost:${port}`

  const uploaded: string = JSON.parse(
    (await call(`${origin}/v1/attachments`, { ca, ...uploads }, UPLOAD)).text,
  )
  const { headers: signed } = await call(uploaded, { ca })
  const download = await call(String(signed.location), { ca })
  const { headers: slash } = await call(`${origin}/v1/sessions/?limit=1`, { ca })

  t.ok(uploaded.startsWith(`${origin}/attachments/`))
  t.ok(signed.location?.startsWith(`${origin}/_fake/storage/`))
  t.same([download.status, download.text], [200, 'hello'])
  t.equal(slash.location, `${origin}/v1/sessions?limit=1`)
  const control = await call(`${origin}/_fake/clock`, {
    ca,
    headers: { origin, 'sec-fetch-site': 'same-origin' },
  })
  t.equal(control.status, 200, 'a page of the same origin reaches the control plane')
})

t.test('the headers of an untrusted proxy are ignored', async (t) => {
  const { listen } = await startFake(t, { forwardedAllowIps: '10.0.0.1' })
  const { port, ca } = await startProxy(t, await listen())

  const { headers } = await call(`https://localhost:${port}/v1/sessions/`, { ca })

  t.equal(headers.location, `http://localhost:${port}/v1/sessions`)
})

t.test('the last of several X-Forwarded-Proto headers is used', async (t) => {
  const { listen } = await startFake(t)
  const url = await listen()
  const location = (headers: Record<string, string[]>) =>
    new Promise((resolve) =>
      request(`${url}/v1/sessions/`, { headers, agent: false }, (answer) =>
        resolve(answer.resume().headers.location),
      ).end(),
    )
  t.match(await location({ 'X-Forwarded-Proto': ['http', 'https'] }), /^https:/)
  t.match(await location({ 'X-Forwarded-Proto': ['https', 'http'] }), /^http:/)
})

t.test('clientOf returns the last address that is not a trusted proxy', async (t) => {
  const proxies = new TrustedProxies('10.0.0.0/8')
  const clientOf = (remoteAddress: string | undefined, forwardedFor?: string) =>
    proxies.clientOf({
      socket: { remoteAddress },
      headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
    } as never)

  t.equal(clientOf('10.0.0.1', '192.0.2.1, 10.0.0.2'), '192.0.2.1')
  t.equal(clientOf('10.0.0.1', '198.51.100.1,192.0.2.1'), '192.0.2.1')
  t.equal(clientOf('10.0.0.1', '10.0.0.3, 10.0.0.2'), '10.0.0.3', 'all are proxies')
  t.equal(clientOf('10.0.0.1'), '10.0.0.1')
  t.equal(clientOf('192.0.2.9', '192.0.2.1'), '192.0.2.9', 'the peer is not trusted')
  t.equal(clientOf(undefined, '192.0.2.1'), '', 'the connection is gone')
})
