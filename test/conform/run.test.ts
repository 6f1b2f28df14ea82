import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t, { type Test } from 'tap'
import { NOWHERE } from '../../src/conform/api.ts'
import { NoAnswer } from '../../src/conform/errors.ts'
import { conform, type Outcome } from '../../src/conform/run.ts'
import { type Received, type Send, type Sent, sendTo } from '../../src/conform/send.ts'
import { type FakeDevin, startFakeDevin } from '../../src/index.ts'
import type { StateDocument } from '../../src/state/schema.ts'
import { OTHER_ORG_KEY } from '../fake.ts'
import { changing, fullAccess, READ_ONLY, startServer } from './server.ts'

const countOf = ({ findings }: Outcome, name: string) =>
  findings.filter(({ outcome }) => outcome === name).length
const contradicted = ({ findings }: Outcome) =>
  findings.flatMap(({ row, outcome }) =>
    outcome === 'contradicted' ? [`${row.operation ?? row.topic}: ${row.what}`] : [],
  )

/** All records that the state has, without the log of actions, and without playbooks that are kept only as deleted. */
function records({ organizations = [] }: StateDocument): unknown[] {
  return organizations.flatMap(({ audit_logs: _, ...organization }) =>
    Object.entries(organization)
      .flatMap(([kind, list]) =>
        Array.isArray(list) ? list.map((record) => ({ kind, ...Object(record) })) : [],
      )
      .filter(({ status }) => status !== 'deleted'),
  )
}

async function startDevin(t: Test): Promise<FakeDevin> {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  return devin
}

t.test('a read-only run confirms the fake, and changes nothing', async (t) => {
  const devin = await startDevin(t)
  const before = await devin.state.get()
  const outcome = await conform(fullAccess(sendTo(devin.url, 10_000), READ_ONLY))

  t.same(contradicted(outcome), [])
  t.ok(countOf(outcome, 'confirmed') > 130)
  t.same(outcome.left, [])
  t.same(records(await devin.state.get()), records(before))
})

t.test('a run with writes removes everything that it makes', async (t) => {
  const devin = await startDevin(t)
  const before = await devin.state.get()
  const outcome = await conform(
    fullAccess(sendTo(devin.url, 10_000), { writes: true, sessions: false, enterprise: true }),
  )

  t.same(contradicted(outcome), [])
  t.ok(countOf(outcome, 'confirmed') > 250)
  t.same(outcome.left, [])
  t.same(records(await devin.state.get()), records(before))
})

t.test('a run with sessions ends them all', async (t) => {
  const send = await startServer(t)
  const outcome = await conform(fullAccess(send))
  const headers = { authorization: 'Bearer apk_user_conform' }
  const { sessions } = JSON.parse((await send({ method: 'GET', path: '/v1/sessions', headers })).body)

  t.same(contradicted(outcome), [])
  t.ok(countOf(outcome, 'confirmed') > 340)
  t.same(outcome.left, [])
  t.equal(sessions.length, 6)
  for (const { status } of sessions) t.equal(status, 'exit')
})

t.test('each generation can be compared alone', async (t) => {
  const send = await startServer(t)
  const v1 = await conform(fullAccess(send, { ...READ_ONLY, keys: { v1: 'apk_user_a', v3: undefined } }))
  const v3 = await conform(fullAccess(send, { ...READ_ONLY, keys: { v1: undefined, v3: 'cog_a' } }))

  t.same([...contradicted(v1), ...contradicted(v3)], [])
  t.ok(v1.findings.some((one) => Object(one).reason === 'there is no usable key of v3'))
  t.ok(v3.findings.some((one) => Object(one).reason === 'there is no usable key of v1'))
})

/** Returns a server that accepts everything, and the requests that it got. */
function careless(answer: (request: Sent) => unknown) {
  const requests: Sent[] = []
  const send: Send = async (request) => {
    requests.push(request)
    const headers = { 'content-type': 'application/json' }
    return { status: 200, headers, body: JSON.stringify(answer(request)) }
  }
  return { requests, send }
}

