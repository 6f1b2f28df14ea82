import t from 'tap'
import { startTerraform } from './client.ts'
import { enterpriseGroupRole, groups, orgGroupRole } from './roles.ts'

for (const name of ['Engineers', 'All people (EU)']) {
  t.test(`the IdP group ${name} goes through the life cycle of a resource`, async (t) => {
    const { client } = await startTerraform(t)
    const resource = groups(client)

    t.same(await resource.create(name), { idp_group_name: name })
    t.same(await resource.read(name), { idp_group_name: name })

    t.equal(await resource.delete(name), 200)
    t.equal(await resource.read(name), undefined)
    t.equal(await resource.delete(name), 404)
  })

  t.test(
    `the role of the IdP group ${name} in the enterprise goes through the life cycle of a resource`,
    async (t) => {
      const { client } = await startTerraform(t)
      await groups(client).create(name)
      const resource = enterpriseGroupRole(client, name)
      t.equal(await resource.read(), undefined)

      t.same(await resource.create('account_member'), {
        idp_group_name: name,
        role_assignments: [
          { org_id: null, role: { role_id: 'account_member', role_name: 'Member', role_type: 'enterprise' } },
        ],
      })
      t.equal(await resource.read(), 'account_member')
      await resource.update('account_admin')
      t.equal(await resource.read(), 'account_admin')

      t.ok((await resource.delete()) < 400)
      t.equal(await resource.read(), undefined)
      t.equal(await resource.delete(), 404)
    },
  )
}

t.test(
  'the role of an IdP group in an organization is independent of the one in the enterprise',
  async (t) => {
    const { client, orgId } = await startTerraform(t)
    await groups(client).create('Engineers')
    const enterprise = enterpriseGroupRole(client, 'Engineers')
    await enterprise.create('account_member')
    const resource = orgGroupRole(client, orgId, 'Engineers')
    t.equal(await resource.read(), undefined)

    await resource.create('org_member')
    t.same([await resource.read(), await enterprise.read()], ['org_member', 'account_member'])
    await resource.update('org_admin')
    t.same([await resource.read(), await enterprise.read()], ['org_admin', 'account_member'])

    t.ok((await resource.delete()) < 400)
    t.same([await resource.read(), await enterprise.read()], [undefined, 'account_member'])
    t.equal(await resource.delete(), 404)
  },
)

t.test('an IdP group without a role is refused in an organization', async (t) => {
  const { client, orgId } = await startTerraform(t)
  await groups(client).create('Engineers')
  const resource = orgGroupRole(client, orgId, 'Engineers')

  await t.rejects(resource.create('org_member'), { name: 'ApiError' })
  t.equal(await resource.read(), undefined)
})

t.test('the roles, the IdP group and the organization are destroyed in this order', async (t) => {
  const { client, orgId } = await startTerraform(t)
  await groups(client).create('Engineers')
  await enterpriseGroupRole(client, 'Engineers').create('account_member')
  await orgGroupRole(client, orgId, 'Engineers').create('org_member')

  t.ok((await orgGroupRole(client, orgId, 'Engineers').delete()) < 400)
  t.ok((await enterpriseGroupRole(client, 'Engineers').delete()) < 400)
  t.ok((await groups(client).delete('Engineers')) < 400)
  t.equal(await client.delete(`/v3/enterprise/organizations/${orgId}`), 200)

  t.equal(await groups(client).read('Engineers'), undefined)
})
