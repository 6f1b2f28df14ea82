import t from 'tap'
import { type ProviderClient, startTerraform } from './client.ts'
import { organizations } from './resources.ts'

const USERS = '/v3/enterprise/members/users'
const SERVICE_USERS = '/v3/enterprise/members/service-users'

async function invite(client: ProviderClient, ...emails: string[]): Promise<void> {
  await client.send('POST', USERS, { emails, enterprise_role_id: 'account_member' })
}

t.test('the default user can be read', async (t) => {
  const { client } = await startTerraform(t)

  const users = await client.list(USERS)

  t.ok(users.length > 0)
  for (const user of users) t.match(user, { user_id: /./, role_assignments: Array })
})

t.test('users are found by their full email address, in any case', async (t) => {
  const { client } = await startTerraform(t)
  await invite(client, 'Ann@example.com', 'ann@example.community', 'ben@example.com')
  const found = async (email: string) =>
    (await client.list(USERS, { query: `&email=${encodeURIComponent(email)}` })).map((user) =>
      user.email.toLowerCase(),
    )

  for (const email of ['ann@example.com', 'ANN@EXAMPLE.COM', 'Ann@Example.com'])
    t.same(await found(email), ['ann@example.com'], email)
  t.same(await found('ann'), [])
  t.same(await found('nobody@example.com'), [])
})

t.test('users are read page by page', async (t) => {
  const { client } = await startTerraform(t)
  const emails = ['a@example.com', 'b@example.com', 'c@example.com']
  await invite(client, ...emails)
  const all = (await client.list(USERS)).map(({ user_id }) => user_id)

  t.same(
    (await client.list(USERS, { first: 1 })).map(({ user_id }) => user_id),
    all,
  )
  const listed = (await client.list(USERS)).map(({ email }) => email)
  for (const email of emails) t.ok(listed.includes(email))
})

t.test('the active service users include that of the token', async (t) => {
  const { client, serviceUser } = await startTerraform(t)
  const { service_user: deleted } = await client.send('POST', '/v3/enterprise/service-users', {
    name: 'Deleted',
    role_id: 'account_member',
    ttl_seconds: 3600,
  })
  t.equal(await client.delete(`${SERVICE_USERS}/${deleted.service_user_id}`), 200)

  for (const first of [1, 100]) {
    const ids = (await client.list(SERVICE_USERS, { first })).map(({ service_user_id }) => service_user_id)
    t.ok(ids.includes(serviceUser.service_user_id))
    t.notOk(ids.includes(deleted.service_user_id))
  }
})

t.test('the built-in roles of organizations and of the enterprise are read', async (t) => {
  const { client } = await startTerraform(t)

  for (const first of [1, 100]) {
    const roles = await client.list('/v3/enterprise/roles', { first })
    for (const [role_id, role_name, role_type] of [
      ['org_member', 'Member', 'org'],
      ['org_admin', 'Admin', 'org'],
      ['account_member', 'Member', 'enterprise'],
      ['account_admin', 'Admin', 'enterprise'],
    ]) {
      const role = roles.find((one) => one.role_id === role_id)
      t.hasStrict(role, { role_name, role_type })
    }
  }
})

t.test('git connections are read', async (t) => {
  const { client } = await startTerraform(t)

  for (const connection of await client.list('/v3/enterprise/git-providers/connections')) {
    t.match(connection, { git_connection_id: /./, git_provider_type: /./, host: /./ })
    t.ok(connection.name === null || typeof connection.name === 'string')
  }
})

t.test('the organizations are read, with those that were created a moment ago', async (t) => {
  const { client } = await startTerraform(t)
  const { org_id } = await organizations(client).create({ name: 'New' })

  const listed = await client.list('/v3/enterprise/organizations')

  t.equal(listed.find((one) => one.org_id === org_id)?.name, 'New')
})
