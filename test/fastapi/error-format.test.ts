// Tests src/fastapi/error-format.ts and target.ts.
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { ErrorFormats, problemFormat } from '../../src/fastapi/error-format.ts'
import { HttpException } from '../../src/fastapi/errors.ts'
import { TrustedProxies } from '../../src/fastapi/forwarded.ts'
import type { ValidationIssue } from '../../src/fastapi/issue.ts'
import { LingeringClose } from '../../src/fastapi/lingering-close.ts'
import { fastApi, fastApiServerOptions } from '../../src/fastapi/plugin.ts'
import { StarletteRoutes } from '../../src/fastapi/routing.ts'
import { pathOf, splitTarget } from '../../src/fastapi/target.ts'
import { exchange, parseAnswer } from '../corpus/replay.ts'
import { V3_KEY } from '../v3.ts'

const formats = new ErrorFormats({ '/v3/': problemFormat })

t.test('a path under a prefix has the format of the prefix, and any other one has a detail', async (t) => {
  const error = { status: 404, detail: 'Not Found' }
  const encoded = (target: string) => formats.encode(target, error)
  const problem = (instance: string) => ({
    contentType: 'application/problem+json',
    body: `{"type":"about:blank","title":"Not Found","status":404,"detail":"Not Found","instance":"${instance}"}`,
  })
  const detail = { contentType: 'application/json', body: '{"detail":"Not Found"}' }

  t.same(encoded('/v3/'), problem('/v3/'))
  t.same(encoded('/v3/a%20b/%C3%A4?c=%20#d'), problem('/v3/a b/ä'), 'the decoded path, without the query')
  t.same(encoded('/%763/a'), problem('/v3/a'))
  t.same(encoded('http://host/v3/a?b'), problem('/v3/a'))
  for (const other of ['/v3', '/v3a/', '/v1/v3/', '/V3/', '//v3/', '*', '', 'http://host/v1?/v3/']) {
    t.same(encoded(other), detail, other)
  }
})

t.test('each error has its own detail, whatever was answered before', async (t) => {
  const issue = { type: 'missing', loc: ['body'], msg: 'Field required', input: null }
  const bodyOf = (detail: unknown, issues?: ValidationIssue[]) =>
    formats.encode('/v1', { status: 400, detail, ...(issues !== undefined && { issues }) }).body

  for (const _round of [1, 2]) {
    t.equal(bodyOf(''), '{"detail":""}')
    t.equal(bodyOf('a'), '{"detail":"a"}')
    t.equal(bodyOf('a'), '{"detail":"a"}')
    t.equal(bodyOf(['a']), '{"detail":["a"]}')
    t.equal(bodyOf('a', [issue]), JSON.stringify({ detail: [issue] }))
    t.throws(() => bodyOf('\ud800'), { name: 'UnencodableError' })
  }
})

t.test('each problem is that of its own request, whatever was answered before', async (t) => {
  const issue = { type: 'missing', loc: ['body'], msg: 'Field required', input: null }
  const error = fc.record({
    target: fc.constantFrom('/v3/a', '/v3/b', '/v3/a%0A', '/v3/a?b'),
    status: fc.constantFrom(400, 403),
    detail: fc.constantFrom('a', 'b', null, ['a']),
    issues: fc.constantFrom(undefined, undefined, [issue]),
  })

  fc.assert(
    fc.property(fc.array(error), (errors) => {
      for (const { target, status, detail, issues } of errors) {
        const { body } = formats.encode(target, { status, detail, ...(issues !== undefined && { issues }) })
        const { type: _type, title: _title, ...problem } = JSON.parse(body)
        assert.deepEqual(problem, {
          status,
          detail: issues === undefined ? detail : 'Validation error',
          instance: pathOf(target),
          ...(issues !== undefined && { errors: issues }),
        })
      }
    }),
  )
  for (const _round of [1, 2]) {
    const unencodable = { status: 400, detail: '\ud800' }
    t.throws(() => formats.encode('/v3/', unencodable), { name: 'UnencodableError' })
  }
})

