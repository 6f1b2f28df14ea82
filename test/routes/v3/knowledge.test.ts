import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { aFolder } from '../../records.ts'
import { startV3, type V3Fake } from '../../v3.ts'

const params = { name: 'Style', body: 'Two blanks.', trigger: 'When you write code' }
const seconds = 1_767_323_045
const elsewhere = '/v3/organizations/org-other'

/** Starts an application with the folders Engineering, Engineering/Backend and Sales. */
async function startWithFolders(...[t, options]: Parameters<typeof startV3>): Promise<V3Fake> {
  const fake = await startV3(t, options)
  const { folders } = fake.organization
  await folders.insert(aFolder({ id: 'folder-e', name: 'Engineering' }))
  await folders.insert(aFolder({ id: 'folder-b', name: 'Backend', parentFolderId: 'folder-e' }))
  await folders.insert(aFolder({ id: 'folder-s', name: 'Sales' }))
  return fake
}

async function newNote({ org }: V3Fake, fields: object = {}): Promise<string> {
  return (await org('POST', '/knowledge/notes', { ...params, ...fields })).json().note_id
}

/** Returns the names of the notes on a page of the list. */
async function namesAt({ org }: V3Fake, query: string): Promise<string[]> {
  const { items } = (await org('GET', `/knowledge/notes?${query}`)).json()
  return items.map(({ name }: { name: string }) => name)
}

t.test('POST /v3/organizations/{org_id}/knowledge/notes answers with the new note', async (t) => {
  const { org } = await startV3(t)

  const created = await org('POST', '/knowledge/notes', params)

  t.equal(created.statusCode, 200)
  const expected = {
    note_id: created.json().note_id,
    folder_id: null,
    folder_path: '',
    ...params,
    is_enabled: true,
    created_at: seconds,
    updated_at: seconds,
    access_type: 'org',
    org_id: DEFAULT_ORG_ID,
    macro: null,
    pinned_repo: null,
  }
  t.match(expected.note_id, /^note-[0-9a-f]{32}$/)
  t.equal(created.body, JSON.stringify(expected), 'in the order of the contract')
  t.same((await org('GET', `/knowledge/notes/${expected.note_id}`)).json(), expected)
})

t.test('POST /v3/organizations/{org_id}/knowledge/notes sets folder, pin and is_enabled', async (t) => {
  const { org } = await startWithFolders(t)
  const fields = { folder_id: 'folder-b', pinned_repo: 'owner/repo', is_enabled: false }

  const created = await org('POST', '/knowledge/notes', { ...params, ...fields })

  t.match(created.json(), { ...fields, folder_path: 'Engineering/Backend' })
  const enabled = await org('POST', '/knowledge/notes', { ...params, is_enabled: null })
  t.equal(enabled.json().is_enabled, true)
})

t.test(
  'POST /v3/organizations/{org_id}/knowledge/notes answers 404 for an unknown folder and stores nothing',
  async (t) => {
    const { org } = await startWithFolders(t)

    const refused = await org('POST', '/knowledge/notes', { ...params, folder_id: 'folder-x' })

    t.equal(refused.statusCode, 404)
    t.equal(refused.json().detail, 'Folder not found')
    t.equal((await org('GET', '/knowledge/notes')).json().total, 0)
  },
)

t.test('POST and PUT of notes answer 422 for a partial note', async (t) => {
  const fake = await startV3(t)
  const path = `/knowledge/notes/${await newNote(fake)}`

  for (const missing of ['name', 'body', 'trigger']) {
    const partial = { ...params, [missing]: undefined }
    for (const answer of [
      await fake.org('POST', '/knowledge/notes', partial),
      await fake.org('PUT', path, partial),
    ]) {
      t.equal(answer.statusCode, 422)
      t.match(answer.json().errors, [{ type: 'missing', loc: ['body', missing] }])
    }
  }
})

t.test('POST and PUT of notes replace lone surrogates, so that later GETs succeed', async (t) => {
  const fake = await startV3(t)
  const path = `/knowledge/notes/${await newNote(fake)}`
  const sent = { name: 'a\ud800', body: 'b\ud800', trigger: 'c\ud800', pinned_repo: 'd\ud800' }
  const stored = { name: 'a\ufffd', body: 'b\ufffd', trigger: 'c\ufffd', pinned_repo: 'd\ufffd' }

  await fake.org('POST', '/knowledge/notes', sent)
  await fake.org('PUT', path, sent)

  t.match((await fake.org('GET', '/knowledge/notes')).json().items, [stored, stored])
})

