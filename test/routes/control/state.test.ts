import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock, KEY, OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { aFolder, aSecret } from '../../records.ts'
import { aServer, putState, stateOf } from '../../state/server.ts'

const OTHER_ORG = `org-${'b2'.repeat(16)}`
const secret = (key: string) => ({ type: 'key-value', key, value: 's3cr3t', sensitive: true, note: '' })
const asOther = { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } }

t.test(
  'POST /_fake/reset resets ids, clocks, scenarios, keys and records, so that a second run is identical',
  async (t) => {
    const app = await aServer(t)
    const run = async () => {
      const call = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) =>
        (
          await app.inject({
            method,
            url,
            headers: { authorization: `Bearer ${KEY}` },
            ...(payload && { payload }),
          })
        ).body
      const responses = [
        await call('POST', '/_fake/organizations'),
        await call('POST', '/_fake/scenarios', { name: 'mine', scenario: 'never' }),
        await call('POST', '/v1/secrets', secret('A')),
        await call('POST', '/v1/sessions', { prompt: '[fake:mine]' }),
        await call('POST', '/_fake/clock/advance', { seconds: 60 }),
        await call('POST', '/v1/sessions', { prompt: 'later' }),
        await call('GET', '/v1/sessions'),
        await call('POST', '/_fake/keys/revoke', { key: KEY }),
        await stateOf(app),
      ]
      return responses
    }
    const before = await stateOf(app)
    const one = await run()

    const res = await app.inject({ method: 'POST', url: '/_fake/reset' })

    t.same([res.statusCode, res.body], [204, ''])
    t.equal(await stateOf(app), before)
    t.same(await run(), one)
  },
)

t.test('POST /_fake/reset of one organization does not change others', async (t) => {
  const { send, call, app } = await startFake(t)
  await send('POST', '/v1/secrets', secret('A'))
  await send('POST', '/_fake/scenarios', { name: 'all', scenario: 'never' })
  for (const org_id of [DEFAULT_ORG_ID, OTHER_ORG]) {
    await send('POST', '/_fake/scenarios', { org_id, name: 'mine', scenario: 'never' })
    await send('POST', '/_fake/clock/advance', { org_id, seconds: 60 })
  }
  await call('POST', '/v1/secrets', { ...asOther, payload: secret('B') })
  for (const key of [KEY, OTHER_ORG_KEY]) await send('POST', '/_fake/keys/revoke', { key })
  const started = (await app.inject('/_fake/clock')).json().now

  const res = await send('POST', '/_fake/reset', { org_id: OTHER_ORG })

  t.equal(res.statusCode, 204)
  t.same(
    (await call('GET', '/v1/secrets', asOther)).json(),
    [],
    'its key is valid again, and its records are deleted',
  )
  t.equal((await call('GET', '/v1/secrets')).statusCode, 403)
  const { organizations } = JSON.parse(await stateOf(app))
  t.match(organizations, [{ org_id: DEFAULT_ORG_ID, secrets: [{ key: 'A' }] }])
  t.equal(organizations.length, 1, 'the organization does not exist any more')
  t.equal((await app.inject(`/_fake/clock?org_id=${OTHER_ORG}`)).json().now, started)
  t.not(organizations[0].clock.now, started)
  t.match((await app.inject('/_fake/scenarios')).json().rules, [{ org_id: DEFAULT_ORG_ID }, { name: 'all' }])
})

t.test('POST /_fake/reset restores the initial state, of all or of one organization', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  for (const orgId of [DEFAULT_ORG_ID, OTHER_ORG]) {
    await organizations.get(orgId).folders.insert(aFolder({ name: orgId }))
  }
  const { send, call, app } = await startFake(t, { organizations })
  const start = await stateOf(app)
  const change = async (options?: object) => {
    await organizations.get(DEFAULT_ORG_ID).folders.delete('folder-1')
    await call('POST', '/v1/secrets', { ...options, payload: secret('A') })
  }

  await change()
  await change(asOther)
  await send('POST', '/_fake/reset', { org_id: DEFAULT_ORG_ID })

  t.same((await call('GET', '/v1/secrets')).json(), [])
  t.match((await call('GET', '/v1/knowledge')).json().folders, [{ id: 'folder-1' }])
  t.match((await call('GET', '/v1/secrets', asOther)).json(), [{ key: 'A' }])
  await change()
  await send('POST', '/_fake/reset', {})
  t.equal(await stateOf(app), start)
})

