// Automations of v3: create one with a webhook, and start a session through it.
//
//   node examples/v3-automations.mjs
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

const { data: created, status } = await call('POST', `${org}/automations`, {
  name: 'On alert',
  run_as: { type: 'organization' },
  triggers: [{ event_type: 'webhook:incoming', conditions: null }],
  actions: [{ type: 'start_session', prompt: 'Look into the alert' }],
})
assert.equal(status, 200)

// The secret of the webhook is shown once.
const { webhook } = created.triggers[0]
const send = (secret) =>
  fetch(webhook.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-webhook-secret': secret },
    body: JSON.stringify({ alert: 'disk full' }),
  })
assert.equal((await send('wrong')).status, 401)
assert.ok((await send(webhook.secret)).ok)

const { data: started } = await call('GET', `${org}/sessions?automation_ids=${created.automation_id}`)
assert.equal(started.items.length, 1)
assert.equal((await call('DELETE', `${org}/automations/${created.automation_id}`)).status, 200)
