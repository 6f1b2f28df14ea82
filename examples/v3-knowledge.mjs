// Knowledge of v3: create a note, change it, find it and delete it.
//
//   node examples/v3-knowledge.mjs
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

const note = { name: 'Deploys', body: 'Run make deploy', trigger: 'When deploying' }
const created = await call('POST', `${org}/knowledge/notes`, note)
assert.equal(created.status, 200)

// An update replaces the note.
const path = `${org}/knowledge/notes/${created.data.note_id}`
await call('PUT', path, { ...note, body: 'Run make release' })
assert.equal((await call('GET', path)).data.body, 'Run make release')

const { data: found } = await call('GET', `${org}/knowledge/notes?search=make+release`)
assert.ok(found.items.some(({ note_id }) => note_id === created.data.note_id))
assert.equal((await call('GET', `${org}/knowledge/folders`)).status, 200)

assert.equal((await call('DELETE', path)).status, 200)
assert.equal((await call('GET', path)).status, 404)
