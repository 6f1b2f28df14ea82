import t from 'tap'
import { startFake } from '../../fake.ts'

t.test(
  'control calls are taken from this machine, by address and by names that no stranger can have',
  async (t) => {
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
  },
)

t.test('a foreign Host is refused, which is what DNS rebinding would bring', async (t) => {
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

t.test('a foreign Origin is refused, also the null one and a cross-site fetch without one', async (t) => {
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

t.test('the own Origin is fine', async (t) => {
  const { app } = await startFake(t)
  for (const origin of ['http://localhost:8080', 'https://localhost:8080']) {
    const headers = { host: 'localhost:8080', origin, 'sec-fetch-site': 'same-origin' }
    t.equal((await app.inject({ method: 'GET', url: '/_fake/clock', headers })).statusCode, 200, origin)
  }
})

t.test(
  'so is the own Origin behind a proxy that ends TLS and adds the default port to the Host',
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

t.test('a forwarded host makes no other Origin or Host the own one', async (t) => {
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

t.test('a body that is not JSON is refused, as a form of a foreign page would send it', async (t) => {
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

t.test('with a control token every call needs it, whatever the server is called', async (t) => {
  const { app } = await startFake(t, { controlToken: 't0k3n' })
  const ask = (headers: Record<string, string>) => app.inject({ url: '/_fake/clock', headers })

  t.equal((await ask({})).statusCode, 401)
  t.equal((await ask({ authorization: 'Bearer wrong' })).statusCode, 401)
  t.equal((await ask({ authorization: 'Bearer t0k3m' })).statusCode, 401)
  t.equal((await ask({ authorization: 'Bearer t0k3n' })).statusCode, 200)
  t.equal((await ask({ authorization: 'Bearer t0k3n', host: 'fake.example' })).statusCode, 200)
  t.equal((await ask({ authorization: 'Bearer t0k3n', origin: 'https://evil.example' })).statusCode, 403)
})

t.test('the health check needs no token and may come under any name', async (t) => {
  const { app } = await startFake(t, { controlToken: 't0k3n' })

  t.equal((await app.inject({ url: '/_fake/health', headers: { host: 'pod-7.example' } })).statusCode, 200)
})

t.test('the vendor’s own routes are not guarded', async (t) => {
  const { call } = await startFake(t, { controlToken: 't0k3n' })

  const res = await call('GET', '/v1/secrets', {
    headers: { host: 'evil.example', origin: 'https://evil.example' },
  })

  t.equal(res.statusCode, 200)
})
