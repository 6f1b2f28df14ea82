// Members of an enterprise: users, service users with API keys, and groups of an identity provider.
//
//   node examples/v3-members.mjs
//
// DEVIN_API_URL and DEVIN_API_KEY are the server and a key of the enterprise. Default: a fake on this machine, which accepts any key.

import assert from 'node:assert/strict'

const url = process.env.DEVIN_API_URL ?? 'http://127.0.0.1:8080'
const key = process.env.DEVIN_API_KEY ?? 'cog_example'

async function call(method, path, body, bearer = key) {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  const text = await response.text()
  console.log(method, path, '→', response.status, text)
  return { status: response.status, data: text === '' ? undefined : JSON.parse(text) }
}

const enterprise = '/v3/enterprise'
const { data: roles } = await call('GET', `${enterprise}/roles`)
assert.ok(roles.items.some(({ role_id, role_type }) => role_id === 'org_member' && role_type === 'org'))

const { data: organization } = await call('POST', `${enterprise}/organizations`, { name: 'Payments' })
const orgId = organization.org_id
const members = `${enterprise}/organizations/${orgId}/members`

// A user is invited to the enterprise, and then gets a role in the organization.
const { data: invited } = await call('POST', `${enterprise}/members/users`, {
  emails: ['ada@example.com'],
  enterprise_role_id: 'account_member',
})
const userId = encodeURIComponent(invited[0].user_id)
await call('POST', `${members}/users/${userId}`, { role_id: 'org_member' })
const { data: promoted } = await call('PATCH', `${members}/users/${userId}`, { role_id: 'org_admin' })
assert.equal(promoted.role_assignments[0].role.role_id, 'org_admin')

// The role of a service user limits what its keys may do. Its first key is shown once, with the service user.
const { data: created } = await call('POST', `/v3/organizations/${orgId}/service-users`, {
  name: 'CI',
  role_id: 'org_member',
  ttl_seconds: 3600,
})
const { service_user_id: serviceUserId } = created.service_user
const sessions = `/v3/organizations/${orgId}/sessions`
assert.equal((await call('POST', sessions, { prompt: 'Fix the build' }, created.token)).status, 200)
assert.equal((await call('GET', `${enterprise}/organizations`, undefined, created.token)).status, 403)

await call('PATCH', `${members}/service-users/${serviceUserId}`, { role_id: 'org_viewer' })
assert.equal((await call('GET', sessions, undefined, created.token)).status, 200)
assert.equal((await call('POST', sessions, { prompt: 'Fix the build' }, created.token)).status, 403)

// A further key. A rotation replaces it, and here stops it at once.
const keys = `${enterprise}/service-users/${serviceUserId}/api-keys`
const { data: first } = await call('POST', keys, { name: 'deploy' })
const { data: second } = await call('POST', `${keys}/${first.api_key_id}/rotate`, { revoke_current: true })
assert.equal((await call('GET', '/v3/self', undefined, first.token)).status, 403)
const { data: self } = await call('GET', '/v3/self', undefined, second.token)
assert.equal(self.service_user_id, serviceUserId)

await call('DELETE', `${keys}/${second.api_key_id}`)
assert.equal((await call('GET', '/v3/self', undefined, second.token)).status, 403)

// All users in a group of the identity provider have its roles: first one in the enterprise, then others in organizations.
await call('POST', `${enterprise}/idp-groups`, { idp_group_names: ['engineering'] })
await call('POST', `${enterprise}/members/idp-groups/engineering`, { role_id: 'account_member' })
const { data: group } = await call('POST', `${members}/idp-groups/engineering`, { role_id: 'org_member' })
assert.equal(group.role_assignments[0].org_id, orgId)

// Everything is removed again, the roles of a group before the group.
for (const path of [
  `${members}/idp-groups/engineering`,
  `${enterprise}/members/idp-groups/engineering`,
  `${enterprise}/idp-groups/engineering`,
  `${enterprise}/members/service-users/${serviceUserId}`,
  `${enterprise}/members/users/${userId}`,
  `${enterprise}/organizations/${orgId}`,
]) {
  assert.equal((await call('DELETE', path)).status, 200)
}
assert.equal((await call('GET', '/v3/self', undefined, created.token)).status, 403)
