// Knowledge: write an entry, replace it, delete it.
//
//   node examples/knowledge.mjs
//
// DEVIN_API_URL and DEVIN_API_KEY say where and as whom; by default a fake on this machine, which takes any key.

import assert from 'node:assert/strict'

const url = process.env.DEVIN_API_URL ?? 'http://127.0.0.1:8080'
const key = process.env.DEVIN_API_KEY ?? 'apk_user_example'

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

const entry = {
  name: 'Example: commit messages',
  body: 'Write them in the imperative.',
  trigger_description: 'When you commit',
}
const { data: created } = await call('POST', '/v1/knowledge', { ...entry, pinned_repo: 'owner/repo' })
assert.equal(created.pinned_repo, 'owner/repo')

// An update replaces the whole entry: what is left out is null afterwards, and the three fields above are required.
const partial = await call('PUT', `/v1/knowledge/${created.id}`, { body: 'New' })
assert.equal(partial.status, 422)
const { data: updated } = await call('PUT', `/v1/knowledge/${created.id}`, { ...entry, body: 'New' })
assert.equal(updated.body, 'New')
assert.equal(updated.pinned_repo, null)

// The list has all entries and all folders at once.
const { data: list } = await call('GET', '/v1/knowledge')
assert.ok(list.knowledge.some(({ id }) => id === created.id))

const deleted = await call('DELETE', `/v1/knowledge/${created.id}`)
assert.equal(deleted.status, 204)
