// Organizations and their keys, and the org_id that restricts a call to one of them.

import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { KEY, NOW, OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { aServer, stateOf } from '../../state/server.ts'

for (const strict of [false, true]) {
  const mode = strict ? 'strict' : 'open'

  t.test(
    `POST /_fake/organizations creates an organization with two valid keys of v1 (${mode} keys)`,
    async (t) => {
      const app = await aServer(t, { strict })

      const res = await app.inject({ method: 'POST', url: '/_fake/organizations' })

      t.equal(res.statusCode, 201)
      const { org_id, keys } = res.json()
      t.match(org_id, /^org-[0-9a-f]{32}$/)
      t.match(keys, { personal: /^apk_user_/, service: /^apk_(?!user_)/ })
      const { v3: _, ...v1 } = keys
      for (const [kind, key] of Object.entries(v1)) {
        const headers = { authorization: `Bearer ${key}` }
        const created = await app.inject({
          method: 'POST',
          url: '/v1/playbooks',
          headers,
          payload: { title: kind, body: 'b' },
        })
        t.match(created.json(), {
          org_id,
          title: kind,
          created_by_user_id: kind === 'personal' ? /^email\|/ : null,
        })
      }
    },
  )

  t.test(`POST /_fake/keys/revoke makes only the given key invalid (${mode} keys)`, async (t) => {
    const app = await aServer(t, { strict })
    const { keys } = (await app.inject({ method: 'POST', url: '/_fake/organizations' })).json()
    const status = async (key: string) =>
      (await app.inject({ url: '/v1/secrets', headers: { authorization: `Bearer ${key}` } })).statusCode
    t.equal(await status(keys.personal), 200)

    const res = await app.inject({
      method: 'POST',
      url: '/_fake/keys/revoke',
      payload: { key: keys.personal },
    })

    t.same([res.statusCode, res.body], [204, ''])
    t.equal(await status(keys.personal), 403)
    t.equal(await status(keys.service), 200)
  })
}

t.test('an organization has its own records, clock, scenarios and ids', async (t) => {
  const { app, send, organization } = await startFake(t)
  const { org_id, keys } = (await send('POST', '/_fake/organizations', {})).json()
  const asOwner = { headers: { authorization: `Bearer ${keys.service}` } }
  await send('PUT', '/_fake/clock', { org_id, now: '2030-01-01T00:00:00Z' })
  await send('POST', '/_fake/scenarios', { org_id, name: 'own', scenario: 'never' })
  const create = { method: 'POST', url: '/v1/sessions', payload: { prompt: '[fake:own]' } } as const

  const { session_id } = (await app.inject({ ...create, ...asOwner })).json()

  const { created_at } = (await app.inject({ url: `/v1/sessions/${session_id}`, ...asOwner })).json()
  t.equal(created_at, '2030-01-01T00:00:00.000000Z')
  t.equal(organization.clock.now(), NOW)
  t.equal((await send('POST', '/v1/sessions', create.payload)).statusCode, 422)
  t.same(await organization.sessions.list(), [])
})

t.test('the name of an organization defaults to its id', async (t) => {
  const { app, send } = await startFake(t)
  const { org_id } = (await send('POST', '/_fake/organizations', { name: 'Acme' })).json()
  const { org_id: other } = (await app.inject({ method: 'POST', url: '/_fake/organizations' })).json()

  const { organizations } = JSON.parse(await stateOf(app))

  t.match(
    organizations.filter((one: { org_id: string }) => [org_id, other].includes(one.org_id)),
    [
      { org_id, name: 'Acme' },
      { org_id: other, name: other },
    ],
  )
})

t.test('POST /_fake/organizations rejects invalid bodies', async (t) => {
  const { send } = await startFake(t)
  for (const body of [{ name: '' }, { name: 5 }, { nmae: 'x' }, [], 'x', { name: 'x'.repeat(201) }]) {
    t.equal((await send('POST', '/_fake/organizations', body)).statusCode, 422, JSON.stringify(body))
  }
})

t.test('POST /_fake/keys/revoke answers 404 for an invalid key', async (t) => {
  const { send } = await startFake(t)
  for (const key of ['cog_wrong', 'apk_wrong']) {
    const res = await send('POST', '/_fake/keys/revoke', { key })
    t.same([res.statusCode, res.json()], [404, { detail: 'Key not found' }])
  }
  t.equal((await send('POST', '/_fake/keys/revoke', {})).statusCode, 422)
})

const OTHER_ORG = `org-${'b2'.repeat(16)}`

/** Starts a fake with a fault, a rule, a request and a snapshot for each of two organizations and without one. */
async function startWithThreeOwners(t: Test) {
  const fake = await startFake(t)
  const { app, call, send } = fake
  const created: { fault: string; rule: string }[] = []
  for (const owner of [{ org_id: DEFAULT_ORG_ID }, { org_id: OTHER_ORG }, {}]) {
    const fault = (await send('POST', '/_fake/faults', { ...owner, path: '/never', status: 500 })).json()
    const rule = (
      await send('POST', '/_fake/scenarios', { ...owner, name: 'mine', scenario: 'never' })
    ).json()
    await send('POST', '/_fake/snapshots', { ...owner, name: 'x' })
    created.push({ fault: fault.id, rule: rule.id })
  }
  for (const key of [KEY, OTHER_ORG_KEY, '']) {
    await call('GET', '/v1/secrets', { headers: { authorization: `Bearer ${key}` } })
  }
  const remaining = async () => {
    const owners = async (url: string, member: string) => {
      const items: { org_id: string | null }[] = (await app.inject(url)).json()[member]
      return items.map(({ org_id }) => org_id).sort()
    }
    return {
      faults: await owners('/_fake/faults', 'faults'),
      scenarios: await owners('/_fake/scenarios', 'rules'),
      requests: await owners('/_fake/requests', 'requests'),
      snapshots: await owners('/_fake/snapshots', 'snapshots'),
    }
  }
  return { ...fake, created, remaining }
}

t.test('DELETE accepts org_id in the body', async (t) => {
  const { send, remaining } = await startWithThreeOwners(t)
  const all = [DEFAULT_ORG_ID, OTHER_ORG, null].sort()
  t.same(await remaining(), { faults: all, scenarios: all, requests: all, snapshots: all })

  for (const path of ['faults', 'scenarios', 'requests', 'snapshots/x']) {
    t.equal((await send('DELETE', `/_fake/${path}`, { org_id: OTHER_ORG })).statusCode, 204, path)
  }

  const others = [DEFAULT_ORG_ID, null].sort()
  t.same(await remaining(), { faults: others, scenarios: others, requests: others, snapshots: others })
})

t.test('DELETE with an invalid body removes nothing', async (t) => {
  const { send, remaining } = await startWithThreeOwners(t)
  const before = await remaining()

  for (const body of [{ orgid: OTHER_ORG }, { org_id: 5 }, { org_id: null }, [], 'x']) {
    for (const path of ['faults', 'faults/x', 'scenarios', 'scenarios/x', 'requests', 'snapshots/x']) {
      t.equal(
        (await send('DELETE', `/_fake/${path}`, body)).statusCode,
        422,
        `${path} ${JSON.stringify(body)}`,
      )
    }
  }

  t.same(await remaining(), before)
})

t.test('a different org_id in query and body is rejected', async (t) => {
  const { send, remaining } = await startWithThreeOwners(t)
  const before = await remaining()

  const refused = await send('DELETE', `/_fake/faults?org_id=${OTHER_ORG}`, { org_id: DEFAULT_ORG_ID })

  t.equal(refused.statusCode, 422)
  t.match(refused.json(), { detail: [{ loc: ['body', 'org_id'], input: DEFAULT_ORG_ID }] })
  t.same(await remaining(), before)
  const same = await send('DELETE', `/_fake/faults?org_id=${OTHER_ORG}`, { org_id: OTHER_ORG })
  t.equal(same.statusCode, 204)
})

t.test('with an org_id, faults and rules of other organizations answer 404', async (t) => {
  const { app, send, created } = await startWithThreeOwners(t)
  const [own, other, forAll] = created
  const found = async (id = '') => (await app.inject(`/_fake/faults/${id}?org_id=${OTHER_ORG}`)).statusCode

  t.same([await found(own?.fault), await found(other?.fault), await found(forAll?.fault)], [404, 200, 200])
  for (const path of [
    `faults/${own?.fault}`,
    `faults/${forAll?.fault}`,
    `scenarios/${own?.rule}`,
    `scenarios/${forAll?.rule}`,
  ]) {
    t.equal((await send('DELETE', `/_fake/${path}`, { org_id: OTHER_ORG })).statusCode, 404, path)
  }
  for (const path of [`faults/${other?.fault}`, `scenarios/${other?.rule}`]) {
    t.equal((await send('DELETE', `/_fake/${path}`, { org_id: OTHER_ORG })).statusCode, 204, path)
  }
})

t.test('with an org_id, the key of another organization answers 404 and stays valid', async (t) => {
  const { call, send } = await startFake(t)

  const refused = await send('POST', '/_fake/keys/revoke', { key: KEY, org_id: OTHER_ORG })

  t.same([refused.statusCode, (await call('GET', '/v1/secrets')).statusCode], [404, 200])
  const revoked = await send('POST', '/_fake/keys/revoke', { key: KEY, org_id: DEFAULT_ORG_ID })
  t.same([revoked.statusCode, (await call('GET', '/v1/secrets')).statusCode], [204, 403])
})
