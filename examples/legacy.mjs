// What old clients call: the singular session path, and three operations that the vendor no longer documents.
//
//   node examples/legacy.mjs
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

// Is the key good, and whose is it?
const { data: status } = await call('GET', '/v1/auth_status')
assert.equal(status.status, 'ok')

// The singular path takes an id with or without its prefix.
const { data: created } = await call('POST', '/v1/sessions', {
  prompt: 'An old client says hello [fake:never]',
})
const id = created.session_id.replace('devin-', '')
const { data: session } = await call('GET', `/v1/session/${id}`)
assert.equal(session.session_id, created.session_id)
await call('POST', `/v1/session/${id}/message`, { message: 'Hello again' })
await call('PUT', `/v1/session/${id}/tags`, { tags: ['old'] })

// The audit log has all of it, the newest first.
const { data: log } = await call('GET', '/v1/audit-logs?limit=3')
assert.deepEqual(
  log.audit_logs.map(({ action }) => action),
  ['update_session_tags', 'send_message', 'create_session'],
)

// What the sessions of a day took.
const day = session.created_at.slice(0, 10)
const { data: report } = await call('GET', `/v1/enterprise/consumption?start_date=${day}&end_date=${day}`)
assert.ok(report.sessions.some(({ url }) => url === created.url))
