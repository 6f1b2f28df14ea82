import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import t, { type Test } from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { HttpException } from '../../src/fastapi/errors.ts'
import { logRequests } from '../../src/hooks/log-requests.ts'
import type { Organization } from '../../src/organization/organizations.ts'
import type { LogLevel } from '../../src/settings/config.ts'
import { startFake } from '../fake.ts'
import { linesOf, logToFile } from '../log-to-file.ts'

const KEY = 'apk_user_c2VjcmV0'

/** Starts a fake that logs. `lines` returns the lines of its log. */
async function startLogging(t: Test, level: LogLevel) {
  const { logger, text } = await logToFile(t, level)
  const fake = await startFake(t, { logger })
  return { ...fake, lines: async () => linesOf(await text()) }
}

/** Returns an application without routes that logs. `text` returns its log. */
async function startApp(t: Test, level: LogLevel) {
  const { logger, later, text } = await logToFile(t, level)
  const app: FastifyInstance = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
  })
  app.decorateRequest('organization')
  logRequests(app, later)
  return { app, text }
}

t.test('every request is logged in one line, without headers, body and query string', async (t) => {
  const { app, text } = await startApp(t, 'trace')
  app.post('/v1/:one/x/:two_three', async (request) => {
    request.organization = { orgId: 'org-1' } as Organization
    return {}
  })
  const headers = { authorization: `Bearer ${KEY}` }

  await app.inject({ method: 'POST', url: '/v1/a/x/b?q=s3cr3t', headers, payload: { value: 's3cr3t' } })
  await app.inject({ method: 'POST', url: '/v1/a/x/c' })
  await app.inject({ method: 'GET', url: `/elsewhere/${KEY}/${'y'.repeat(300)}?q=s3cr3t`, headers })
  await app.close()

  const written = await text()
  const lines = linesOf(written)
  const route = '/v1/{one}/x/{two_three}'
  const known = {
    reqId: String,
    method: 'POST',
    route,
    status: 200,
    ms: Number,
    org: 'org-1',
    msg: /^POST \/v1\/a\/x\/[bc] 200$/,
  }
  t.match(lines, [
    known,
    known,
    { method: 'GET', route: '/elsewhere/apk_user_***', status: 404, reason: 'no such path' },
  ])
  t.equal(lines.length, 3)
  t.strictSame(Object.keys(lines[0] ?? {}), [
    'level',
    'time',
    'reqId',
    'method',
    'route',
    'status',
    'ms',
    'org',
    'msg',
  ])
  t.notMatch(written, /s3cr3t|c2VjcmV0/)
})

t.test('an unknown path is logged without escaped keys and without a password', async (t) => {
  const { logger, later, text } = await logToFile(t, 'info')
  const loggerInstance: FastifyBaseLogger = logger
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
  })
  logRequests(app, later)
  for (const url of ['/a/%61pk_user_s3cr3t%0a', '/a%0a/b', 'http://user:s3cr3t@h/c?d']) await app.inject(url)
  await app.close()

  const written = await text()
  t.notMatch(written, 's3cr3t')
  t.match(
    linesOf(written).map(({ route }) => route),
    ['/a/apk_user_***', '/a%0a/b'],
  )
})

t.test('the line of a refused request has its actual path and the reason', async (t) => {
  const { send, lines } = await startLogging(t, 'info')
  await send('DELETE', '/v1/secrets/secret-1', undefined)
  await send('POST', '/v1/sessions', { prompt: 5, tags: ['s3cr3t', 1], max_acu_limit: 's3cr3t' })
  await send('PUT', '/v1/secrets', undefined)
  await send('PUT', '/_fake/clock', { s3cr3t: 1, now: 's3cr3t' })
  await send('POST', '/v1/sessions', { prompt: 'x', tags: [1, 2, 3, 4, 5, 6, 7] })
  await send('GET', '/_fake/requests?s3cr3t=1', undefined)

  const written = await lines()
  t.match(written, [
    { msg: 'DELETE /v1/secrets/secret-1 404: Secret not found', route: '/v1/secrets/{secret_id}' },
    { msg: /^POST \/v1\/sessions 422: body\.prompt string_type, .*body\.tags\.1 string_type/ },
    { msg: 'PUT /v1/secrets 405: no such method for this path' },
    { msg: /^PUT \/_fake\/clock 422: .*body\.\(unknown name\) extra_forbidden/ },
    { msg: /body\.tags\.4 string_type, and 2 more$/ },
    { msg: 'GET /_fake/requests 422: query.(unknown name) extra_forbidden' },
  ])
  t.notMatch(JSON.stringify(written), /s3cr3t/)
})

