import t from 'tap'
import { NOW, startFake } from '../../fake.ts'
import { aServer, stateOf } from '../../state/worlds.ts'

for (const strict of [false, true]) {
  const mode = strict ? 'strict' : 'open'

  t.test(
    `POST /_fake/organizations gives a fresh organization with two keys that work (${mode} keys)`,
    async (t) => {
      const app = await aServer(t, { strict })

      const res = await app.inject({ method: 'POST', url: '/_fake/organizations' })

      t.equal(res.statusCode, 201)
      const { org_id, keys } = res.json()
      t.match(org_id, /^org-[0-9a-f]{32}$/)
      t.match(keys, { personal: /^apk_user_/, service: /^apk_(?!user_)/ })
      for (const [kind, key] of Object.entries(keys)) {
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

  t.test(`POST /_fake/keys/revoke makes a key bad, and only that one (${mode} keys)`, async (t) => {
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
  const asIt = { headers: { authorization: `Bearer ${keys.service}` } }
  await send('PUT', '/_fake/clock', { org_id, now: '2030-01-01T00:00:00Z' })
  await send('POST', '/_fake/scenarios', { org_id, name: 'own', scenario: 'never' })
  const create = { method: 'POST', url: '/v1/sessions', payload: { prompt: '[fake:own]' } } as const

  const { session_id } = (await app.inject({ ...create, ...asIt })).json()

  const { created_at } = (await app.inject({ url: `/v1/sessions/${session_id}`, ...asIt })).json()
  t.equal(created_at, '2030-01-01T00:00:00.000000Z')
  t.equal(organization.clock.now(), NOW)
  t.equal((await send('POST', '/v1/sessions', create.payload)).statusCode, 422)
  t.same(await organization.sessions.list(), [])
})

t.test('an organization has the name it was given, else its id', async (t) => {
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

t.test('what is no organization is refused', async (t) => {
  const { send } = await startFake(t)
  for (const body of [{ name: '' }, { name: 5 }, { nmae: 'x' }, [], 'x', { name: 'x'.repeat(201) }]) {
    t.equal((await send('POST', '/_fake/organizations', body)).statusCode, 422, JSON.stringify(body))
  }
})

t.test('a key that is no good cannot be revoked', async (t) => {
  const { send } = await startFake(t)
  for (const key of ['cog_x', 'apk_wrong']) {
    const res = await send('POST', '/_fake/keys/revoke', { key })
    t.same([res.statusCode, res.json()], [404, { detail: 'Key not found' }])
  }
  t.equal((await send('POST', '/_fake/keys/revoke', {})).statusCode, 422)
})
