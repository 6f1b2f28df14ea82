import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER, DEFAULT_USER } from '../../../src/auth/principal.ts'
import type { PlaybookRecord } from '../../../src/resources/playbooks.ts'
import { NOW, OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { aPlaybook } from '../../records.ts'

const params = { title: 'Release', body: '1. Tag', macro: '!release' }

const user = { id: 'user-1', email: 'a@example.com', name: 'A' }

const shown = {
  playbook_id: 'playbook-1',
  ...params,
  status: 'published',
  access_type: 'team',
  org_id: DEFAULT_ORG_ID,
  created_at: '2026-01-02T03:04:05.678901Z',
  updated_at: '2026-01-02T03:04:05.678901Z',
  created_by_user_id: 'user-1',
  created_by_user_name: 'A',
  updated_by_user_id: null,
  updated_by_user_name: null,
}

async function fakeWith(t: Test, ...playbooks: PlaybookRecord[]) {
  const fake = await startFake(t)
  for (const playbook of playbooks) await fake.organization.playbooks.insert(playbook)
  return fake
}

const elsewhere = { authorization: `Bearer ${OTHER_ORG_KEY}` }

t.test('GET /v1/playbooks lists the published playbooks, oldest first', async (t) => {
  const deleted = aPlaybook({ id: 'playbook-2', status: 'deleted', macro: null })
  const service = aPlaybook({ id: 'playbook-3', macro: null, createdBy: null, updatedBy: user })
  const { call } = await fakeWith(t, aPlaybook(), deleted, service)

  const res = await call('GET', '/v1/playbooks')

  t.equal(res.statusCode, 200)
  t.strictSame(res.json(), [
    shown,
    {
      ...shown,
      playbook_id: 'playbook-3',
      macro: null,
      created_by_user_id: null,
      created_by_user_name: null,
      updated_by_user_id: 'user-1',
      updated_by_user_name: 'A',
    },
  ])
})

t.test('GET /v1/playbooks returns nothing of another organization', async (t) => {
  const { call } = await fakeWith(t, aPlaybook())

  t.equal((await call('GET', '/v1/playbooks', { headers: elsewhere })).body, '[]')
})

t.test('POST /v1/playbooks stores and returns the playbook', async (t) => {
  const { send, organization } = await fakeWith(t)

  const res = await send('POST', '/v1/playbooks', { ...params, status: 'deleted' })

  t.equal(res.statusCode, 200)
  const { playbook_id: id } = res.json()
  t.match(id, /^playbook-[0-9a-f]{32}$/)
  const by = { id: DEFAULT_USER.id, name: DEFAULT_USER.name }
  t.strictSame(res.json(), {
    ...shown,
    playbook_id: id,
    created_by_user_id: by.id,
    created_by_user_name: by.name,
    updated_by_user_id: by.id,
    updated_by_user_name: by.name,
  })
  t.same(
    await organization.playbooks.get(id),
    aPlaybook({ id, createdBy: DEFAULT_USER, updatedBy: DEFAULT_USER }),
  )
})

t.test('POST and PUT /v1/playbooks answer 422 for an empty or missing title or body', async (t) => {
  const { send, organization } = await fakeWith(t, aPlaybook())

  for (const [method, url] of [
    ['POST', '/v1/playbooks'],
    ['PUT', '/v1/playbooks/playbook-1'],
  ] as const) {
    const res = await send(method, url, { title: '', macro: 5 })
    t.equal(res.statusCode, 422)
    t.match(res.json().detail, [
      { type: 'string_too_short', loc: ['body', 'title'], ctx: { min_length: 1 } },
      { type: 'missing', loc: ['body', 'body'] },
      { type: 'string_type', loc: ['body', 'macro'] },
    ])
  }
  t.same(await organization.playbooks.list(), [aPlaybook()])
})

t.test('POST /v1/playbooks answers 409 for the macro of another playbook and stores nothing', async (t) => {
  const { send, organization } = await fakeWith(t, aPlaybook())

  const res = await send('POST', '/v1/playbooks', { ...params, title: 'Other' })

  t.equal(res.statusCode, 409)
  t.same(res.json(), { detail: 'Playbook macro is not unique' })
  t.same(await organization.playbooks.list(), [aPlaybook()])
})

t.test(
  'POST /v1/playbooks accepts many playbooks without a macro, and a macro of another organization',
  async (t) => {
    const { send, call, organization } = await fakeWith(t, aPlaybook())
    const { macro: _, ...without } = params

    for (const body of [without, without, { ...without, macro: null }]) {
      t.equal((await send('POST', '/v1/playbooks', body)).json().macro, null)
    }
    const payload = JSON.stringify(params)
    t.equal((await call('POST', '/v1/playbooks', { payload, headers: elsewhere })).statusCode, 200)
    t.equal((await organization.playbooks.list()).length, 4)
  },
)

t.test('GET /v1/playbooks/{playbook_id} returns the playbook', async (t) => {
  const { call } = await fakeWith(t, aPlaybook())

  const res = await call('GET', '/v1/playbooks/playbook-1')

  t.equal(res.statusCode, 200)
  t.strictSame(res.json(), shown)
})

t.test('PUT /v1/playbooks/{playbook_id} replaces title, body and macro, and confirms it', async (t) => {
  const { send, organization, advance } = await fakeWith(t, aPlaybook())
  advance(60)

  const res = await send('PUT', '/v1/playbooks/playbook-1', { title: 'T', body: 'B' })

  t.equal(res.statusCode, 200)
  t.equal(res.body, '{"status":"success"}')
  const changed = { title: 'T', body: 'B', macro: null, updatedAt: NOW + 60_000_000, updatedBy: DEFAULT_USER }
  t.same(await organization.playbooks.get('playbook-1'), aPlaybook(changed))
})

t.test(
  'PUT /v1/playbooks/{playbook_id} accepts its own macro and answers 409 for another playbook’s',
  async (t) => {
    const { send, organization } = await fakeWith(
      t,
      aPlaybook(),
      aPlaybook({ id: 'playbook-2', macro: '!two' }),
    )

    t.equal((await send('PUT', '/v1/playbooks/playbook-1', { ...params, title: 'New' })).statusCode, 200)
    const res = await send('PUT', '/v1/playbooks/playbook-2', { ...params, title: 'Thief' })
    t.equal(res.statusCode, 409)
    t.same(res.json(), { detail: 'Playbook macro is not unique' })
    t.match(await organization.playbooks.get('playbook-2'), { title: 'Release', macro: '!two' })
  },
)

t.test('DELETE /v1/playbooks/{playbook_id} hides the playbook and frees its macro', async (t) => {
  const { call, send, organization } = await fakeWith(t, aPlaybook())

  const res = await call('DELETE', '/v1/playbooks/playbook-1')

  t.equal(res.statusCode, 200)
  t.equal(res.body, '{"status":"success"}')
  t.same((await call('GET', '/v1/playbooks')).json(), [])
  t.same(await organization.playbooks.get('playbook-1'), aPlaybook({ status: 'deleted', macro: null }))
  t.equal((await send('POST', '/v1/playbooks', params)).statusCode, 200)
})

t.test(
  'GET, PUT and DELETE /v1/playbooks/{playbook_id} answer 404 for an unknown playbook, a deleted one and another organization’s',
  async (t) => {
    const deleted = aPlaybook({ id: 'playbook-2', status: 'deleted', macro: null })
    const { call, organization } = await fakeWith(t, aPlaybook(), deleted)
    const payload = JSON.stringify({ ...params, title: 'changed' })

    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answers = [
        await call(method, '/v1/playbooks/nope', { payload }),
        await call(method, '/v1/playbooks/playbook-2', { payload }),
        await call(method, '/v1/playbooks/playbook-1', { payload, headers: elsewhere }),
      ]
      for (const res of answers) {
        t.equal(res.statusCode, 404, method)
        t.same(res.json(), { detail: 'Playbook not found' })
      }
    }
    t.same(await organization.playbooks.list(), [aPlaybook(), deleted])
  },
)