t.test(
  'a read-only run sends no request that could change anything, even if the server accepts everything',
  async (t) => {
    const { requests, send } = careless(() => ({ org_id: 'org-1', items: [{}], sessions: [{}] }))
    await conform(fullAccess(send, READ_ONLY))

    t.ok(requests.length > 100)
    for (const { method, path, body } of requests) {
      const isSafe = /^(?:GET|OPTIONS)$/.test(method) || (method === 'DELETE' && path.includes(NOWHERE))
      t.ok(isSafe && body === undefined, `${method} ${path}`)
    }
  },
)

t.test('the organization of a run is the given one, or else that of the v3 key', async (t) => {
  for (const orgId of ['org-given', undefined]) {
    const { requests, send } = careless(() => ({ org_id: 'org-of-key' }))
    await conform(fullAccess(send, { ...READ_ONLY, orgId }))

    const ofV3 = requests.flatMap(({ path }) => /^\/v3\/organizations\/([^/]+)/.exec(path)?.[1] ?? [])
    t.same([...new Set(ofV3)], [orgId ?? 'org-of-key'])
  }
})

t.test('no session is created, and nothing in the enterprise, without the flag for it', async (t) => {
  const { requests, send } = careless(() => ({ org_id: 'org-1', id: 'a', note_id: 'b' }))
  await conform(fullAccess(send, { writes: true, sessions: false, enterprise: false }))

  for (const { method, path } of requests) {
    if (method === 'GET') continue
    t.notMatch(path, /\/sessions(?:$|\?)|\/attachments$/, `${method} ${path}`)
    if (path.startsWith('/v3/enterprise/')) t.ok(method === 'DELETE' && path.includes(NOWHERE), path)
  }
})

t.test('everything that a server reports as created is deleted at the end', async (t) => {
  let count = 0
  const { requests, send } = careless(({ method }) => {
    const id = `made-${count++}`
    const ids = [
      'id',
      'secret_id',
      'note_id',
      'playbook_id',
      'session_id',
      'automation_id',
      'scheduled_session_id',
    ]
    return { org_id: 'org-1', ...(method === 'POST' && Object.fromEntries(ids.map((name) => [name, id]))) }
  })
  const { left } = await conform(fullAccess(send, { enterprise: false, sessions: false }))
  const created = requests.filter(({ method, path }) => method === 'POST' && !/attachments/.test(path)).length
  const deleted = new Set(requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path))

  t.same(left, [])
  t.ok(created > 20)
  t.ok([...deleted].filter((path) => path.includes('made-')).length > 20)
})

const ODD: readonly unknown[] = [
  null,
  [],
  {},
  'text',
  7,
  [null],
  [[1]],
  { items: [null], sessions: [null], knowledge: [null], audit_logs: [1], messages: [] },
  { items: 'x', triggers: [], detail: [null], location: 1, pull_requests: null },
  { items: [{ pull_requests: 5, messages: 3 }], triggers: [{ webhook: null }], detail: { a: 1 }, id: 5 },
]

t.test('no malformed answer stops a run', async (t) => {
  for (const answer of ODD) {
    const { send } = careless(() => answer)
    const outcome = await conform(fullAccess(send, { orgId: 'org-1' }))
    t.ok(countOf(outcome, 'contradicted') > 100, JSON.stringify(answer))
  }
})

t.test(
  'a server that answers with errors or not at all after the first requests confirms nothing',
  async (t) => {
    const send = await startServer(t)
    let count = 0
    const failing = changing(send, (received) =>
      count++ < 2 ? received : { status: 500, headers: { 'content-type': 'text/html' }, body: '<p>' },
    )
    const outcome = await conform(fullAccess(failing))
    t.ok(countOf(outcome, 'contradicted') > 150)
    t.equal(countOf(outcome, 'confirmed'), 0)

    count = 0
    const silent: Send = async (request) => {
      if (count++ < 2) return send(request)
      throw new NoAnswer('no answer within 1 s')
    }
    const { findings } = await conform(fullAccess(silent))
    const silence = findings.filter((one) => one.outcome === 'contradicted')
    t.match(
      silence,
      [1, 2, 3].map(() => ({ expected: 'an answer', got: 'no answer within 1 s' })),
    )
    t.equal(silence.length, 3)
    t.match(findings.at(-1), { outcome: 'not testable', reason: 'the server has stopped answering' })
  },
)

