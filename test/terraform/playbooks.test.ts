import t, { type Test } from 'tap'
import { startTerraform } from './client.ts'
import { type Plan, playbooks, type Resource } from './resources.ts'

const schema = {
  type: 'object',
  properties: { ok: { type: 'boolean' }, list: { type: 'array', items: {} } },
  required: ['ok'],
}

/** Walks the life of a playbook. */
async function walk(t: Test, resource: Resource, where: Plan): Promise<void> {
  const bare = { title: 'Deploy', body: 'Do it' }
  const created = await resource.create(bare)
  const id = created.playbook_id
  t.hasStrict(created, { ...bare, ...where, macro: null, structured_output_schema: null })
  t.hasStrict(await resource.read(id), { ...bare, ...where })

  const full = {
    title: 'Deploy 2',
    body: 'Do it well',
    macro: '!deploy_2-x',
    structured_output_schema: schema,
  }
  const changed = await resource.update(id, full)
  t.hasStrict(changed, { ...full, ...where, playbook_id: id })
  t.same((await resource.read(id)).structured_output_schema, schema)

  const cleared = await resource.update(id, bare)
  t.hasStrict(cleared, { ...bare, macro: null, structured_output_schema: null }, 'null clears')
  t.hasStrict(await resource.read(id), { ...bare, macro: null, structured_output_schema: null })

  t.equal(await resource.delete(id), 200)
  t.equal(await resource.read(id), undefined)
  t.equal(await resource.delete(id), 404)
}

t.test('a playbook of an organization goes through the life cycle of a resource', async (t) => {
  const { client, orgId } = await startTerraform(t)

  await walk(t, playbooks(client, orgId), { org_id: orgId, access_type: 'org' })
})

t.test('a playbook of the enterprise goes through the life cycle of a resource', async (t) => {
  const { client } = await startTerraform(t)

  await walk(t, playbooks(client), { org_id: null, access_type: 'enterprise' })
})

t.test('a playbook is created with a macro and a schema', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const plan = { title: 't', body: 'b', macro: '!Macro_1-a', structured_output_schema: schema }

  for (const resource of [playbooks(client, orgId), playbooks(client)]) {
    const { playbook_id } = await resource.create(plan)
    const read = await resource.read(playbook_id)
    t.same([read.macro, read.structured_output_schema], [plan.macro, schema])
    t.equal(await resource.delete(playbook_id), 200)
  }
})

t.test('a change without a macro and a schema keeps them', async (t) => {
  const { client, orgId } = await startTerraform(t)
  for (const [resource, path] of [
    [playbooks(client, orgId), `/v3/organizations/${orgId}/playbooks`],
    [playbooks(client), '/v3/enterprise/playbooks'],
  ] as const) {
    const kept = { macro: '!keep', structured_output_schema: schema }
    const { playbook_id: id } = await resource.create({ title: 't', body: 'b', ...kept })

    await client.send('PUT', `${path}/${id}`, { title: 't2', body: 'b2' })

    t.hasStrict(await resource.read(id), { title: 't2', body: 'b2', ...kept })
    await resource.delete(id)
  }
})

t.test('an invalid macro is rejected with an error about the macro', async (t) => {
  const { client, orgId } = await startTerraform(t)

  for (const resource of [playbooks(client, orgId), playbooks(client)]) {
    await t.rejects(resource.create({ title: 't', body: 'b', macro: 'not-a-macro' }), { message: /macro/ })
  }
})

t.test(
  'the lists have the playbooks, and that of the enterprise includes the playbooks of organizations',
  async (t) => {
    const { client, orgId } = await startTerraform(t)
    const own = await playbooks(client, orgId).create({ title: 'own', body: 'b' })
    const shared = await playbooks(client).create({ title: 'shared', body: 'b' })
    const ids = (items: readonly { playbook_id: string }[]) => items.map(({ playbook_id }) => playbook_id)

    const listed = await client.list('/v3/enterprise/playbooks', { first: 1 })
    t.same(ids(listed).sort(), [own.playbook_id, shared.playbook_id].sort())
    t.same(ids(listed.filter(({ access_type }) => access_type === 'enterprise')), [shared.playbook_id])
    t.ok(ids(await client.list(`/v3/organizations/${orgId}/playbooks`)).includes(own.playbook_id))
    await t.rejects(playbooks(client).read(own.playbook_id), { message: 'Not an enterprise playbook' })
  },
)