t.test(
  'GET /v3/organizations/{org_id}/knowledge/notes lists the notes by cursor, oldest first',
  async (t) => {
    const fake = await startV3(t)
    t.same((await fake.org('GET', '/knowledge/notes')).json(), {
      items: [],
      end_cursor: null,
      has_next_page: false,
      total: 0,
    })
    for (const name of ['a', 'b', 'c']) await newNote(fake, { name })

    const first = (await fake.org('GET', '/knowledge/notes?first=2')).json()
    const after = `after=${encodeURIComponent(first.end_cursor)}`
    const second = (await fake.org('GET', `/knowledge/notes?first=2&${after}`)).json()

    t.match(first, { items: [{ name: 'a' }, { name: 'b' }], has_next_page: true, total: 3 })
    t.match(second, { items: [{ name: 'c' }], end_cursor: null, has_next_page: false, total: 3 })
    t.same(await namesAt(fake, 'first=0'), ['a'], 'at least one')
    t.same(await namesAt(fake, 'first=1000000'), ['a', 'b', 'c'], 'at most 200')
  },
)

t.test(
  'GET /v3/organizations/{org_id}/knowledge/notes misses nothing when the last note of a page is deleted',
  async (t) => {
    const fake = await startV3(t)
    for (const name of ['a', 'b', 'c']) await newNote(fake, { name })
    const { items, end_cursor } = (await fake.org('GET', '/knowledge/notes?first=2')).json()

    await fake.org('DELETE', `/knowledge/notes/${items[1].note_id}`)
    await newNote(fake, { name: 'd' })

    t.same(await namesAt(fake, `after=${encodeURIComponent(end_cursor)}`), ['c', 'd'])
  },
)

t.test(
  'GET /v3/organizations/{org_id}/knowledge/notes answers 400 for a cursor of another list or organization',
  async (t) => {
    const fake = await startV3(t)
    for (const name of ['a', 'b']) await newNote(fake, { name })
    for (const title of ['a', 'b']) await fake.org('POST', '/playbooks', { title, body: 'b' })
    const cursorOf = async (list: string) =>
      encodeURIComponent((await fake.org('GET', `/${list}?first=1`)).json().end_cursor)
    const [notes, playbooks] = [await cursorOf('knowledge/notes'), await cursorOf('playbooks')]

    for (const answer of [
      await fake.org('GET', `/knowledge/notes?after=${playbooks}`),
      await fake.org('GET', '/knowledge/notes?after=x'),
      await fake.v3('GET', `${elsewhere}/knowledge/notes?after=${notes}`),
    ]) {
      t.equal(answer.statusCode, 400)
      t.equal(answer.json().detail, 'Invalid cursor')
    }
  },
)

t.test(
  'GET /v3/organizations/{org_id}/knowledge/notes finds a text in name, trigger and body, in any case',
  async (t) => {
    const fake = await startV3(t)
    await newNote(fake, { name: 'a', body: 'Use PNPM.' })
    await newNote(fake, { name: 'the pnpm note' })
    await newNote(fake, { name: 'c', trigger: 'pnpm install fails' })
    await newNote(fake, { name: 'd' })

    t.same(await namesAt(fake, 'search=pnpm'), ['a', 'the pnpm note', 'c'])
    t.same(await namesAt(fake, 'search=Pnpm%20Install'), ['c'])
    t.same(await namesAt(fake, 'search=yarn'), [])
    t.equal((await fake.org('GET', '/knowledge/notes?search=pnpm&first=1')).json().total, 3)
    t.equal((await namesAt(fake, 'search=')).length, 4)
  },
)

t.test('GET /v3/organizations/{org_id}/knowledge/notes selects the notes of a folder path', async (t) => {
  const fake = await startWithFolders(t)
  await newNote(fake, { name: 'root' })
  await newNote(fake, { name: 'e', folder_id: 'folder-e' })
  await newNote(fake, { name: 'b', folder_id: 'folder-b' })
  // v1 accepts any folder.
  await fake.send('POST', '/v1/knowledge', {
    name: 'lost',
    body: '',
    trigger_description: '',
    parent_folder_id: 'folder-x',
  })

  t.same(await namesAt(fake, 'folder_path=Engineering'), ['e'])
  t.same(await namesAt(fake, 'folder_path=Engineering/Backend'), ['b'])
  t.same(await namesAt(fake, 'folder_path=/Engineering/Backend/'), ['b'])
  t.same(await namesAt(fake, 'folder_path='), ['root', 'lost'])
  t.same(await namesAt(fake, 'folder_path=/'), ['root', 'lost'])
  t.same(await namesAt(fake, 'folder_path=Backend'), [])
})

