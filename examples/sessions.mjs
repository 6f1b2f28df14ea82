// Sessions: start one, wait until it rests, read what came of it; then talk to another one and end it.
//
//   node examples/sessions.mjs
//
// DEVIN_API_URL and DEVIN_API_KEY say where and as whom; by default a fake on this machine, which takes any key.

import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'

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

// Ask for data that fits a schema. With `idempotent`, a retry finds the session instead of starting another.
const schema = { type: 'object', properties: { passed: { type: 'boolean' } }, required: ['passed'] }
const prompt = `Fix the flaky test (${crypto.randomUUID().slice(0, 8)})`
const request = { prompt, idempotent: true, tags: ['example'], structured_output_schema: schema }
const { status, data: created } = await call('POST', '/v1/sessions', request)
assert.equal(status, 200)
const { data: retried } = await call('POST', '/v1/sessions', request)
assert.equal(retried.session_id, created.session_id)

// There is no webhook, so poll until the session rests. Real ones take minutes: poll them every ten seconds or so.
let session
for (let polls = 0; !['blocked', 'finished', 'expired'].includes(session?.status_enum); polls++) {
  assert.ok(polls < 60, 'it takes too long')
  await setTimeout(500)
  session = (await call('GET', `/v1/sessions/${created.session_id}`)).data
}
assert.equal(typeof session.structured_output.passed, 'boolean')
console.log('Pull request:', session.pull_request?.url)
for (const { type, message } of session.messages) console.log(`  ${type}: ${message}`)

// Tags are replaced as a whole, and find sessions again.
const tag = `example-${created.session_id}`
await call('PUT', `/v1/sessions/${created.session_id}/tags`, { tags: [tag] })
const { data: found } = await call('GET', `/v1/sessions?tags=${tag}`)
assert.deepEqual(
  found.sessions.map(({ session_id }) => session_id),
  [created.session_id],
)

// A message to a session that runs answers null; a session can be ended once. The marker is for the fake alone: it
// makes a session that never ends by itself.
const { data: other } = await call('POST', '/v1/sessions', { prompt: 'Wait for me [fake:never]' })
const { data: detail } = await call('POST', `/v1/sessions/${other.session_id}/message`, { message: 'Hello' })
assert.equal(detail, null)
const ended = await call('DELETE', `/v1/sessions/${other.session_id}`)
assert.equal(ended.status, 200)
const endedAgain = await call('DELETE', `/v1/sessions/${other.session_id}`)
assert.equal(endedAgain.status, 400)
