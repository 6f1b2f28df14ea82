// Tests http-send.ts, native-init.ts and reason.ts.
import { createServer as createHttp, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { httpOpen, httpSend } from '../../src/client/http-send.ts'
import { nativeInit } from '../../src/client/native-init.ts'
import { reasonOf } from '../../src/client/reason.ts'
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

t.test('a call fails, and does not hang, while process.nextTick is faked', async (t) => {
  const { nextTick } = process
  const call = { method: 'GET', url: 'http://127.0.0.1:1/', headers: {} }
  for (const begin of [() => httpSend()(call), () => httpOpen()(call).answer]) {
    process.nextTick = () => undefined
    const error = await begin().catch((reason: unknown) => reason)
    process.nextTick = nextTick
    t.match(error, { message: /process\.nextTick is faked/ })
  }
})

t.test('a call that is closed before it was sent sends nothing', async (t) => {
  const received: unknown[] = []
  const url = await listening(
    t,
    createHttp((request, response) => {
      received.push(request.url)
      response.end()
    }),
  )

  const { answer, close } = httpOpen()({ method: 'GET', url, headers: {} })
  close()

  await t.rejects(answer, { message: 'closed' })
  t.same(received, [])
})

t.test('a call over TLS needs a trusted certificate', async (t) => {
  const devin = await startFakeDevin({ tls: true })
  t.teardown(() => devin.close())

  await t.rejects(get(`${devin.tlsUrl}/_fake/health`), { code: /CERT|SIGNATURE/ })
  await t.rejects(get(devin.url.replace('http:', 'https:')), { code: /EPROTO|ERR_SSL/ })
})

t.test('a call fails when its connection is idle for too long, before the answer or in it', async (t) => {
  for (const start of ['', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf']) {
    const sockets: Socket[] = []
    const url = await listening(
      t,
      createServer((socket) => {
        sockets.push(socket)
        socket.write(start)
      }),
    )
    t.teardown(() => sockets.map((socket) => socket.destroy()))

    await t.rejects(get(url, httpSend({ idleMs: 20 })), { message: 'nothing was received for 0.02 s' }, start)
  }
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

// Like those of jsdom: classes with the same names as Node's.
const foreign = {
  URLSearchParams: class URLSearchParams {
    toString() {
      return 'a=b'
    }
  },
  Blob: class Blob {
    type = 'text/plain'
    async arrayBuffer() {
      return new TextEncoder().encode('bytes').buffer
    }
  },
  File: class File {
    type = 'text/plain'
    name = 'a.txt'
    async arrayBuffer() {
      return new TextEncoder().encode('bytes').buffer
    }
  },
  FormData: class FormData {
    *[Symbol.iterator]() {
      yield ['a', 'b']
      yield ['file', new foreign.File()]
    }
  },
}

/** Returns the converted body. Takes unknown, since the body may come from a program with other types. */
const bodyOf = async (body: unknown) => (await nativeInit({ body: body as never }))?.body

t.test("values of Node's own classes stay as they are", async (t) => {
  const { signal } = new AbortController()
  const bodies = [new FormData(), new URLSearchParams(), new Blob([]), Buffer.from('a'), 'a', undefined, null]
  for (const body of bodies) t.equal(await bodyOf(body), body)
  t.equal((await nativeInit({ signal }))?.signal, signal)
  t.equal(await nativeInit(undefined), undefined)
})

t.test("bodies of foreign classes are converted to Node's", async (t) => {
  t.equal(String(await bodyOf(new foreign.URLSearchParams())), 'a=b')
  const blob = (await bodyOf(new foreign.Blob())) as Blob
  t.strictSame([blob instanceof Blob, blob.type, await blob.text()], [true, 'text/plain', 'bytes'])
  const file = (await bodyOf(new foreign.File())) as File
  t.strictSame([file instanceof File, file.name, await file.text()], [true, 'a.txt', 'bytes'])
  const form = (await bodyOf(new foreign.FormData())) as FormData
  t.ok(form instanceof FormData)
  t.equal(form.get('a'), 'b')
  t.match(form.get('file'), { name: 'a.txt', type: 'text/plain' })
})

t.test('an unreadable file is reported', async (t) => {
  const unreadable = Object.assign(new foreign.Blob(), { arrayBuffer: undefined })

  await t.rejects(bodyOf(unreadable), { name: 'TypeError', message: /^this Blob has no arrayBuffer/ })
})

t.test('a signal of a foreign class is followed', async (t) => {
  const other = Object.assign(new EventTarget(), { aborted: false, reason: undefined as unknown })
  const signal = (await nativeInit({ signal: other as never }))?.signal
  t.equal(signal?.aborted, false)

  Object.assign(other, { aborted: true, reason: 'mine' }).dispatchEvent(new Event('abort'))

  t.strictSame([signal?.aborted, signal?.reason], [true, 'mine'])
  t.equal((await nativeInit({ signal: other as never }))?.signal?.reason, 'mine')
})

const coded = (code: string, message = 'm') => Object.assign(new Error(message), { code })

t.test("a reason has a description and Node's code", async (t) => {
  t.equal(reasonOf(coded('ECONNREFUSED')), 'nothing listens there (ECONNREFUSED)')
  t.equal(
    reasonOf(coded('HPE_INVALID_CONSTANT')),
    'what listens there does not speak HTTP (HPE_INVALID_CONSTANT)',
  )
  t.equal(
    reasonOf(coded('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate')),
    'its certificate is not trusted: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
  )
})

t.test('a reason says what to look at: the connection, the host, the network or the protocol', async (t) => {
  const descriptions = {
    'the connection was closed before the answer': ['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'],
    'the connection timed out': ['ETIMEDOUT'],
    'the host cannot be looked up': ['EAI_AGAIN'],
    'the host cannot be reached': ['EHOSTUNREACH'],
    'the network cannot be reached': ['ENETUNREACH'],
    'what listens there does not speak TLS': [
      'EPROTO',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    ],
    'its certificate is not trusted: m': ['CERT_HAS_EXPIRED', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  }
  for (const [text, codes] of Object.entries(descriptions)) {
    for (const code of codes) t.equal(reasonOf(coded(code)), `${text} (${code})`)
  }
})

t.test('an unknown reason is the text of the error', async (t) => {
  t.equal(reasonOf(coded('ENEW', 'something new')), 'something new (ENEW)')
  t.equal(reasonOf(new Error('broken')), 'broken')
  t.equal(reasonOf(new Error('')), 'Error')
  t.equal(reasonOf('a text'), 'a text')
  t.equal(reasonOf(undefined), 'undefined')
})

t.test('a reason is taken from nested errors', async (t) => {
  const behind = new TypeError('fetch failed', { cause: coded('ENOTFOUND') })
  const both = new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')])
  const itself = new Error('round')
  itself.cause = itself

  t.equal(reasonOf(behind), 'the host is unknown (ENOTFOUND)')
  t.equal(reasonOf(both), 'nothing listens there (ECONNREFUSED)')
  t.equal(reasonOf(new AggregateError([], 'none')), 'none')
  t.equal(reasonOf(itself), 'round')
})
