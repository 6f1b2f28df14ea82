import { createServer as createHttp, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { httpSend } from '../../src/client/http-send.ts'
import { startFakeDevin } from '../../src/index.ts'

async function listening(t: Test, server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const get = (url: string, send = httpSend()) => send({ method: 'GET', url, headers: {} })

t.test('a call sends its method, headers and body, and resolves with status and text', async (t) => {
  const answer: RequestListener = ({ method, url, headers }, response) =>
    response.writeHead(201).end(`${method} ${url} ${headers['content-length']} ${headers['x-a']} ü`)
  const url = await listening(t, createHttp(answer))

  const sent = { method: 'PUT', url: `${url}/a?b=c`, headers: { 'x-a': '1' }, body: '"ü"' }
  t.same(await httpSend()(sent), { status: 201, text: 'PUT /a?b=c 4 1 ü' })
  t.match(await get(`${url}/`), { text: 'GET / undefined undefined ü' })
})

t.test('a call over TLS needs a trusted certificate', async (t) => {
  const devin = await startFakeDevin({ tls: true })
  t.teardown(() => devin.close())

  await t.rejects(get(`${devin.tlsUrl}/_fake/health`), { code: /CERT|SIGNATURE/ })
  await t.rejects(get(devin.url.replace('http:', 'https:')), { code: /EPROTO|ERR_SSL/ })
})

t.test('a call fails when its connection is idle for too long', async (t) => {
  const sockets: Socket[] = []
  const url = await listening(
    t,
    createServer((socket) => sockets.push(socket)),
  )
  t.teardown(() => sockets.map((socket) => socket.destroy()))

  await t.rejects(get(url, httpSend({ idleMs: 20 })), { message: 'nothing came for 0.02 s' })
})

t.test('a call fails when its answer is cut off or is not HTTP', async (t) => {
  const half = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'
  for (const [text, code] of [
    [half, 'ECONNRESET'],
    ['SSH-2.0-x\r\n', /^HPE_/],
    ['', 'ECONNRESET'],
  ] as const) {
    const url = await listening(
      t,
      createServer((socket) => socket.once('data', () => socket.end(text)).on('error', () => undefined)),
    )
    await t.rejects(get(url), { code }, text)
  }
})
