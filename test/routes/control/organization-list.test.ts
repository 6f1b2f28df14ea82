// The list of organizations, with their keys.

import t, { type Test } from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { version } from '../../../src/base/version.ts'
import type { OrganizationList } from '../../../src/schemas/control/organizations.ts'
import { type Fake, OTHER_ORG_KEY, startFake } from '../../fake.ts'

const LIST = '/_fake/organizations'

async function listed({ app }: Pick<Fake, 'app'>, query = ''): Promise<OrganizationList> {
  return (await app.inject(LIST + query)).json()
}

async function keysOf(fake: Pick<Fake, 'app'>, orgId: string) {
  const { organizations } = await listed(fake, '?reveal=true')
  return organizations.find(({ org_id }) => org_id === orgId)?.keys
}

/** Asserts that keys select an organization. */
async function selects(t: Test, { app }: Fake, keys: Awaited<ReturnType<typeof keysOf>>, orgId: string) {
  for (const key of keys?.v1 ?? []) {
    const body = { title: 't', body: 'b' }
    const headers = { authorization: `Bearer ${key}` }
    const created = await app.inject({ method: 'POST', url: '/v1/playbooks', headers, payload: body })
    t.equal(created.json().org_id, orgId)
  }
  for (const key of keys?.v3 ?? []) {
    const self = await app.inject({ url: '/v3/self', headers: { authorization: `Bearer ${key}` } })
    t.equal(self.json().org_id, orgId)
  }
}

t.test('GET /_fake/organizations lists the organizations that exist, without keys', async (t) => {
  const keys = new KeyRegistry()
  const fake = await startFake(t, { keys })
  // As a key that is configured when a stored state exists already.
  const key = 'apk_user_own'
  keys.register({ key, orgId: 'org-own' })
  const { send, call } = fake
  await send('POST', '/v1/sessions', { prompt: 'x' })
  const { org_id } = (await send('POST', LIST, { name: 'Acme' })).json()
  for (const one of [OTHER_ORG_KEY, key]) {
    await call('GET', '/v1/sessions', { headers: { authorization: `Bearer ${one}` } })
  }
  await send('PUT', '/_fake/clock', { org_id: 'own-id', frozen: true })

  t.same(await listed(fake), {
    organizations: [
      { org_id: DEFAULT_ORG_ID, name: DEFAULT_ORG_ID, sessions: 1, is_default: true, keys: null },
      { org_id, name: 'Acme', sessions: 0, is_default: false, keys: null },
      { org_id: 'org-own', name: 'org-own', sessions: 0, is_default: false, keys: null },
      { org_id: 'own-id', name: 'own-id', sessions: 0, is_default: false, keys: null },
    ],
    strict_keys: false,
    control: { token_required: false, version, app_url: 'https://app.devin.ai' },
  })
})

t.test('GET /_fake/organizations lists the enterprise once it was used', async (t) => {
  const fake = await startFake(t)
  await fake.app.inject({ url: '/v3/enterprise/organizations', headers: { authorization: 'Bearer cog_a' } })

  const { organizations } = await listed(fake, '?reveal=true')

  t.match(organizations, [
    { org_id: DEFAULT_ORG_ID },
    { org_id: 'enterprise', is_default: false, keys: { v1: [], v3: ['cog_demo'] } },
  ])
})

t.test('GET /_fake/organizations reveals keys that select each organization', async (t) => {
  const fake = await startFake(t)
  const { org_id } = (await fake.send('POST', LIST, {})).json()
  await fake.send('PUT', '/_fake/clock', { org_id: 'own-id', frozen: true })

  t.same(await keysOf(fake, DEFAULT_ORG_ID), { v1: ['apk_user_demo'], v3: ['cog_demo'] })
  t.same(await keysOf(fake, 'own-id'), { v1: [], v3: [] })
  const keys = await keysOf(fake, org_id)
  t.match(keys, { v1: [/^apk_user_/], v3: [/^cog_/] })
  await selects(t, fake, keys, org_id)
})

t.test('GET /_fake/organizations reveals registered keys, each once, and no invalid ones', async (t) => {
  const keys = new KeyRegistry({
    keys: [
      { key: 'apk_user_demo' },
      { key: 'apk_user_a', orgId: 'org-1' },
      { key: 'apk_b', orgId: 'org-1' },
      { key: 'cog_c', orgId: 'org-1' },
      { key: 'cog_d', orgId: 'org-1' },
      { key: 'devin-session-token$e', orgId: 'org-1' },
      { key: 'cog_ent', orgId: 'enterprise' },
    ],
  })
  const fake = await startFake(t, { keys })
  for (const key of ['cog_d', 'cog_demo']) await fake.send('POST', '/_fake/keys/revoke', { key })

  t.same(await keysOf(fake, DEFAULT_ORG_ID), { v1: ['apk_user_demo'], v3: [] })
  t.same(await keysOf(fake, 'org-1'), { v1: ['apk_user_a', 'apk_b'], v3: ['cog_c', 'devin-session-token$e'] })
  t.same(await keysOf(fake, 'enterprise'), { v1: [], v3: ['cog_ent'] })
})

t.test('GET /_fake/organizations has no keys of service users that a client has created', async (t) => {
  const fake = await startFake(t)
  const created = await fake.call('POST', `/v3/organizations/${DEFAULT_ORG_ID}/service-users`, {
    headers: { authorization: 'Bearer cog_a' },
    payload: { name: 'Robot', role_id: 'org_viewer', ttl_seconds: 3_600 },
  })
  t.match(created.json(), { token: /^cog_/ })

  t.same(await keysOf(fake, DEFAULT_ORG_ID), { v1: ['apk_user_demo'], v3: ['cog_demo'] })
})

t.test('GET /_fake/organizations reveals only registered keys if keys are strict', async (t) => {
  const keys = new KeyRegistry({ strict: true, keys: [{ key: 'apk_user_mine' }] })
  const fake = await startFake(t, { keys, controlToken: 'token' })
  const headers = { authorization: 'Bearer token' }

  const answer = await fake.app.inject({ url: `${LIST}?reveal=true`, headers })

  t.match(answer.json(), {
    organizations: [{ org_id: DEFAULT_ORG_ID, keys: { v1: ['apk_user_mine'], v3: [] } }],
    strict_keys: true,
    control: { token_required: true },
  })
  t.equal((await fake.app.inject(LIST)).statusCode, 401)
})

t.test('GET /_fake/organizations consumes no ids and creates only the default organization', async (t) => {
  const fake = await startFake(t)
  const state = async () => (await fake.app.inject('/_fake/state')).body
  await fake.send('POST', LIST, {})
  const before = await state()

  await listed(fake, '?reveal=true')

  t.equal(await state(), before)
})
