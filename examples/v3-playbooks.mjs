// Playbooks of v3: create one with a macro, change it, delete it.
//
//   node examples/v3-playbooks.mjs
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

// Macros are unique.
const macro = `!example-${crypto.randomUUID().slice(0, 8)}`
const playbook = { title: 'Release', body: '1. Tag\n2. Publish', macro }
const created = await call('POST', `${org}/playbooks`, playbook)
assert.equal(created.status, 200)
assert.equal((await call('POST', `${org}/playbooks`, playbook)).status, 409)

const path = `${org}/playbooks/${created.data.playbook_id}`
await call('PUT', path, { ...playbook, title: 'Release, step by step' })
assert.equal((await call('GET', path)).data.title, 'Release, step by step')

assert.equal((await call('DELETE', path)).status, 200)
assert.equal((await call('GET', path)).status, 404)
