// Tests the v3 keys of the library, for a fake in this process and for one over a socket.
import { join } from 'node:path'
import t from 'tap'
import { mintCogKeys } from '../../src/auth/cog-keys.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { connectFakeDevin, type FakeDevin, startFakeDevin } from '../../src/index.ts'
import { both, call, secret } from './both.ts'

const ORG = `org-${'a1'.repeat(16)}`

both('v3Key is accepted in every organization', async (t, devin) => {
  t.match(devin, { v3Key: 'cog_demo', orgId: DEFAULT_ORG_ID })
  for (const orgId of [devin.orgId, 'org-test']) {
    t.match(await call(devin, `GET /v3/organizations/${orgId}/secrets`, undefined, devin.v3Key), {
      status: 200,
      json: { items: [] },
    })
  }
  t.equal((await devin.fetch('https://api.devin.ai/v3/self')).status, 403)
})

both('keys of both generations see the same records', async (t, devin) => {
  const { json } = await call(devin, 'POST /v1/secrets', secret('A'))

  const path = `/v3/organizations/${devin.orgId}/secrets/${json.id}`
  t.equal((await call(devin, `DELETE ${path}`, undefined, devin.v3Key)).status, 200)
  t.same((await call(devin, 'GET /v1/secrets')).json, [])
})

both('organizations.create returns v3 keys', async (t, devin) => {
  const [one, other] = await Promise.all([devin.organizations.create(), devin.organizations.create()])
  const secrets = `/v3/organizations/${one.orgId}/secrets`

  t.equal(one.v3Key, one.keys.v3.service)
  for (const key of [one.keys.v3.personal, one.keys.v3.service]) {
    t.equal((await call(one, `POST ${secrets}`, { ...secret(key) }, key)).status, 200)
  }
  t.equal((await call(one, `GET ${secrets}`, undefined, other.v3Key)).status, 403)
  await one.requests.verify({ method: 'POST', path: '/v3/organizations/{org_id}/secrets', times: 2 })
  await one.keys.revoke(one.v3Key)
  t.equal((await call(one, `GET ${secrets}`, undefined, one.v3Key)).status, 403)
})

both('faults apply to v3 requests', async (t, devin) => {
  await devin.faults.add({ preset: 'rate-limit', path: '/v3/organizations/{org_id}/sessions', times: 1 })
  const sessions = `GET /v3/organizations/${devin.orgId}/sessions`

  t.match(await call(devin, sessions, undefined, devin.v3Key), {
    status: 429,
    json: { title: 'Too Many Requests', status: 429 },
  })
})

t.test('with strict keys, the first registered key of each generation is used', async (t) => {
  const folder = t.testdir({
    'both.txt': 'apk_user_a org-1\ncog_a org-2\ncog_b org-3\napk_b org-4\n',
    'v3.txt': 'cog_a org-2\n',
    'v1.txt': 'apk_user_a org-1\n',
  })
  const start = async (file: string) => {
    const devin = await startFakeDevin({ strictKeys: true, keysFile: join(folder, file) })
    t.teardown(() => devin.close())
    return devin
  }
  const keysOf = ({ key, v3Key, orgId }: FakeDevin) => [key, v3Key, orgId]

  t.same(keysOf(await start('both.txt')), ['apk_user_a', 'cog_a', 'org-1'])
  t.same(keysOf(await start('v3.txt')), ['', 'cog_a', 'org-2'])
  t.same(keysOf(await start('v1.txt')), ['apk_user_a', '', 'org-1'])
})

both('automations.trigger lets an event happen that an automation waits for', async (t, devin) => {
  const path = `/v3/organizations/${devin.orgId}/automations`
  const automation = {
    name: 'Triage',
    triggers: [{ event_type: 'github:issues', conditions: null }],
    actions: [{ type: 'start_session', prompt: 'Triage the issue' }],
    run_as: { type: 'organization' },
  }
  const { json } = await call(devin, `POST ${path}`, automation, devin.v3Key)

  const started = await devin.automations.trigger(json.automation_id, { event_type: 'github:issues' })

  t.match(started, { session_ids: [/^[0-9a-f]{32}$/] })
  await t.rejects(devin.automations.trigger(json.automation_id, { event_type: 'github:push' }), {
    name: 'FakeDevinError',
    status: 400,
  })
})

t.test('connectFakeDevin determines the organization of a v3 key', async (t) => {
  const { service } = mintCogKeys(ORG, randomIds())

  t.match(connectFakeDevin('http://a'), { v3Key: 'cog_demo', orgId: DEFAULT_ORG_ID })
  t.match(connectFakeDevin('http://a', { v3Key: service }), { v3Key: service, orgId: ORG })
  t.match(connectFakeDevin('http://a', { v3Key: 'cog_mine', orgId: 'org-mine' }), { orgId: 'org-mine' })
})

t.test('connectFakeDevin accepts an address that ends with /v3', async (t) => {
  t.equal(connectFakeDevin('http://a:1/v3').url, 'http://a:1')
  t.equal(connectFakeDevin('http://a:1/below/v3/').url, 'http://a:1/below')
})