t.test('GET /v3/organizations/{org_id}/knowledge/notes combines its filters', async (t) => {
  const fake = await startWithFolders(t)
  await newNote(fake, { name: 'a1', pinned_repo: 'o/r', folder_id: 'folder-e' })
  await newNote(fake, { name: 'a2', pinned_repo: 'o/r' })
  await newNote(fake, { name: 'b1', pinned_repo: 'o/r', folder_id: 'folder-e' })
  await newNote(fake, { name: 'a3', pinned_repo: 'all', folder_id: 'folder-e' })

  t.same(await namesAt(fake, 'pinned_repo=o/r'), ['a1', 'a2', 'b1'])
  t.same(await namesAt(fake, 'pinned_repo=all'), ['a3'])
  t.same(await namesAt(fake, 'pinned_repo=o/r&folder_path=Engineering&search=a1'), ['a1'])
})

t.test(
  'GET /v3/organizations/{org_id}/knowledge/notes/{note_id} answers 404 for unknown, deleted and foreign notes',
  async (t) => {
    const fake = await startV3(t)
    const [own, deleted] = [await newNote(fake), await newNote(fake)]
    await fake.org('DELETE', `/knowledge/notes/${deleted}`)

    for (const answer of [
      await fake.org('GET', '/knowledge/notes/note-1'),
      await fake.org('GET', `/knowledge/notes/${deleted}`),
      await fake.v3('GET', `${elsewhere}/knowledge/notes/${own}`),
      await fake.v3('PUT', `${elsewhere}/knowledge/notes/${own}`, params),
      await fake.v3('DELETE', `${elsewhere}/knowledge/notes/${own}`),
    ]) {
      t.equal(answer.statusCode, 404)
      t.equal(answer.json().detail, 'Note not found')
    }
    t.equal((await fake.v3('GET', `${elsewhere}/knowledge/notes`)).json().total, 0)
    t.equal((await fake.org('GET', `/knowledge/notes/${own}`)).statusCode, 200)
  },
)

t.test(
  'PUT /v3/organizations/{org_id}/knowledge/notes/{note_id} replaces the note, but keeps is_enabled unless sent',
  async (t) => {
    const fake = await startWithFolders(t)
    const id = await newNote(fake, { folder_id: 'folder-e', pinned_repo: 'o/r', is_enabled: false })
    fake.advance(60)

    const changed = await fake.org('PUT', `/knowledge/notes/${id}`, { name: 'N', body: 'B', trigger: 'T' })

    t.match(changed.json(), {
      note_id: id,
      folder_id: null,
      folder_path: '',
      name: 'N',
      body: 'B',
      trigger: 'T',
      is_enabled: false,
      created_at: seconds,
      updated_at: seconds + 60,
      pinned_repo: null,
    })
    const enabled = await fake.org('PUT', `/knowledge/notes/${id}`, { ...params, is_enabled: true })
    t.equal(enabled.json().is_enabled, true)
    t.same((await fake.org('GET', `/knowledge/notes/${id}`)).json(), enabled.json())
  },
)

t.test(
  'PUT /v3/organizations/{org_id}/knowledge/notes/{note_id} answers 404 for an unknown note or folder',
  async (t) => {
    const fake = await startWithFolders(t)
    const id = await newNote(fake)
    const fields = { ...params, name: 'changed', folder_id: 'folder-x' }

    const note = await fake.org('PUT', '/knowledge/notes/note-1', fields)
    const folder = await fake.org('PUT', `/knowledge/notes/${id}`, fields)

    t.match([note.statusCode, note.json()], [404, { detail: 'Note not found' }])
    t.match([folder.statusCode, folder.json()], [404, { detail: 'Folder not found' }])
    t.equal((await fake.org('GET', `/knowledge/notes/${id}`)).json().name, 'Style')
  },
)

