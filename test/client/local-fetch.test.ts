import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { mock } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import type { Fetch } from '../../src/client/fetch.ts'
import { localFetch } from '../../src/client/local-fetch.ts'
import * as nativeFetch from '../../src/client/native-fetch.ts'
import { remoteFetch } from '../../src/client/remote-fetch.ts'
import { startFakeDevin } from '../../src/index.ts'

/** Aborts a response, which has no socket in an in-process call. */
function abortResponse(response: ServerResponse): void {
  response.socket?.destroy()
  response.destroy()
}

/** Builds an application that echoes requests and misbehaves in the ways that a server can. */
async function startEcho(t: Test) {
  const app = Fastify({ forceCloseConnections: true })
  t.teardown(() => app.close())
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => {
    const chunks: Buffer[] = []
    payload.on('data', (chunk) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks)))
  })
  app.all('/echo', async ({ method, url, headers, body }, reply) => {
    // Over a socket, the request after HEAD has another connection.
    const isHidden = (name: string) =>
      name === 'accept-encoding' || (name === 'connection' && method === 'HEAD')
    const shown = Object.entries(headers)
      .filter(([name]) => !isHidden(name))
      .sort()
    const text = body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : null
    return reply
      .header('set-cookie', ['a=1', 'b=2'])
      .send({ method, url, headers: Object.fromEntries(shown), body: text })
  })
  app.all('/status/:code', async ({ params }, reply) => reply.code(Number(Object(params).code)).send())
  app.all('/to', async ({ query }, reply) => {
    const { status, location } = Object(query)
    return reply.code(Number(status)).header('location', location).send('moved')
  })
  app.get('/nowhere', async (_, reply) => reply.code(302).send('no location'))
  app.get('/slow', async () => {
    await wait(60_000, undefined, { ref: false })
    return 'late'
  })
  app.get('/hang-up', (_, { raw }) => abortResponse(raw))
  app.get('/half', (_, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/plain' })
    reply.raw.write('half')
    setImmediate(() => setImmediate(() => abortResponse(reply.raw)))
  })
  app.get('/pieces', async (_, reply) =>
    reply.send(
      Readable.from(
        (async function* () {
          for (const piece of ['one ', 'two ', 'three']) {
            await wait(1)
            yield piece
          }
        })(),
      ),
    ),
  )
  app.get('/endless', async (_, reply) =>
    reply.send(
      new Readable({
        read() {
          setImmediate(() => this.push('more '))
        },
      }),
    ),
  )
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return { app, url, local: localFetch(app, { url }), remote: remoteFetch({ url }) }
}

/** Returns everything in a response that a client can see, except its time. */
async function seen(response: Response) {
  const { status, statusText, url, redirected, type, ok } = response
  const headers = [...response.headers].filter(
    ([name]) => !['date', 'connection', 'keep-alive'].includes(name),
  )
  const copy = response.clone()
  const text = await response.text()
  return { status, statusText, url, redirected, type, ok, headers, text, copy: [copy.url, await copy.text()] }
}

/** Returns an error as a client sees it. */
function failure({ name, message, cause }: Error) {
  return { name, message, isCaused: cause !== undefined }
}

/** Returns a fetch without a socket that behaves as in a process that has not loaded Node's fetch classes. */
async function lazyFetch(t: Test, ...of: Parameters<typeof localFetch>): Promise<Fetch> {
  const { localFetch } = await t.mockImport<typeof import('../../src/client/local-fetch.ts')>(
    '../../src/client/local-fetch.ts',
    { '../../src/client/native-fetch.ts': { ...nativeFetch, areFetchClassesLoaded: () => false } },
  )
  return localFetch(...of)
}

type Case = readonly [path: string, init?: () => RequestInit]

const form = () => {
  const data = new FormData()
  data.set('file', new File(['bytes'], 'a.txt', { type: 'text/plain' }))
  return data
}
const pieces = () => new Blob(['AB']).stream()

/** Replaces the boundary of a form, which differs each time. */
const withoutBoundary = (text: string) => text.replaceAll(/-*formdata-undici-\d+/g, 'boundary')

