// Calls of the API through the control plane.

import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_USER } from '../../../src/auth/principal.ts'
import { seededIds } from '../../../src/base/ids.ts'
import { HttpException } from '../../../src/fastapi/errors.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { callApi, checkCall } from '../../../src/routes/control/call-api.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock, startFake } from '../../fake.ts'

const CALLS = '/_fake/calls'

const secret = { type: 'key-value', key: 'TOKEN', value: 's3cr3t', sensitive: true, note: '' }

/** Returns the call of the API as the default organization, or as another one. */
const aCall = (operation: string, body?: unknown, orgId = DEFAULT_ORG_ID) => {
  const [method, path] = operation.split(' ')
  return { org_id: orgId, method, path, ...(body !== undefined && { body }) }
}

for (const strict of [false, true]) {
  const mode = strict ? 'strict' : 'open'

  t.test(`POST /_fake/calls calls v1 and v3 as the organization, without a key (${mode} keys)`, async (t) => {
    const keys = new KeyRegistry({ strict, keys: [{ key: 'apk_user_a' }] })
    const { send, organization } = await startFake(t, { keys })

    const created = await send('POST', CALLS, aCall('POST /v1/secrets', secret))
    const listed = await send('POST', CALLS, aCall('GET /v3/organizations/{org_id}/secrets?first=1'))
    const self = await send('POST', CALLS, aCall('GET /v3beta1/self'))

    t.equal(created.statusCode, 200)
    t.match(created.json(), { status: 200, headers: { 'content-type': 'application/json' } })
    t.match(listed.json(), { status: 200, body: { items: [{ key: 'TOKEN' }], total: 1 } })
    t.match(self.json(), { status: 200, body: { org_id: DEFAULT_ORG_ID } })
    t.match(await organization.auditLog.list(), [{ action: 'create_secret', actor: DEFAULT_USER }])
  })
}

t.test('POST /_fake/calls calls the API as another organization, and as the enterprise', async (t) => {
  const { send } = await startFake(t)
  const { org_id: orgId } = (await send('POST', '/_fake/organizations', {})).json()
  const status = async (operation: string, org: string) =>
    (await send('POST', CALLS, aCall(operation, undefined, org))).json().status

  await send('POST', CALLS, aCall('POST /v1/secrets', secret, orgId))
  const { body } = (await send('POST', CALLS, aCall('GET /v1/secrets', undefined, orgId))).json()
  t.match(body, [{ key: 'TOKEN' }])
  t.equal(await status('GET /v3/organizations/{org_id}/secrets', orgId), 200)
  t.equal(await status(`GET /v3/organizations/${DEFAULT_ORG_ID}/secrets`, orgId), 403)
  t.equal(await status('GET /v3/enterprise/organizations', orgId), 403)
  t.equal(await status('GET /v3/enterprise/organizations', 'enterprise'), 200)
  t.equal(await status(`GET /v3/organizations/${orgId}/secrets`, 'enterprise'), 200)
  t.equal(await status('GET /v3/organizations/org-unknown/secrets', 'enterprise'), 404)
  t.equal(await status('GET /v1/secrets', 'enterprise'), 403)
})

t.test('POST /_fake/calls answers 404 for an unknown organization, and creates none', async (t) => {
  const { send } = await startFake(t)

  for (const orgId of ['org-unknown', 'apk_user_x']) {
    const response = await send('POST', CALLS, aCall('GET /v1/secrets', undefined, orgId))
    t.same([response.statusCode, response.json()], [404, { detail: 'Organization not found' }])
  }
})

t.test('an organization whose id looks like a key is called with its own permissions only', async (t) => {
  const { send, app } = await startFake(t)
  for (const org_id of ['apk_user_x', 'cog_x ü']) await send('PUT', '/_fake/clock', { org_id, frozen: true })
  await send('POST', CALLS, aCall('POST /v1/secrets', secret, 'apk_user_x'))

  const { organizations } = (await app.inject('/_fake/state?collections=secrets')).json()
  const owner = organizations.find(({ secrets }: { secrets: unknown[] }) => secrets.length === 1)
  t.equal(owner.org_id, 'apk_user_x')
  const other = await send(
    'POST',
    CALLS,
    aCall('GET /v3/organizations/{org_id}/secrets', undefined, 'cog_x ü'),
  )
  t.match(other.json(), { status: 200, body: { items: [] } })
})

