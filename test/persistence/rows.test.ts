// A database keeps the whole state of a server: after each test, `startFake` reads the database into a new server and compares all of it. `.ci/run`
// does the same with the tests of the API; here is one request or more for each kind of row.
import t, { type Test } from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { ScenarioPool } from '../../src/persistence/scenario-pool.ts'
import { snapshotRows } from '../../src/persistence/snapshots.ts'
import { newServices } from '../engine.ts'
import { type Fake, frozenClock, KEY, startFake } from '../fake.ts'

const V3_KEY = { authorization: 'Bearer cog_test' }

/** Runs a test on SQLite and on PostgreSQL. */
function onBoth(title: string, run: (t: Test, start: () => Promise<Fake>) => Promise<void>): void {
  for (const engine of ['sqlite', 'postgres']) {
    t.test(`${title} (${engine})`, async (t) => run(t, () => startFake(t, {}, engine)))
  }
}

const TIME = '2026-01-02T03:04:05Z'

/** A state with a record of each kind. */
const STATE = {
  organizations: [
    {
      name: 'Acme',
      keys: ['apk_user_alice', { key: 'cog_ci', permissions: ['ManageOrgSecrets'], expires_at: TIME }],
      secrets: [{ key: 'NPM_TOKEN', value: 'not-a-real-token' }],
      sessions: [
        { prompt: 'Fix #{n}', count: 3, status_enum: 'finished', tags: ['bug'] },
        { prompt: 'Which branch?', scenario: 'blocked-then-finished' },
        { prompt: 'Own', scenario: { steps: [{ after_seconds: 3, message: 'Hello' }] } },
      ],
      knowledge: [{ name: 'Style', body: 'Lint.', trigger_description: 'Code' }],
      attachments: [{ name: 'a.bin', base64: 'AAH/' }],
      blueprints: [{ contents: 'initialize: npm ci', files: [{ name: 'env', base64: 'AAECgP8=' }] }],
    },
    {
      org_id: 'org-other',
      clock: { now: '2030-01-01T00:00:00Z', frozen: true },
      settings: [{ max_cycle_acu_limit: 250, allowed_tags: ['bug'], default_tag: 'bug' }],
      git_permissions: [{ git_connection_id: 'git-1', kind: 'prefix_path', path: 'acme' }],
      repository_indexes: [{ repository_name: 'acme/payments' }],
      builds: [{ outcome: 'failed', created_at: TIME }],
    },
    {
      org_id: 'enterprise',
      users: [{ email: 'ada@example.com', role_assignments: [{ role_id: 'account_member' }] }],
      idp_groups: [
        { name: 'eng', users: [{ id: 'okta|bob', email: 'bob@example.com' }], role_assignments: [] },
      ],
      service_users: [{ id: 'service-user-2', name: 'Terraform', role_id: 'account_admin' }],
      api_keys: [{ service_user_id: 'service-user-2', name: 'Terraform', token: 'cog_terraform' }],
      git_connections: [{ id: 'git-1', name: 'Acme', repositories: [{ name: 'acme/payments' }] }],
      playbooks: [{ title: 'Upgrade', body: 'Upgrade the dependencies.' }],
    },
  ],
}

/** Sends a JSON body that must be accepted. Returns what comes back. */
async function accepted(t: Test, fake: Fake, [method, url]: readonly [string, string], body?: unknown) {
  const answer = body === undefined ? await fake.call(method, url) : await fake.send(method, url, body)
  t.ok(answer.statusCode < 300, `${method} ${url}: ${answer.body.slice(0, 300)}`)
  return answer.body === '' ? undefined : answer.json()
}

onBoth('a state document with records of all kinds is kept, and so is a reset', async (t, start) => {
  const fake = await start()
  await accepted(t, fake, ['PUT', '/_fake/state'], STATE)
  await accepted(t, fake, ['GET', '/v1/sessions'])
  await accepted(t, fake, ['POST', '/_fake/snapshots'], { name: 'full' })
  await accepted(t, fake, ['POST', '/_fake/reset'], { org_id: 'org-other' })
  await accepted(t, fake, ['POST', '/_fake/snapshots/full/restore'])
  await accepted(t, fake, ['POST', '/_fake/snapshots'], { name: 'again' })
  await accepted(t, fake, ['DELETE', '/_fake/snapshots/full'])
})

onBoth('requests, also those without a key or of a form, and their numbers are kept', async (t, start) => {
  const fake = await start()
  await fake.app.inject({ method: 'GET', url: '/v1/secrets' })
  await fake.app.inject({ method: 'GET', url: '/nowhere', headers: { authorization: `Bearer ${KEY}` } })
  await fake.send('POST', '/v1/secrets', { key: 'ä\0\ud800', value: 'x'.repeat(1_100_000), type: 'cookie' })
  await fake.call('POST', '/v1/attachments', {
    payload: '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\xff\0\r\n--b--\r\n',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })
  for (let count = 0; count < 1_010; count++) await fake.call('GET', '/v1/secrets')
  await accepted(t, fake, ['DELETE', '/_fake/requests?org_id=org-none'])
  await fake.call('GET', '/v3/self', { headers: V3_KEY })
})

