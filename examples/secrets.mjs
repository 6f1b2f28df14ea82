// Secrets: make one, see that its value is never shown, delete it.
//
//   node examples/secrets.mjs
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

// A name of its own, since two secrets cannot share one.
const name = `EXAMPLE_${crypto.randomUUID().slice(0, 8)}`
const secret = { type: 'key-value', key: name, value: 'hunter2', sensitive: true, note: 'from an example' }

const created = await call('POST', '/v1/secrets', secret)
assert.equal(created.status, 200)

// The same name again is refused.
const again = await call('POST', '/v1/secrets', secret)
assert.equal(again.status, 409)

// The list shows names and types, and no values.
const { data: secrets } = await call('GET', '/v1/secrets')
assert.ok(secrets.some(({ id }) => id === created.data.id))
assert.ok(!JSON.stringify(secrets).includes('hunter2'))

const deleted = await call('DELETE', `/v1/secrets/${created.data.id}`)
assert.equal(deleted.status, 200)

// Gone is gone.
const gone = await call('DELETE', `/v1/secrets/${created.data.id}`)
assert.equal(gone.status, 404)
