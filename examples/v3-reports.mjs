// Reports of v3: pull request reviews, consumption and metrics.
//
//   node examples/v3-reports.mjs
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

const review = await call('POST', `${org}/pr-reviews`, { pr_url: 'https://github.com/owner/repo/pull/7' })
assert.equal(review.data.status, 'pending')

await call('POST', `${org}/sessions`, { prompt: 'Fix the login page' })
const { data: consumption } = await call('GET', `${org}/consumption/daily`)
assert.equal(typeof consumption.total_acus, 'number')

// Times are Unix seconds, and metrics need both bounds.
const { data: sessions } = await call('GET', `${org}/sessions`)
const createdAt = sessions.items[0].created_at
const range = `time_after=${createdAt - 86_400}&time_before=${createdAt + 86_400}`
const { data: metrics } = await call('GET', `${org}/metrics/sessions?${range}`)
assert.ok(metrics.sessions_created_count > 0)
assert.equal((await call('GET', `${org}/metrics/sessions`)).status, 422)
