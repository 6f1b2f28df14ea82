// Blueprints and builds: declare the environment of sessions, build it, pin the build.
//
//   node examples/v3-builds.mjs
//
// A build takes two minutes, or two seconds if the fake was started with `npm start -- --speed 60`.
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
const setup = `/v3beta1/organizations/${self.org_id}/snapshot-setup`

const created = await call('POST', `${setup}/blueprints`, {
  repo_name: 'acme/payments',
  contents: 'initialize: npm ci\n',
})
assert.equal(created.status, 201)
const blueprint = `${setup}/blueprints/${created.data.blueprint_id}`

// A file is sent as a form. The blueprint refers to it by an environment variable.
const form = new FormData()
form.set('file', new Blob(['registry=https://npm.example.com\n']), '.npmrc')
const uploaded = await fetch(`${url}${blueprint}/files?name=npmrc`, {
  method: 'POST',
  headers: { authorization: `Bearer ${key}` },
  body: form,
})
assert.equal((await uploaded.json()).env_var_name, 'FILE_NPMRC')

// The contents and the logs are behind signed URLs, which need no key.
const { data: contents } = await call('GET', `${blueprint}/contents`)
assert.equal(await (await fetch(contents.url)).text(), 'initialize: npm ci\n')

// A build takes two minutes; with `--speed 60` two seconds. To start or pin one takes a body, if only an empty one.
const { data: build, status } = await call('POST', `${setup}/builds`, {})
assert.equal(status, 201)
async function untilEnded() {
  for (;;) {
    const { data } = await call('GET', `${setup}/builds/${build.build_id}`)
    if (!['pending', 'running'].includes(data.status)) return data
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
assert.equal((await untilEnded()).status, 'succeeded')

const { data: logs } = await call('GET', `${setup}/builds/${build.build_id}/logs`)
assert.match(await (await fetch(logs.url)).text(), /running\n.* succeeded\n$/)

// New sessions start from the pinned build, or else from the newest that has succeeded.
assert.equal((await call('POST', `${setup}/builds/${build.build_id}/pin`, {})).data.pinned, true)
const { data: active } = await call('GET', `${setup}/builds?active=true`)
assert.deepEqual(
  active.items.map(({ build_id }) => build_id),
  [build.build_id],
)

// A cancelled build cannot be pinned. One that has ended, as with `--speed instant`, is not cancelled any more.
const { data: next } = await call('POST', `${setup}/builds`, {})
const { data: cancelled } = await call('POST', `${setup}/builds/${next.build_id}/cancel`)
assert.equal(cancelled.status, next.status === 'succeeded' ? 'succeeded' : 'cancelled')
const pinned = await call('POST', `${setup}/builds/${next.build_id}/pin`, {})
assert.equal(pinned.status, cancelled.status === 'cancelled' ? 409 : 200)

assert.equal((await call('DELETE', blueprint)).status, 204)
