// Secrets of v3: create one, see that its value is never shown, delete it.
//
//   node examples/v3-secrets.mjs
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

// A unique name, since two secrets cannot share one.
const name = `EXAMPLE_${crypto.randomUUID().slice(0, 8)}`
const secret = { type: 'key-value', key: name, value: 'hunter2', note: 'from an example' }

const created = await call('POST', `${org}/secrets`, secret)
assert.equal(created.status, 200)

// The same name again is refused.
assert.equal((await call('POST', `${org}/secrets`, secret)).status, 409)

// The list is paged by cursor, and shows no values.
const names = []
for (let after = ''; after !== null; ) {
  const { data: page } = await call(
    'GET',
    `${org}/secrets?first=1${after && `&after=${encodeURIComponent(after)}`}`,
  )
  names.push(...page.items.map(({ key }) => key))
  assert.ok(!JSON.stringify(page).includes('hunter2'))
  after = page.end_cursor
}
assert.ok(names.includes(name))

// Deleting answers with the secret. Doing it again is refused like a wrong key.
const path = `${org}/secrets/${created.data.secret_id}`
assert.equal((await call('DELETE', path)).data.key, name)
assert.equal((await call('DELETE', path)).status, 403)