t.test('the line of a body that was read as a text says that its Content-Type is not JSON', async (t) => {
  const { app, lines } = await startLogging(t, 'info')
  for (const [type, payload] of [
    ['application/x-www-form-urlencoded', '{"prompt": "s3cr3t"}'],
    ['application/json', '"s3cr3t"'],
    ['application/x-www-form-urlencoded', ''],
  ] as const) {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': type }
    await app.inject({ method: 'POST', url: '/v1/sessions', headers, payload })
  }

  const written = await lines()
  t.match(written, [
    { msg: 'POST /v1/sessions 422: body model_attributes_type (the Content-Type is not application/json)' },
    { msg: /^POST \/v1\/sessions 422: body model_attributes_type$/ },
    { msg: /^POST \/v1\/sessions 422: body missing$/ },
  ])
  t.notMatch(JSON.stringify(written), /s3cr3t/)
})

t.test('the line of a request without a valid key says what is wrong with the key', async (t) => {
  const { app, lines } = await startLogging(t, 'info')
  for (const [url, authorization] of [
    ['/v1/secrets', 'Bearer cog_s3cr3t'],
    ['/v3/self', `Bearer ${KEY}`],
    ['/v3/self', 'Bearer s3cr3t'],
    ['/v1/secrets', 'Bearer "apk_s3cr3t"'],
    ['/v1/secrets', undefined],
    ['/v3/self', 'cog_s3cr3t'],
    ['/v3/self', 'Bearer '],
  ] as const) {
    await app.inject({ url, headers: authorization === undefined ? {} : { authorization } })
  }

  const written = await lines()
  t.match(written, [
    { msg: /^GET \/v1\/secrets 403: .*\(a v3 key; v1 needs apk_…\)$/ },
    { msg: /^GET \/v3\/self 403: .*\(a v1 key; v3 needs cog_…\)$/ },
    { msg: /^GET \/v3\/self 403: .*\(not in the form of a key; v3 needs cog_…\)$/ },
    { msg: /^GET \/v1\/secrets 403: .*\(not in the form of a key; v1 needs apk_…\)$/ },
    { msg: /^GET \/v1\/secrets 401: .*\(no Authorization header\)$/ },
    { msg: /^GET \/v3\/self 403: .*\(the Authorization header is not "Bearer KEY"\)$/ },
    { msg: /^GET \/v3\/self 403: .*\(the Authorization header is not "Bearer KEY"\)$/ },
  ])
  t.notMatch(JSON.stringify(written), /s3cr3t|c2VjcmV0/)
})

t.test('the line of an unknown key says that only registered keys are accepted', async (t) => {
  const { logger, text } = await logToFile(t, 'info')
  const keys = new KeyRegistry({ strict: true, keys: [{ key: 'cog_known', orgId: 'org-1' }] })
  const { app } = await startFake(t, { logger, keys })

  await app.inject({ url: '/v3/self', headers: { authorization: 'Bearer cog_s3cr3t' } })

  t.match(linesOf(await text()), [
    { msg: 'GET /v3/self 403: Unauthorized (an unknown or revoked key; --strict-keys is set)' },
  ])
})

