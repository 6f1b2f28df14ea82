import t from 'tap'
import { type Json, type ProviderClient, startTerraform, type TerraformFake } from './client.ts'
import { type Plan, whenSet } from './resources.ts'

const setupOf = (orgId: string) => `/v3beta1/organizations/${orgId}/snapshot-setup`
const contents = 'initialize: npm ci\n'

/** devin_blueprint */
function blueprints({ client, orgId, fake }: TerraformFake) {
  const path = `${setupOf(orgId)}/blueprints`
  return {
    create: (plan: Plan): Promise<Json> => client.send('POST', path, whenSet(plan, 'contents', 'repo_name')),
    read: (id: string) => client.read(`${path}/${id}`),
    /** Reads the contents at their own address, which needs no token. */
    readContents: async (id: string): Promise<string> => {
      const { url, expires_at: expiresAt } = await client.send('GET', `${path}/${id}/contents`)
      if (!Number.isInteger(expiresAt)) throw new Error('expires_at must be an integer')
      const { pathname, search } = new URL(url)
      const answer = await fake.app.inject({ method: 'GET', url: pathname + search })
      if (answer.statusCode >= 400) throw new Error(`contents: ${answer.statusCode}`)
      return answer.body
    },
    delete: (id: string) => client.delete(`${path}/${id}`),
  }
}

/** devin_snapshot_build, which is read every 10 seconds until it ends. */
function builds(client: ProviderClient, orgId: string) {
  const path = `${setupOf(orgId)}/builds`
  return {
    create: (): Promise<Json> => client.send('POST', path, {}),
    read: (id: string) => client.read(`${path}/${id}`),
    cancel: async (id: string): Promise<number> =>
      (await client.answer('POST', `${path}/${id}/cancel`, {})).statusCode,
    /** Polls for up to 30 minutes. */
    wait: async (id: string, sleep: (seconds: number) => void): Promise<Json> => {
      for (let waited = 0; waited < 1800; waited += 10) {
        const build = await client.send('GET', `${path}/${id}`)
        if (['succeeded', 'failed', 'cancelled'].includes(build.status)) return build
        sleep(10)
      }
      throw new Error('The build did not end')
    },
  }
}

t.test('a blueprint goes through the life cycle of a resource', async (t) => {
  const resource = blueprints(await startTerraform(t))

  const created = await resource.create({ contents })
  const id = created.blueprint_id
  t.match(created, { type: String, created_at: Number, updated_at: Number })
  t.equal(created.repo_name, null)
  t.notOk('contents' in created)
  t.same(await resource.read(id), created)
  t.equal(await resource.readContents(id), contents)

  t.ok((await resource.delete(id)) < 400)
  t.equal(await resource.read(id), undefined)
  t.equal(await resource.delete(id), 404)
})

t.test('a blueprint of a repository goes through the life cycle of a resource', async (t) => {
  const resource = blueprints(await startTerraform(t))

  const { blueprint_id: id } = await resource.create({ contents, repo_name: 'acme/shop' })

  t.hasStrict(await resource.read(id), { repo_name: 'acme/shop' })
  t.equal(await resource.readContents(id), contents)
})

t.test('a blueprint without contents has a URL for its contents', async (t) => {
  const resource = blueprints(await startTerraform(t))

  const { blueprint_id: id } = await resource.create({ repo_name: 'acme/shop' })

  t.type(await resource.readContents(id), 'string')
})

t.test('a build starts, and is read until it succeeds', async (t) => {
  const { client, orgId, fake } = await startTerraform(t)
  const resource = builds(client, orgId)
  const { clock } = fake.organizations.get(orgId)
  const sleep = (seconds: number) => clock.adjust({ now: clock.now() + seconds * 1_000_000 })

  const created = await resource.create()
  t.match(created, { build_id: /./, status: 'pending', trigger: 'manual', pinned: false })
  t.match(created, { created_at: Number, updated_at: Number, triggered_by_user_id: String })

  const ended = await resource.wait(created.build_id, sleep)
  t.match(ended, { status: 'succeeded', started_at: Number, completed_at: Number })
  t.equal((await resource.read(created.build_id)).status, 'succeeded')
})

t.test('a build that runs is cancelled', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = builds(client, orgId)
  const { build_id: id } = await resource.create()

  t.ok((await resource.cancel(id)) < 400)

  t.equal((await resource.read(id)).status, 'cancelled')
})

t.test('a build that never existed is not found', async (t) => {
  const { client, orgId } = await startTerraform(t)

  t.equal(await builds(client, orgId).read('build-x'), undefined)
  t.equal(await builds(client, orgId).cancel('build-x'), 404)
})