t.test('POST /_fake/reset of an organization keeps its name and its registered keys', async (t) => {
  const app = await aServer(t, { strict: true })
  const { org_id, keys } = (
    await app.inject({ method: 'POST', url: '/_fake/organizations', payload: { name: 'Acme' } })
  ).json()

  await app.inject({ method: 'POST', url: '/_fake/reset', payload: { org_id } })

  const { statusCode } = await app.inject({
    url: '/v1/secrets',
    headers: { authorization: `Bearer ${keys.service}` },
  })
  t.equal(statusCode, 200)
  t.match(JSON.parse(await stateOf(app, `?org_id=${org_id}`)).organizations, [{ name: 'Acme' }])
})

t.test('POST /_fake/reset rejects an invalid body and changes nothing', async (t) => {
  const { send, call } = await startFake(t)
  await send('POST', '/v1/secrets', secret('A'))

  for (const body of [{ orgid: OTHER_ORG }, { org_id: 5 }, { org_id: '' }, []]) {
    t.equal((await send('POST', '/_fake/reset', body)).statusCode, 422)
  }

  t.equal((await call('GET', '/v1/secrets')).json().length, 1)
})

t.test('POST /_fake/reset deletes 10,000 records', async (t) => {
  const { organization, send, call } = await startFake(t)
  for (let index = 0; index < 10_000; index++) {
    await organization.secrets.insert(aSecret({ id: `secret-${index}`, key: `S${index}` }))
  }
  t.equal((await call('GET', '/v1/secrets')).json().length, 10_000)

  await send('POST', '/_fake/reset', {})

  t.same((await call('GET', '/v1/secrets')).json(), [])
})

t.test('requests concurrent with a reset are answered and leave a consistent state', async (t) => {
  const { send, call, app } = await startFake(t)
  // The first request loads the control plane.
  await call('GET', '/_fake/health')
  const requests = Array.from({ length: 100 }, (_, index) =>
    Promise.all([
      send('POST', '/v1/sessions', { prompt: `p${index}` }),
      send('POST', '/v1/secrets', secret(`S${index}`)),
      index % 10 === 5 ? send('POST', '/_fake/reset', {}) : call('GET', '/v1/secrets'),
    ]),
  )

  for (const answers of await Promise.all(requests)) {
    for (const { statusCode } of answers) t.ok(statusCode < 300, String(statusCode))
  }
  // The last reset may have come after all other requests, and removes an organization without records.
  await send('POST', '/v1/secrets', secret('last'))
  const [{ secrets, sessions, audit_logs: logs }] = JSON.parse(await stateOf(app)).organizations
  const subjects = new Set(logs.map(({ subject_id }: { subject_id: string }) => subject_id))
  for (const { id } of [...secrets, ...sessions])
    t.ok(subjects.has(id), 'every record has its audit log entry')
  t.equal((await call('GET', '/v1/secrets')).json().length, secrets.length)
})

t.test('GET /_fake/state shows secret values and keys only with reveal=true', async (t) => {
  const { send, call } = await startFake(t)
  await send('POST', '/v1/secrets', secret('A'))
  for (const key of ['apk_gone', 'apk_away']) await send('POST', '/_fake/keys/revoke', { key })

  const shown = await call('GET', '/_fake/state')
  const revealed = await call('GET', '/_fake/state?reveal=true')

  t.equal(shown.headers['content-type'], 'application/json')
  t.notMatch(shown.body, /s3cr3t|apk_/)
  t.match(shown.json(), { version: 1, organizations: [{ secrets: [{ key: 'A', note: '' }] }] })
  t.same([shown.json().organizations[0].keys, shown.json().revoked_keys], [undefined, undefined])
  t.match(revealed.json(), {
    organizations: [{ keys: [], secrets: [{ value: 's3cr3t' }] }],
    // In the same order on each replica, and after a restart.
    revoked_keys: ['apk_away', 'apk_gone'],
  })
  t.equal((await call('GET', '/_fake/state?revel=true')).statusCode, 422)
})