t.test('a creation without an answer is reported, and so is an item that cannot be deleted', async (t) => {
  const send = await startServer(t)
  const breaking: Send = async (request) => {
    if (request.method === 'POST' && request.path.endsWith('/playbooks')) throw new NoAnswer('it hung up')
    const { authorization = '' } = request.headers
    if (request.method === 'DELETE' && request.path.includes('/secret-') && !request.path.includes(NOWHERE))
      return { status: 500, headers: {}, body: `${authorization} is wrong` }
    if (request.method === 'DELETE' && request.path.includes('/note-')) throw new NoAnswer('it hung up')
    return send(request)
  }
  const { left } = await conform(fullAccess(breaking, { sessions: false, enterprise: false }))

  t.ok(left.includes('POST /v1/playbooks: without an answer, so it may have created something'))
  t.ok(left.some((one) => /^DELETE \/v1\/secrets\/secret-\w+: 500 without a content type$/.test(one)))
  t.ok(left.some((one) => /^DELETE \/v1\/knowledge\/note-\w+: it hung up$/.test(one)))
})

t.test('a stopped run sends no further checks, and removes what it has made', async (t) => {
  const send = await startServer(t)
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  const requests: Sent[] = []
  const stopping: Send = async (request) => {
    requests.push(request)
    const received = await send(request)
    if (request.method === 'POST') stop()
    return received
  }
  const outcome = await conform(fullAccess(stopping, { stopped, sessions: false }))

  t.ok(outcome.wasStopped)
  t.same(outcome.left, [])
  t.match(outcome.findings.at(-1), { outcome: 'not testable', reason: /./ })
  t.match(requests.slice(-2), [{ method: 'POST', path: '/v1/secrets' }, { method: 'DELETE' }])
})

t.test(
  'a rate-limited request is repeated after the time that the server names, a limited number of times',
  async (t) => {
    const send = await startServer(t)
    const times = new Map<string, number>()
    let most = 2
    const limiting: Send = async (request) => {
      const seen = times.get(request.path) ?? 0
      times.set(request.path, seen + 1)
      const isLimited = request.path === '/v1/auth_status' && seen < most
      return isLimited ? { status: 429, headers: { 'retry-after': '0' }, body: '' } : send(request)
    }
    const only = ({ operation }: { operation?: string }) => operation === 'GET /v1/auth_status'

    t.match((await conform(fullAccess(limiting), only)).findings, [{ outcome: 'confirmed' }])
    t.equal(times.get('/v1/auth_status'), 3)
    times.clear()
    most = 100
    t.match((await conform(fullAccess(limiting), only)).findings, [
      { outcome: 'not testable', reason: 'the server limits the rate of requests' },
    ])
    t.equal(times.get('/v1/auth_status'), 6)
  },
)

t.test(
  'a key that the server refuses is not used again, and a lack of permissions proves nothing',
  async (t) => {
    const send = await startServer(t)
    const outcome = await conform(
      fullAccess(send, { ...READ_ONLY, keys: { v1: 'apk_user_wrong', v3: 'cog_a' } }),
    )
    t.same(outcome.refusals, ['GET /v1/sessions: the server refuses the key (403)'])
    t.same(contradicted(outcome), [])

    const forbidding = changing(send, (received, { path }): Received => {
      if (path !== '/v1/auth_status') return received
      return { status: 403, headers: {}, body: '{"detail":"Forbidden"}' }
    })
    const { findings } = await conform(
      fullAccess(forbidding),
      ({ operation }) => operation === 'GET /v1/auth_status',
    )
    t.match(findings, [{ reason: 'the key may not do this: 403 {detail: "Forbidden"}' }])
  },
)

/** Resolves with the URL of a port at which nothing listens. */
async function freeUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return `http://127.0.0.1:${port}`
}