t.test('the line of a request that was refused for another reason says nothing about its key', async (t) => {
  const { app, send, lines } = await startLogging(t, 'info')
  const headers = { authorization: 'Bearer cog_s3cr3t' }
  await app.inject({ method: 'DELETE', url: `/v3/organizations/${DEFAULT_ORG_ID}/secrets/unknown`, headers })
  await app.inject({
    url: `/_fake/storage/${DEFAULT_ORG_ID}/5c1e0c3e-0000-4000-8000-000000000000/a.txt?expires=1&signature=s3cr3t`,
    headers,
  })
  await send('POST', '/_fake/faults', { status: 403 })
  await app.inject({ url: '/v1/secrets', headers })

  const written = await lines()
  t.match(written[0], { msg: /^DELETE \/v3\/\S+ 403: [^(]*$/, org: DEFAULT_ORG_ID })
  t.match(written[1], { msg: /^GET \/_fake\/storage\/\S+ 403: The signature is wrong or has expired$/ })
  t.match(written.at(-1), { msg: 'GET /v1/secrets 403' })
})

t.test('each line has the reason of its own request, masked and up to 500 characters of it', async (t) => {
  const { app, text } = await startApp(t, 'info')
  const reasons = ['one', 'one', `a ${KEY}\n`, 'x'.repeat(600), 'one', 'x'.repeat(499)]
  app.get('/:index', async (request, reply) => {
    const { index } = request.params as { index: string }
    request.refusal = new HttpException(400, reasons[Number(index)])
    return reply.code(400).send({})
  })

  for (const index of reasons.keys()) await app.inject({ url: `/${index}` })
  await app.close()

  t.same(
    linesOf(await text()).map(({ reason }) => reason),
    ['one', 'one', 'a apk_user_***?', 'x'.repeat(500), 'one', 'x'.repeat(499)],
  )
})

t.test('a detail that is not a string is not logged', async (t) => {
  const { app, text } = await startApp(t, 'info')
  app.get('/', async (request, reply) => {
    request.refusal = new HttpException(400, { value: 's3cr3t' })
    return reply.code(400).send({})
  })

  await app.inject({ url: '/' })
  await app.close()

  t.match(linesOf(await text()), [{ msg: 'GET / 400' }])
})

t.test('at debug, the log has the unread fields and suggestions', async (t) => {
  const { send, lines } = await startLogging(t, 'debug')
  await send('POST', '/v1/sessions?dry=1', { promt: 'x', prompt: 'x', repos: [] })
  await send('GET', '/v1/secret', undefined)
  await send('GET', '/v1/sesions/devin-1?a=b', undefined)
  await send('GET', '/nothing/like/this', undefined)
  await send('GET', '/v1/secrets', undefined)

  const written = (await lines()).filter(({ level }) => level === 20)
  t.match(written, [
    { msg: 'not read: query.dry, body.promt (did you mean prompt?), body.repos' },
    { msg: 'no such path, did you mean /v1/secrets?', near: '/v1/secrets' },
    { msg: 'no such path, did you mean /v1/sessions/{session_id}?' },
  ])
  t.equal(written.length, 3)
})

t.test('at debug, at most twenty unread fields of a request are in the log', async (t) => {
  const { send, lines } = await startLogging(t, 'debug')
  const names = Array.from({ length: 21 }, (_, index) => `a${index}`)
  await send('GET', `/v1/secrets?${names.join('&')}`, undefined)

  const unread = names.slice(0, 20).map((name) => `query.${name}`)
  t.same(
    (await lines()).flatMap(({ level, unread: fields }) => (level === 20 ? fields : [])),
    unread,
  )
})

t.test('at trace, the log has the headers and the query without credentials', async (t) => {
  const { app, lines } = await startLogging(t, 'trace')
  await app.inject({
    url: `/v1/sessions?limit=1&token=s3cr3t&tags=${KEY}`,
    headers: { authorization: `Bearer ${KEY}`, 'x-mine': 'yes' },
  })
  await app.inject('/nothing?a=b')

  const written = (await lines()).filter(({ level }) => level === 10)
  t.match(written, [
    {
      query: 'limit=1&token=***&tags=apk_user_***',
      headers: { authorization: 'Bearer apk_user_***', 'x-mine': 'yes' },
    },
    { query: 'a=b' },
  ])
  t.notMatch(JSON.stringify(written), /s3cr3t|c2VjcmV0/)
})
