import t, { type Test } from 'tap'
import { aFolder } from '../records.ts'
import { startTerraform, type TerraformFake } from './client.ts'
import { notes, type Plan, type Resource } from './resources.ts'

const PINNED = 'github.com/example/pinned-repo'
const bare = { name: 'Style', body: 'Two spaces', trigger: 'When writing code' }

/** Walks the life of a note. */
async function walk(t: Test, resource: Resource, where: Plan): Promise<void> {
  const created = await resource.create(bare)
  const id = created.note_id
  t.hasStrict(created, { ...bare, ...where, pinned_repo: null, folder_id: null, is_enabled: true })
  t.hasStrict(await resource.read(id), { ...bare, ...where })

  const full = { name: 'Style 2', body: 'Tabs', trigger: 'Always', pinned_repo: PINNED, is_enabled: false }
  t.hasStrict(await resource.update(id, full), { ...full, ...where, note_id: id })
  t.hasStrict(await resource.read(id), { ...full, ...where })
  const unpinned = { ...bare, ...where, pinned_repo: null, is_enabled: false }
  t.hasStrict(await resource.update(id, bare), unpinned, 'null clears the pin, and what is not sent stays')
  t.hasStrict(await resource.read(id), unpinned)

  t.equal(await resource.delete(id), 200)
  t.equal(await resource.read(id), undefined)
  t.equal(await resource.delete(id), 404)
}

/** Gives an organization the folders Engineering and Engineering/Backend, which no operation creates. */
async function addFolders({ fake }: TerraformFake, orgId: string): Promise<void> {
  const { folders } = fake.organizations.get(orgId)
  await folders.insert(aFolder({ id: 'folder-e', name: 'Engineering' }))
  await folders.insert(aFolder({ id: 'folder-b', name: 'Backend', parentFolderId: 'folder-e' }))
}

t.test('a knowledge note of an organization goes through the life cycle of a resource', async (t) => {
  const { client, orgId } = await startTerraform(t)

  await walk(t, notes(client, orgId), { org_id: orgId, access_type: 'org' })
})

t.test('a knowledge note of the enterprise goes through the life cycle of a resource', async (t) => {
  const { client } = await startTerraform(t)

  await walk(t, notes(client), { org_id: null, access_type: 'enterprise' })
})

t.test('a knowledge note is created with everything that can be set', async (t) => {
  const terraform = await startTerraform(t)
  const { client, orgId } = terraform
  await addFolders(terraform, orgId)
  const plan = { ...bare, pinned_repo: PINNED, is_enabled: false }

  t.hasStrict(await notes(client).create(plan), plan)
  const resource = notes(client, orgId)
  const created = await resource.create({ ...plan, folder_id: 'folder-b' })
  t.hasStrict(created, { ...plan, folder_id: 'folder-b' })
  t.hasStrict(await resource.update(created.note_id, plan), { folder_id: null }, 'null moves it to the top')
})

t.test('a knowledge note of the enterprise has no folder', async (t) => {
  const { client } = await startTerraform(t)
  const path = '/v3/enterprise/knowledge/notes'
  const { note_id: id } = await notes(client).create(bare)

  const body = { ...bare, folder_id: 'folder-e' }
  const refused = { name: 'ApiError', message: /^API error 4\d\d: .*[Ff]older/ }
  await t.rejects(client.send('POST', path, body), refused)
  await t.rejects(client.send('PUT', `${path}/${id}`, body), refused)
  t.hasStrict(await notes(client).read(id), { folder_id: null })
})

t.test(
  'the lists have the notes, and that of the enterprise includes the notes of organizations',
  async (t) => {
    const { client, orgId } = await startTerraform(t)
    const own = await notes(client, orgId).create(bare)
    const shared = await notes(client).create(bare)
    const ids = (items: readonly { note_id: string }[]) => items.map(({ note_id }) => note_id)

    const listed = await client.list('/v3/enterprise/knowledge/notes', { first: 1 })
    t.same(ids(listed).sort(), [own.note_id, shared.note_id].sort())
    t.same(ids(listed.filter(({ access_type }) => access_type === 'enterprise')), [shared.note_id])
    t.ok(ids(await client.list(`/v3/organizations/${orgId}/knowledge/notes`)).includes(own.note_id))
    await t.rejects(notes(client).read(own.note_id), { message: 'Not an enterprise knowledge note' })
  },
)

t.test('a new organization has no folders, and its note is counted', async (t) => {
  const { client, orgId } = await startTerraform(t)
  await notes(client, orgId).create(bare)

  const read = await client.send('GET', `/v3/organizations/${orgId}/knowledge/folders`)

  t.same(read, { folders: [], root_note_count: 1 })
})

t.test('the folders of an organization are a flat list of the tree, with unique paths', async (t) => {
  const terraform = await startTerraform(t)
  const { client, orgId } = terraform
  await addFolders(terraform, orgId)
  await notes(client, orgId).create({ ...bare, folder_id: 'folder-b' })

  const read = await client.send('GET', `/v3/organizations/${orgId}/knowledge/folders`)

  t.hasStrict(read, {
    folders: [
      { folder_id: 'folder-e', name: 'Engineering', parent_folder_id: null, path: 'Engineering' },
      {
        folder_id: 'folder-b',
        name: 'Backend',
        parent_folder_id: 'folder-e',
        path: 'Engineering/Backend',
        note_count: 1,
      },
    ],
    root_note_count: 0,
  })
})

t.test('the folders of the enterprise are read in one answer', async (t) => {
  const { client } = await startTerraform(t)
  await notes(client).create(bare)

  t.same(await client.send('GET', '/v3/enterprise/knowledge/folders'), { folders: [], root_note_count: 1 })
})
