// The enterprise: create an organization, limit it, give it tags, work in it, delete it.
//
//   node examples/v3-enterprise.mjs
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

const organizations = '/v3/enterprise/organizations'
const { data: created } = await call('POST', organizations, { name: 'Payments', max_cycle_acu_limit: 100 })
const { org_id: orgId } = created
assert.equal(created.max_cycle_acu_limit, 100)

// A limit of null is removed, and what is not sent stays.
const { data: changed } = await call('PATCH', `${organizations}/${orgId}`, { max_cycle_acu_limit: null })
assert.deepEqual([changed.name, changed.max_cycle_acu_limit], ['Payments', null])

// Sessions without tags get the default one, which must be allowed.
await call('PUT', `${organizations}/${orgId}/tags`, { tags: ['backend', 'frontend'] })
await call('PUT', `${organizations}/${orgId}/tags/default`, { tag: 'backend' })
const { data: session } = await call('POST', `/v3/organizations/${orgId}/sessions`, {
  prompt: 'Fix the build',
})
assert.deepEqual(session.tags, ['backend'])

// A limit of zero suspends its sessions.
const limit = `/v3/enterprise/consumption/acu-limits/devin/organizations/${orgId}`
assert.equal((await call('PUT', limit, { cycle_acu_limit: 0 })).status, 204)
const { data: suspended } = await call('GET', `/v3/organizations/${orgId}/sessions/${session.session_id}`)
assert.deepEqual([suspended.status, suspended.status_detail], ['suspended', 'org_usage_limit_exceeded'])

// Deleting the organization removes everything in it.
assert.equal((await call('DELETE', `${organizations}/${orgId}`)).status, 200)
assert.equal((await call('GET', `${organizations}/${orgId}`)).status, 404)