t.test('GET /_fake/state of one organization excludes others', async (t) => {
  const { send, call, app } = await startFake(t)
  await send('POST', '/v1/secrets', secret('A'))
  await call('POST', '/v1/secrets', { ...asOther, payload: secret('B') })
  await send('POST', '/_fake/scenarios', { org_id: DEFAULT_ORG_ID, scenario: 'never' })
  await send('POST', '/_fake/scenarios', { org_id: OTHER_ORG, scenario: 'blocked' })
  for (const key of [KEY, OTHER_ORG_KEY]) await send('POST', '/_fake/keys/revoke', { key })

  const state = JSON.parse(await stateOf(app, `?reveal=true&org_id=${OTHER_ORG}`))

  t.match(state, {
    organizations: [{ org_id: OTHER_ORG, secrets: [{ key: 'B' }] }],
    scenarios: [{ scenario: 'blocked' }],
    revoked_keys: [OTHER_ORG_KEY],
  })
  for (const list of [state.organizations, state.scenarios, state.revoked_keys]) t.equal(list.length, 1)
})

t.test(
  'GET /_fake/state includes the organizations of all registered keys, even without requests',
  async (t) => {
    const app = await aServer(t, { strict: true })
    const other = await aServer(t, { strict: true })

    t.same(await putState(other, await stateOf(app)), [204, ''])

    const { statusCode } = await other.inject({
      url: '/v1/secrets',
      headers: { authorization: `Bearer ${KEY}` },
    })
    t.equal(statusCode, 200)
  },
)

t.test('GET /_fake/state represents values that JSON responses of the API cannot', async (t) => {
  const { call, app } = await startFake(t)
  const headers = { 'content-type': 'application/json' }
  await call('POST', '/v1/secrets', {
    headers,
    payload: '{"type":"totp","key":"a\\ud800","value":"\\udfff","sensitive":true,"note":"\\ud800"}',
  })
  await call('POST', '/v1/sessions', {
    headers,
    payload: `{"prompt":"x","max_acu_limit":1${'0'.repeat(400)}}`,
  })

  const state = await stateOf(app)

  t.match(JSON.parse(state).organizations, [
    {
      secrets: [{ key: 'a\ufffd', value: '\ufffd', note: '\ufffd' }],
      sessions: [{ max_acu_limit: Number.MAX_VALUE }],
    },
  ])
  t.same(await putState(app, state), [204, ''])
  t.equal(await stateOf(app), state)
})

t.test(
  'PUT /_fake/state of one organization keeps others, and the keys and rules missing in the document',
  async (t) => {
    const { send, call, app } = await startFake(t)
    await send('POST', '/v1/secrets', secret('A'))
    await call('POST', '/v1/secrets', { ...asOther, payload: secret('B') })
    await send('POST', '/_fake/scenarios', { name: 'all', scenario: 'never' })
    await send('POST', '/_fake/keys/revoke', { key: 'apk_gone' })
    const { clock, ids_given } = JSON.parse(await stateOf(app))
    const document = {
      clock: { now: '2000-01-01T00:00:00Z' },
      ids_given: 77,
      organizations: [{ secrets: [{ key: 'C' }] }, { org_id: OTHER_ORG, secrets: [{ key: 'D' }] }],
      scenarios: [
        { name: 'theirs', scenario: 'never' },
        { org_id: OTHER_ORG, name: 'mine', scenario: 'theirs' },
      ],
    }

    t.same(await putState(app, document, `?org_id=${OTHER_ORG}`), [204, ''])

    const state = JSON.parse(await stateOf(app))
    t.match(state, {
      clock,
      ids_given,
      organizations: [{ secrets: [{ key: 'A' }] }, { secrets: [{ key: 'D' }] }],
      scenarios: [{ name: 'all' }, { org_id: OTHER_ORG, name: 'mine', scenario: { steps: [{}, {}] } }],
      revoked_keys: ['apk_gone'],
    })
    t.equal(state.scenarios.length, 2)
  },
)

t.test('PUT /_fake/state of an organization missing in the document is rejected', async (t) => {
  const { app } = await startFake(t)

  const [status, body] = await putState(app, { organizations: [{}] }, `?org_id=${OTHER_ORG}`)

  t.equal(status, 422)
  t.match(JSON.parse(body).detail, [
    { loc: ['body', 'organizations'], msg: 'Value error, no organization with this org_id' },
  ])
})

