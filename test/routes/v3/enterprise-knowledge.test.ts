import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { type EnterpriseFake, startEnterprise, statusesWith } from '../../enterprise.ts'
import { aFolder } from '../../records.ts'

const note = { name: 'Style', body: 'Two blanks.', trigger: 'When you write code' }
const NOTES = '/knowledge/notes'

/** Creates a note of the enterprise, one of the default organization and one of another, and returns their ids. */
async function createNotes({ enterprise, org, v3 }: EnterpriseFake): Promise<string[]> {
  const created = [
    await enterprise('POST', NOTES, { ...note, name: 'enterprise' }),
    await org('POST', NOTES, { ...note, name: 'default' }),
    await v3('POST', `/v3/organizations/org-other${NOTES}`, { ...note, name: 'other' }),
  ]
  return created.map((response) => response.json().note_id)
}

/** Returns the names of the notes that a query lists. */
async function namesAt({ enterprise }: EnterpriseFake, query = ''): Promise<string[]> {
  const { items } = (await enterprise('GET', `${NOTES}?${query}`)).json()
  return items.map(({ name }: { name: string }) => name)
}

t.test('POST /v3/enterprise/knowledge/notes creates a note of the enterprise', async (t) => {
  const { enterprise, org, organizations } = await startEnterprise(t)

  const created = (await enterprise('POST', NOTES, note)).json()

  t.match(created, { ...note, access_type: 'enterprise', org_id: null, folder_path: '' })
  t.same((await enterprise('GET', `${NOTES}/${created.note_id}`)).json(), created)
  t.match(await organizations.enterprise.auditLog.list(), [
    { action: 'create_knowledge', subjectId: created.note_id },
  ])
  t.same((await org('GET', NOTES)).json().items, [], 'organizations do not show it')
  t.equal((await org('GET', `${NOTES}/${created.note_id}`)).statusCode, 404)
})

t.test('GET /v3/enterprise/knowledge/notes lists all notes, or those of an access type', async (t) => {
  const fake = await startEnterprise(t)
  await createNotes(fake)

  t.same(await namesAt(fake), ['enterprise', 'default', 'other'])
  t.same(await namesAt(fake, 'access_type=enterprise'), ['enterprise'])
  t.same(await namesAt(fake, 'access_type=org'), ['default', 'other'])
  t.equal((await fake.enterprise('GET', `${NOTES}?access_type=x`)).statusCode, 422)
  t.match((await fake.enterprise('GET', NOTES)).json(), {
    items: [
      { access_type: 'enterprise', org_id: null },
      { access_type: 'org', org_id: DEFAULT_ORG_ID },
      { access_type: 'org', org_id: 'org-other' },
    ],
    end_cursor: null,
    total: 3,
  })
})

t.test('GET /v3/enterprise/knowledge/notes filters as an organization does, and has cursors', async (t) => {
  const fake = await startEnterprise(t)
  await createNotes(fake)
  await fake.organization.folders.insert(aFolder({ id: 'folder-1', name: 'Folder' }))
  await fake.org('POST', NOTES, { ...note, name: 'filed', folder_id: 'folder-1', pinned_repo: 'a/b' })

  t.same(await namesAt(fake, 'search=OTHER'), ['other'])
  t.same(await namesAt(fake, 'pinned_repo=a/b'), ['filed'])
  t.same(await namesAt(fake, 'folder_path=Folder'), ['filed'])
  t.same(await namesAt(fake, 'folder_path='), ['enterprise', 'default', 'other'])
  const first = (await fake.enterprise('GET', `${NOTES}?first=2`)).json()
  t.match(first, { items: [{ name: 'enterprise' }, { name: 'default' }], has_next_page: true })
  t.same(await namesAt(fake, `after=${encodeURIComponent(first.end_cursor)}`), ['filed', 'other'])
})

t.test('a note of any organization can be read, changed and deleted through the enterprise', async (t) => {
  const fake = await startEnterprise(t)
  const { enterprise, organization, organizations } = fake
  const ids = await createNotes(fake)
  const logs = [organizations.enterprise, organization, organizations.get('org-other')]

  for (const [index, id] of ids.entries()) {
    const path = `${NOTES}/${id}`
    const before = (await enterprise('GET', path)).json()
    const changed = (await enterprise('PUT', path, { ...note, body: 'new' })).json()
    t.same(changed, { ...before, name: note.name, body: 'new' })
    t.same((await enterprise('DELETE', path)).json(), changed)
    t.match(await logs[index]?.auditLog.list(), [
      { action: 'create_knowledge', subjectId: id },
      { action: 'edit_knowledge', subjectId: id },
      { action: 'delete_knowledge', subjectId: id },
    ])
    for (const [method, body] of [['GET'], ['PUT', note], ['DELETE']] as const) {
      const gone = await enterprise(method, path, body)
      t.same([gone.statusCode, gone.json().detail], [404, 'Note not found'])
    }
  }
})

t.test('only notes of organizations can be in a folder, which is one of theirs', async (t) => {
  const fake = await startEnterprise(t)
  const { enterprise, organization, organizations } = fake
  const [own = '', foreign = ''] = await createNotes(fake)
  await organizations.enterprise.folders.insert(aFolder({ id: 'folder-e', name: 'E' }))
  await organization.folders.insert(aFolder({ id: 'folder-o', name: 'O' }))
  const put = async (id: string, folder_id: string) => {
    const response = await enterprise('PUT', `${NOTES}/${id}`, { ...note, folder_id })
    return response.json().folder_path ?? response.json().detail
  }

  const refused = 'A note of the enterprise cannot be in a folder'
  t.equal(await put(own, 'folder-e'), refused)
  t.equal(await put(foreign, 'folder-e'), 'Folder not found')
  t.equal(await put(foreign, 'folder-o'), 'O')
  const posted = await enterprise('POST', NOTES, { ...note, folder_id: 'folder-o' })
  t.same([posted.statusCode, posted.json().detail], [400, refused])
  t.equal((await enterprise('POST', NOTES, { ...note, folder_id: null })).statusCode, 200)
  t.same((await enterprise('GET', '/knowledge/folders')).json(), {
    folders: [{ folder_id: 'folder-e', name: 'E', path: 'E', note_count: 0, parent_folder_id: null }],
    root_note_count: 2,
  })
})

t.test('knowledge of the enterprise needs ManageAccountKnowledge', async (t) => {
  const requests = [
    ['GET', '/knowledge/folders'],
    ['GET', NOTES],
    ['POST', NOTES, note],
    ['GET', `${NOTES}/x`],
    ['PUT', `${NOTES}/x`, note],
    ['DELETE', `${NOTES}/x`],
  ] as const

  t.same(await statusesWith(t, 'ManageAccountKnowledge', requests), [200, 200, 200, 404, 404, 404])
  t.same(new Set(await statusesWith(t, 'ManageKnowledge', requests)), new Set([403]))
})