const CASES: readonly Case[] = [
  ['/echo'],
  ['/echo?a=%20b&a=c#fragment'],
  ['echo'],
  ['/echo/../echo'],
  ['/echo', () => ({ headers: { Accept: 'text/plain', 'X-Two': 'ü' } })],
  [
    '/echo',
    () => ({
      headers: [
        ['x-many', 'a'],
        ['x-many', 'b'],
      ],
    }),
  ],
  ['/echo', () => ({ method: 'HEAD' })],
  ['/echo', () => ({ method: 'DELETE' })],
  ['/echo', () => ({ method: 'OPTIONS' })],
  ['/echo', () => ({ method: 'post' })],
  ['/echo', () => ({ method: 'PUT', body: '' })],
  ['/echo', () => ({ method: 'PATCH' })],
  ['/echo', () => ({ method: 'POST', body: '{"a": "ü"}', headers: { 'content-type': 'application/json' } })],
  ['/echo', () => ({ method: 'POST', body: new URLSearchParams({ a: 'b c' }) })],
  ['/echo', () => ({ method: 'POST', body: new Blob(['blob'], { type: 'text/css' }) })],
  ['/echo', () => ({ method: 'POST', body: new Uint8Array([1, 2, 255]) })],
  ['/echo', () => ({ method: 'POST', body: form() })],
  ['/echo', () => ({ method: 'POST', body: pieces(), duplex: 'half' })],
  ['/status/204'],
  ['/status/205'],
  ['/status/304'],
  ['/status/418'],
  ['/status/599'],
  ['/nowhere'],
  ['/pieces'],
  ...[301, 302, 303, 307, 308].flatMap((status): Case[] => {
    const path = `/to?status=${status}&location=/echo`
    return [
      [path],
      [`${path}#kept`],
      [path, () => ({ method: 'HEAD' })],
      [path, () => ({ method: 'POST', body: 'x', headers: { authorization: 'Bearer a' } })],
      [path, () => ({ method: 'PUT', body: 'x' })],
      [path, () => ({ redirect: 'manual' })],
      [path, () => ({ redirect: 'error' })],
      [path, () => ({ method: 'POST', body: pieces(), duplex: 'half' })],
    ]
  }),
  ['/to?status=302&location=echo%23new'],
  [`/to?status=302&location=${encodeURIComponent('http://[')}`],
  ['/to?status=302&location='],
]

/** Returns all that a client sees of an answer or of a failure, as a text. */
async function outcome(fetch: Fetch, [path, init]: Case): Promise<string> {
  return withoutBoundary(JSON.stringify(await fetch(path, init?.()).then(seen, failure)))
}

t.test('a fetch without a socket behaves like one over a socket', async (t) => {
  const { local, remote } = await startEcho(t)

  for (const one of CASES) {
    t.equal(await outcome(local, one), await outcome(remote, one), JSON.stringify([one[0], one[1]?.()]))
  }
})

t.test("a fetch in a process without Node's fetch classes behaves like one with them", async (t) => {
  const { app, url, local } = await startEcho(t)
  const lazy = await lazyFetch(t, app, { url })
  const others: readonly Case[] = [
    [url.replace('//', '//user:password@')],
    ['/echo', () => ({ headers: { 'User-Agent': 'mine', 'x-a': ' b ' } })],
    ['/echo', () => ({ body: 'x', headers: { 'content-type': 'text/plain' } })],
    ['http://example.com/'],
  ]

  for (const one of [...CASES, ...others]) {
    t.equal(await outcome(lazy, one), await outcome(local, one), JSON.stringify([one[0], one[1]?.()]))
  }
  const response = await lazy('/echo')
  t.match(await response.json(), { method: 'GET', url: '/echo' })
  t.match([response.ok, response.url, response.type], [true, `${url}/echo`, 'basic'])
  await t.rejects(
    lazy('/half').then((half) => half.text()),
    { name: 'TypeError', message: 'terminated' },
  )
  const reader = (await lazy('/endless')).body?.getReader()
  t.match(Buffer.from((await reader?.read())?.value ?? []).toString(), /^more /)
  await reader?.cancel()
})

t.test('at most twenty redirects are followed', async (t) => {
  const { local, remote } = await startEcho(t)
  for (const fetch of [local, remote]) {
    await t.rejects(fetch('/to?status=302&location='), {
      name: 'TypeError',
      cause: { message: 'redirect count exceeded' },
    })
  }
})

t.test('a Request is sent unchanged, and options override it', async (t) => {
  const { local, remote, url } = await startEcho(t)
  for (const fetch of [local, remote]) {
    const request = () => new Request(`${url}/echo`, { method: 'POST', body: 'x', headers: { 'x-a': 'b' } })

    t.match(await (await fetch(request())).json(), { method: 'POST', body: 'x', headers: { 'x-a': 'b' } })
    t.match(await (await fetch(request(), { method: 'PUT' })).json(), { method: 'PUT', body: 'x' })
    t.match(await (await fetch(new URL(`${url}/echo`))).json(), { method: 'GET' })
  }
})

t.test('the address of the real service reaches the fake, also in a Request', async (t) => {
  const { local, remote } = await startEcho(t)
  for (const fetch of [local, remote]) {
    const address = 'https://api.devin.ai/echo?a=b'
    t.match(await (await fetch(address)).json(), { url: '/echo?a=b' })
    const request = new Request(address, { method: 'POST', body: 'x', headers: { 'x-a': 'b' } })
    t.match(await (await fetch(request)).json(), { method: 'POST', body: 'x', headers: { 'x-a': 'b' } })
  }
})

