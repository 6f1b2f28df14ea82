// Sessions of v3: create one, poll until it waits for its user, answer, and terminate it.
//
//   node examples/v3-sessions.mjs
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

const created = await call('POST', `${org}/sessions`, {
  prompt: 'Fix the flaky login test',
  tags: ['example'],
  structured_output_schema: { type: 'object', properties: { fixed: { type: 'boolean' } } },
})
assert.equal(created.data.status, 'new')
const session = `${org}/sessions/${created.data.session_id}`

// A session does not end by itself: its work is done when it waits for its user.
async function untilWaiting() {
  for (;;) {
    const { data } = await call('GET', session)
    if (data.status_detail === 'waiting_for_user') return data
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const done = await untilWaiting()
assert.equal(typeof done.structured_output.fixed, 'boolean')
assert.equal(done.pull_requests[0].pr_state, 'open')

// A message starts the next turn.
assert.equal((await call('POST', `${session}/messages`, { message: 'Please add a test' })).status, 200)
await untilWaiting()
const { data: messages } = await call('GET', `${session}/messages`)
assert.ok(messages.items.some(({ source, message }) => source === 'user' && message === 'Please add a test'))

// Tags find sessions again.
await call('POST', `${session}/tags`, { tags: ['done'] })
const { data: tagged } = await call('GET', `${org}/sessions?tags=done`)
assert.ok(tagged.items.some(({ session_id }) => session_id === created.data.session_id))

// A session is terminated once.
assert.equal((await call('DELETE', session)).data.status, 'exit')
assert.equal((await call('DELETE', session)).status, 400)
