// The sessions as the control plane shows them, and their next steps. test/routes/v1/sessions/ has the events added by hand.

import t from 'tap'
import { formatInstant } from '../../../src/base/clock.ts'
import type { SessionRecord } from '../../../src/resources/sessions.ts'
import type { SessionPage } from '../../../src/schemas/control/sessions.ts'
import { SESSION_ITEMS_MAX } from '../../../src/simulation/session-limits.ts'
import { NOW, OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { aSession } from '../../records.ts'
import { V3_KEY } from '../../v3.ts'

const OTHER_ORG = `org-${'b2'.repeat(16)}`

const stored = (fields: Partial<SessionRecord>) =>
  aSession({ createdAt: NOW, answersForPrompt: false, ...fields })

const asOther = { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } }

t.test('GET /_fake/sessions lists the sessions of all organizations, or of one', async (t) => {
  const { send, call } = await startFake(t)
  const { session_id: own } = (await send('POST', '/v1/sessions', { prompt: 'own' })).json()
  const created = await call('POST', '/v1/sessions', { ...asOther, payload: { prompt: 'other' } })
  const { session_id: other } = created.json()

  const all = (await call('GET', '/_fake/sessions')).json()
  const one = (await call('GET', `/_fake/sessions?org_id=${OTHER_ORG}`)).json()

  t.match(all, { total: 2, next_cursor: null })
  t.same(all.sessions.map(({ session_id }: { session_id: string }) => session_id).sort(), [own, other].sort())
  t.match(one, { total: 1, sessions: [{ session_id: other, org_id: OTHER_ORG, prompt: 'other' }] })
  t.match((await call('GET', '/_fake/sessions?org_id=unknown')).json(), { total: 0, sessions: [] })
})

t.test('GET /_fake/sessions shows the status of a session in both generations', async (t) => {
  const { organization, call, advance } = await startFake(t)
  const scenario = {
    steps: [
      { status_enum: 'working' as const },
      { after_seconds: 5, message: 'Which?', status_enum: 'blocked' as const, acus: 2.5 },
      { after_seconds: 20, pull_request: { url: 'https://github.com/a/b/pull/1' } },
    ],
  }
  await organization.sessions.insert(
    stored({ prompt: `${'x'.repeat(299)}😀`, title: 'T', tags: ['a'], maxAcuLimit: 9, scenario }),
  )
  advance(6)

  const [session] = (await call('GET', '/_fake/sessions')).json().sessions

  t.match(session, {
    org_id: organization.orgId,
    title: 'T',
    prompt: /^x{299}$/,
    tags: ['a'],
    status: 'running',
    status_enum: 'blocked',
    v3_status: 'running',
    v3_status_detail: 'waiting_for_user',
    created_at: formatInstant(NOW),
    updated_at: formatInstant(NOW + 5_000_000),
    acus: 2.5,
    max_acu_limit: 9,
    pull_requests: [],
    messages: 2,
    origin: 'api',
    archived: false,
    scenario: null,
    has_ended: false,
    next_step_at: formatInstant(NOW + 20_000_000),
  })
  advance(20)
  t.match((await call('GET', '/_fake/sessions')).json().sessions, [
    { pull_requests: [{ url: 'https://github.com/a/b/pull/1', state: 'open' }], next_step_at: null },
  ])
  await call('DELETE', `/v1/sessions/${session.session_id}`)
  t.match((await call('GET', '/_fake/sessions')).json().sessions, [{ status: 'exit', has_ended: true }])
})

t.test('GET /_fake/sessions names the scenario of a session, whose approvals may be bypassed', async (t) => {
  const { send, call } = await startFake(t)
  await send('POST', '/_fake/scenarios', { name: 'own', scenario: { steps: [{ message: 'hi' }] } })
  await send('POST', '/_fake/scenarios', { match: { tag: 'x' }, scenario: { steps: [] } })
  for (const [prompt, tags] of [
    ['[fake:own]', []],
    ['[fake:blocked]', []],
    ['inline', ['x']],
  ])
    await send('POST', '/v1/sessions', { prompt, tags })
  await call('POST', '/v3/organizations/org-1/sessions', {
    headers: { authorization: `Bearer ${V3_KEY}` },
    payload: { prompt: '[fake:needs-approval]', bypass_approval: true },
  })

  const { sessions } = (await call('GET', '/_fake/sessions')).json()

  const names = new Map(
    sessions.map(({ prompt, scenario }: { prompt: string; scenario: string }) => [prompt, scenario]),
  )
  t.same(
    ['[fake:own]', '[fake:blocked]', 'inline', '[fake:needs-approval]'].map((prompt) => names.get(prompt)),
    ['own', 'blocked', null, 'needs-approval'],
  )
})

