import t, { type Test } from 'tap'
import { startTerraform } from './client.ts'
import { gitPermissions } from './resources.ts'

const PATHS = ['repo_path', 'group_prefix', 'prefix_path']

/** Starts an application, and returns the resource in a new organization, and the connection that the data source finds. */
async function start(t: Test) {
  const terraform = await startTerraform(t)
  const [connection] = await terraform.client.list('/v3/enterprise/git-providers/connections')
  const { client, orgId } = terraform
  return {
    ...terraform,
    resource: gitPermissions(client, orgId),
    git_connection_id: connection.git_connection_id,
  }
}

t.test('a git permission goes through the life cycle of a resource', async (t) => {
  const { resource, git_connection_id } = await start(t)
  const paths = { repo_path: 'acme/shop', group_prefix: null, prefix_path: null }

  const created = await resource.create({ git_connection_id, read_only: false, repo_path: 'acme/shop' })
  const id = created.git_permission_id
  t.hasStrict(created, { git_connection_id, read_only: false, ...paths })
  t.hasStrict(await resource.read(id), { git_permission_id: id, read_only: false, ...paths })

  t.hasStrict(await resource.update(id, true), { git_permission_id: id, read_only: true, ...paths })
  t.hasStrict(await resource.read(id), { read_only: true, ...paths })

  t.equal(await resource.delete(id), 200)
  t.equal(await resource.read(id), undefined)
  t.equal(await resource.delete(id), 404)
})

t.test('a git permission has the path that was sent, and no other', async (t) => {
  const { resource, git_connection_id } = await start(t)

  for (const [name, value] of [
    ['repo_path', 'acme/shop'],
    ['group_prefix', 'acme/platform'],
    ['prefix_path', 'github.com/foo'],
  ] as const) {
    const { git_permission_id: id } = await resource.create({
      git_connection_id,
      read_only: true,
      [name]: value,
    })
    const expected = Object.fromEntries(PATHS.map((path) => [path, path === name ? value : null]))
    t.hasStrict(await resource.read(id), { git_connection_id, read_only: true, ...expected })
  }
})

t.test('a git permission that is replaced gets another id', async (t) => {
  const { resource, git_connection_id } = await start(t)
  const plan = { git_connection_id, read_only: true }
  const first = await resource.create({ ...plan, repo_path: 'acme/shop' })
  t.equal(await resource.delete(first.git_permission_id), 200)

  const second = await resource.create({ ...plan, repo_path: 'acme/site' })

  t.not(second.git_permission_id, first.git_permission_id)
  t.equal(await resource.read(first.git_permission_id), undefined)
  t.hasStrict(await resource.read(second.git_permission_id), { repo_path: 'acme/site' })
})

t.test('the git permissions are read page by page', async (t) => {
  const { client, orgId, resource, git_connection_id } = await start(t)
  for (const name of ['a', 'b', 'c'])
    await resource.create({ git_connection_id, read_only: true, repo_path: `acme/${name}` })

  const path = `/v3/enterprise/organizations/${orgId}/git-providers/permissions`
  const listed = await client.list(path, { first: 1 })

  t.same(listed.map(({ repo_path }) => repo_path).sort(), ['acme/a', 'acme/b', 'acme/c'])
})

t.test('a git permission of a deleted organization is not found', async (t) => {
  const { client, orgId, resource, git_connection_id } = await start(t)
  const { git_permission_id: id } = await resource.create({
    git_connection_id,
    read_only: true,
    repo_path: 'acme/shop',
  })

  t.equal(await client.delete(`/v3/enterprise/organizations/${orgId}`), 200)

  t.equal(await resource.read(id), undefined)
})