t.test('DELETE /v1/playbooks/{playbook_id} succeeds once for ten concurrent requests', async (t) => {
  const { call, organization } = await fakeWith(t, aPlaybook())

  const answers = await Promise.all(
    Array.from({ length: 10 }, () => call('DELETE', '/v1/playbooks/playbook-1')),
  )

  t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array(9).fill(404)])
  t.equal((await organization.auditLog.list()).length, 1)
})

t.test('a playbook that is deleted during updates frees its macro', async (t) => {
  const { call, send } = await fakeWith(t, aPlaybook())
  const updates = Array.from({ length: 5 }, () => send('PUT', '/v1/playbooks/playbook-1', params))

  await Promise.all([call('DELETE', '/v1/playbooks/playbook-1'), ...updates])

  t.equal((await send('POST', '/v1/playbooks', params)).statusCode, 200)
})

t.test('POST /v1/playbooks succeeds once for ten concurrent requests with one macro', async (t) => {
  const { send } = await fakeWith(t)

  const answers = await Promise.all(Array.from({ length: 10 }, () => send('POST', '/v1/playbooks', params)))

  t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array(9).fill(409)])
})

t.test('a failing store is an unexpected error, not a macro conflict', async (t) => {
  const { send, organization } = await fakeWith(t)
  organization.playbooks.insert = async () => {
    throw new Error('disk full')
  }

  t.equal((await send('POST', '/v1/playbooks', params)).statusCode, 500)
})