t.test('GET /_fake/sessions pages through all sessions, the last created first', async (t) => {
  const { organization, app } = await startFake(t)
  const ages = [3, 1, 2, 1, 3, 0, 2, 9, 1, 4, 4, 5]
  for (const [n, age] of ages.entries()) {
    await organization.sessions.insert(stored({ id: `devin-${n}`, createdAt: NOW - age * 1_000_000 }))
  }
  const expected = ages
    .map((age, n) => ({ age, n }))
    .sort((one, other) => one.age - other.age || other.n - one.n)
    .map(({ n }) => `devin-${n}`)

  for (const limit of [1, 2, 5, 12, 1_000]) {
    const found: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const page: SessionPage = (await app.inject(`/_fake/sessions?limit=${limit}${query}`)).json()
      t.equal(page.total, 12)
      found.push(...page.sessions.map(({ session_id: id }) => id))
      cursor = page.next_cursor
    }
    t.same(found, expected, `${limit} per page`)
  }
})

t.test('GET /_fake/sessions pages through organizations with sessions of the same time', async (t) => {
  const { call } = await startFake(t)
  const ids: string[] = []
  for (const options of [{}, asOther, {}, asOther]) {
    const created = await call('POST', '/v1/sessions', { ...options, payload: { prompt: 'p' } })
    ids.push(created.json().session_id)
  }

  const found: string[] = []
  for (let query = ''; ; ) {
    const page = (await call('GET', `/_fake/sessions?limit=1${query}`)).json()
    found.push(page.sessions[0].session_id)
    if (page.next_cursor === null) break
    query = `&cursor=${page.next_cursor}`
  }

  // Those of each organization are together.
  t.same(
    found,
    [3, 1, 2, 0].map((n) => ids[n]),
  )
})

t.test('GET /_fake/sessions selects sessions by their ids, with or without the prefix', async (t) => {
  const { organization, app } = await startFake(t)
  for (const n of [1, 2, 3]) await organization.sessions.insert(stored({ id: `devin-${n}` }))

  const page = (await app.inject('/_fake/sessions?ids=devin-3&ids=1&ids=unknown')).json()

  t.match(page, { total: 2, sessions: [{ session_id: 'devin-3' }, { session_id: 'devin-1' }] })
})

t.test('GET /_fake/sessions answers 422 for an invalid cursor', async (t) => {
  const { app } = await startFake(t)
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  for (const cursor of [
    'x',
    encoded({}),
    encoded([1, 2]),
    encoded([1, 2, 3]),
    encoded(['1', 2, 'o']),
    encoded([1, 2, 'o', 4]),
  ]) {
    const response = await app.inject(`/_fake/sessions?cursor=${cursor}`)
    t.equal(response.statusCode, 422, cursor)
    t.match(response.json(), { detail: [{ loc: ['query', 'cursor'], msg: /not the cursor of a page/ }] })
  }
  for (const limit of [0, 1_001])
    t.equal((await app.inject(`/_fake/sessions?limit=${limit}`)).statusCode, 422)
})

t.test('GET /_fake/sessions/{session_id} shows the answers of both generations', async (t) => {
  const { send, call, advance, organization } = await startFake(t)
  const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: 'Fix it', tags: ['a'] })).json()
  advance(7)
  await send('POST', `/v1/sessions/${id}/message`, { message: 'and that' })

  const detail = (await call('GET', `/_fake/sessions/${id.replace('devin-', '')}`)).json()

  t.same(detail.v1, (await call('GET', `/v1/sessions/${id}`)).json())
  const headers = { authorization: `Bearer ${V3_KEY}` }
  const v3 = await call('GET', `/v3/organizations/${organization.orgId}/sessions/${id}`, { headers })
  t.same(detail.v3, v3.json())
  t.match(detail, {
    session_id: id,
    prompt: 'Fix it',
    scenario: 'default',
    structured_output: null,
    structured_output_schema: null,
    timeline_cut: false,
    files: [],
    conversation: [
      { from: 'user', by: 'user@example.com', text: 'Fix it', at: formatInstant(NOW) },
      { from: 'devin', by: null, text: /on it/ },
      { from: 'devin' },
      { from: 'devin', text: /I opened/ },
      { from: 'user', by: 'user@example.com', text: 'and that', event_id: /^event-/ },
    ],
  })
  t.same(
    detail.timeline.map(({ kind, is_past }: { kind: string; is_past: boolean }) => `${kind} ${is_past}`),
    [
      'created true',
      'step true',
      'step true',
      'step true',
      'step true',
      'message true',
      'step true',
      'step false',
      'step false',
      'step false',
    ],
  )
})

