import { once } from 'node:events'
import { type AddressInfo, connect, Socket } from 'node:net'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { clientErrorHandler } from '../../src/fastapi/client-error.ts'
import { ErrorFormats } from '../../src/fastapi/error-format.ts'
import { TrustedProxies } from '../../src/fastapi/forwarded.ts'
import { LingeringClose } from '../../src/fastapi/lingering-close.ts'
import { StarletteRoutes } from '../../src/fastapi/routing.ts'
import { parseAnswers, type WireAnswer } from '../fuzz/wire.ts'

/** Sends a text on a new connection. Resolves with all answers once the server has closed it. */
async function send(t: Test, text: string): Promise<WireAnswer[]> {
  const app = await buildApp()
  t.teardown(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'))
  const received: Buffer[] = []
  for await (const chunk of socket) received.push(chunk)
  return parseAnswers(Buffer.concat(received))
}

const HOST = 'host: h\r\nauthorization: Bearer apk_user_test\r\n'

const shown = (answers: readonly WireAnswer[]) => answers.map(({ status, body }) => [status, body.toString()])

t.test('a method that Node rejects gets the same 405 as any other method without a route', async (t) => {
  for (const method of ['delete', 'FOO', 'D', "it's-a-method"]) {
    const [answer] = await send(t, `${method} /v1/secrets/secret-1 HTTP/1.1\r\n${HOST}\r\n`)

    t.equal(answer?.status, 405, method)
    t.equal(answer?.headers.get('allow'), 'DELETE')
    t.equal(answer?.headers.get('content-type'), 'application/json')
    t.equal(answer?.body.toString(), '{"detail":"Method Not Allowed"}')
  }
})

t.test('a method that Node rejects gets 404 on an unknown path and 307 with a trailing slash', async (t) => {
  const [nothing] = await send(t, `delete /v1/nothing HTTP/1.1\r\n${HOST}\r\n`)
  const [slash] = await send(t, `delete /v1/secrets/?a=b HTTP/1.1\r\n${HOST}\r\n`)

  t.match([nothing?.status, nothing?.body.toString()], [404, '{"detail":"Not Found"}'])
  t.match([slash?.status, slash?.headers.get('location')], [307, 'http://h/v1/secrets?a=b'])
  const forwarded = `x-forwarded-proto: http\r\nX-Forwarded-Proto:https \r\n${HOST}`
  const [behindProxy] = await send(t, `delete /v1/secrets/ HTTP/1.1\r\n${forwarded}\r\n`)
  t.equal(behindProxy?.headers.get('location'), 'https://h/v1/secrets')
})

t.test('invalid requests get the same 400 as from uvicorn', async (t) => {
  const noHttp = [[400, 'Invalid HTTP request received.']]
  const texts = [
    'nonsense\r\n\r\n',
    'delete /v1/secrets\r\n\r\n',
    'delete v1/secrets HTTP/1.1\r\nhost: h\r\n\r\n',
    'delete /v1/secrets HTTP/1.1\r\n\r\n',
    'delete /v1/secrets HTTP/1.1\r\nx: y\r\n\r\nhost: h\r\n\r\n',
    'DELETE /v1/secrets HTTP/1.1\r\n\r\n',
    'DELETE /v1/s\xe9crets HTTP/1.1\r\nhost: h\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc',
  ]
  for (const text of texts) t.same(shown(await send(t, text)), noHttp, JSON.stringify(text))
})

t.test('HTTP/1.0 does not require a Host', async (t) => {
  const [answer] = await send(t, 'GET /v1/secrets HTTP/1.0\r\nauthorization: Bearer apk_user_test\r\n\r\n')

  t.match([answer?.status, answer?.body.toString()], [200, '[]'])
})

t.test('requests before invalid data are answered first and in order', async (t) => {
  const get = `GET /v1/secrets HTTP/1.1\r\n${HOST}\r\n`
  const body = '{"prompt":"p","structured_output_schema":{"type":"object"}}'
  const slow = `POST /v1/sessions HTTP/1.1\r\n${HOST}content-length: ${body.length}\r\n\r\n${body}`

  for (const last of ['nonsense\r\n\r\n', 'delete /v1/secrets HTTP/1.1\r\nhost: h\r\n\r\n']) {
    const answers = await send(t, get + slow + get + last)
    t.match(shown(answers), [
      [200, '[]'],
      [200, /^\{"session_id"/],
      [200, '[]'],
      [400, /./],
    ])
  }
})

t.test('a malformed body is answered with 400 immediately', async (t) => {
  const head = `POST /v1/secrets HTTP/1.1\r\n${HOST}transfer-encoding: chunked\r\n\r\n`

  t.same(shown(await send(t, `${head}zz\r\n`)), [[400, 'Invalid HTTP request received.']])
})

t.test('a request timeout is answered with 408, and a disconnected client gets no answer', async (t) => {
  const answerError = clientErrorHandler({
    routes: new StarletteRoutes(),
    closer: new LingeringClose(),
    proxies: new TrustedProxies(),
    errorFormats: new ErrorFormats(),
  })
  const written: string[] = []
  const socket = (writable: boolean) => {
    const duplex = new Socket()
    return Object.defineProperties(duplex, {
      writable: { value: writable },
      end: { value: (text: string) => written.push(text) },
    })
  }

  answerError({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, socket(true))
  answerError({ code: 'ECONNRESET' }, socket(false))

  answerError({ code: 'HPE_INVALID_METHOD' }, socket(true))

  t.match(written, [/^HTTP\/1\.1 408 Request Timeout\r\n/, /^HTTP\/1\.1 400 Bad Request\r\n/])
  t.equal(written.length, 2)
})

t.test('a client that disconnects during its body causes a 400, not a server error', async (t) => {
  const types = { '/v1/secrets': 'application/json', '/v1/attachments': 'multipart/form-data; boundary=x' }
  for (const [path, type] of Object.entries(types)) {
    const app = await buildApp()
    t.teardown(() => app.close())
    const statuses: number[] = []
    const answered = new Promise<void>((resolve) => {
      app.addHook('onSend', async (_request, reply) => {
        statuses.push(reply.statusCode)
        resolve()
      })
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const head = `POST ${path} HTTP/1.1\r\n${HOST}content-type: ${type}\r\ncontent-length: 99\r\n\r\n--x`
    const socket = connect(port, '127.0.0.1', () => socket.write(head))
    await once(app.server, 'request')

    socket.destroy()
    await answered

    t.same(statuses, [400], path)
  }
})
