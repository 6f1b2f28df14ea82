// Schedules of v3: create a recurring one, pause it, delete it.
//
//   node examples/v3-schedules.mjs
//
// DEVIN_API_URL and DEVIN_API_KEY are the server and the key. Default: a fake on this machine, which accepts any key.

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

// The key knows its organization.
const { data: self } = await call('GET', '/v3/self')
const org = `/v3/organizations/${self.org_id}`

const created = await call('POST', `${org}/schedules`, {
  name: 'Nightly',
  prompt: 'Update the dependencies',
  frequency: '0 3 * * *',
})
assert.equal(created.status, 200)

const path = `${org}/schedules/${created.data.scheduled_session_id}`
assert.equal((await call('PATCH', path, { enabled: false })).data.enabled, false)
const { data: list } = await call('GET', `${org}/schedules?limit=200`)
assert.ok(list.items.some(({ name }) => name === 'Nightly'))

assert.equal((await call('DELETE', path)).status, 200)
assert.equal((await call('GET', path)).status, 404)