t.test(
  'PUT /_fake/state keeps keys and rules if the document has none, and otherwise replaces them',
  async (t) => {
    const app = await aServer(t, { strict: true })
    const status = async (key: string) =>
      (await app.inject({ url: '/v1/secrets', headers: { authorization: `Bearer ${key}` } })).statusCode
    await app.inject({
      method: 'POST',
      url: '/_fake/scenarios',
      payload: { name: 'mine', scenario: 'never' },
    })

    await putState(app, { organizations: [{ sessions: [{ prompt: '[fake:mine]' }] }] })
    t.equal(await status(KEY), 200)
    await putState(app, { organizations: [], revoked_keys: [KEY] })
    t.equal(await status(KEY), 403)
    await putState(app, { organizations: [{ keys: ['apk_new'] }], revoked_keys: [], scenarios: [] })
    t.equal(await status(KEY), 403)
    t.equal(await status('apk_new'), 200)
    t.same((await app.inject('/_fake/scenarios')).json().rules, [])
  },
)

t.test('PUT /_fake/state with an invalid document changes nothing', async (t) => {
  const { send, app } = await startFake(t)
  await send('POST', '/v1/secrets', secret('A'))
  await send('POST', '/_fake/scenarios', { scenario: 'never' })
  const before = await stateOf(app)
  const organizations = [{ secrets: [{ key: 'B' }] }]
  const invalid = [
    null,
    [],
    5,
    {},
    { organizations: {} },
    { organizations: [5] },
    { organizations, version: 2 },
    { organizations, clock: { now: 'x' } },
    { organizations, ids_given: -1 },
    { organizations, ids_given: 2 ** 60 },
    { organizations, scenarios: [{}] },
    { organizations, scenarios: [5] },
    { organizations, scenarios: [{ scenario: 'never' }, { scenario: 'unknown' }] },
    { organizations, scenarios: [{ scenario: 'never', org_id: 5 }] },
    { organizations: [...organizations, { org_id: 'org-2', keys: ['x'] }] },
    { organizations: [...organizations, { org_id: 'org-2', secrets: [{ key: 'A' }, { key: 'A' }] }] },
    { organizations, revoked_keys: [5] },
  ]

  for (const document of invalid) {
    t.equal((await putState(app, document))[0], 422, JSON.stringify(document))
    t.equal(await stateOf(app), before, JSON.stringify(document))
  }
  for (const text of [
    '{',
    '{"organizations": [NaN]}',
    '{"organizations":[{"org_id":"\\ud800"}]}',
    '[[',
    '"x"',
  ]) {
    t.equal((await putState(app, text))[0], 422, text)
    t.equal(await stateOf(app), before, text)
  }
})

t.test(
  'PUT /_fake/state reports at most a hundred issues, with the closest known name and without input',
  async (t) => {
    const { app } = await startFake(t)
    const wrong = { key: 'A', vlaue: 's3cr3t' }

    const [, body] = await putState(app, { organizations: [{ secrets: Array(200).fill(wrong) }] })

    const { detail } = JSON.parse(body)
    t.equal(detail.length, 100)
    t.same(detail[0], {
      type: 'extra_forbidden',
      loc: ['body', 'organizations', 0, 'secrets', 0, 'vlaue'],
      msg: 'Extra inputs are not permitted; did you mean value?',
      input: null,
    })
  },
)

t.test('PUT /_fake/state resumes ids from the document and assigns ids to rules without one', async (t) => {
  const app = await aServer(t)
  const rules = async () =>
    (await app.inject('/_fake/scenarios')).json().rules.map(({ id }: { id: string }) => id)
  await app.inject({ method: 'POST', url: '/_fake/scenarios', payload: { scenario: 'never' } })
  const [first] = await rules()

  await putState(app, {
    organizations: [],
    scenarios: [{ scenario: 'never' }, { id: 'mine', scenario: 'never' }],
  })
  await app.inject({ method: 'POST', url: '/_fake/scenarios', payload: { scenario: 'never' } })

  const ids = await rules()
  t.equal(ids[1], 'mine')
  t.equal(new Set([first, ...ids]).size, 4, 'all unique')
  await putState(app, { organizations: [], ids_given: 1, scenarios: [{ scenario: 'never' }] })
  t.same(await rules(), [first])
})

