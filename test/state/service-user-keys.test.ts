// Keys of service users after resets, and in state documents: src/state/decode-keys.ts, src/auth/keys.ts.
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../src/auth/principal.ts'
import { aServer, json, putState, stateOf } from './server.ts'

const ORG = `org-${'a1'.repeat(16)}`
const MEMBERS = `/v3/enterprise/organizations/${ORG}/members/service-users`

const SERVICE_USER = { name: 'x', role_id: 'org_admin', ttl_seconds: 60 }

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

const post = (app: FastifyInstance, url: string, body: object, method: 'POST' | 'PATCH' = 'POST') => {
  const headers = { 'content-type': 'application/json', ...bearer('cog_open') }
  return app.inject({ ...json(body), method, url, headers })
}

/** Returns a server with a service user of an organization, and how to see whether its key is valid. */
async function startWithServiceUser(t: Test) {
  const app = await aServer(t)
  const create = async () => (await post(app, `/v3/organizations/${ORG}/service-users`, SERVICE_USER)).json()
  const created = await create()
  const token: string = created.token
  const secrets = (method: 'GET' | 'POST' = 'GET') =>
    app.inject({
      method,
      url: `/v3/organizations/${ORG}/secrets`,
      ...json({ key: 'K', value: 'v', type: 'key-value', is_sensitive: true }),
      headers: { ...bearer(token), 'content-type': 'application/json' },
    })
  return {
    app,
    create,
    token,
    id: created.service_user.service_user_id as string,
    /** The status of reading secrets with the key. */
    status: async () => (await secrets()).statusCode,
    /** The status of creating one. */
    writeStatus: async () => (await secrets('POST')).statusCode,
  }
}

t.test('a reset of an organization invalidates the keys of its service users', async (t) => {
  const { app, create, status, token } = await startWithServiceUser(t)
  t.equal(await status(), 200)

  await post(app, '/_fake/reset', { org_id: ORG })

  t.equal(await status(), 403)
  t.notMatch(await stateOf(app), token)
  t.equal((await create()).token, token, 'ids are as at the start')
  t.equal(await status(), 200, 'the key of a new service user is valid')
})

t.test('a reset of another organization does not invalidate the keys of service users', async (t) => {
  const { app, status } = await startWithServiceUser(t)

  await post(app, '/_fake/reset', { org_id: DEFAULT_ORG_ID })

  t.equal(await status(), 200)
})

t.test('a state without an organization invalidates the keys of its service users', async (t) => {
  const { app, status } = await startWithServiceUser(t)
  const { organizations, ...rest } = JSON.parse(await stateOf(app, ''))

  const others = organizations.filter(({ org_id }: { org_id: string }) => org_id !== ORG)
  t.same(await putState(app, { ...rest, organizations: others }), [204, ''])

  t.equal(await status(), 403)
})

t.test('a state with an organization but without its service user invalidates the key', async (t) => {
  const { app, status } = await startWithServiceUser(t)

  t.same(await putState(app, { organizations: [{ org_id: ORG }] }, `?org_id=${ORG}`), [204, ''])

  t.equal(await status(), 403)
})

t.test('the keys of service users follow their records after a state without tokens', async (t) => {
  const { app, id, status, writeStatus, token } = await startWithServiceUser(t)
  const hidden = JSON.parse(await stateOf(app, ''))
  t.notMatch(JSON.stringify(hidden), token)

  t.same(await putState(app, hidden), [204, ''])

  t.equal(await writeStatus(), 200)
  await post(app, `${MEMBERS}/${id}`, { role_id: 'org_viewer' }, 'PATCH')
  t.equal(await writeStatus(), 403, 'a viewer may not')
  t.equal(
    (
      await app.inject({
        method: 'DELETE',
        url: `/v3/enterprise/members/service-users/${id}`,
        headers: bearer('cog_open'),
      })
    ).statusCode,
    200,
  )
  t.equal(await status(), 403)
})

t.test('a token that a document gives to another key is not taken from the record', async (t) => {
  const { app, token, id } = await startWithServiceUser(t)
  const document = JSON.parse(await stateOf(app))
  const organization = document.organizations.find(({ org_id }: { org_id: string }) => org_id === ORG)
  const [{ token: _, ...before }] = organization.api_keys
  organization.api_keys = [before, { id: 'api-key-other', service_user_id: id, name: 'y', token }]

  t.same(await putState(app, document), [204, ''])

  const after = JSON.parse(await stateOf(app))
  const { api_keys: keys } = after.organizations.find(({ org_id }: { org_id: string }) => org_id === ORG)
  t.match(keys, [{ token: '' }, { id: 'api-key-other', token }])
})

t.test('a document with a token replaces that of the record', async (t) => {
  const { app, status, token } = await startWithServiceUser(t)
  const document = (await stateOf(app)).replace(token, 'cog_replaced')

  t.same(await putState(app, document), [204, ''])

  t.equal(await status(), 403)
  t.equal(await stateOf(app), document)
})

t.test('a revealed state has the keys of service users once, in `api_keys`', async (t) => {
  const { app, token } = await startWithServiceUser(t)
  const state = await stateOf(app)

  t.equal(state.split(token).length, 2)
  t.same(await putState(app, state), [204, ''])
  t.equal(await stateOf(app), state)
})

t.test('a state of one organization may have a key that contains no organization', async (t) => {
  const app = await aServer(t, { strict: true })
  const api_keys = [{ service_user_id: 'service-user-1', name: 'k', token: 'cog_handwritten' }]
  const organization = { org_id: ORG, service_users: [{ id: 'service-user-1', name: 'x' }], api_keys }

  t.same(await putState(app, { organizations: [organization] }, `?org_id=${ORG}`), [204, ''])

  const self = await app.inject({ url: '/v3/self', headers: bearer('cog_handwritten') })
  t.match(self.json(), { service_user_id: 'service-user-1', org_id: ORG })
})

t.test('one token for service users of two organizations is rejected', async (t) => {
  const app = await aServer(t)
  const organization = (org_id: string) => ({
    org_id,
    service_users: [{ id: 'service-user-1', name: 'x' }],
    api_keys: [{ service_user_id: 'service-user-1', name: 'k', token: 'cog_shared' }],
  })

  const [status, body] = await putState(app, {
    organizations: [organization(ORG), organization(ENTERPRISE_ID)],
  })

  t.equal(status, 422)
  t.match(JSON.parse(body).detail, [
    {
      loc: ['body', 'organizations', 1, 'api_keys', 0, 'token'],
      msg: 'Value error, the same token as that of organizations.0.api_keys.0',
    },
  ])
  t.notMatch(body, 'cog_shared')
})

t.test('a deleted organization is not in the state because of the keys of its service users', async (t) => {
  const { app } = await startWithServiceUser(t)
  const { statusCode } = await app.inject({
    method: 'DELETE',
    url: `/v3/enterprise/organizations/${ORG}`,
    headers: bearer('cog_open'),
  })

  t.equal(statusCode, 200)
  const { organizations } = JSON.parse(await stateOf(app))
  t.notOk(organizations.some(({ org_id }: { org_id: string }) => org_id === ORG))
})