t.test('a problem has the phrase of its status as the title', async (t) => {
  const titleOf = (status: number) => JSON.parse(formats.encode('/v3/', { status, detail: 'd' }).body).title

  t.same([400, 403, 422, 507, 599].map(titleOf), [
    'Bad Request',
    'Forbidden',
    'Unprocessable Entity',
    'Insufficient Storage',
    'Unknown Error',
  ])
})

t.test('the issues of a failed validation are the errors of a problem, and a detail elsewhere', async (t) => {
  const issues = [{ type: 'missing', loc: ['body', 'key'], msg: 'Field required', input: {} }]
  const error = { status: 422, detail: null, issues }

  t.same(JSON.parse(formats.encode('/v1', error).body), { detail: issues })
  const { body } = formats.encode('/v3/', error)
  t.equal(
    body,
    '{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"Validation error",' +
      `"instance":"/v3/","errors":${JSON.stringify(issues)}}`,
  )
})

t.test('without prefixes every error has a detail', async (t) => {
  t.equal(new ErrorFormats().encode('/v3/a', { status: 400, detail: null }).body, '{"detail":null}')
})

t.test('splitTarget decodes the path once and keeps the query as sent', async (t) => {
  for (const [target, path, query] of [
    ['/a%2Fb%20c?d=%20?', '/a/b c', '?d=%20?'],
    ['/a%252F', '/a%2F', ''],
    ['/a%FF%zz', '/a\ufffd%zz', ''],
    ['/a?', '/a', '?'],
    ['HTTP://user:p@host:80/a', '/a', ''],
    ['https://host', '', ''],
    ['https://host?b', '', '?b'],
    ['*', '*', ''],
    ['ftp://host/a', 'ftp://host/a', ''],
    ['', '', ''],
  ] as const) {
    t.same(splitTarget(target), { path, query }, target)
    t.equal(pathOf(target), path)
  }
})