t.test(
  'POST /_fake/calls is struck by no fault, refused by no IP access list, and in no journal',
  async (t) => {
    const { send, app } = await startFake(t, { ipAccessListOnLoopback: true })
    const headers = { authorization: 'Bearer cog_a' }
    await app.inject({
      method: 'PUT',
      url: '/v3/enterprise/ip-access-list',
      headers,
      payload: { ip_ranges: ['203.0.113.0/24'] },
    })
    await send('POST', '/_fake/faults', { status: 503 })
    await send('POST', '/_fake/faults', { org_id: DEFAULT_ORG_ID, delay_ms: 600_000 })
    await send('DELETE', '/_fake/requests', undefined)

    for (const operation of ['GET /v1/secrets', 'GET /v3/self', 'GET /v1/nowhere']) {
      t.equal(
        (await send('POST', CALLS, aCall(operation))).json().status,
        operation.endsWith('nowhere') ? 404 : 200,
      )
    }

    t.match((await app.inject('/_fake/faults')).json().faults, [{ matched: 0 }, { matched: 0 }])
    t.match((await app.inject('/_fake/requests')).json(), { total: 0 })
    await send('DELETE', '/_fake/faults', undefined)
    t.equal((await app.inject({ url: '/v3/self', headers })).statusCode, 403)
  },
)

t.test('POST /_fake/calls consumes no ids of the server or the organization', async (t) => {
  const organizations = new Organizations({
    store: memoryStore(),
    clock: frozenClock,
    ids: (owner) => seededIds(1, owner),
  })
  const { send, app } = await startFake(t, { organizations })
  const state = async () => (await app.inject('/_fake/state')).body
  const before = await state()

  await send('POST', CALLS, aCall('GET /v1/sessions'))
  await send('POST', CALLS, aCall('GET /v3/organizations/{org_id}/sessions'))

  t.equal(await state(), before)
})

