import t, { type Test } from 'tap'
import { DEFAULT_SERVICE_USER } from '../../../src/auth/principal.ts'
import type { KnowledgeRecord } from '../../../src/resources/knowledge.ts'
import { NOW, OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { aFolder, aNote } from '../../records.ts'

const params = {
  name: 'Style',
  body: 'Two blanks.',
  trigger_description: 'When you write code',
  macro: '!style',
  parent_folder_id: 'folder-1',
  pinned_repo: 'owner/repo',
}

async function fakeWith(t: Test, ...notes: KnowledgeRecord[]) {
  const fake = await startFake(t)
  for (const note of notes) await fake.organization.knowledge.insert(note)
  return fake
}

const elsewhere = { authorization: `Bearer ${OTHER_ORG_KEY}` }

t.test('GET /v1/knowledge returns entries and folders, oldest first', async (t) => {
  const { call, organization } = await fakeWith(
    t,
    aNote(),
    aNote({ id: 'note-2', createdBy: null, macro: null }),
  )
  await organization.folders.insert(aFolder({ name: 'F', description: 'D' }))

  const res = await call('GET', '/v1/knowledge')

  t.equal(res.statusCode, 200)
  const created_at = '2026-01-02T03:04:05.678901Z'
  const note = { ...params, created_at }
  t.strictSame(res.json(), {
    knowledge: [
      { ...note, id: 'note-1', created_by: { id: 'user-1', full_name: 'A', image_url: null } },
      { ...note, id: 'note-2', created_by: null, macro: null },
    ],
    folders: [{ id: 'folder-1', name: 'F', description: 'D', created_at }],
  })
})

t.test('GET /v1/knowledge returns empty lists to an organization without entries', async (t) => {
  const { call } = await fakeWith(t, aNote())

  t.same((await call('GET', '/v1/knowledge', { headers: elsewhere })).json(), {
    knowledge: [],
    folders: [],
  })
})

t.test('POST /v1/knowledge stores and returns the entry', async (t) => {
  const { send, organization } = await fakeWith(t)

  const res = await send('POST', '/v1/knowledge', params)

  t.equal(res.statusCode, 200)
  const { id } = res.json()
  t.match(id, /^note-[0-9a-f]{32}$/)
  t.strictSame(res.json(), {
    ...params,
    id,
    created_at: '2026-01-02T03:04:05.678901Z',
    created_by: { id: 'email|fa4ede710000000000000001', full_name: 'Fake User', image_url: null },
  })
  t.match(await organization.knowledge.get(id), { ...aNote({ id }), createdBy: { name: 'Fake User' } })
})

t.test('POST /v1/knowledge sets omitted fields to null and ignores unknown ones', async (t) => {
  const { send } = await fakeWith(t)
  const { name, body, trigger_description } = params

  const res = await send('POST', '/v1/knowledge', {
    name,
    body,
    trigger_description,
    id: 'note-mine',
    folder: 'x',
  })

  t.match(res.json(), { macro: null, parent_folder_id: null, pinned_repo: null })
  t.not(res.json().id, 'note-mine')
  t.notOk('folder' in res.json())
})

t.test('POST /v1/knowledge with a service key shows no creator, but stores it', async (t) => {
  const { call, organization } = await fakeWith(t)
  const res = await call('POST', '/v1/knowledge', {
    payload: JSON.stringify(params),
    headers: { authorization: 'Bearer apk_service' },
  })

  t.equal(res.json().created_by, null)
  t.same((await organization.knowledge.get(res.json().id))?.createdBy, DEFAULT_SERVICE_USER)
})

t.test('POST /v1/knowledge accepts the same entry again', async (t) => {
  const { send, organization } = await fakeWith(t)

  const ids = [await send('POST', '/v1/knowledge', params), await send('POST', '/v1/knowledge', params)].map(
    (res) => res.json().id,
  )

  t.not(ids[0], ids[1])
  t.equal((await organization.knowledge.list()).length, 2)
})

t.test('POST and PUT /v1/knowledge answer 422 for a partial entry and change nothing', async (t) => {
  const { send, organization } = await fakeWith(t, aNote())

  for (const missing of ['name', 'body', 'trigger_description']) {
    const partial = { ...params, [missing]: undefined }
    for (const [method, url] of [
      ['POST', '/v1/knowledge'],
      ['PUT', '/v1/knowledge/note-1'],
    ] as const) {
      const res = await send(method, url, partial)
      t.equal(res.statusCode, 422)
      t.match(res.json(), { detail: [{ type: 'missing', loc: ['body', missing], msg: 'Field required' }] })
    }
  }
  t.same(await organization.knowledge.list(), [aNote()])
})

t.test(
  'PUT /v1/knowledge/{note_id} replaces all but id, creation time and creator, and returns the entry',
  async (t) => {
    const { send, organization, advance } = await fakeWith(t, aNote({ isEnabled: false }))
    advance(60)

    const res = await send('PUT', '/v1/knowledge/note-1', { name: 'N', body: 'B', trigger_description: 'T' })

    t.equal(res.statusCode, 200)
    t.strictSame(res.json(), {
      id: 'note-1',
      name: 'N',
      body: 'B',
      trigger_description: 'T',
      macro: null,
      parent_folder_id: null,
      pinned_repo: null,
      created_at: '2026-01-02T03:04:05.678901Z',
      created_by: { id: 'user-1', full_name: 'A', image_url: null },
    })
    const replaced = {
      name: 'N',
      body: 'B',
      triggerDescription: 'T',
      macro: null,
      parentFolderId: null,
      pinnedRepo: null,
      isEnabled: false,
      updatedAt: NOW + 60_000_000,
    }
    t.same(await organization.knowledge.get('note-1'), aNote(replaced))
  },
)

t.test(
  'PUT /v1/knowledge/{note_id} answers 404 for an unknown entry and another organization’s',
  async (t) => {
    const { send, call, organization } = await fakeWith(t, aNote())
    const payload = JSON.stringify({ ...params, name: 'changed' })

    const answers = [
      await send('PUT', '/v1/knowledge/note-2', params),
      await call('PUT', '/v1/knowledge/note-1', { payload, headers: elsewhere }),
    ]

    for (const res of answers) {
      t.equal(res.statusCode, 404)
      t.same(res.json(), { detail: 'Knowledge not found' })
    }
    t.same(await organization.knowledge.list(), [aNote()])
  },
)

t.test('DELETE /v1/knowledge/{note_id} deletes the entry and answers 204 without a body', async (t) => {
  const { call, organization } = await fakeWith(t, aNote(), aNote({ id: 'note-2' }))

  const res = await call('DELETE', '/v1/knowledge/note-1')

  t.equal(res.statusCode, 204)
  t.equal(res.body, '')
  t.notOk(res.headers['content-type'])
  t.same(await organization.knowledge.list(), [aNote({ id: 'note-2' })])
})

t.test(
  'DELETE /v1/knowledge/{note_id} answers 404 for an unknown entry, a deleted one and another organization’s',
  async (t) => {
    const { call, organization } = await fakeWith(t, aNote(), aNote({ id: 'note-2' }))
    await call('DELETE', '/v1/knowledge/note-2')

    const answers = [
      await call('DELETE', '/v1/knowledge/note-2'),
      await call('DELETE', '/v1/knowledge/nope'),
      await call('DELETE', '/v1/knowledge/note-1', { headers: elsewhere }),
    ]

    for (const res of answers) {
      t.equal(res.statusCode, 404)
      t.same(res.json(), { detail: 'Knowledge not found' })
    }
    t.same(await organization.knowledge.list(), [aNote()])
  },
)

t.test('DELETE /v1/knowledge/{note_id} succeeds once for ten concurrent requests', async (t) => {
  const { call } = await fakeWith(t, aNote())

  const answers = await Promise.all(Array.from({ length: 10 }, () => call('DELETE', '/v1/knowledge/note-1')))

  t.same(answers.map(({ statusCode }) => statusCode).sort(), [204, ...Array(9).fill(404)])
})

t.test('POST and PUT /v1/knowledge replace lone surrogates, so that later GETs succeed', async (t) => {
  const { call } = await fakeWith(t, aNote())
  const payload = JSON.stringify(Object.fromEntries(Object.keys(params).map((name) => [name, 'a\ud800b'])))
  const headers = { 'content-type': 'application/json' }
  const expected = Object.fromEntries(Object.keys(params).map((name) => [name, 'a\ufffdb']))

  for (const [method, url] of [
    ['POST', '/v1/knowledge'],
    ['PUT', '/v1/knowledge/note-1'],
  ] as const) {
    const res = await call(method, url, { payload, headers })
    t.equal(res.statusCode, 200)
    t.match(res.json(), expected)
  }
  t.match((await call('GET', '/v1/knowledge')).json(), { knowledge: [expected, expected] })
})

t.test('every write to the knowledge entries is in the audit log', async (t) => {
  const { call, send, organization } = await fakeWith(t)
  const { id } = (await send('POST', '/v1/knowledge', params)).json()
  await send('PUT', `/v1/knowledge/${id}`, params)
  await call('DELETE', `/v1/knowledge/${id}`)
  await call('DELETE', `/v1/knowledge/${id}`)

  t.same(
    (await organization.auditLog.list()).map(({ action, subjectId }) => [action, subjectId]),
    ['create', 'edit', 'delete'].map((verb) => [`${verb}_knowledge`, id]),
  )
})