t.test(
  'GET /_fake/sessions/{session_id} shows who sent a message, and steps that wait for reads',
  async (t) => {
    const { organization, app } = await startFake(t)
    const by = { id: 'service-user-1', email: null, name: 'Robot' }
    const session = stored({
      createdBy: null,
      scenario: { steps: [{ after_reads: 3, message: 'read' }] },
      messages: [{ eventId: 'event-1', at: NOW, text: 'go on', reads: 0, by }],
    })
    await organization.sessions.insert(session)

    const detail = (await app.inject(`/_fake/sessions/${session.id}`)).json()

    t.match(detail.conversation, [{ by: null }, { by: 'Robot' }])
    t.match(detail.timeline.at(-1), {
      at: null,
      kind: 'step',
      is_past: false,
      waits_for_reads: 3,
      effect: { message: 'read' },
      text: 'read',
    })
    t.equal(detail.next_step_at, null)
  },
)

t.test('GET /_fake/sessions/{session_id} shows the files of a session, and stores none', async (t) => {
  const { organization, app } = await startFake(t)
  const attachment = {
    id: 'f-1',
    name: 'a.txt',
    contentType: 'text/plain',
    bytes: Buffer.from('x'),
    createdAt: NOW,
  }
  await organization.attachments.insert(attachment)
  const session = stored({
    prompt: 'ATTACHMENT:"http://h/attachments/f-1/a.txt"\nATTACHMENT:"http://h/b.txt"',
    scenario: { steps: [{ attachment: { name: 'c.md', content_type: 'text/markdown', content: 'c' } }] },
  })
  await organization.sessions.insert(session)

  const { files } = (await app.inject(`/_fake/sessions/${session.id}`)).json()

  t.match(files, [
    {
      name: 'a.txt',
      content_type: 'text/plain',
      source: 'user',
      attachment_id: 'f-1',
      url: 'http://h/attachments/f-1/a.txt',
    },
    {
      name: 'http://h/b.txt',
      content_type: null,
      source: 'user',
      attachment_id: null,
      url: 'http://h/b.txt',
    },
    { name: 'c.md', content_type: 'text/markdown', source: 'devin', attachment_id: /^[0-9a-f-]{36}$/ },
  ])
  t.equal((await organization.attachments.list()).length, 1)
})

t.test('lists and details do not count as reads, and are not in the journal', async (t) => {
  const { send, app, call, organization } = await startFake(t)
  const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: '[fake:three-reads]' })).json()
  await call('DELETE', '/_fake/requests')

  for (let count = 0; count < 5; count++) {
    await app.inject('/_fake/sessions')
    await app.inject(`/_fake/sessions/${id}`)
  }

  t.same((await organization.sessions.get(id))?.reads, [])
  t.equal((await app.inject('/_fake/requests')).json().total, 0)
})

t.test(
  'GET /_fake/sessions/{session_id} answers 404 for an unknown session, and for one of another organization',
  async (t) => {
    const { send, app } = await startFake(t)
    const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()

    for (const path of ['devin-unknown', `${id}?org_id=${OTHER_ORG}`]) {
      const response = await app.inject(`/_fake/sessions/${path}`)
      t.same([response.statusCode, response.json()], [404, { detail: 'Session not found' }], path)
    }
    t.equal((await app.inject(`/_fake/sessions/${id}?org=x`)).statusCode, 422)
  },
)

t.test('POST /_fake/sessions/{session_id}/next-step runs one step per call', async (t) => {
  const { send, call } = await startFake(t)
  const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: 'Fix it' })).json()
  const next = () => send('POST', `/_fake/sessions/${id}/next-step`, null)
  const texts = async () =>
    (await call('GET', `/v1/sessions/${id}`))
      .json()
      .messages.map(({ message }: { message: string }) => message)

  const first = await next()

  t.equal(first.statusCode, 200)
  t.match(first.json(), { session_id: id, messages: 2, next_step_at: formatInstant(NOW + 3_000_000) })
  t.same(await texts(), ['Fix it', "I'm on it: Fix it"])
  await next()
  await next()
  t.match((await next()).json(), { v1: { status_enum: 'finished' }, updated_at: formatInstant(NOW) })
  t.equal((await texts()).length, 5)
  const refused = await next()
  t.same([refused.statusCode, refused.json()], [409, { detail: 'There is no next step' }])
})

