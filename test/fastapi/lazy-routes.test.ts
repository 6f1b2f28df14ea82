import { type TSchema, Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { ErrorFormats, problemFormat } from '../../src/fastapi/error-format.ts'
import { HttpException } from '../../src/fastapi/errors.ts'
import { TrustedProxies } from '../../src/fastapi/forwarded.ts'
import { LONG_JSON } from '../../src/fastapi/json/decode.ts'
import { type Admit, type LazyRoute, LazyRoutes, sharedRoute } from '../../src/fastapi/lazy-routes.ts'
import { LingeringClose } from '../../src/fastapi/lingering-close.ts'
import { fastApi, fastApiServerOptions } from '../../src/fastapi/plugin.ts'
import type { QueryParameters } from '../../src/fastapi/query.ts'
import { StarletteRoutes } from '../../src/fastapi/routing.ts'
import { nextTurn } from '../../src/fastapi/turns.ts'

const lazyRoutesOf = (load: () => readonly LazyRoute[] | Promise<readonly LazyRoute[]>) =>
  new LazyRoutes({ paths: /^\/(?:lazy|late)\//, sharedPath: '/lazy/-', load })

/** Returns a route that answers with its path, and with what it was sent. */
function aRoute(name: string, fields: Partial<LazyRoute> = {}): LazyRoute {
  const [method = '', path = ''] = name.split(' ')
  return {
    method,
    path,
    body: undefined,
    loadSchema: async () => ({}),
    handle: async ({ params, query, body }) => ({ path, params, query, body }),
    ...fields,
  }
}

const schemaOf = (schema: Record<string, TSchema | string[]>) => ({ loadSchema: async () => schema })

/** Creates an application with an ordinary route, and lazy ones below two prefixes. */
async function appWith(
  t: Test,
  routes: readonly LazyRoute[] | (() => readonly LazyRoute[] | Promise<readonly LazyRoute[]>),
  prepare: (app: FastifyInstance) => void = () => undefined,
  admit?: Admit,
): Promise<FastifyInstance> {
  const lazyRoutes = lazyRoutesOf(typeof routes === 'function' ? routes : () => routes)
  const services = {
    routes: new StarletteRoutes(),
    closer: new LingeringClose(),
    proxies: new TrustedProxies(),
    errorFormats: new ErrorFormats({ '/lazy/': problemFormat }),
  }
  services.routes.mount(lazyRoutes)
  const app = Fastify(fastApiServerOptions(services))
  await app.register(fastApi, { ...services, jsonLimit: 4 * LONG_JSON, formLimit: 300 })
  prepare(app)
  // Fastify would load a package for the schema of the answer.
  const schema = { response: { 200: Type.Object({ params: Type.Unknown() }) } }
  app.get('/ordinary/:id', { schema }, async ({ params }) => ({ params }))
  app.route(sharedRoute(lazyRoutes, admit))
  t.teardown(() => app.close())
  return app
}

t.test('a request gets the route and the decoded parameters of its path', async (t) => {
  const app = await appWith(t, [
    aRoute('GET /lazy/{a}/x/{b}'),
    aRoute('DELETE /late/{a}', schemaOf({ params: Type.Object({ a: Type.String() }) })),
  ])

  t.match((await app.inject('/lazy/1/x/2')).json(), { path: '/lazy/{a}/x/{b}', params: { a: '1', b: '2' } })
  t.match((await app.inject('/lazy/%C3%A4%20/x/%252F')).json(), { params: { a: 'ä ', b: '%2F' } })
  t.match((await app.inject('/l%61zy/1/x%2F2')).json(), { params: { a: '1', b: '2' } })
  t.match((await app.inject({ method: 'DELETE', url: '/late/a;b' })).json(), { params: { a: 'a;b' } })
  t.same((await app.inject('/ordinary/1')).json(), { params: { id: '1' } })
})

t.test('a request without a route is answered as on ordinary routes', async (t) => {
  const app = await appWith(t, [aRoute('GET /lazy/{a}'), aRoute('DELETE /lazy/{a}'), aRoute('GET /late/a')])
  const answer = async (method: 'GET' | 'PATCH' | 'HEAD', url: string) => {
    const { statusCode, headers } = await app.inject({ method, url })
    return [statusCode, headers['content-type'], headers.allow, headers.location]
  }

  t.same(await answer('GET', '/lazy/a/b'), [404, 'application/problem+json', undefined, undefined])
  t.same(await answer('GET', '/late/b'), [404, 'application/json', undefined, undefined])
  t.same(await answer('PATCH', '/lazy/a'), [405, 'application/problem+json', 'GET', undefined])
  t.same(await answer('HEAD', '/late/a'), [405, 'application/json', 'GET', undefined])
  t.same(await answer('GET', '/lazy/a/'), [307, undefined, undefined, 'http://localhost:80/lazy/a'])
  for (const url of ['/lazy', '/late', '/lazy/', '//lazy/a', '/ordinary/lazy/a']) {
    t.equal((await answer('GET', url))[0], 404, url)
  }
})

t.test('routes are loaded by the first request for one of them, and once', async (t) => {
  for (const loaded of [[aRoute('GET /lazy/{a}')], Promise.resolve([aRoute('GET /lazy/{a}')])]) {
    let loads = 0
    const app = await appWith(t, () => {
      loads++
      return loaded
    })
    await app.inject('/ordinary/1')
    t.equal(loads, 0)

    const urls = ['/late/nothing', '/lazy/1', '/lazy/1/']
    const answers = await Promise.all(urls.map((url) => app.inject(url)))

    t.same(
      answers.map(({ statusCode }) => statusCode),
      [404, 200, 307],
    )
    t.equal(loads, 1)
  }
})

t.test('a route chooses the schemas of a request, or refuses it', async (t) => {
  const schemas = {
    short: { querystring: Type.Object({ name: Type.String({ maxLength: 1 }) }) },
    long: { querystring: Type.Object({ name: Type.String() }) },
  }
  const app = await appWith(t, [
    aRoute('GET /lazy/a', {
      schemaFor: ({ query }) => {
        const kind = String((query as QueryParameters).last('kind')) as keyof typeof schemas
        if (schemas[kind] === undefined) throw new HttpException(418, 'no such kind')
        return schemas[kind]
      },
    }),
  ])
  const statusOf = async (query: string) => (await app.inject(`/lazy/a?${query}`)).statusCode

  for (const _again of [1, 2]) {
    t.equal(await statusOf('kind=short&name=ab'), 422)
    t.equal(await statusOf('kind=long&name=ab'), 200)
    t.equal(await statusOf('kind=other&name=ab'), 418)
  }
})

t.test('routes that cannot be loaded answer 500', async (t) => {
  const app = await appWith(t, () => Promise.reject(new Error('boom')))

  const { statusCode, body } = await app.inject('/lazy/1')

  t.same([statusCode, body], [500, 'Internal Server Error'])
})

t.test('the routes of a server have templates, lazy ones as well', async (t) => {
  const routes = new StarletteRoutes()
  routes.add(['GET'], '/ordinary/:id')
  routes.mount(lazyRoutesOf(async () => [aRoute('GET /lazy/{a}')]))

  t.same(await routes.templates(), ['/ordinary/{id}', '/lazy/{a}'])
})

t.test('schemas are loaded at the first request that validation sees, and once', async (t) => {
  let loads = 0
  const loadSchema = async () => {
    loads++
    return { querystring: Type.Object({ n: Type.Integer() }) }
  }
  const app = await appWith(t, [aRoute('GET /lazy/{a}', { loadSchema }), aRoute('GET /late/{a}')])
  for (const url of ['/late/1', '/lazy/1/']) await app.inject(url)
  t.equal(loads, 0)

  t.match((await app.inject('/lazy/1?n=5')).json(), { query: { n: 5 } })
  const refused = await app.inject('/lazy/1?n=x')

  t.equal(loads, 1)
  t.match(refused.json(), { status: 422, errors: [{ type: 'int_parsing', loc: ['query', 'n'], input: 'x' }] })
})

t.test('schemas that cannot be loaded cause an unexpected error, until they can be loaded', async (t) => {
  let isBroken = true
  const loadSchema = async () => {
    if (isBroken) throw new Error('broken')
    return {}
  }
  const app = await appWith(t, [aRoute('GET /lazy/{a}', { loadSchema })])

  t.equal((await app.inject('/lazy/1')).statusCode, 500)
  isBroken = false
  t.equal((await app.inject('/lazy/1')).statusCode, 200)
})

t.test('the body is read in the form that the route accepts, or not at all', async (t) => {
  const json = { body: Type.Object({ n: Type.Integer() }) }
  const form = { body: Type.Object({ file: Type.Unknown() }), consumes: ['multipart/form-data'] }
  const app = await appWith(t, [
    aRoute('POST /lazy/json', { body: 'json', ...schemaOf(json) }),
    aRoute('POST /lazy/form', {
      body: 'form',
      ...schemaOf(form),
      handle: async ({ body }) => (body as { file: { filename: string } }).file.filename,
    }),
    aRoute('POST /lazy/none'),
  ])
  const post = (path: string, type: string, payload: string) =>
    app.inject({ method: 'POST', url: `/lazy/${path}`, headers: { 'content-type': type }, payload })
  const file = '--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n'

  t.match((await post('json', 'application/json', '{"n":1}')).json(), { body: { n: 1 } })
  t.match((await post('json', 'application/json', '{"n":')).json(), { errors: [{ type: 'json_invalid' }] })
  t.match((await post('json', 'application/json', '')).json(), {
    errors: [{ type: 'missing', loc: ['body'] }],
  })
  t.equal((await post('form', 'multipart/form-data; boundary=b', file)).body, 'f')
  t.match((await post('form', 'application/json', '{}')).json(), { errors: [{ type: 'missing' }] })
  t.match((await post('none', 'application/json', '{"n":')).json(), { path: '/lazy/none' })
})

t.test('a request is let through after its body is read, and before it is validated', async (t) => {
  const route = aRoute('POST /lazy/{a}', {
    body: 'json',
    ...schemaOf({ body: Type.Object({ n: Type.Integer() }) }),
  })
  const refusal = new HttpException(418, 'refused')
  const admits: Record<string, Admit> = {
    throws: ({ body }) => {
      if ((body as { refuse?: boolean }).refuse === true) throw refusal
      return undefined
    },
    rejects: async ({ body }) => {
      if ((body as { refuse?: boolean }).refuse === true) throw refusal
    },
  }
  for (const [name, admit] of Object.entries(admits)) {
    const app = await appWith(t, [route], undefined, admit)
    const statusOf = async (payload: string) => {
      const headers = { 'content-type': 'application/json' }
      return (await app.inject({ method: 'POST', url: '/lazy/1', headers, payload })).statusCode
    }

    t.equal(await statusOf('{"refuse": true, "n": "x"}'), 418, name)
    t.equal(await statusOf('{"refuse": false, "n": "x"}'), 422, name)
    t.equal(await statusOf('{"refuse": false, "n": 1}'), 200, name)
    t.equal(await statusOf('{"refuse": true,'), 422, name)
  }
})

t.test('the server yields between the validation of a long body and its handler', async (t) => {
  let turn = 0
  const schema = { body: Type.Object({ text: Type.String() }) }
  const handle = async () => ({ turn })
  const route = aRoute('POST /lazy/a', { body: 'json', ...schemaOf(schema), handle })
  const app = await appWith(t, [route], (app) => {
    app.post('/ordinary', { schema }, handle)
    app.addHook('preValidation', async () => {
      turn = 0
      void nextTurn().then(() => turn++)
    })
  })
  for (const url of ['/lazy/a', '/ordinary']) {
    const send = (length: number) =>
      app.inject({ method: 'POST', url, payload: { text: 'x'.repeat(length) } })
    await send(1)

    t.same((await send(LONG_JSON - 20)).json(), { turn: 0 }, url)
    t.same((await send(LONG_JSON)).json(), { turn: 1 }, url)
  }
})

t.test('a request with a long body is admitted again before its handler', async (t) => {
  let admissions = 0
  const schema = { body: Type.Object({ text: Type.String() }) }
  const route = aRoute('POST /lazy/a', { body: 'json', ...schemaOf(schema) })
  const app = await appWith(t, [route], undefined, () => {
    if (++admissions > 1) throw new HttpException(418, 'gone')
    return undefined
  })
  const statusOf = async (length: number) => {
    admissions = 0
    const payload = { text: 'x'.repeat(length) }
    return (await app.inject({ method: 'POST', url: '/lazy/a', payload })).statusCode
  }

  t.equal(await statusOf(1), 200)
  t.equal(await statusOf(LONG_JSON), 418)
})

t.test('results and errors of a handler are answered as on ordinary routes', async (t) => {
  const handling = (handle: LazyRoute['handle']) => ({ handle })
  const app = await appWith(t, [
    aRoute(
      'GET /lazy/returned',
      handling(async () => new HttpException(418, 'stout')),
    ),
    aRoute(
      'GET /lazy/thrown',
      handling(() => Promise.reject(new HttpException(418, 'stout'))),
    ),
    aRoute(
      'GET /lazy/sent',
      handling(async (_request, reply) => reply.code(307).header('location', '/x').send()),
    ),
    aRoute(
      'GET /lazy/crash',
      handling(() => Promise.reject(new Error('boom'))),
    ),
  ])

  for (const name of ['returned', 'thrown']) {
    const { body } = await app.inject(`/lazy/${name}`)
    t.match(JSON.parse(body), { title: "I'm a Teapot", detail: 'stout', instance: `/lazy/${name}` })
  }
  const sent = await app.inject('/lazy/sent')
  t.same([sent.statusCode, sent.headers.location, sent.body], [307, '/x', ''])
  const crash = await app.inject('/lazy/crash')
  t.same([crash.statusCode, crash.body], [500, 'Internal Server Error'])
})

t.test('find returns the route for a path or a template', async (t) => {
  const [one, other] = [aRoute('GET /lazy/{a}'), aRoute('DELETE /lazy/{a}')]
  const routes = lazyRoutesOf(() => [one, other])

  t.equal(routes.find('GET', '/lazy/1'), one)
  t.equal(routes.find('DELETE', '/lazy/{a}'), other)
  t.equal(routes.find('PUT', '/lazy/1'), undefined)
})
