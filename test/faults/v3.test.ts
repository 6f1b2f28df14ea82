// Faults strike requests to v3 like any others, and speak its dialect: errors are problem details.
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { checkFault } from '../../src/faults/check.ts'
import { V3_KEY } from '../v3.ts'
import { raw, startFaulty } from './start.ts'

const ORG = `/v3/organizations/${DEFAULT_ORG_ID}`
const SECRET = JSON.stringify({ type: 'totp', key: 'K', value: 's3cr3t' })

/** Starts a listening fake. `v3` sends a request with a v3 key. */
async function startV3Faulty(t: Parameters<typeof startFaulty>[0]) {
  const fake = await startFaulty(t)
  const v3 = async (method: string, path: string, body?: string) => {
    const response = await fetch(fake.url + path, {
      method,
      headers: { authorization: `Bearer ${V3_KEY}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    })
    const { status, headers } = response
    return { status, type: headers.get('content-type'), headers, json: (await response.json()) as object }
  }
  return { ...fake, v3 }
}

const problem = (title: string, status: number, detail: string, path: string) => ({
  type: 'about:blank',
  title,
  status,
  detail,
  instance: path,
})

t.test('the errors of presets are problem details on v3, and the same as before on v1', async (t) => {
  const fake = await startV3Faulty(t)
  const path = `${ORG}/secrets`
  const cases = [
    [{ preset: 'rate-limit' }, 'Too Many Requests', 429, 'Too Many Requests'],
    [{ preset: 'flaky' }, 'Service Unavailable', 503, 'Service Unavailable'],
    [{ preset: 'outage' }, 'Service Unavailable', 503, 'Service Unavailable'],
    [{ preset: 'expired-key', after: 0 }, 'Unauthorized', 401, 'Unauthorized'],
    [{ status: 599 }, 'Unknown Error', 599, 'HTTP 599'],
    [{ status: 400, body: { detail: 'No' } }, 'Bad Request', 400, 'No'],
  ] as const
  for (const [fault, title, status, detail] of cases) {
    await fake.add({ times: 2, ...fault })
    const res = await fake.v3('GET', path)

    t.same([res.status, res.type], [status, 'application/problem+json'])
    t.same(res.json, problem(title, status, detail, path))
    t.same(Object.keys(res.json), ['type', 'title', 'status', 'detail', 'instance'])
    const v1 = await fake.get('/v1/secrets')
    t.same([v1.status, v1.headers.get('content-type')], [status, 'application/json'])
    t.same(await v1.json(), { detail })
    await fake.call('DELETE', '/_fake/faults')
  }
})

t.test('rate-limit keeps its Retry-After on v3', async (t) => {
  const fake = await startV3Faulty(t)
  await fake.add({ preset: 'rate-limit' })

  t.equal((await fake.v3('GET', '/v3/self')).headers.get('retry-after'), '1')
})

t.test('out-of-quota rejects new sessions of both generations only', async (t) => {
  const fake = await startV3Faulty(t)
  await fake.add({ preset: 'out-of-quota' })
  const detail = 'Your organization has a billing error. Error: out_of_quota'

  const refused = await fake.v3('POST', `${ORG}/sessions`, '{"prompt": "p"}')
  t.same(refused.json, problem('Forbidden', 403, detail, `${ORG}/sessions`))
  const v1 = await fake.send('POST', '/v1/sessions', { prompt: 'p' })
  t.same([v1.statusCode, v1.json()], [403, { detail }])
  t.equal((await fake.v3('POST', `${ORG}/secrets`, SECRET)).status, 200)
  t.match(await fake.faults(), [{ struck: 2 }])
})

t.test('a body with more than a detail, or with a content type, is sent unchanged', async (t) => {
  const fake = await startV3Faulty(t)
  const cases = [
    [{ status: 400, body: { detail: 'No', code: 1 } }, 'application/json'],
    [{ status: 400, body: { detail: [1] } }, 'application/json'],
    [{ status: 200, body: { detail: 'Yes' } }, 'application/json'],
    [
      { status: 400, body: { detail: 'No' }, headers: { 'Content-Type': 'application/x+json' } },
      'application/x+json',
    ],
  ] as const
  for (const [fault, type] of cases) {
    await fake.add({ ...fault, times: 1 })
    const res = await fake.v3('GET', '/v3/self')
    t.same([res.status, res.type, res.json], [fault.status, type, fault.body])
  }
})

t.test('the path of a fault is a template, a glob or a path of v3', async (t) => {
  const fake = await startV3Faulty(t)
  for (const path of [
    '/v3/organizations/{org_id}/secrets/{secret_id}',
    '/v3/**/secret-1',
    `${ORG}/secrets/*`,
  ]) {
    await fake.add({ path, status: 503, times: 1 })
    t.equal((await fake.v3('GET', '/v3/self')).status, 200)
    t.equal((await fake.v3('DELETE', `${ORG}/secrets/secret-1`)).status, 503, path)
  }
})

t.test('a request to v3 that a fault strikes is recorded with its route and body', async (t) => {
  const fake = await startV3Faulty(t)
  const id = await fake.add({ status: 503 })
  await fake.v3('POST', `${ORG}/secrets`, SECRET)
  await fake.v3('GET', '/v3/nothing')

  t.match(await fake.journal(), [
    {
      fault: id,
      org_id: DEFAULT_ORG_ID,
      route: '/v3/organizations/{org_id}/secrets',
      body: { key: 'K', value: '***' },
      status: 503,
      response_body: { title: 'Service Unavailable' },
    },
    { fault: id, route: null, status: 503 },
  ])
  t.same(await fake.organization.secrets.list(), [])
})

t.test('the body of a struck request is read up to the limit of its route', async (t) => {
  const fake = await startFaulty(t, { limits: { jsonBytes: 100, uploadBytes: 1_000 } })
  await fake.add({ status: 503 })
  const body = 'x'.repeat(500)
  const next = raw('GET', '/v3/self', '', 'Connection: close')

  const upload = await fake.exchange(raw('POST', `${ORG}/attachments`, body) + next)
  const json = await fake.exchange(raw('POST', `${ORG}/secrets`, body) + next)

  t.equal(String(upload).match(/HTTP\/1\.1 503/g)?.length, 2, 'the connection stays in use')
  t.match(String(json), /connection: close/i)
  t.equal(String(json).match(/HTTP\/1\.1 503/g)?.length, 1)
  const [, , refused] = await fake.journal()
  t.match(refused, { route: '/v3/organizations/{org_id}/secrets', status: 503 })
  t.notOk('body' in Object(refused))
})

t.test('abort drops a request to v3 before or after it runs', async (t) => {
  const fake = await startV3Faulty(t)
  for (const [abort, secrets] of [
    ['before', 0],
    ['after', 1],
  ] as const) {
    const id = await fake.add({ abort, times: 1 })
    await t.rejects(fake.v3('POST', `${ORG}/secrets`, SECRET))
    t.match((await fake.journal()).at(-1), {
      fault: id,
      status: null,
      route: '/v3/organizations/{org_id}/secrets',
    })
    t.equal((await fake.organization.secrets.list()).length, secrets)
  }
})

t.test('a fault of an organization strikes requests to it, with any key that may use it', async (t) => {
  const fake = await startV3Faulty(t)
  await fake.add({ org_id: 'org-test', status: 503 })

  t.equal((await fake.v3('GET', '/v3/organizations/org-test/secrets')).status, 503)
  t.equal((await fake.v3('GET', `${ORG}/secrets`)).status, 200)
  t.equal((await fake.v3('GET', '/v3/self')).status, 200)
})

t.test('malformed JSON truncates a problem detail', async (t) => {
  const fake = await startV3Faulty(t)
  await fake.add({ malformed_json: true })

  await t.rejects(fake.v3('DELETE', `${ORG}/secrets/x`), { name: 'SyntaxError' })
})

t.test('a checked fault has the detail for the error format of each generation', async (t) => {
  t.match(checkFault({ status: 404 }), { answer: { detail: 'Not Found', text: '{"detail":"Not Found"}' } })
  t.notOk('detail' in Object(Object(checkFault({ status: 200, body: 1 })).answer))
})
