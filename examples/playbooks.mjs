// Playbooks: make one with a macro, change it, delete it and use the macro again.
//
//   node examples/playbooks.mjs
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

// No two playbooks share a macro.
const macro = `!example-${crypto.randomUUID().slice(0, 8)}`
const playbook = { title: 'Release', body: '1. Tag\n2. Publish', macro }
const { data: created } = await call('POST', '/v1/playbooks', playbook)
const taken = await call('POST', '/v1/playbooks', playbook)
assert.equal(taken.status, 409)

// An update answers a status, so read the playbook to see it.
const path = `/v1/playbooks/${created.playbook_id}`
await call('PUT', path, { ...playbook, title: 'Release, step by step' })
const { data: changed } = await call('GET', path)
assert.equal(changed.title, 'Release, step by step')

// Deleting frees the macro.
await call('DELETE', path)
const gone = await call('GET', path)
assert.equal(gone.status, 404)
const { data: next, status } = await call('POST', '/v1/playbooks', playbook)
assert.equal(status, 200)
await call('DELETE', `/v1/playbooks/${next.playbook_id}`)
