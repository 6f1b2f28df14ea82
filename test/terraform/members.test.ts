import t, { type Test } from 'tap'
import { type Json, type ProviderClient, startTerraform } from './client.ts'
import { organizations } from './resources.ts'
import { enterpriseServiceUserRole, orgServiceUserRole, orgUserRole } from './roles.ts'

const body = (role_id: string) => ({ name: 'Bot', role_id, ttl_seconds: 3600 })

/** Creates a service user with a role in the enterprise. */
async function provision(client: ProviderClient, prefix = '/v3'): Promise<Json> {
  return client.send('POST', `${prefix}/enterprise/service-users`, body('account_member'))
}

/** Creates a service user that has a role in an organization only. */
async function provisionIn(client: ProviderClient, orgId: string): Promise<string> {
  const { service_user: user } = await client.send(
    'POST',
    `/v3/organizations/${orgId}/service-users`,
    body('org_member'),
  )
  return user.service_user_id
}

/** Invites somebody to the enterprise, and returns the id. */
async function invite(client: ProviderClient, email: string): Promise<string> {
  const [user] = await client.send('POST', '/v3/enterprise/members/users', {
    emails: [email],
    enterprise_role_id: 'account_member',
  })
  return user.user_id
}

for (const prefix of ['/v3', '/v3beta1']) {
  t.test(`POST ${prefix}/enterprise/service-users answers 200 with a token that works`, async (t) => {
    const { client, clientOf } = await startTerraform(t)

    const answer = await client.answer('POST', `${prefix}/enterprise/service-users`, body('account_admin'))

    t.equal(answer.statusCode, 200)
    const { service_user: user, token } = answer.json()
    t.match(user, { service_user_id: /./, name: 'Bot', expires_at: Number })
    const listed = await clientOf(token).list('/v3/enterprise/members/service-users')
    t.ok(listed.some(({ service_user_id }) => service_user_id === user.service_user_id))
  })

  t.test(`a service user made below ${prefix} gets a role in an organization`, async (t) => {
    const { client, orgId } = await startTerraform(t)
    const { service_user: user } = await provision(client, prefix)
    const resource = orgServiceUserRole(client, orgId, user.service_user_id)
    const enterprise = enterpriseServiceUserRole(client, user.service_user_id)
    t.equal(await resource.read(), undefined)

    t.hasStrict(await resource.create('org_member'), { service_user_id: user.service_user_id, name: 'Bot' })
    t.same([await resource.read(), await enterprise.read()], ['org_member', 'account_member'])
    await resource.update('org_admin')
    t.same([await resource.read(), await enterprise.read()], ['org_admin', 'account_member'])

    t.ok((await resource.delete()) < 400)
    t.same([await resource.read(), await enterprise.read()], [undefined, 'account_member'])
    t.equal(await resource.delete(), 404)
  })

  t.test(`the role of a service user made below ${prefix} changes in the enterprise`, async (t) => {
    const { client } = await startTerraform(t)
    const { service_user: user } = await provision(client, prefix)
    const resource = enterpriseServiceUserRole(client, user.service_user_id)

    t.equal(await resource.read(), 'account_member')
    await resource.update('account_admin')
    t.equal(await resource.read(), 'account_admin')
  })
}

t.test('a service user gets its first role in the enterprise once', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = enterpriseServiceUserRole(client, await provisionIn(client, orgId))
  t.equal(await resource.read(), undefined)

  t.hasStrict(await resource.create('account_member'), { name: 'Bot' })
  t.equal(await resource.read(), 'account_member')
  await t.rejects(resource.create('account_admin'), { message: /^API error 4/ })
  t.equal(await resource.read(), 'account_member')
})

t.test('a service user that another client deleted is not found, nor are its roles', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const { service_user: user } = await provision(client)
  const role = orgServiceUserRole(client, orgId, user.service_user_id)
  await role.create('org_member')

  t.equal(await client.delete(`/v3/enterprise/members/service-users/${user.service_user_id}`), 200)

  t.equal(await enterpriseServiceUserRole(client, user.service_user_id).read(), undefined)
  t.equal(await role.read(), undefined)
})

/** Starts an application with somebody who is a member of the enterprise only. */
async function startUser(t: Test) {
  const terraform = await startTerraform(t)
  return { ...terraform, userId: await invite(terraform.client, 'ann@example.com') }
}

t.test('the role of a user in an organization goes through the life cycle of a resource', async (t) => {
  const { client, orgId, userId } = await startUser(t)
  const resource = orgUserRole(client, orgId, userId)
  t.equal(await resource.read(), undefined)

  t.hasStrict(await resource.create('org_member'), { user_id: userId, email: 'ann@example.com' })
  t.equal(await resource.read(), 'org_member')
  await resource.update('org_admin')
  t.equal(await resource.read(), 'org_admin')

  t.ok((await resource.delete()) < 400)
  t.equal(await resource.read(), undefined)
  t.equal(await resource.delete(), 404)
})

t.test('a user loses the role in one organization, and keeps those elsewhere', async (t) => {
  const { client, orgId, userId } = await startUser(t)
  const { org_id: other } = await organizations(client).create({ name: 'Other' })
  await orgUserRole(client, orgId, userId).create('org_member')
  await orgUserRole(client, other, userId).create('org_admin')

  t.ok((await orgUserRole(client, orgId, userId).delete()) < 400)

  t.equal(await orgUserRole(client, other, userId).read(), 'org_admin')
  const { role_assignments: roles } = await client.send(
    'GET',
    `/v3/enterprise/members/users/${encodeURIComponent(userId)}`,
  )
  t.same(roles.map((one: Json) => one.org_id).sort(), [null, other].sort())
})

t.test('a role in an organization can be assigned to members of the enterprise without one', async (t) => {
  const { client, orgId, userId } = await startUser(t)
  await orgUserRole(client, orgId, userId).create('org_member')

  await t.rejects(orgUserRole(client, orgId, userId).create('org_admin'), { message: /^API error 4/ })
  await t.rejects(orgUserRole(client, orgId, 'email|unknown').create('org_member'), {
    message: /^API error 4/,
  })
  t.equal(await orgUserRole(client, orgId, userId).read(), 'org_member')
})