t.test('PUT /_fake/state resumes the ids of an organization from the document', async (t) => {
  const app = await aServer(t)
  const idAfter = async (given: number) => {
    await putState(app, { organizations: [{ ids_given: given, secrets: [{ key: 'A' }] }] })
    const [organization] = JSON.parse(await stateOf(app)).organizations
    t.equal(organization.ids_given, given + 1)
    return organization.secrets[0].id
  }

  const [first, second] = [await idAfter(0), await idAfter(1)]

  t.not(second, first)
  t.equal(await idAfter(0), first)
})

t.test('PUT /_fake/state of one organization rejects a key of another', async (t) => {
  const { send, call, app } = await startFake(t)
  await send('PUT', '/_fake/state?org_id=org-b', {
    organizations: [{ org_id: 'org-b', keys: ['apk_user_b'] }],
  })
  const before = (await app.inject('/_fake/state?reveal=true')).body
  const put = (...keys: unknown[]) =>
    send('PUT', '/_fake/state?org_id=org-a', {
      organizations: [{ org_id: 'org-a', secrets: [{ key: 'S' }], keys: ['apk_user_a', ...keys] }],
    })

  for (const key of ['apk_user_b', { key: 'apk_user_b', user_id: 'u' }, OTHER_ORG_KEY]) {
    const res = await put(key)
    t.match(
      [res.statusCode, res.json().detail],
      [422, [{ loc: ['body', 'organizations', 0, 'keys', 1], msg: /belongs to another organization/ }]],
    )
    t.notMatch(res.body, /apk_/)
  }
  t.equal((await app.inject('/_fake/state?reveal=true')).body, before, 'nothing is changed')
  const ownerOf = async (key: string) =>
    (await call('GET', '/v1/auth_status', { headers: { authorization: `Bearer ${key}` } })).json().org_id
  t.same(await Promise.all([ownerOf('apk_user_b'), ownerOf(OTHER_ORG_KEY)]), ['org-b', OTHER_ORG])

  const both = [
    { org_id: 'org-a', keys: ['apk_user_a'] },
    { org_id: 'org-b', keys: ['apk_user_b'] },
  ]
  const whole = await send('PUT', '/_fake/state?org_id=org-a', { organizations: both })
  t.equal(whole.statusCode, 204, 'from a document with several organizations, only the given one is loaded')
  t.same(await Promise.all([ownerOf('apk_user_a'), ownerOf('apk_user_b')]), ['org-a', 'org-b'])
})

t.test('GET /_fake/state shows only the requested lists of the organizations', async (t) => {
  const { send, app } = await startFake(t)
  const secret = { type: 'key-value', key: 'TOKEN', value: 's3cr3t', sensitive: true, note: '' }
  await send('POST', '/v1/secrets', secret)
  await send('POST', '/_fake/scenarios', { scenario: 'never' })
  const read = async (query: string) => (await app.inject(`/_fake/state?${query}`)).json()

  const { organizations, ...rest } = await read('collections=secrets&collections=users')
  t.same(Object.keys(rest).sort(), ['clock', 'ids_given', 'version'])
  t.same(Object.keys(organizations[0]).sort(), [
    'clock',
    'created_at',
    'ids_given',
    'name',
    'org_id',
    'secrets',
    'users',
  ])
  t.match(organizations[0].secrets, [{ key: 'TOKEN', value: undefined }])
  const revealed = (await read('collections=secrets&reveal=true')).organizations[0]
  t.match(revealed, { secrets: [{ value: 's3cr3t' }], keys: undefined })
  const unknown = await app.inject('/_fake/state?collections=secret')
  t.equal(unknown.statusCode, 422)
  t.match(unknown.json(), { detail: [{ loc: ['query', 'collections', 0] }] })
})

t.test('GET /_fake/state shows the sizes of files instead of their contents on request', async (t) => {
  const { call, app } = await startFake(t)
  const headers = { 'content-type': 'multipart/form-data; boundary=b' }
  const payload =
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n'
  await call('POST', '/v1/attachments', { headers, payload })
  const attachmentsOf = async (query: string) =>
    (await app.inject(`/_fake/state?collections=attachments${query}`)).json().organizations[0].attachments

  t.match(await attachmentsOf('&files=false'), [{ name: 'a.txt', size: 5, base64: undefined }])
  t.match(await attachmentsOf(''), [{ base64: 'aGVsbG8=', size: undefined }])
})
