import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Writable } from 'node:stream'
import { type Static, Type } from '@sinclair/typebox'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { HttpException } from '../../src/fastapi/errors.ts'
import { TrustedProxies } from '../../src/fastapi/forwarded.ts'
import { LingeringClose } from '../../src/fastapi/lingering-close.ts'
import { fastApi, fastApiServerOptions } from '../../src/fastapi/plugin.ts'
import { StarletteRoutes } from '../../src/fastapi/routing.ts'
import { exchange, parseAnswer } from '../corpus/replay.ts'

const Item = Type.Object({ name: Type.String(), count: Type.Optional(Type.Integer({ default: 1 })) })
const Page = Type.Object({ limit: Type.Optional(Type.Integer({ default: 10 })) })

/** Creates an application unrelated to Devin, since the plugin must work for any. */
async function anyApp(t: Test, log: string[] = []): Promise<FastifyInstance> {
  const routes = new StarletteRoutes()
  const services = { routes, closer: new LingeringClose(), proxies: new TrustedProxies() }
  const stream = new Writable({
    write(chunk, _encoding, done) {
      log.push(String(chunk))
      done()
    },
  })
  const app = Fastify({
    ...fastApiServerOptions(services),
    loggerInstance: pino(stream) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
  })
  await app.register(fastApi, { ...services, jsonLimit: 100, formLimit: 300 })
  app.get('/items/:id', { schema: { querystring: Page } }, async ({ params, query }) => ({ params, query }))
  app.put(
    '/items/:id',
    { schema: { params: Type.Object({ id: Type.Integer() }), body: Item } },
    async (request) => ({
      params: request.params,
      body: request.body,
    }),
  )
  app.post('/items', { schema: { body: Item } }, async ({ body }) => ({ ...(body as Static<typeof Item>) }))
  app.delete('/items/:id', async (_request, reply) => reply.code(204).send())
  app.get('/crash', async () => {
    throw new Error('boom')
  })
  app.get('/teapot', async () => {
    throw new HttpException(418, 'short and stout', { 'x-pot': 'tea' })
  })
  app.get('/returned', async () => new HttpException(418, 'short and stout', { 'x-pot': 'tea' }))
  app.get('/unencodable', async () => {
    throw new HttpException(400, '\ud800')
  })
  app.get('/text', async () => 'plain')
  app.get('/nan', async () => ({ value: Number.NaN }))
  t.teardown(() => app.close())
  return app
}

