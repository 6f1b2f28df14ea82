import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { mintApkKeys } from '../../src/auth/apk-keys.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { connectFakeDevin, startFakeDevin } from '../../src/index.ts'

/** Starts a server that is not a fake: it answers every request with the same status and text. */
async function startOther(t: Test, status: number, text: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(text))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('connectFakeDevin accepts an address in its usual forms', async (t) => {
  for (const given of ['http://a:1', 'http://a:1/', new URL('http://a:1'), 'http://a:1/?b#c', ' a:1/v1\n']) {
    t.equal(connectFakeDevin(given).url, 'http://a:1')
  }
  t.equal(connectFakeDevin('https://a/below/').url, 'https://a/below')
})

t.test('connectFakeDevin refuses an invalid address and does not quote it', async (t) => {
  for (const given of ['', 'localhost:http', 'ftp://a', 'http://user:s3cr3t@a']) {
    t.throws(() => connectFakeDevin(given), { name: 'TypeError', message: /^(?!.*s3cr3t)the URL of a fake/ })
  }
  t.throws(() => connectFakeDevin('http://user:s3cr3t@a'), {
    message: 'the URL of a fake must not contain a user or a password; a token is given as { token }',
  })
})

t.test('connectFakeDevin says which variable may be missing if the URL is undefined', async (t) => {
  for (const url of [undefined, null])
    t.throws(() => connectFakeDevin(url as unknown as string), {
      name: 'TypeError',
      message: `the URL of a fake is ${url}: is FAKE_DEVIN_URL set?`,
    })
})

t.test('connectFakeDevin refuses an unknown option', async (t) => {
  const options = { controlToken: 's3cr3t' } as object

  t.throws(() => connectFakeDevin('http://a', options), {
    name: 'TypeError',
    message: 'unknown option "controlToken": the options are token, key, v3Key, orgId',
  })
  t.equal(connectFakeDevin('http://a', { token: undefined }).url, 'http://a')
})

t.test(
  'the controls of an organization need its id, or else they would apply to all organizations',
  async (t) => {
    const { organizations } = connectFakeDevin('http://a')

    for (const orgId of [undefined, null, '', {}]) {
      const of = () => organizations.of(orgId as string)
      t.throws(of, {
        name: 'TypeError',
        message: `the id of an organization must be a string, not ${JSON.stringify(orgId)}`,
      })
    }
  },
)

t.test('connectFakeDevin determines the organization of a key', async (t) => {
  const { personal } = mintApkKeys(`org-${'a1'.repeat(16)}`, randomIds())

  t.match(connectFakeDevin('http://a'), { key: 'apk_user_demo', orgId: DEFAULT_ORG_ID, tlsUrl: undefined })
  t.match(connectFakeDevin('http://a', { key: personal }), { key: personal, orgId: `org-${'a1'.repeat(16)}` })
  t.match(connectFakeDevin('http://a', { key: 'apk_mine', orgId: 'org-mine' }), { orgId: 'org-mine' })
  t.match(connectFakeDevin('http://a', { key: 'no key' }), { orgId: DEFAULT_ORG_ID })
})

t.test('closing a connected fake leaves it running', async (t) => {
  const server = await startFakeDevin()
  t.teardown(() => server.close())

  await connectFakeDevin(server.url).close()
  await connectFakeDevin(server.url)[Symbol.asyncDispose]()

  t.match(await server.clock.get(), { frozen: false })
  t.match(await connectFakeDevin(server.url).clock.get(), { frozen: false })
})

t.test('its fetch can replace the global one', async (t) => {
  const server = await startFakeDevin()
  t.teardown(() => server.close())
  const devin = connectFakeDevin(server.url)
  t.intercept(globalThis, 'fetch', { value: devin.fetch })

  t.equal((await fetch('https://api.devin.ai/v1/secrets')).status, 401)
  t.match(await devin.clock.get(), { frozen: false })
})

t.test('a missing or wrong token is reported', async (t) => {
  const server = await startFakeDevin({ controlToken: 't0ken' })
  t.teardown(() => server.close())
  for (const token of [undefined, 'wr0ng']) {
    await t.rejects(connectFakeDevin(server.url, { token }).clock.get(), {
      status: 401,
      message: /^(?!.*wr0ng)GET \/_fake\/clock: 401 /,
    })
  }
})

t.test('a server that is not a fake is recognized', async (t) => {
  const page = connectFakeDevin(await startOther(t, 200, '<html>'))
  await t.rejects(page.clock.get(), {
    name: 'FakeDevinError',
    status: 200,
    message: `GET /_fake/clock: the answer is not JSON, so ${page.url} is not a fake-devin server`,
    cause: { name: 'SyntaxError' },
  })
  const missing = connectFakeDevin(await startOther(t, 404, '<html>'))
  await t.rejects(missing.clock.get(), {
    status: 404,
    detail: undefined,
    message: `GET /_fake/clock: 404 without a detail, so ${missing.url} is not a fake-devin server`,
  })
  const proxy = connectFakeDevin(await startOther(t, 502, '<html><title> 502 Bad Gateway </title>'))
  await t.rejects(proxy.clock.get(), {
    status: 502,
    message: `GET /_fake/clock: 502 and the page "502 Bad Gateway", so ${proxy.url} is not a fake-devin server`,
  })
  const odd = connectFakeDevin(await startOther(t, 500, '{"detail": [{"msg": "odd"}, 5]}'))
  await t.rejects(odd.clock.get(), { status: 500, message: 'GET /_fake/clock: 500 odd; undefined' })
  const strange = connectFakeDevin(await startOther(t, 500, '{"detail": 5}'))
  await t.rejects(strange.clock.get(), { status: 500, message: 'GET /_fake/clock: 500' })
  const moved = connectFakeDevin(await startOther(t, 307, ''))
  await t.rejects(moved.clock.get(), {
    name: 'FakeDevinError',
    status: 307,
    message: `GET /_fake/clock: 307 without a body, so ${moved.url} is not a fake-devin server`,
  })
})

t.test('an unreachable fake is reported with the reason', async (t) => {
  await t.rejects(connectFakeDevin('http://127.0.0.1:1').clock.get(), {
    name: 'FakeDevinError',
    message: 'GET /_fake/clock: no answer from http://127.0.0.1:1: nothing listens there (ECONNREFUSED)',
    cause: { code: 'ECONNREFUSED' },
  })
})

t.test('a fake under a path prefix is reachable', async (t) => {
  const seen: (string | undefined)[] = []
  const server = createServer(({ url }, response) => {
    seen.push(url)
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const devin = connectFakeDevin(`http://127.0.0.1:${(server.address() as AddressInfo).port}/below`)

  await devin.clock.get()
  for (const path of ['/v1/secrets', 'v1/secrets', '//v1/secrets', '/v1/a:b', '?a=b']) await devin.fetch(path)
  await devin.fetch('https://api.devin.ai/v1/secrets?a=b')

  t.same(seen, [
    '/below/_fake/clock',
    '/below/v1/secrets',
    '/below/v1/secrets',
    '/below/v1/secrets',
    '/below/v1/a:b',
    '/below/?a=b',
    '/below/v1/secrets?a=b',
  ])
})
