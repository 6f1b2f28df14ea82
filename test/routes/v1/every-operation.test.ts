import t, { type Test } from 'tap'
import { Answers } from '../../../src/answers/answers.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { toHttpException } from '../../../src/routes/http-exception.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import type { StoreLimits } from '../../../src/store/types.ts'
import { type Fake, OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { registeredRoutes } from '../../registered-routes.ts'

// The responses that operations have in common, and src/routes/http-exception.ts.

type Target = 'session' | 'secret' | 'note' | 'playbook' | 'attachment'

interface Operation {
  /** The resource that the path names, if any. */
  target?: Target
  query?: string
  body?: unknown
  /** The status of a valid request. */
  status: number
  /** The status of the same request when it is repeated. */
  again: number
  /** The status and body for an ended session. Default: those of a valid request. */
  ended?: [number, unknown]
}

const secret = { type: 'key-value', key: 'NEW', value: 'v', sensitive: true, note: '' }
const note = { name: 'n', body: 'b', trigger_description: 't' }
const playbook = { title: 't', body: 'b', macro: '!new' }
const exited: [number, unknown] = [200, { detail: 'Session has already exited' }]

/** Every operation that requires a key. */
const operations: Record<string, Operation> = {
  'GET /v1/sessions': { status: 200, again: 200 },
  'POST /v1/sessions': { body: { prompt: 'p' }, status: 200, again: 200 },
  'GET /v1/sessions/{session_id}': { target: 'session', status: 200, again: 200 },
  'DELETE /v1/sessions/{session_id}': {
    target: 'session',
    status: 200,
    again: 400,
    ended: [400, { detail: 'Devin session already exited' }],
  },
  'POST /v1/sessions/{session_id}/message': {
    target: 'session',
    body: { message: 'm' },
    status: 200,
    again: 200,
    ended: exited,
  },
  'PUT /v1/sessions/{session_id}/tags': { target: 'session', body: { tags: ['a'] }, status: 200, again: 200 },
  'POST /v1/attachments': { body: 'form', status: 200, again: 200 },
  'GET /v1/attachments/{uuid}/{name}': { target: 'attachment', status: 307, again: 307 },
  'GET /attachments/{uuid}/{name}': { target: 'attachment', status: 307, again: 307 },
  'GET /v1/secrets': { status: 200, again: 200 },
  'POST /v1/secrets': { body: secret, status: 200, again: 409 },
  'DELETE /v1/secrets/{secret_id}': { target: 'secret', status: 200, again: 404 },
  'GET /v1/knowledge': { status: 200, again: 200 },
  'POST /v1/knowledge': { body: note, status: 200, again: 200 },
  'PUT /v1/knowledge/{note_id}': { target: 'note', body: note, status: 200, again: 200 },
  'DELETE /v1/knowledge/{note_id}': { target: 'note', status: 204, again: 404 },
  'GET /v1/playbooks': { status: 200, again: 200 },
  'POST /v1/playbooks': { body: playbook, status: 200, again: 409 },
  'GET /v1/playbooks/{playbook_id}': { target: 'playbook', status: 200, again: 200 },
  'PUT /v1/playbooks/{playbook_id}': { target: 'playbook', body: playbook, status: 200, again: 200 },
  'DELETE /v1/playbooks/{playbook_id}': { target: 'playbook', status: 200, again: 404 },
  'GET /v1/session/{session_id}': { target: 'session', status: 200, again: 200 },
  'POST /v1/session/{session_id}/message': {
    target: 'session',
    body: { message: 'm' },
    status: 200,
    again: 200,
    ended: exited,
  },
  'PUT /v1/session/{session_id}/tags': { target: 'session', body: { tags: ['a'] }, status: 200, again: 200 },
  'GET /v1/auth_status': { status: 200, again: 200 },
  'GET /v1/audit-logs': { status: 200, again: 200 },
  'GET /v1/enterprise/consumption': {
    query: '?start_date=2026-01-01&end_date=2026-01-02',
    status: 200,
    again: 200,
  },
}

const NOT_FOUND: Record<Target, string> = {
  session: 'Session not found',
  secret: 'Secret not found',
  note: 'Knowledge not found',
  playbook: 'Playbook not found',
  attachment: 'Attachment not found',
}

const FORM = {
  payload: '--b\r\nContent-Disposition: form-data; name="file"; filename="n"\r\n\r\nx\r\n--b--\r\n',
  headers: { 'content-type': 'multipart/form-data; boundary=b' },
}

const FACTORIES: Record<Target, (fake: Fake) => Promise<string>> = {
  session: async ({ send }) => (await send('POST', '/v1/sessions', { prompt: 'x' })).json().session_id,
  secret: async ({ send }) => (await send('POST', '/v1/secrets', { ...secret, key: 'OLD' })).json().id,
  note: async ({ send }) => (await send('POST', '/v1/knowledge', note)).json().id,
  playbook: async ({ send }) =>
    (await send('POST', '/v1/playbooks', { ...playbook, macro: null })).json().playbook_id,
  attachment: async ({ call }) =>
    new URL((await call('POST', '/v1/attachments', FORM)).json()).pathname.replace('/attachments/', ''),
}

const UNKNOWN: Record<Target, string> = {
  session: 'devin-00000000000000000000000000000000',
  secret: 'secret-00000000000000000000000000000000',
  note: 'note-00000000000000000000000000000000',
  playbook: 'playbook-00000000000000000000000000000000',
  attachment: '00000000-0000-4000-a000-000000000000/n',
}

/** Calls an operation on a record. `authorization` replaces the valid key. */
function perform({ call }: Fake, name: string, id: string, authorization?: string) {
  const { query = '', body } = operations[name] as Operation
  const [method = '', path = ''] = name.split(' ')
  const url = path.replace(/\{.*\}/, id) + query
  const json = { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const { headers, ...request } = body === 'form' ? FORM : body === undefined ? { headers: {} } : json
  return call(method, url, {
    ...request,
    headers: { ...headers, ...(authorization !== undefined && { authorization }) },
  })
}

async function withTarget(t: Test, target: Target | undefined) {
  const fake = await startFake(t)
  return { fake, id: target === undefined ? '' : await FACTORIES[target](fake) }
}

/** Returns the records of an organization as JSON. */
const recordsOf = async ({
  organization: { secrets, sessions, attachments, knowledge, playbooks, auditLog },
}: Fake) =>
  JSON.stringify(
    await Promise.all([
      secrets.list(),
      sessions.list(),
      attachments.list(),
      knowledge.list(),
      playbooks.list(),
      auditLog.list(),
    ]),
  )

t.test('every operation that requires a key is in the table above', async (t) => {
  const registered = (await registeredRoutes()).filter((route) => /^\w+ \/(v1|attachments)\//.test(route))

  t.same(Object.keys(operations).sort(), registered.sort())
})

for (const [name, { target, status, again, ended }] of Object.entries(operations)) {
  t.test(`${name} answers ${status}, and ${again} to the repeated request`, async (t) => {
    const { fake, id } = await withTarget(t, target)

    const [first, second] = [await perform(fake, name, id), await perform(fake, name, id)]

    t.equal(first.statusCode, status)
    t.equal(second.statusCode, again)
    if (again === 404 && target !== undefined) t.same(second.json(), { detail: NOT_FOUND[target] })
  })

  t.test(`${name} answers 401 without a key and 403 to an invalid one, and changes nothing`, async (t) => {
    const { fake, id } = await withTarget(t, target)
    const before = await recordsOf(fake)

    for (const authorization of ['', 'Basic eDp5', 'Bearer ', 'apk_user_test']) {
      const res = await perform(fake, name, id, authorization)
      t.equal(res.statusCode, 401, authorization)
      t.same(res.json(), { detail: 'Unauthorized' })
    }
    for (const authorization of ['Bearer cog_x', 'Bearer x', 'Bearer apk_user_revoked']) {
      const res = await perform(fake, name, id, authorization)
      t.equal(res.statusCode, 403, authorization)
      t.same(res.json(), { detail: 'Unauthorized' })
    }
    t.equal(await recordsOf(fake), before)
  })

  if (target === undefined) continue

  t.test(
    `${name} answers 404 for an unknown id and another organization’s, and changes nothing`,
    async (t) => {
      const { fake, id } = await withTarget(t, target)
      const before = await recordsOf(fake)

      const answers = [
        await perform(fake, name, UNKNOWN[target]),
        await perform(
          fake,
          name,
          id.replace(/.(?=\/|$)/, (digit) => (digit === '0' ? '1' : '0')),
        ),
        await perform(fake, name, id, `Bearer ${OTHER_ORG_KEY}`),
      ]

      for (const res of answers) {
        t.equal(res.statusCode, 404)
        t.equal(res.headers['content-type'], 'application/json')
        t.same(res.json(), { detail: NOT_FOUND[target] })
      }
      t.equal(await recordsOf(fake), before)
    },
  )

  if (target !== 'session') continue

  t.test(`${name} answers ${(ended ?? [status])[0]} for an ended session`, async (t) => {
    for (const end of [undefined, { status_enum: 'expired' }, { status: 'error' }]) {
      const { fake, id } = await withTarget(t, target)
      if (end === undefined) await fake.call('DELETE', `/v1/sessions/${id}`)
      else await fake.send('POST', `/_fake/sessions/${id}/events`, end)

      const res = await perform(fake, name, id)

      t.equal(res.statusCode, ended?.[0] ?? status, JSON.stringify(end))
      if (ended !== undefined) t.same(res.json(), ended[1], JSON.stringify(end))
    }
  })

  t.test(`${name} answers ${status} for a finished session, which has not ended`, async (t) => {
    const { fake, id } = await withTarget(t, target)
    fake.advance(100)

    const res = await perform(fake, name, id)

    t.equal(res.statusCode, status)
    t.notMatch(res.body, 'already exited')
  })
}

const withLimits = (limits: StoreLimits) => ({
  organizations: new Organizations({ store: memoryStore(limits), clock: systemClock(), ids: randomIds }),
})

const secretNamed = (key: string, value = 'v') => ({ type: 'totp', key, value, sensitive: true, note: '' })

t.test('creations beyond --max-records answer 507, and other requests succeed', async (t) => {
  const { send, call } = await startFake(t, withLimits({ records: 2 }))
  const { id } = (await send('POST', '/v1/secrets', secretNamed('A'))).json()
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'p' })).json()

  const refused = await Promise.all([
    send('POST', '/v1/secrets', secretNamed('B')),
    send('POST', '/v1/sessions', { prompt: 'q' }),
    send('POST', '/v1/knowledge', note),
    send('POST', '/v1/playbooks', { title: 't', body: 'b' }),
    call('POST', '/v1/attachments', FORM),
  ])

  for (const res of refused) {
    t.equal(res.statusCode, 507)
    t.equal(res.headers['content-type'], 'application/json')
    t.match(res.json(), { detail: /--max-records/ })
  }
  t.equal(
    (await send('POST', '/v1/secrets', secretNamed('A'))).statusCode,
    409,
    'a taken name is still a conflict',
  )
  t.equal((await call('GET', `/v1/sessions/${session_id}`)).statusCode, 200)
  t.equal((await send('PUT', `/v1/sessions/${session_id}/tags`, { tags: ['a'] })).statusCode, 200)
  t.equal((await send('POST', `/v1/sessions/${session_id}/message`, { message: 'm' })).statusCode, 200)
  t.equal((await call('DELETE', `/v1/secrets/${id}`)).statusCode, 200)
  t.equal((await send('POST', '/v1/secrets', secretNamed('B'))).statusCode, 200)
})

t.test('writes beyond --max-stored-bytes answer 507, also messages to a session', async (t) => {
  const { send, call } = await startFake(t, withLimits({ bytes: 36_000 }))
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'p' })).json()

  const created = await send('POST', '/v1/secrets', secretNamed('A', 'x'.repeat(30_000)))
  const message = { message: 'x'.repeat(40_000) }
  const sent = await send('POST', `/v1/sessions/${session_id}/message`, message)

  t.match([created.statusCode, created.json()], [507, { detail: /--max-stored-bytes/ }])
  t.equal(sent.statusCode, 507)
  t.equal((await call('POST', '/_fake/reset')).statusCode, 204)
  t.equal((await send('POST', '/v1/secrets', secretNamed('A', 'x'.repeat(30_000)))).statusCode, 200)
})

t.test('an unexpected error has no HTTP exception', async (t) => {
  const answers = new Answers()

  t.equal(toHttpException({ answers })(new Error('boom'), { originalUrl: '/' }), undefined)
})
