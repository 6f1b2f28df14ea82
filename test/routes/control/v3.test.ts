// The control plane and the keys of v3.
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { startFake } from '../../fake.ts'
import { aServer } from '../../state/server.ts'
import { startV3 } from '../../v3.ts'

for (const strict of [false, true]) {
  const mode = strict ? 'strict' : 'open'

  t.test(
    `POST /_fake/organizations creates an organization with two valid keys of v3 (${mode} keys)`,
    async (t) => {
      const app = await aServer(t, { strict })

      const { org_id, keys } = (await app.inject({ method: 'POST', url: '/_fake/organizations' })).json()

      t.same(Object.keys(keys), ['personal', 'service', 'v3'])
      t.same(Object.keys(keys.v3), ['personal', 'service'])
      for (const key of Object.values(keys.v3)) {
        t.match(key, /^cog_[a-z2-7]{52}$/)
        const secrets = async (orgId: string) => {
          const url = `/v3/organizations/${orgId}/secrets`
          return (await app.inject({ url, headers: { authorization: `Bearer ${key}` } })).statusCode
        }
        t.same([await secrets(org_id), await secrets(DEFAULT_ORG_ID)], [200, 403])
      }
    },
  )

  t.test(`POST /_fake/keys/revoke makes only the given v3 key invalid (${mode} keys)`, async (t) => {
    const app = await aServer(t, { strict })
    const { org_id, keys } = (await app.inject({ method: 'POST', url: '/_fake/organizations' })).json()
    const status = async (key: string) =>
      (await app.inject({ url: '/v3/self', headers: { authorization: `Bearer ${key}` } })).statusCode
    const payload = { key: keys.v3.personal, org_id }
    t.same([await status(keys.v3.personal), await status(keys.v3.service)], [200, 200])

    const res = await app.inject({ method: 'POST', url: '/_fake/keys/revoke', payload })

    t.equal(res.statusCode, 204)
    t.same([await status(keys.v3.personal), await status(keys.v3.service)], [403, 200])
    const again = await app.inject({ method: 'POST', url: '/_fake/keys/revoke', payload })
    t.equal(again.statusCode, 404)
  })
}

t.test('an open v3 key is revoked for all organizations, and only without a foreign org_id', async (t) => {
  const { v3, send } = await startV3(t)
  const status = async () => (await v3('GET', '/v3/organizations/org-test/secrets')).statusCode

  const foreign = await send('POST', '/_fake/keys/revoke', { key: 'cog_test', org_id: 'org-test' })
  t.same([foreign.statusCode, await status()], [404, 200])
  t.equal((await send('POST', '/_fake/keys/revoke', { key: 'cog_test' })).statusCode, 204)
  t.equal(await status(), 403)
})

t.test('GET /_fake/openapi.json has the keys of v3', async (t) => {
  const { app } = await startFake(t)

  const { schemas } = (await app.inject('/_fake/openapi.json')).json().components

  t.match(schemas.Organization.properties.keys.properties.v3, {
    required: ['personal', 'service'],
  })
})

t.test('a state document shows the keys of v3 with their permissions, and accepts them', async (t) => {
  const { app, send } = await startFake(t)
  const key = {
    key: 'cog_registered',
    user: { id: 'service-user-1', email: null, name: 'CI' },
    permissions: ['ManageOrgSecrets'],
    expires_at: '2026-06-01T00:00:00.000000Z',
  }
  const put = await send('PUT', '/_fake/state', { organizations: [{ org_id: 'org-test', keys: [key] }] })
  t.equal(put.statusCode, 204)

  const { organizations } = (await app.inject('/_fake/state?reveal=true')).json()

  t.same(organizations[0].keys, [key])
  const status = async (path: string) => {
    const url = `/v3/organizations/org-test/${path}`
    return (await app.inject({ url, headers: { authorization: 'Bearer cog_registered' } })).statusCode
  }
  t.same([await status('secrets'), await status('playbooks')], [200, 403])
  await send('POST', '/_fake/clock/advance', { org_id: 'org-test', seconds: 200 * 86_400 })
  t.equal(await status('secrets'), 403)
})