/** Starts the server and returns a function that sends a request with a key of v3, line by line. */
async function served(t: Test) {
  const app = await buildApp()
  t.teardown(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return async (line: string, body = '') => {
    const head = [
      `${line} HTTP/1.1`,
      'host: h',
      `authorization: Bearer ${V3_KEY}`,
      ...(body === '' ? [] : ['content-type: application/json', `content-length: ${body.length}`]),
      'connection: close',
    ]
    const answer = parseAnswer(await exchange(port, `${head.join('\r\n')}\r\n\r\n${body}`))
    return { ...answer, text: answer.body.toString(), type: answer.headers.get('content-type') }
  }
}

const problem = (status: number, title: string, detail: string, instance: string) =>
  `{"type":"about:blank","title":"${title}","status":${status},"detail":"${detail}","instance":"${instance}"`

const SECRETS = '/v3/organizations/org-1/secrets'

t.test('errors under /v3/ and /v3beta1/ are problems', async (t) => {
  const send = await served(t)
  const unprocessable = (path: string) =>
    `${problem(422, 'Unprocessable Entity', 'Validation error', path)},"errors":[`
  const cases = [
    ['GET /v3/nothing?a=b', '', 404, `${problem(404, 'Not Found', 'Not Found', '/v3/nothing')}}`],
    ['GET /v3beta1/', '', 404, `${problem(404, 'Not Found', 'Not Found', '/v3beta1/')}}`],
    ['GET /v3/a%20%22b', '', 404, `${problem(404, 'Not Found', 'Not Found', '/v3/a \\"b')}}`],
    ['GET http://x/v3/nothing', '', 404, `${problem(404, 'Not Found', 'Not Found', '/v3/nothing')}}`],
    ['PUT /v3/self', '', 405, `${problem(405, 'Method Not Allowed', 'Method Not Allowed', '/v3/self')}}`],
    [`PATCH ${SECRETS}`, '', 405, `${problem(405, 'Method Not Allowed', 'Method Not Allowed', SECRETS)}}`],
    [`OPTIONS ${SECRETS}`, '', 405, `${problem(405, 'Method Not Allowed', 'Method Not Allowed', SECRETS)}}`],
    [`POST ${SECRETS}`, '{}', 422, unprocessable(SECRETS)],
    [`POST http://x${SECRETS}?a`, '{]', 422, unprocessable(SECRETS)],
    [`GET ${SECRETS}?after=x`, '', 400, `${problem(400, 'Bad Request', 'Invalid cursor', SECRETS)}}`],
    [`DELETE ${SECRETS}/x`, '', 403, `${problem(403, 'Forbidden', 'Unauthorized', `${SECRETS}/x`)}}`],
  ] as const

  for (const [line, body, status, begin] of cases) {
    const answer = await send(line, body)
    t.same([answer.status, answer.type], [status, 'application/problem+json'], line)
    t.equal(answer.text.slice(0, begin.length), begin, line)
  }
})

t.test('a method that only Node rejects gets the same problem as any other', async (t) => {
  const send = await served(t)

  const answer = await send(`delete ${SECRETS}?a=b`)
  t.same([answer.status, answer.type, answer.headers.get('allow')], [405, 'application/problem+json', 'GET'])
  t.equal(answer.text, `${problem(405, 'Method Not Allowed', 'Method Not Allowed', SECRETS)}}`)
  const nothing = await send('FOO /v3beta1/%6eothing')
  t.same([nothing.status, nothing.type], [404, 'application/problem+json'])
  t.equal(nothing.text, `${problem(404, 'Not Found', 'Not Found', '/v3beta1/nothing')}}`)
  const slash = await send(`delete ${SECRETS}/?a=b`)
  t.same([slash.status, slash.headers.get('location'), slash.text], [307, `http://h${SECRETS}?a=b`, ''])
})

t.test('errors elsewhere have a detail, also those of the prefixes without their slash', async (t) => {
  const send = await served(t)

  for (const line of [
    'GET /v3',
    'GET /v3beta1',
    'GET /v3beta1?a=/v3/',
    'GET //v3/self',
    'GET /v2/x',
    'foo /v3',
  ]) {
    const answer = await send(line)
    t.same(
      [answer.status, answer.type, answer.text],
      [404, 'application/json', '{"detail":"Not Found"}'],
      line,
    )
  }
  const answer = await send('PATCH /v1/secrets')
  t.same(
    [answer.status, answer.type, answer.text],
    [405, 'application/json', '{"detail":"Method Not Allowed"}'],
  )
})

t.test(
  'a known path of v3 with a slash at the end redirects, and an unexpected error is a text',
  async (t) => {
    const send = await served(t)

    const slash = await send('GET /v3/self/?a=b')
    t.same([slash.status, slash.headers.get('location'), slash.text], [307, 'http://h/v3/self?a=b', ''])
    const crash = await send(`POST ${SECRETS}`, '{"type":"totp","key":NaN,"value":"v"}')
    t.same([crash.status, crash.type], [500, 'text/plain; charset=utf-8'])
    t.equal(crash.text, 'Internal Server Error')
  },
)

/** Creates an application whose errors are problems under /p/. */
async function anyApp(t: Test): Promise<FastifyInstance> {
  const services = {
    routes: new StarletteRoutes(),
    closer: new LingeringClose(),
    proxies: new TrustedProxies(),
    errorFormats: new ErrorFormats({ '/p/': problemFormat }),
  }
  const app = Fastify(fastApiServerOptions(services))
  await app.register(fastApi, { ...services, jsonLimit: 100, formLimit: 300 })
  t.teardown(() => app.close())
  return app
}

t.test('a thrown or returned HttpException keeps its headers in the format of its path', async (t) => {
  const app = await anyApp(t)
  const exception = new HttpException(418, 'short and stout', { 'x-pot': 'tea' })
  for (const prefix of ['/p', '/d']) {
    app.get(`${prefix}/thrown`, async () => {
      throw exception
    })
    app.get(`${prefix}/returned`, async () => exception)
  }

  for (const name of ['thrown', 'returned']) {
    const [inProblem, inDetail] = [await app.inject(`/p/${name}`), await app.inject(`/d/${name}`)]
    t.equal(inProblem.body, `${problem(418, "I'm a Teapot", 'short and stout', `/p/${name}`)}}`)
    t.equal(inDetail.body, '{"detail":"short and stout"}')
    t.match(inProblem, { statusCode: 418, headers: { 'x-pot': 'tea' } })
    t.equal(inProblem.headers['content-type'], 'application/problem+json')
    t.equal(inDetail.headers['content-type'], 'application/json')
  }
})