async function listening(t: Test): Promise<number> {
  const app = await anyApp(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

t.test('the content type of a JSON answer has no charset', async (t) => {
  const app = await anyApp(t)

  const res = await app.inject('/items/x')

  t.equal(res.headers['content-type'], 'application/json')
  t.same(res.json(), { params: { id: 'x' }, query: { limit: 10 } })
})

t.test('a text answer keeps its content type', async (t) => {
  const app = await anyApp(t)

  t.equal((await app.inject('/text')).headers['content-type'], 'text/plain; charset=utf-8')
})

t.test('the handler gets path, query and body coerced and with defaults', async (t) => {
  const app = await anyApp(t)

  const res = await app.inject({ method: 'PUT', url: '/items/007', payload: { name: 'n', other: 1 } })

  t.same(res.json(), { params: { id: 7 }, body: { name: 'n', count: 1 } })
})

t.test('errors in path, query and body are reported together', async (t) => {
  const app = await anyApp(t)

  const res = await app.inject({ method: 'PUT', url: '/items/x', payload: { count: 'y' } })

  t.equal(res.statusCode, 422)
  t.equal(res.headers['content-type'], 'application/json')
  t.same(
    res.json().detail.map((item: { loc: unknown }) => item.loc),
    [
      ['path', 'id'],
      ['body', 'name'],
      ['body', 'count'],
    ],
  )
})

t.test('a missing body and a null body give the same error', async (t) => {
  const app = await anyApp(t)
  const missing = { detail: [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }] }
  const headers = { 'content-type': 'application/json' }

  for (const payload of ['', 'null']) {
    const res = await app.inject({ method: 'POST', url: '/items', headers, payload })
    t.equal(res.statusCode, 422)
    t.same(res.json(), missing)
  }
})

t.test('invalid JSON is reported with its position', async (t) => {
  const app = await anyApp(t)

  const res = await app.inject({ method: 'POST', url: '/items', payload: '{"a":1,}' })

  t.equal(res.statusCode, 422)
  t.same(res.json(), {
    detail: [
      {
        type: 'json_invalid',
        loc: ['body', 6],
        msg: 'JSON decode error',
        input: {},
        ctx: { error: 'Illegal trailing comma before end of object' },
      },
    ],
  })
})

t.test('a body that cannot be decoded returns 400', async (t) => {
  const app = await anyApp(t)

  const res = await app.inject({ method: 'POST', url: '/items', payload: Buffer.from([0x22, 0xff, 0x22]) })

  t.equal(res.statusCode, 400)
  t.same(res.json(), { detail: 'There was an error parsing the body' })
})

t.test('a body with another content type is a string', async (t) => {
  const app = await anyApp(t)

  const res = await app.inject({
    method: 'POST',
    url: '/items',
    payload: '{}',
    headers: { 'content-type': 'text/plain' },
  })

  t.equal(res.statusCode, 422)
  t.match(res.json(), { detail: [{ type: 'model_attributes_type', loc: ['body'], input: '{}' }] })
})

t.test('an input that cannot be echoed returns 500, as on the real service', async (t) => {
  const app = await anyApp(t)
  const bodies = [
    { payload: '{"name":NaN}' },
    { payload: '{"name":["\\ud83d"]}' },
    { payload: Buffer.from([0xff]), headers: { 'content-type': 'text/plain' } },
  ]
  for (const body of bodies) {
    const res = await app.inject({ method: 'POST', url: '/items', ...body })
    t.equal(res.statusCode, 500)
    t.equal(res.headers['content-type'], 'text/plain; charset=utf-8')
    t.equal(res.body, 'Internal Server Error')
  }
})

t.test('a body beyond the limit returns 413 and closes the connection, also when chunked', async (t) => {
  const port = await listening(t)
  const long = 'x'.repeat(101)
  const head = 'POST /items HTTP/1.1\r\nhost: h\r\n'
  const requests = [
    `${head}content-length: 101\r\n\r\n${long}`,
    `${head}transfer-encoding: chunked\r\n\r\n65\r\n${long}\r\n0\r\n\r\n`,
  ]
  for (const request of requests) {
    const answer = parseAnswer(await exchange(port, request))
    t.equal(answer.status, 413)
    t.equal(answer.headers.get('connection'), 'close')
    t.same(JSON.parse(String(answer.body)), { detail: 'Content Too Large' })
  }
})

t.test('a returned exception is answered like a thrown one', async (t) => {
  const app = await anyApp(t)
  const [returned, thrown] = [await app.inject('/returned'), await app.inject('/teapot')]

  t.same([returned.statusCode, returned.body, returned.headers['x-pot']], [418, thrown.body, 'tea'])
})

t.test('an exception that cannot be encoded returns 500', async (t) => {
  const app = await anyApp(t)

  const res = await app.inject('/unencodable')

  t.same([res.statusCode, res.body], [500, 'Internal Server Error'])
})

t.test('a body of exactly the maximum size is accepted', async (t) => {
  const app = await anyApp(t)
  const payload = JSON.stringify({ name: 'x'.repeat(100 - '{"name":""}'.length) })

  t.equal((await app.inject({ method: 'POST', url: '/items', payload })).statusCode, 200)
})

t.test('a body without an announcing header is missing and is not waited for', async (t) => {
  const port = await listening(t)

  const answer = parseAnswer(
    await exchange(port, 'POST /items HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n'),
  )

  t.equal(answer.status, 422)
  t.match(JSON.parse(String(answer.body)), { detail: [{ type: 'missing', loc: ['body'] }] })
})

t.test('a client that disconnects during its body does not affect others', async (t) => {
  const port = await listening(t)
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  socket.end('POST /items HTTP/1.1\r\nhost: h\r\ncontent-length: 50\r\n\r\n{"name"')
  socket.resume()
  await once(socket, 'close')

  const answer = parseAnswer(
    await exchange(port, 'GET /text HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n'),
  )

  t.equal(answer.status, 200)
})

t.test('a route without a body schema ignores the body', async (t) => {
  const port = await listening(t)
  const body = 'x'.repeat(5000)
  const head = 'DELETE /items/1 HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-type: ;;;\r\n'

  const answer = parseAnswer(await exchange(port, `${head}content-length: ${body.length}\r\n\r\n${body}`))

  t.equal(answer.status, 204)
  t.notOk(answer.headers.has('content-type'))
})

t.test(
  'an unknown path, a wrong method and a trailing slash are answered before the body is read',
  async (t) => {
    const app = await anyApp(t)
    const payload = { method: 'PATCH' as const, payload: '{', headers: { 'content-type': 'nonsense' } }

    const unknown = await app.inject({ ...payload, url: '/nothing' })
    const method = await app.inject({ ...payload, url: '/items' })
    const slash = await app.inject({ ...payload, url: '/items/?a=b' })

    t.same([unknown.statusCode, unknown.json()], [404, { detail: 'Not Found' }])
    t.same(
      [method.statusCode, method.headers.allow, method.json()],
      [405, 'POST', { detail: 'Method Not Allowed' }],
    )
    t.same([slash.statusCode, slash.headers.location, slash.body], [307, 'http://localhost:80/items?a=b', ''])
    t.notOk('content-type' in slash.headers)
    for (const { headers } of [slash, await app.inject({ method: 'HEAD', url: '/items/' })]) {
      t.equal(headers['content-length'], '0')
    }
  },
)

t.test('an unusual method is handled like any other', async (t) => {
  const port = await listening(t)
  for (const method of ['PROPFIND', 'QUERY', 'TRACE', 'PURGE', 'OPTIONS', 'HEAD']) {
    const send = async (path: string) =>
      parseAnswer(await exchange(port, `${method} ${path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`))
    t.equal((await send('/items/1')).status, 405, method)
    t.equal((await send('/nothing')).status, 404, method)
    t.equal((await send('*')).status, 404, method)
  }
})

t.test('an unknown expectation is ignored, and CONNECT is handled like any other method', async (t) => {
  const port = await listening(t)
  const send = async (start: string) =>
    parseAnswer(await exchange(port, `${start}\r\nhost: h\r\nconnection: close\r\n\r\n`))

  const expecting = await send('GET /text HTTP/1.1\r\nexpect: a-miracle')
  const tunnel = await send('CONNECT h:443 HTTP/1.1')
  const connectToPath = await send('CONNECT /items/1 HTTP/1.1')

  t.equal(expecting.status, 200)
  t.match([tunnel.status, String(tunnel.body)], [404, '{"detail":"Not Found"}'])
  t.match([connectToPath.status, String(connectToPath.body)], [405, '{"detail":"Method Not Allowed"}'])
})

t.test('a reset of a CONNECT connection does not affect others', async (t) => {
  const app = await anyApp(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const client = connect(port, '127.0.0.1', () => client.write('CONNECT h:443 HTTP/1.1\r\nhost: h\r\n\r\n'))
  const [, socket] = await once(app.server, 'connect')

  socket.emit('error', new Error('ECONNRESET'))

  t.ok(socket.destroyed)
  client.destroy()
  t.equal((await fetch(`http://127.0.0.1:${port}/text`)).status, 200)
})

t.test('an HttpException of a handler returns its status, headers and detail', async (t) => {
  const app = await anyApp(t)

  const res = await app.inject('/teapot')

  t.equal(res.statusCode, 418)
  t.equal(res.headers['x-pot'], 'tea')
  t.same(res.json(), { detail: 'short and stout' })
})

t.test('an unexpected error is logged and returns 500 without details', async (t) => {
  const log: string[] = []
  const app = await anyApp(t, log)

  const res = await app.inject('/crash')

  t.equal(res.statusCode, 500)
  t.equal(res.headers['content-type'], 'text/plain; charset=utf-8')
  t.equal(res.body, 'Internal Server Error')
  t.match(log.join(''), /boom/)
  t.match(JSON.parse(log[0] ?? ''), { level: 50, reqId: /./ })
})

t.test('an answer that cannot be encoded returns 500', async (t) => {
  const app = await anyApp(t)

  const res = await app.inject('/nan')

  t.equal(res.statusCode, 500)
  t.equal(res.body, 'Internal Server Error')
})

t.test('data that is not HTTP gets the same 400 as from uvicorn', async (t) => {
  const port = await listening(t)

  const answer = parseAnswer(await exchange(port, 'nonsense\r\n\r\n'))

  t.equal(answer.status, 400)
  t.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8')
  t.equal(String(answer.body), 'Invalid HTTP request received.')
})

t.test('headers of more than 64 KiB return 431', async (t) => {
  const port = await listening(t)

  const answer = parseAnswer(
    await exchange(port, `GET /text HTTP/1.1\r\nhost: h\r\nx: ${'x'.repeat(70_000)}\r\n\r\n`),
  )

  t.equal(answer.status, 431)
})

t.test('an HttpException of a handler bypasses the error handling of Fastify', async (t) => {
  const app = await anyApp(t)
  const errors: string[] = []
  app.addHook('onError', async (_request, _reply, error) => void errors.push(error.message))
  app.get('/refuses', async () => {
    throw new HttpException(409, 'refused')
  })
  app.get('/fails', async () => {
    throw new Error('unplanned')
  })

  t.match(await app.inject('/refuses'), { statusCode: 409, body: '{"detail":"refused"}' })
  t.match(await app.inject('/fails'), { statusCode: 500, body: 'Internal Server Error' })

  t.same(errors, ['unplanned'])
})

t.test(
  'a handler may return JSON data, a buffer, a string or null, and an unencodable value returns 500',
  async (t) => {
    const app = await anyApp(t)
    app.get('/list', async () => [1])
    app.get('/bytes', async (_request, reply) => {
      reply.type('image/png')
      return Buffer.from('png')
    })
    app.get('/sync', () => 'text')
    app.get('/null', async (_request, reply) => reply.code(204).send(null))
    app.get('/deep', async () => {
      const deep: unknown[] = []
      deep.push(deep)
      return deep
    })

    t.match(await app.inject('/list'), { body: '[1]', headers: { 'content-type': 'application/json' } })
    t.match(await app.inject('/bytes'), { body: 'png', headers: { 'content-type': 'image/png' } })
    t.match(await app.inject('/sync'), { body: 'text' })
    t.match(await app.inject('/null'), { statusCode: 204, body: '' })
    t.equal((await app.inject('/deep')).statusCode, 500)
  },
)