t.test('a server that is unreachable, not the API, or refuses all keys fails the run', async (t) => {
  const send = await startServer(t)
  await t.rejects(conform(fullAccess(sendTo(await freeUrl(), 10_000))), {
    name: 'StartError',
    message: /^the server does not answer: nothing listens there/,
  })
  const html = changing(send, () => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<h1>Hello</h1>',
  }))
  await t.rejects(conform(fullAccess(html)), {
    name: 'StartError',
    message:
      /^GET \/v1\/sessions: 200 text\/html instead of JSON; is the URL that of the API\?\nGET \/v3\/self: 200/,
  })
  await t.rejects(conform(fullAccess(send, { keys: { v1: 'apk_wrong', v3: 'cog_wrong' } })), {
    name: 'StartError',
    message: /refuses the key \(403\)\n.*refuses the key \(403\)$/,
  })
  const buggy: Send = async () => {
    throw new TypeError('a bug')
  }
  await t.rejects(conform(fullAccess(buggy)), { name: 'TypeError' })
  let count = 0
  const laterBuggy: Send = (request) => (count++ < 2 ? send(request) : buggy(request))
  await t.rejects(conform(fullAccess(laterBuggy)), { name: 'TypeError' })
})

t.test('without an organization, checks that need one are not testable', async (t) => {
  const send = await startServer(t)
  const withoutOrg = changing(send, (received, { path }) =>
    path === '/v3/self' ? { ...received, body: '{"principal_type":"service_user"}' } : received,
  )
  const { findings } = await conform(
    fullAccess(withoutOrg, READ_ONLY),
    ({ operation }) => operation === 'GET /v3/organizations/{org_id}/playbooks',
  )

  t.match(findings[0], { reason: 'the organization is not known: give it with --org' })
})

t.test('a run works with a service key, and read-only on a server with data', async (t) => {
  const send = await startServer(t)
  const keys = { v1: OTHER_ORG_KEY, v3: undefined }
  const headers = { authorization: `Bearer ${OTHER_ORG_KEY}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ name: 'n', body: 'b', trigger_description: 't' })
  await send({ method: 'POST', path: '/v1/knowledge', headers, body })
  const byService = '`created_by` of an entry made with a service key'
  const written = await conform(fullAccess(send, { keys }), ({ what }) => what === byService)
  const read = await conform(
    fullAccess(send, { ...READ_ONLY, keys }),
    ({ what }) => what === 'members without a value',
  )

  t.match(written.findings, [{ outcome: 'confirmed', verified: ['member created_by'] }])
  t.match(read.findings, [{ outcome: 'confirmed', verified: ['value'] }])
})

t.test('the status of the queue is that of its length', async (t) => {
  const outcome = async (queue_size: number, status: string) => {
    const access = fullAccess(careless(() => ({ org_id: 'org-1', queue_size, status })).send)
    const { findings } = await conform(
      access,
      ({ what, operation }) => what === 'limits' && operation === 'GET /v3/enterprise/queue',
    )
    return findings.map(({ outcome }) => outcome)
  }

  for (const [size, status] of [
    [10, 'normal'],
    [11, 'elevated'],
    [50, 'elevated'],
    [51, 'high'],
  ] as const) {
    t.same(await outcome(size, status), ['confirmed'])
    t.same(await outcome(size, status === 'high' ? 'normal' : 'high'), ['contradicted'])
  }
})

t.test('billing cycles follow each other', async (t) => {
  const cycles = (items: unknown) => careless(() => ({ org_id: 'org-1', items })).send
  const outcomes = async (items: unknown) => {
    const access = fullAccess(cycles(items))
    const { findings } = await conform(
      access,
      ({ what, operation }) => what === 'members' && /cycles/.test(`${operation}`),
    )
    return findings.map(({ outcome }) => outcome)
  }

  t.same(
    await outcomes([
      { after: 5, before: 6 },
      { after: 4, before: 5 },
    ]),
    ['confirmed'],
  )
  t.same(
    await outcomes([
      { after: 5, before: 6 },
      { after: 3, before: 4 },
    ]),
    ['contradicted'],
  )
})