onBoth('rules, faults with what is left, and expected retries are kept', async (t, start) => {
  const fake = await start()
  const rule = { name: 'mine', match: { prompt: 'a' }, scenario: { steps: [] } }
  const { id } = await accepted(t, fake, ['POST', '/_fake/scenarios'], rule)
  await accepted(t, fake, ['POST', '/_fake/scenarios'], { match: { tag: '/x/' }, scenario: 'mine' })
  await accepted(t, fake, ['DELETE', `/_fake/scenarios/${id}`])
  await accepted(t, fake, ['POST', '/_fake/scenarios'], rule)
  await accepted(t, fake, ['POST', '/_fake/faults'], { status: 503, times: 3, path: '/v1/secrets' })
  await accepted(t, fake, ['POST', '/_fake/faults'], { delay_ms: 1, probability: 0.5 })
  await accepted(t, fake, ['POST', '/_fake/faults'], { status: 500, times: 1, path: '/v1/gone' })
  for (const path of ['secrets', 'gone', 'knowledge', 'secrets']) await fake.call('GET', `/v1/${path}`)
})

onBoth('organizations that come and go, their clocks, names and keys are kept', async (t, start) => {
  const fake = await start()
  await accepted(t, fake, ['POST', '/_fake/clock/advance'], { seconds: 90 })
  const { org_id: orgId } = await accepted(t, fake, ['POST', '/_fake/organizations'], { name: 'Temporary' })
  await accepted(t, fake, ['PUT', '/_fake/clock'], { frozen: true, org_id: orgId })
  await accepted(t, fake, ['POST', '/_fake/keys/revoke'], { key: 'apk_user_other' })
  const path = `/v3/enterprise/organizations/${orgId}`
  await fake.call('PATCH', path, { payload: { name: 'Renamed' }, headers: V3_KEY })
  await fake.call('DELETE', path, { headers: V3_KEY })
  await fake.call('GET', '/v3/organizations/org-%00%20json:/secrets', { headers: V3_KEY })
  await accepted(t, fake, ['POST', '/_fake/reset'], { org_id: 'org-unknown' })
})

onBoth(
  'answers to open questions, also those of a snapshot, and a reset of them are kept',
  async (t, start) => {
    const fake = await start()
    const choose = (answers: object, scope = {}) =>
      accepted(t, fake, ['PUT', '/_fake/answers'], { ...scope, answers })
    await choose({ 'v1-bad-key': '401', 'v1-message': '204' })
    await choose({ 'v3-422': 'detail-list' }, { org_id: 'org-new' })
    await choose({ 'v3-total': 'null' }, { org_id: 'org-other' })
    await accepted(t, fake, ['POST', '/_fake/snapshots'], { name: 'chosen' })
    await accepted(t, fake, ['DELETE', '/_fake/answers?org_id=org-other'])
  },
)

onBoth('answers to open questions that were taken back are not kept', async (t, start) => {
  const fake = await start()
  await accepted(t, fake, ['PUT', '/_fake/answers'], { answers: { 'v1-bad-key': '401' } })
  await accepted(t, fake, ['PUT', '/_fake/answers'], {
    org_id: 'org-new',
    answers: { 'v1-message': '204' },
  })
  await accepted(t, fake, ['DELETE', '/_fake/answers'])
})

t.test('the keys that a new store begins with are kept, however long they are', async (t) => {
  const keys = new KeyRegistry({
    strict: true,
    keys: [{ key: `apk_user_${'x'.repeat(3_000)}` }, { key: 'cog_a' }],
  })
  for (const engine of ['sqlite', 'postgres']) {
    const fake = await startFake(t, { keys }, engine)
    await fake.app.inject({ url: '/v1/secrets' })
  }
})

t.test('a snapshot of an earlier version that lacks a kind of record has an empty list of it', async (t) => {
  const services = newServices(frozenClock)
  const rows = snapshotRows(services.snapshots, new ScenarioPool())
  services.organizations.get('org-1')
  await services.snapshots.take('now', undefined)
  const { data } = rows.read('', 'now') as { data: { organizations: [{ records: Record<string, unknown> }] } }
  const { secrets: _secrets, ...records } = data.organizations[0].records
  rows.write('', 'then', { data: { ...data, organizations: [{ ...data.organizations[0], records }] } })

  t.same(services.snapshots.get('then', undefined)?.state.organizations[0]?.records.secrets, [])
})