t.test(
  'DELETE /v3/organizations/{org_id}/knowledge/notes/{note_id} answers with the note, and then 404',
  async (t) => {
    const fake = await startV3(t)
    const created = (await fake.org('POST', '/knowledge/notes', params)).json()
    const path = `/knowledge/notes/${created.note_id}`

    t.same((await fake.org('DELETE', path)).json(), created)
    t.equal((await fake.org('DELETE', path)).statusCode, 404)
    t.equal((await fake.org('GET', '/knowledge/notes')).json().total, 0)
  },
)

t.test('GET /v3/organizations/{org_id}/knowledge/folders counts the notes of each folder', async (t) => {
  const fake = await startWithFolders(t)
  for (const folder_id of [null, 'folder-e', 'folder-b', 'folder-b']) await newNote(fake, { folder_id })
  await fake.send('POST', '/v1/knowledge', {
    name: 'lost',
    body: '',
    trigger_description: '',
    parent_folder_id: 'folder-x',
  })

  const tree = await fake.org('GET', '/knowledge/folders')

  const expected = {
    folders: [
      { folder_id: 'folder-e', name: 'Engineering', path: 'Engineering', note_count: 1, parent: null },
      {
        folder_id: 'folder-b',
        name: 'Backend',
        path: 'Engineering/Backend',
        note_count: 2,
        parent: 'folder-e',
      },
      { folder_id: 'folder-s', name: 'Sales', path: 'Sales', note_count: 0, parent: null },
    ].map(({ parent, ...members }) => ({ ...members, parent_folder_id: parent })),
    root_note_count: 2,
  }
  t.equal(tree.body, JSON.stringify(expected))
  t.same((await fake.v3('GET', `${elsewhere}/knowledge/folders`)).json(), { folders: [], root_note_count: 0 })
})

t.test('a disabled folder disables the notes below it', async (t) => {
  const fake = await startWithFolders(t)
  const [inside, outside] = [
    await newNote(fake, { folder_id: 'folder-b' }),
    await newNote(fake, { folder_id: 'folder-s' }),
  ]
  const isEnabled = async (id: string) => (await fake.org('GET', `/knowledge/notes/${id}`)).json().is_enabled
  const set = (isEnabled: boolean) =>
    fake.organization.folders.update('folder-e', (before) => ({ ...before, isEnabled }))

  await set(false)
  t.same([await isEnabled(inside), await isEnabled(outside)], [false, true])

  await set(true)
  t.same([await isEnabled(inside), await isEnabled(outside)], [true, true])
})

t.test('every operation on knowledge requires one of its permissions', async (t) => {
  const keys = new KeyRegistry({
    keys: [
      { key: 'cog_manager', permissions: ['ManageKnowledge'] },
      { key: 'cog_account', permissions: ['ManageAccountKnowledge'] },
      { key: 'cog_other', permissions: ['ManageOrgSecrets'] },
    ],
  })
  const fake = await startV3(t, { keys })
  const path = `/knowledge/notes/${await newNote(fake)}`

  for (const [method, url, body] of [
    ['GET', '/knowledge/folders'],
    ['GET', '/knowledge/notes'],
    ['POST', '/knowledge/notes', params],
    ['GET', path],
    ['PUT', path, params],
    ['DELETE', path],
  ] as const) {
    const status = async (key: string) =>
      (await fake.org(method, url, body, { authorization: `Bearer ${key}` })).statusCode
    t.equal(await status('cog_other'), 403, `${method} ${url}`)
    t.equal(await status('cog_manager'), 200, `${method} ${url}`)
    t.equal(await status('cog_account'), method === 'DELETE' ? 404 : 200, `${method} ${url}`)
  }
})

t.test('every write to the notes is in the audit log', async (t) => {
  const fake = await startV3(t)
  const id = await newNote(fake)
  await fake.org('PUT', `/knowledge/notes/${id}`, params)
  await fake.org('DELETE', `/knowledge/notes/${id}`)

  t.same(
    (await fake.organization.auditLog.list()).map(({ action, subjectId }) => [action, subjectId]),
    ['create', 'edit', 'delete'].map((verb) => [`${verb}_knowledge`, id]),
  )
})

