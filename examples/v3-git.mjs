// Git: connections, the permissions of an organization for repositories, and the indexes of repositories.
//
//   node examples/v3-git.mjs
//
// The index takes a minute, or a second if the fake was started with `npm start -- --speed 60`.
//
// DEVIN_API_URL and DEVIN_API_KEY are the server and a key of the enterprise. Default: a fake on this machine, which accepts any key.

import assert from 'node:assert/strict'

const url = process.env.DEVIN_API_URL ?? 'http://127.0.0.1:8080'
const key = process.env.DEVIN_API_KEY ?? 'cog_example'

async function call(method, path, body) {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  const text = await response.text()
  console.log(method, path, '→', response.status, text)
  return { status: response.status, data: text === '' ? undefined : JSON.parse(text) }
}

// No operation creates a connection. A fake has one to GitHub, unless its seed says otherwise.
const providers = '/v3/enterprise/git-providers/connections'
const { data: connections } = await call('GET', providers)
const { git_connection_id: connectionId, git_provider_type: type } = connections.items[0]
assert.equal(type, 'github_app')

const { data: organization } = await call('POST', '/v3/enterprise/organizations', { name: 'Payments' })
const orgId = organization.org_id

// A permission is for one repository, or for all whose paths begin with a prefix.
const permissions = `/v3/enterprise/organizations/${orgId}/git-providers/permissions`
const { data: granted, status } = await call('POST', permissions, {
  permissions: [
    { git_connection_id: connectionId, repo_path: 'acme/payments' },
    { git_connection_id: connectionId, prefix_path: 'acme/docs', read_only: true },
  ],
})
assert.equal(status, 200)
const [one, other] = granted.map(({ git_permission_id }) => `${permissions}/${git_permission_id}`)
assert.equal((await call('PATCH', one, { read_only: true })).data.read_only, true)
assert.equal((await call('DELETE', other)).status, 200)

// The repository is available to the organization now, and the connection has it.
const repositories = `/v3beta1/organizations/${orgId}/repositories`
const { data: available } = await call('GET', repositories)
assert.deepEqual(
  available.items.map(({ repo_name }) => repo_name),
  ['acme/payments'],
)
const { data: connected } = await call(
  'GET',
  `${providers}/${connectionId}/repositories?filter_name=payments`,
)
assert.ok(connected.items.some(({ repo_path }) => repo_path === 'github.com/acme/payments'))

// The index for search takes a minute; with `--speed 60` a second.
const indexing = `${repositories}/acme/payments/indexing`
assert.equal((await call('GET', indexing)).data.indexing_enabled, false)
await call('PUT', indexing)
async function untilSearchable() {
  for (;;) {
    const { data } = await call('GET', indexing)
    if (data.latest_completed_search_index_job !== null) return data
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
assert.equal((await untilSearchable()).latest_completed_search_index_job.branch_name, 'main')

assert.equal((await call('DELETE', permissions)).status, 200)
assert.equal((await call('DELETE', `/v3/enterprise/organizations/${orgId}`)).status, 200)