t.test(
  'POST /_fake/sessions/{session_id}/next-step needs no read for a step that waits for reads',
  async (t) => {
    const { send, call } = await startFake(t)
    await send('PUT', '/_fake/clock', { speed: 'instant' })
    const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: '[fake:three-reads]' })).json()

    const next = async () => (await send('POST', `/_fake/sessions/${id}/next-step`, {})).json()
    const details = [await next(), await next()]

    t.match(details, [{ status_enum: 'working' }, { status_enum: 'finished', has_ended: false }])
    t.match((await call('GET', `/v1/sessions/${id}`)).json(), { status_enum: 'finished' })
  },
)

t.test('POST /_fake/sessions/{session_id}/next-step is kept by state documents and snapshots', async (t) => {
  const { send, call } = await startFake(t)
  const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: 'Fix it' })).json()
  await send('POST', '/_fake/snapshots', { name: 'before' })
  await send('POST', `/_fake/sessions/${id}/next-step`, null)
  const read = async () => (await call('GET', `/_fake/sessions/${id}`)).body
  const after = await read()
  const document = (await call('GET', '/_fake/state')).json()

  t.match(document.organizations[0].sessions[0].events, [
    { at: formatInstant(NOW), messages: 0, effect: {}, step: 1 },
  ])
  await send('POST', '/_fake/snapshots/before/restore', {})
  t.match(JSON.parse(await read()), { messages: 1 })
  t.equal((await send('PUT', '/_fake/state', document)).statusCode, 204)
  t.equal(await read(), after)
  t.same((await call('GET', '/_fake/state')).json(), document)
})

t.test(
  'POST /_fake/sessions/{session_id}/next-step answers 400 and 404 as other calls of sessions do',
  async (t) => {
    const { send, call } = await startFake(t)
    const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()
    const next = (session: string, body: unknown) =>
      send('POST', `/_fake/sessions/${session}/next-step`, body)

    t.equal((await next(id, { org_id: OTHER_ORG })).statusCode, 404)
    t.equal((await next('devin-unknown', null)).statusCode, 404)
    t.equal((await next(id, { org: 'x' })).statusCode, 422)
    await call('DELETE', `/v1/sessions/${id}`)
    const ended = await next(id, null)
    t.same([ended.statusCode, ended.json()], [400, { detail: 'Devin session already exited' }])
  },
)

t.test(
  'POST /_fake/sessions/{session_id}/next-step answers 404 for a session deleted meanwhile',
  async (t) => {
    const { organization, send } = await startFake(t)
    const session = stored({})
    await organization.sessions.insert(session)
    const { get } = organization.sessions
    organization.sessions.get = async (id) => {
      const found = await get.call(organization.sessions, id)
      await organization.sessions.delete(id)
      return found
    }

    t.equal((await send('POST', `/_fake/sessions/${session.id}/next-step`, null)).statusCode, 404)
  },
)

t.test('POST /_fake/sessions/{session_id}/next-step answers 507 for a session that is full', async (t) => {
  const { organization, send } = await startFake(t)
  const events = Array.from({ length: SESSION_ITEMS_MAX }, () => ({ at: NOW, effect: {} }))
  const scenario = { steps: [{ after_seconds: 10, message: 'm' }] }
  const waiting = {
    steps: [],
    on_message: [{ after_reads: 60_000, message: 'm' }],
  }
  const messages = [{ eventId: 'event-1', at: NOW, text: 'm', reads: 50_000 }]
  const reads = Array<number>(50_000).fill(NOW)
  await organization.sessions.insert(stored({ id: 'devin-1', scenario, events }))
  await organization.sessions.insert(stored({ id: 'devin-2', scenario: waiting, messages, reads }))

  for (const id of ['devin-1', 'devin-2']) {
    const response = await send('POST', `/_fake/sessions/${id}/next-step`, null)
    t.equal(response.statusCode, 507, id)
    t.match(response.json(), { detail: /10,000/ })
  }
})