t.test('a note made by v1 is seen, changed and deleted by v3', async (t) => {
  const fake = await startWithFolders(t)
  const { org, call, send } = fake
  const { trigger: trigger_description, ...texts } = params
  const more = { macro: '!style', parent_folder_id: 'folder-b', pinned_repo: 'o/r' }
  const { id } = (await send('POST', '/v1/knowledge', { ...texts, trigger_description, ...more })).json()

  const seen = {
    note_id: id,
    ...params,
    macro: '!style',
    folder_id: 'folder-b',
    folder_path: 'Engineering/Backend',
    pinned_repo: 'o/r',
    is_enabled: true,
  }
  t.match((await org('GET', `/knowledge/notes/${id}`)).json(), seen)
  t.match((await org('GET', '/knowledge/notes')).json().items, [seen])

  await org('PUT', `/knowledge/notes/${id}`, { ...params, name: 'changed' })
  t.match((await call('GET', '/v1/knowledge')).json().knowledge, [
    { id, name: 'changed', macro: '!style', parent_folder_id: null, pinned_repo: null },
  ])

  await org('DELETE', `/knowledge/notes/${id}`)
  t.same((await call('GET', '/v1/knowledge')).json().knowledge, [])
})

t.test('a note made by v3 is seen, changed and deleted by v1', async (t) => {
  const fake = await startWithFolders(t)
  const { org, call, send } = fake
  const id = await newNote(fake, { folder_id: 'folder-e', pinned_repo: 'all', is_enabled: false })

  const { knowledge, folders } = (await call('GET', '/v1/knowledge')).json()
  t.match(knowledge, [
    {
      id,
      name: 'Style',
      trigger_description: params.trigger,
      parent_folder_id: 'folder-e',
      pinned_repo: 'all',
      created_by: null,
    },
  ])
  t.match(folders, [{ id: 'folder-e' }, { id: 'folder-b' }, { id: 'folder-s' }])

  fake.advance(60)
  const changes = { name: 'changed', body: 'B', trigger_description: 'T', macro: '!m' }
  await send('PUT', `/v1/knowledge/${id}`, changes)
  t.match((await org('GET', `/knowledge/notes/${id}`)).json(), {
    name: 'changed',
    macro: '!m',
    folder_id: null,
    is_enabled: false,
    created_at: seconds,
    updated_at: seconds + 60,
  })

  t.equal((await call('DELETE', `/v1/knowledge/${id}`)).statusCode, 204)
  t.equal((await org('GET', `/knowledge/notes/${id}`)).statusCode, 404)
})

t.test('a state document without the members of v3 still loads', async (t) => {
  const { org, send, call } = await startV3(t)
  const created_at = '2025-01-01T00:00:00.000000Z'

  const put = await send('PUT', '/_fake/state', {
    organizations: [
      {
        knowledge: [{ id: 'note-1', name: 'k', created_at }],
        folders: [
          { id: 'folder-2', name: 'b', parent_folder_id: 'folder-1' },
          { id: 'folder-1', name: 'a', is_enabled: false },
        ],
      },
    ],
  })

  t.equal(put.statusCode, 204)
  t.match((await org('GET', '/knowledge/notes/note-1')).json(), {
    is_enabled: true,
    created_at: 1_735_689_600,
    updated_at: 1_735_689_600,
  })
  t.match((await org('GET', '/knowledge/folders')).json().folders, [{ path: 'a/b' }, { path: 'a' }])
  const { knowledge, folders } = (await call('GET', '/_fake/state')).json().organizations[0]
  t.match(knowledge, [{ is_enabled: true, updated_at: created_at }])
  t.match(folders, [
    { parent_folder_id: 'folder-1', is_enabled: true },
    { parent_folder_id: null, is_enabled: false },
  ])
})

t.test('a state document is refused if its folders are no tree', async (t) => {
  const { send } = await startV3(t)
  const chain = (length: number) =>
    Array.from({ length }, (_, n) => ({
      id: `folder-${n}`,
      name: 'x',
      parent_folder_id: n === 0 ? null : `folder-${n - 1}`,
    }))
  const put = async (folders: object[]) => {
    const { statusCode, body } = await send('PUT', '/_fake/state', { organizations: [{ folders }] })
    return statusCode === 204 ? [] : JSON.parse(body).detail
  }
  const at = (index: number) => ['body', 'organizations', 0, 'folders', index, 'parent_folder_id']

  t.same(await put(chain(33)), [])
  t.match(await put(chain(34)), [{ loc: at(33), msg: /more than 32 folders deep/ }])
  t.match(await put([{ id: 'folder-1', name: 'x', parent_folder_id: 'folder-1' }]), [
    { loc: at(0), msg: /inside itself/ },
  ])
  t.match(await put([{ id: 'folder-1', name: 'x', parent_folder_id: 'folder-2' }]), [
    { loc: at(0), msg: 'Value error, no such folder' },
  ])
})