t.test('no other host is reached, not even by a redirect', async (t) => {
  const { local, remote, app, url } = await startEcho(t)
  const elsewhere = 'http://example.com/a'
  for (const fetch of [local, remote]) {
    for (const input of [elsewhere, new Request(elsewhere), 'data:,a', 'file:///etc/passwd']) {
      await t.rejects(fetch(input), {
        name: 'TypeError',
        cause: { message: /^fetch is bound to the fake/ },
      })
    }
  }
  await t.rejects(local(`/to?status=302&location=${elsewhere}`), { name: 'TypeError' })
  const tls = localFetch(app, { url, tlsUrl: 'https://127.0.0.1:1' })
  t.equal((await tls('https://127.0.0.1:1/echo')).status, 200)
})

t.test('private headers do not follow a redirect to another origin', async (t) => {
  const { local, url } = await startEcho(t)
  const response = await local(`https://api.devin.ai/to?status=307&location=${url}/echo`, {
    headers: { authorization: 'Bearer a', cookie: 'a=b', 'x-a': 'b' },
  })

  const { headers } = Object(await response.json())
  t.match(headers, { 'x-a': 'b' })
  t.notOk('authorization' in headers || 'cookie' in headers)
  t.equal(response.url, `${url}/echo`)
})

t.test('a fetch fails when the server aborts the connection, as over a socket', async (t) => {
  const { local, remote } = await startEcho(t)
  for (const fetch of [local, remote]) {
    await t.rejects(fetch('/hang-up'), {
      name: 'TypeError',
      message: 'fetch failed',
      cause: { code: 'UND_ERR_SOCKET', message: 'other side closed' },
    })
    const response = await fetch('/half')
    t.equal(response.status, 200)
    await t.rejects(response.text(), { name: 'TypeError', message: 'terminated' })
  }
})

t.test('a stream can be read piece by piece and cancelled', async (t) => {
  const { local, remote } = await startEcho(t)
  for (const fetch of [local, remote]) {
    const reader = (await fetch('/endless')).body?.getReader()
    t.match(Buffer.from((await reader?.read())?.value ?? []).toString(), /^more /)
    await reader?.cancel()
    t.equal((await reader?.read())?.done, true)
  }
})

t.test('a signal aborts a fetch at any time, with its reason', async (t) => {
  const { local, remote } = await startEcho(t)
  for (const fetch of [local, remote]) {
    const reason = new Error('enough')
    await t.rejects(fetch('/echo', { signal: AbortSignal.abort(reason) }), reason)
    const waiting = new AbortController()
    const answer = fetch('/slow', { signal: waiting.signal })
    setImmediate(() => waiting.abort(reason))
    await t.rejects(answer, reason)
    const reading = new AbortController()
    const { body } = await fetch('/endless', { signal: reading.signal })
    const text = new Response(body).text()
    setImmediate(() => reading.abort(reason))
    await t.rejects(text, reason)
    await t.rejects(fetch('/slow', { signal: AbortSignal.timeout(1) }), { name: 'TimeoutError' })
  }
})

t.test('a signal aborts a fetch whose body never ends', async (t) => {
  const { local } = await startEcho(t)
  const uploading = new AbortController()
  const body = new ReadableStream()
  const answer = local('/echo', { method: 'POST', body, duplex: 'half', signal: uploading.signal })
  setImmediate(() => uploading.abort())

  await t.rejects(answer, { name: 'AbortError' })
})

t.test('a refused body is not read any further', async (t) => {
  const app = await buildApp()
  t.teardown(() => app.close())
  const local = localFetch(app, { url: 'http://localhost' })
  const { promise: cancelled, resolve } = Promise.withResolvers<void>()
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1_000)),
    cancel: () => resolve(),
  })

  const { status } = await local('/v1/nothing', { method: 'POST', body, duplex: 'half' })
  await cancelled

  t.equal(status, 404)
})

t.test('a fetch fails when its body fails', async (t) => {
  const { local, remote } = await startEcho(t)
  for (const fetch of [local, remote]) {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('broken')) })

    await t.rejects(fetch('/echo', { method: 'POST', body, duplex: 'half' }), { name: 'TypeError' })
  }
})

t.test('mocked timers do not block an answer', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  mock.timers.enable({ apis: ['setImmediate', 'setInterval', 'setTimeout', 'Date'] })
  t.teardown(() => mock.timers.reset())
  const headers = { authorization: `Bearer ${devin.key}`, 'content-type': 'application/json' }

  for (const body of ['{"prompt": "x"}', '']) {
    const { status } = await devin.fetch('/v1/sessions', { method: 'POST', headers, body })
    t.equal(status, body === '' ? 422 : 200)
  }
  t.equal((await devin.fetch('/v1/sessions', { method: 'POST', headers })).status, 422)
  t.match(await (await devin.fetch('/v1/sessions', { headers })).json(), { sessions: { length: 1 } })
  await devin.reset()
  await devin.clock.advance(5)
})

t.test('a closed application refuses connections like a port where nothing listens', async (t) => {
  const { local, remote, app } = await startEcho(t)
  await app.close()

  for (const fetch of [local, remote]) {
    await t.rejects(fetch('/echo'), {
      name: 'TypeError',
      message: 'fetch failed',
      cause: { code: 'ECONNREFUSED' },
    })
  }
})
