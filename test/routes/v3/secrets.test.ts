import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { OTHER_ORG_KEY } from '../../fake.ts'
import { aSecret } from '../../records.ts'
import { startV3 } from '../../v3.ts'

const secret = (key: string) => ({ type: 'key-value', key, value: 's3cr3t' })

t.test('POST /v3/organizations/{org_id}/secrets creates a secret and never shows its value', async (t) => {
  const { org } = await startV3(t)

  const created = await org('POST', '/secrets', secret('TOKEN'))

  t.equal(created.statusCode, 200)
  t.match(created.json(), {
    secret_id: /^secret-[0-9a-f]{32}$/,
    key: 'TOKEN',
    note: null,
    is_sensitive: true,
    created_by: 'service-user-fa4ede71000000000000000000000001',
    created_at: 1_767_323_045,
    secret_type: 'key-value',
    access_type: 'org',
  })
  t.notMatch(created.body, /s3cr3t/)
})

t.test('POST /v3/organizations/{org_id}/secrets answers 409 for a taken key', async (t) => {
  const { org } = await startV3(t)
  await org('POST', '/secrets', secret('TOKEN'))

  const again = await org('POST', '/secrets', secret('TOKEN'))

  t.equal(again.statusCode, 409)
  t.equal(again.json().detail, 'Secret name is not unique')
})

t.test(
  'DELETE /v3/organizations/{org_id}/secrets/{secret_id} answers with the secret, and then 403',
  async (t) => {
    const { org } = await startV3(t)
    const created = (await org('POST', '/secrets', secret('TOKEN'))).json()

    t.same((await org('DELETE', `/secrets/${created.secret_id}`)).json(), created)
    const again = await org('DELETE', `/secrets/${created.secret_id}`)
    t.equal(again.statusCode, 403)
    t.equal(again.json().detail, 'Unauthorized')
    t.same((await org('GET', '/secrets')).json().items, [])
  },
)

t.test('a secret created through one generation is listed and deleted through the other', async (t) => {
  const { org, call, send } = await startV3(t)
  const v1 = (await send('POST', '/v1/secrets', { ...secret('V1'), sensitive: true })).json().id
  const v3 = (await org('POST', '/secrets', secret('V3'))).json().secret_id

  t.match((await org('GET', '/secrets')).json().items, [{ secret_id: v1 }, { secret_id: v3 }])
  t.match((await call('GET', '/v1/secrets')).json(), [{ id: v1 }, { id: v3 }])
  t.equal((await org('DELETE', `/secrets/${v1}`)).statusCode, 200)
  t.equal((await call('DELETE', `/v1/secrets/${v3}`)).statusCode, 200)
  t.same((await call('GET', '/v1/secrets')).json(), [])
})

t.test('a v1 key of another organization does not see the secret', async (t) => {
  const { org, call } = await startV3(t)
  await org('POST', '/secrets', secret('TOKEN'))

  const other = await call('GET', '/v1/secrets', { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } })
  t.same(other.json(), [])
})

t.test('GET /v3/organizations/{org_id}/secrets lists the secrets by cursor, oldest first', async (t) => {
  const { org, v3 } = await startV3(t)
  for (const key of ['A', 'B', 'C']) await org('POST', '/secrets', secret(key))

  const first = (await org('GET', '/secrets?first=2')).json()
  t.match(first, { items: [{ key: 'A' }, { key: 'B' }], has_next_page: true, total: 3 })
  // The cursor stays valid when the last secret of the page is deleted.
  await org('DELETE', `/secrets/${first.items[1].secret_id}`)
  const after = `after=${encodeURIComponent(first.end_cursor)}`
  t.match((await org('GET', `/secrets?${after}`)).json(), {
    items: [{ key: 'C' }],
    end_cursor: null,
    has_next_page: false,
    total: 2,
  })
  t.equal((await v3('GET', `/v3/organizations/org-other/secrets?${after}`)).statusCode, 400)
})

t.test(
  'DELETE /v3/organizations/{org_id}/secrets/{secret_id} answers 403 for another organization’s secret',
  async (t) => {
    const { org, v3 } = await startV3(t)
    const { secret_id: id } = (await org('POST', '/secrets', secret('TOKEN'))).json()

    t.equal((await v3('DELETE', `/v3/organizations/org-other/secrets/${id}`)).statusCode, 403)
    t.equal((await org('GET', '/secrets')).json().total, 1)
  },
)

t.test('every operation on secrets requires ManageOrgSecrets', async (t) => {
  const keys = new KeyRegistry({
    keys: [
      { key: 'cog_manager', permissions: ['ManageOrgSecrets'] },
      { key: 'cog_other', permissions: ['ManageKnowledge'] },
    ],
  })
  const { org } = await startV3(t, { keys })
  const { secret_id: id } = (await org('POST', '/secrets', secret('A'))).json()

  for (const [method, path, body] of [
    ['GET', '/secrets'],
    ['POST', '/secrets', secret('B')],
    ['DELETE', `/secrets/${id}`],
  ] as const) {
    const status = async (key: string) =>
      (await org(method, path, body, { authorization: `Bearer ${key}` })).statusCode
    t.equal(await status('cog_other'), 403, `${method} ${path}`)
    t.equal(await status('cog_manager'), 200, `${method} ${path}`)
  }
})

t.test('a secret with a type that v3 lacks is shown in the closest form of v3', async (t) => {
  const { org, organization } = await startV3(t)
  await organization.secrets.insert(aSecret({ type: 'dictionary', sensitive: false, createdBy: null }))

  t.match((await org('GET', '/secrets')).json().items, [
    { secret_type: 'key-value', created_by: '', is_sensitive: false, note: 'for CI' },
  ])
})