t.test('POST /_fake/calls passes on errors, redirects, texts and the headers of files', async (t) => {
  const { send, call, app } = await startFake(t)
  const upload = await call('POST', '/v1/attachments', {
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    payload: '--b\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\nx\r\n--b--\r\n',
  })
  const [, file] = /\/attachments\/(.*)"$/.exec(upload.body) ?? []
  const answer = async (operation: string, body?: unknown) =>
    (await send('POST', CALLS, aCall(operation, body))).json()

  t.match(await answer('GET /v1/sessions/devin-x'), { status: 404, body: { detail: 'Session not found' } })
  t.match(await answer('POST /v3/organizations/{org_id}/sessions', {}), {
    status: 422,
    headers: { 'content-type': 'application/problem+json' },
    body: { title: 'Unprocessable Entity' },
  })
  t.match(await answer('DELETE /v1/sessions'), { status: 405, headers: { allow: 'GET' } })
  t.match(await answer('GET /v1/sessions/?limit=1'), {
    status: 307,
    headers: { location: 'http://localhost:80/v1/sessions?limit=1' },
    body: null,
  })
  const redirect = await answer(`GET /v1/attachments/${file}`)
  t.match(redirect, { status: 307, headers: { location: /^http:\/\/localhost:80\/_fake\/storage\// } })
  t.equal((await app.inject(redirect.headers.location)).body, 'x')
  const note = { name: 'n', body: 'b', trigger_description: 't' }
  const { body } = await answer('POST /v1/knowledge', note)
  t.match(await answer(`DELETE /v1/knowledge/${body.id}`), { status: 204, body: null })
  t.match(await answer('HEAD /v1/sessions'), { status: 405, body: null })
  t.match(await answer('POST /v1/knowledge'), { status: 422, body: { detail: [{ loc: ['body'] }] } })
})

t.test('URLs in answers of POST /_fake/calls begin with the origin of the caller', async (t) => {
  const { app } = await startFake(t)
  const response = await app.inject({
    method: 'POST',
    url: CALLS,
    headers: { host: 'fake.test:8443', 'x-forwarded-proto': 'https' },
    payload: aCall('GET /v1/sessions/'),
  })

  t.equal(response.json().headers.location, 'https://fake.test:8443/v1/sessions')
})

t.test('POST /_fake/calls passes on headers, but not those that the server sets', async (t) => {
  const { send } = await startFake(t)
  const call = (headers: Record<string, string>) =>
    send('POST', CALLS, { ...aCall('POST /v1/secrets', secret), headers })

  t.equal(
    (await call({ 'X-Own': 'ü', 'Content-Type': 'application/json; charset=utf-8' })).json().status,
    200,
  )
  t.equal((await call({ 'content-type': 'text/plain' })).json().status, 422)
  for (const [headers, reason] of [
    [{ Authorization: 'Bearer apk_user_x' }, 'authorization is set by the server'],
    [{ 'X-Forwarded-For': '203.0.113.1' }, 'x-forwarded-for is set by the server'],
    [{ 'a b': 'x' }, 'not valid in HTTP'],
    [{ a: 'x\r\ny: z' }, 'not valid in HTTP'],
    [{ a: 'x'.repeat(20_000) }, 'longer than 16384 characters'],
  ] as const) {
    const response = await call(headers)
    t.same(response.statusCode, 422)
    t.match(response.json(), {
      detail: [{ loc: ['body', 'headers'], msg: `Value error, ${reason}`, input: null }],
    })
  }
})

t.test('POST /_fake/calls answers 422 for a path that is not one of the API', async (t) => {
  const { send } = await startFake(t)

  for (const path of [
    '/',
    '/v1',
    '/v2/sessions',
    '/_fake/state',
    '//v1/sessions',
    'http://example.com/v1/sessions',
    'v1/sessions',
    '/v1/../_fake/state',
    '/v1/%2e%2E/_fake/state',
    '/v1/.%2e/_fake/state',
    '/v1/./sessions',
    '/v1/..',
    '/v1\\..\\_fake/state',
    '/v1/\\../x',
    '/v1/a b',
    '/v1/a\nb',
    '/v1/ü',
    '/v1/sessions#x',
  ]) {
    const response = await send('POST', CALLS, aCall(`GET ${path.replaceAll(' ', '\t')}`))
    t.equal(response.statusCode, 422, path)
    t.match(response.json(), { detail: [{ loc: ['body', 'path'] }] }, path)
  }
  const tooLong = await send('POST', CALLS, aCall(`GET /v1/${'x'.repeat(9_000)}`))
  t.equal(tooLong.statusCode, 422)
  t.equal((await send('POST', CALLS, { ...aCall('GET /v1/secrets'), method: 'TRACE' })).statusCode, 422)
  t.equal((await send('POST', CALLS, { ...aCall('GET /v1/secrets'), methods: 'GET' })).statusCode, 422)
})

t.test('dots in the query of a call are not treated as a path', async (t) => {
  const { send } = await startFake(t)

  const response = await send('POST', CALLS, aCall('GET /v1/sessions?tags=/../x'))

  t.match(response.json(), { status: 200, body: { sessions: [] } })
})

t.test('POST /_fake/calls answers 422 for a body that JSON cannot have', async (t) => {
  const { app } = await startFake(t)
  const payload = `{"org_id": "${DEFAULT_ORG_ID}", "method": "POST", "path": "/v1/secrets", "body": {"a": NaN}}`

  const response = await app.inject({
    method: 'POST',
    url: CALLS,
    headers: { 'content-type': 'application/json' },
    payload,
  })

  t.equal(response.statusCode, 422)
  t.match(response.json(), { detail: [{ loc: ['body', 'body'], msg: 'Value error, not valid in JSON' }] })
})

t.test('POST /_fake/calls passes on long integers and long answers exactly', async (t) => {
  const { app, send } = await startFake(t)
  const prompt = 'x'.repeat(100_000)
  for (let count = 0; count < 15; count++) await send('POST', '/v1/sessions', { prompt })
  const id = (await app.inject('/_fake/sessions?limit=1')).json().sessions[0].session_id
  for (let count = 0; count < 15; count++)
    await send('POST', `/v1/sessions/${id}/message`, { message: prompt })
  const payload = `{"org_id": "${DEFAULT_ORG_ID}", "method": "POST", "path": "/v1/playbooks", "body": {"title": 12345678901234567890}}`

  const response = await app.inject({
    method: 'POST',
    url: CALLS,
    headers: { 'content-type': 'application/json' },
    payload,
  })
  const long = await send('POST', CALLS, aCall(`GET /v1/sessions/${id}`))

  t.match(response.body, '12345678901234567890')
  t.ok(long.body.length > 1_500_000)
  t.ok(long.json().body.messages.length > 15)
})

t.test('control calls over a socket call the API, too', async (t) => {
  const { listen } = await startFake(t)
  const url = await listen()

  const response = await fetch(url + CALLS, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(aCall('GET /v1/secrets')),
  })

  t.match(await response.json(), { status: 200, body: [] })
})

t.test('a call to a stopping server answers 503, and other failures are not hidden', async (t) => {
  const { app } = await startFake(t)
  const call = checkCall({ org_id: DEFAULT_ORG_ID, method: 'GET', path: '/v1/secrets' })
  await app.close()

  await t.rejects(callApi(app, call, 'http://h'), new HttpException(503, 'The server stops'))
  const inject = () => Promise.reject(new Error('broken'))
  await t.rejects(callApi({ inject } as unknown as FastifyInstance, call, 'http://h'), { message: 'broken' })
})

t.test('a text answer is passed on as text, and bytes are not', async (t) => {
  const call = checkCall({ org_id: DEFAULT_ORG_ID, method: 'GET', path: '/v1/x', body: null })
  const answered = async (type: string) => {
    const headers = { 'content-type': type, 'x-list': ['a', 'b'] }
    const stream = () => Readable.from([Buffer.from('a"')])
    const inject = async () => ({ statusCode: 200, headers, stream })
    return JSON.parse(
      [...(await callApi({ inject } as unknown as FastifyInstance, call, 'http://h'))].join(''),
    )
  }

  t.same(await answered('text/plain'), {
    status: 200,
    headers: { 'content-type': 'text/plain', 'x-list': 'a,b' },
    body: 'a"',
  })
  t.match(await answered('image/png'), { headers: { 'content-type': 'image/png' }, body: null })
})