t.test('POST and PUT /v1/playbooks replace lone surrogates, so that later GETs succeed', async (t) => {
  const { call } = await fakeWith(t, aPlaybook({ macro: null }))
  const headers = { 'content-type': 'application/json' }
  const macro = (text: string) => ({ payload: `{"title":"t","body":"b","macro":"${text}"}`, headers })
  const title = { payload: '{"title":"\\ud800","body":"\\ud800"}', headers }

  t.equal((await call('POST', '/v1/playbooks', macro('a\\ud800'))).json().macro, 'a\ufffd')
  t.equal((await call('PUT', '/v1/playbooks/playbook-1', macro('b\\ud800'))).statusCode, 200)
  // pydantic decodes a text to check its length, and its error cannot be encoded either.
  t.equal((await call('POST', '/v1/playbooks', title)).statusCode, 500)
  t.match((await call('GET', '/v1/playbooks')).json(), [{ macro: 'b\ufffd' }, { macro: 'a\ufffd' }])
})

t.test(
  'POST and PUT /v1/playbooks with a service key show no user, but store the service user',
  async (t) => {
    const { call, organization } = await fakeWith(t)
    const options = { payload: JSON.stringify(params), headers: { authorization: 'Bearer apk_service' } }
    const { playbook_id: id } = (await call('POST', '/v1/playbooks', options)).json()
    await call('PUT', `/v1/playbooks/${id}`, options)

    t.match((await call('GET', `/v1/playbooks/${id}`)).json(), {
      created_by_user_id: null,
      created_by_user_name: null,
      updated_by_user_id: null,
      updated_by_user_name: null,
    })
    t.match(await organization.playbooks.get(id), {
      createdBy: DEFAULT_SERVICE_USER,
      updatedBy: DEFAULT_SERVICE_USER,
    })
  },
)

t.test('every write to the playbooks is in the audit log', async (t) => {
  const { call, send, organization } = await fakeWith(t)
  const { playbook_id: id } = (await send('POST', '/v1/playbooks', params)).json()
  await send('PUT', `/v1/playbooks/${id}`, params)
  await call('DELETE', `/v1/playbooks/${id}`)
  await send('PUT', `/v1/playbooks/${id}`, params)

  t.same(
    (await organization.auditLog.list()).map(({ action, subjectId }) => [action, subjectId]),
    ['create', 'update', 'delete'].map((verb) => [`${verb}_playbook`, id]),
  )
})
