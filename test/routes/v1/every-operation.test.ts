import t, { type Test } from 'tap'
import { type Fake, OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { registeredRoutes } from '../../registered-routes.ts'

type Target = 'session' | 'secret' | 'note' | 'playbook' | 'attachment'

interface Operation {
  /** What its path names; without one it can be called as it is. */
  target?: Target
  query?: string
  body?: unknown
  /** The answer to a good request. */
  status: number
  /** The answer to the same request once more. */
  again: number
  /** The status and the body of the answer where the session has ended; default, those of a good request. */
  ended?: [number, unknown]
}

const secret = { type: 'key-value', key: 'NEW', value: 'v', sensitive: true, note: '' }
const note = { name: 'n', body: 'b', trigger_description: 't' }
const playbook = { title: 't', body: 'b', macro: '!new' }
const exited: [number, unknown] = [200, { detail: 'Session has already exited' }]

/** Every operation that wants a key. */
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

const MAKERS: Record<Target, (fake: Fake) => Promise<string>> = {
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

/** Calls an operation on a record; `authorization` replaces the good key. */
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
  return { fake, id: target === undefined ? '' : await MAKERS[target](fake) }
}

/** All that an organization has, but for the times of reads. */
const everythingOf = async ({
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

t.test('every operation that wants a key is in the table above', async (t) => {
  const registered = (await registeredRoutes()).filter((route) => /^\w+ \/(v1|attachments)\//.test(route))

  t.same(Object.keys(operations).sort(), registered.sort())
})

for (const [name, { target, status, again, ended }] of Object.entries(operations)) {
  t.test(`${name} answers ${status}, and ${again} to the same request again`, async (t) => {
    const { fake, id } = await withTarget(t, target)

    const [first, second] = [await perform(fake, name, id), await perform(fake, name, id)]

    t.equal(first.statusCode, status)
    t.equal(second.statusCode, again)
    if (again === 404 && target !== undefined) t.same(second.json(), { detail: NOT_FOUND[target] })
  })

  t.test(`${name} answers 401 without a key and 403 to a wrong one, and does nothing`, async (t) => {
    const { fake, id } = await withTarget(t, target)
    const before = await everythingOf(fake)

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
    t.equal(await everythingOf(fake), before)
  })

  if (target === undefined) continue

  t.test(`${name} answers 404 for an unknown id and another organization’s, and does nothing`, async (t) => {
    const { fake, id } = await withTarget(t, target)
    const before = await everythingOf(fake)

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
    t.equal(await everythingOf(fake), before)
  })

  if (target !== 'session') continue

  t.test(`${name} answers ${(ended ?? [status])[0]} on a session that has ended`, async (t) => {
    for (const end of [undefined, { status_enum: 'expired' }, { status: 'error' }]) {
      const { fake, id } = await withTarget(t, target)
      if (end === undefined) await fake.call('DELETE', `/v1/sessions/${id}`)
      else await fake.send('POST', `/_fake/sessions/${id}/events`, end)

      const res = await perform(fake, name, id)

      t.equal(res.statusCode, ended?.[0] ?? status, JSON.stringify(end))
      if (ended !== undefined) t.same(res.json(), ended[1], JSON.stringify(end))
    }
  })

  t.test(`${name} answers ${status} on a finished session, which has not ended`, async (t) => {
    const { fake, id } = await withTarget(t, target)
    fake.advance(100)

    const res = await perform(fake, name, id)

    t.equal(res.statusCode, status)
    t.notMatch(res.body, 'already exited')
  })
}
