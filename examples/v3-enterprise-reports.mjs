// Reports of an enterprise: the sessions of all organizations, metrics, consumption, audit logs and the queue.
//
//   node examples/v3-enterprise-reports.mjs
//
// DEVIN_API_URL and DEVIN_API_KEY are the server and a key of the enterprise. Default: a fake on this machine, which accepts any key.

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

const enterprise = '/v3/enterprise'
const { data: payments } = await call('POST', `${enterprise}/organizations`, { name: 'Payments' })
const { data: search } = await call('POST', `${enterprise}/organizations`, { name: 'Search' })
const orgIds = [payments.org_id, search.org_id]

// A playbook and a note of the enterprise belong to no organization. The sessions of each can use the playbook.
const { data: playbook } = await call('POST', `${enterprise}/playbooks`, {
  title: 'Upgrade',
  body: 'Upgrade the dependencies, and run the tests.',
})
const { data: note } = await call('POST', `${enterprise}/knowledge/notes`, {
  name: 'Style',
  body: 'Run the linter.',
  trigger: 'When you write code',
})
assert.deepEqual([playbook.access_type, note.access_type], ['enterprise', 'enterprise'])
for (const orgId of orgIds) {
  const prompt = { prompt: 'Upgrade the packages', playbook_id: playbook.playbook_id }
  assert.equal((await call('POST', `/v3/organizations/${orgId}/sessions`, prompt)).status, 200)
}

// The sessions of all organizations, or of those that the query names.
const inBoth = orgIds.map((orgId) => `org_ids=${orgId}`).join('&')
const { data: sessions } = await call('GET', `${enterprise}/sessions?${inBoth}`)
assert.deepEqual(sessions.items.map(({ org_id }) => org_id).sort(), [...orgIds].sort())
const session = `${enterprise}/sessions/${sessions.items[0].session_id}`
assert.equal((await call('POST', `${session}/tags`, { tags: ['upgrade'] })).status, 200)
assert.equal((await call('GET', session)).data.playbook_id, playbook.playbook_id)

// Times are Unix seconds, and metrics need both bounds.
const createdAt = sessions.items[0].created_at
const range = `time_after=${createdAt - 86_400}&time_before=${createdAt + 86_400}`
const { data: metrics } = await call('GET', `${enterprise}/metrics/sessions?${range}&${inBoth}`)
assert.equal(metrics.sessions_created_count, 2)

const consumption = `${enterprise}/consumption/daily`
const { data: total } = await call('GET', consumption)
const { data: own } = await call('GET', `${consumption}/organizations/${payments.org_id}`)
assert.ok(total.total_acus >= own.total_acus)
const { data: cycles } = await call('GET', `${enterprise}/consumption/cycles`)
assert.ok(cycles.items[0].after <= createdAt)

const { data: queue } = await call('GET', `${enterprise}/queue`)
assert.ok(['normal', 'elevated', 'high'].includes(queue.status))

// What was done: in all organizations, newest first, or in one.
const { data: log } = await call('GET', `${enterprise}/audit-logs?action=create_session`)
assert.ok(log.items.some(({ org_id }) => org_id === search.org_id))
const { data: ownLog } = await call('GET', `${enterprise}/organizations/${payments.org_id}/audit-logs`)
assert.equal(ownLog.items.at(-1).action, 'create_session')
assert.ok(ownLog.items.every(({ org_id }) => org_id === payments.org_id))

// Everything is removed again.
for (const path of [
  `${enterprise}/playbooks/${playbook.playbook_id}`,
  `${enterprise}/knowledge/notes/${note.note_id}`,
  ...orgIds.map((orgId) => `${enterprise}/organizations/${orgId}`),
]) {
  assert.equal((await call('DELETE', path)).status, 200)
}
