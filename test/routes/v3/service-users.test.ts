import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { roleOf } from '../../../src/auth/roles.ts'
import { v3Routes } from '../../../src/routes/v3/index.ts'
import { serviceUserResponse } from '../../../src/schemas/v3/service-users.ts'
import { startV3, V3_KEY } from '../../v3.ts'

const bot = { name: 'CI Bot', role_id: 'org_member', ttl_seconds: 3600 }
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

t.test('POST /v3/organizations/{org_id}/service-users creates a service user', async (t) => {
  const { org, call } = await startV3(t)

  const created = await org('POST', '/service-users', bot)

  t.equal(created.statusCode, 200)
  const { service_user: user, token } = created.json()
  t.match(token, /^cog_[a-z2-7]{52}$/)
  t.match(user, { service_user_id: /^service-user-[0-9a-f]{32}$/ })
  t.same(user, {
    service_user_id: user.service_user_id,
    name: 'CI Bot',
    expires_at: 1_767_323_045 + 3600,
    deleted_at: null,
    role_assignments: [
      { role: { role_name: 'Member', role_id: 'org_member', role_type: 'org' }, org_id: DEFAULT_ORG_ID },
    ],
  })
  t.match((await call('GET', '/v1/audit-logs')).json(), {
    audit_logs: [{ action: 'create_service_user', resource_id: user.service_user_id }],
  })
})

t.test(
  'the key of a new service user works at once, with the permissions of its role, until it expires',
  async (t) => {
    const { org, v3, advance } = await startV3(t)
    const viewer = { ...bot, role_id: 'org_viewer' }
    const { service_user: user, token } = (await org('POST', '/service-users', viewer)).json()
    const status = async (path: string) => (await org('GET', path, undefined, bearer(token))).statusCode

    t.match((await v3('GET', '/v3/self', undefined, bearer(token))).json(), {
      service_user_id: user.service_user_id,
      service_user_name: 'CI Bot',
      org_id: DEFAULT_ORG_ID,
    })
    t.equal(await status('/consumption/daily'), 200)
    t.equal(await status('/secrets'), 403, 'not a permission of viewers')
    const other = `/v3/organizations/org-${'b2'.repeat(16)}/consumption/daily`
    t.equal((await v3('GET', other, undefined, bearer(token))).statusCode, 403, 'another organization')

    advance(3599)
    t.equal(await status('/consumption/daily'), 200)
    advance(1)
    t.equal(await status('/consumption/daily'), 403)
  },
)

t.test('the key of a service user belongs to an organization whose id is not hexadecimal, too', async (t) => {
  const { v3 } = await startV3(t)
  const { token } = (await v3('POST', '/v3/organizations/org-test/service-users', bot)).json()
  const status = async (orgId: string) =>
    (
      await v3(
        'GET',
        `/v3/organizations/${orgId}/metrics/searches?time_after=1&time_before=2`,
        undefined,
        bearer(token),
      )
    ).statusCode

  t.match(token, /^cog_[a-z2-7]{52}$/)
  t.equal(await status('org-test'), 200)
  t.equal(await status(DEFAULT_ORG_ID), 403)
})

t.test(
  'POST /v3/organizations/{org_id}/service-users refuses unknown roles, those of enterprises, and expired keys',
  async (t) => {
    const { org, organization } = await startV3(t)
    const answer = async (changes: object) => {
      const response = await org('POST', '/service-users', { ...bot, ...changes })
      return [response.statusCode, response.json().detail]
    }

    t.same(await answer({ role_id: 'x' }), [404, 'Role not found'])
    t.same(await answer({ role_id: 'account_admin' }), [400, 'role_id must name a role of an organization'])
    t.same(await answer({ ttl_seconds: 0 }), [400, 'ttl_seconds must be positive'])
    t.same(await answer({ ttl_seconds: -5 }), [400, 'ttl_seconds must be positive'])
    t.same(await answer({ ttl_seconds: 31_536_001 }), [422, 'Validation error'])
    t.same(await organization.serviceUsers.list(), [])
  },
)

t.test(
  'POST /v3/organizations/{org_id}/service-users grants only permissions that the caller has',
  async (t) => {
    const permissions = ['ManageOrgServiceUsers', ...(roleOf('org_viewer')?.permissions ?? [])]
    const { org } = await startV3(t, { keys: new KeyRegistry({ keys: [{ key: V3_KEY, permissions }] }) })

    const refused = await org('POST', '/service-users', bot)
    t.same([refused.statusCode, refused.json().detail], [403, 'Unauthorized'])
    t.equal((await org('POST', '/service-users', { ...bot, role_id: 'org_viewer' })).statusCode, 200)
  },
)

t.test(
  'an admin may call every operation of an organization or of the enterprise, and no role has ManageServiceUsers',
  async (t) => {
    for (const [name, { permission }] of Object.entries(v3Routes)) {
      const admin = name.includes('/v3/enterprise/') ? 'account_admin' : 'org_admin'
      const required = permission === null ? [] : [permission].flat()
      const isAllowed =
        required.length === 0 || required.some((one) => roleOf(admin)?.permissions.includes(one))
      t.ok(isAllowed, `${name}: ${required}`)
    }
    for (const role of ['org_admin', 'org_member', 'org_viewer', 'account_admin', 'account_member']) {
      t.notOk(roleOf(role)?.permissions.includes('ManageServiceUsers'))
    }
  },
)

t.test('a state document has service users and, if it reveals them, their keys', async (t) => {
  const { org, call, send } = await startV3(t)
  const { token } = (await org('POST', '/service-users', bot)).json()
  const state = async (query = '') => (await call('GET', `/_fake/state${query}`)).json()

  const [hidden] = (await state()).organizations
  t.match(hidden.service_users, [
    {
      name: 'CI Bot',
      role_assignments: [{ role_id: 'org_member', org_id: DEFAULT_ORG_ID }],
      expires_at: '2026-01-02T04:04:05.678901Z',
    },
  ])
  t.notMatch(JSON.stringify(hidden), token)
  const revealed = await state('?reveal=true')
  t.match(revealed.organizations[0].api_keys, [{ token, expires_at: '2026-01-02T04:04:05.678901Z' }])
  t.equal((await send('PUT', '/_fake/state', revealed)).statusCode, 204)
  t.same(await state('?reveal=true'), revealed)
  t.equal((await org('GET', '/secrets', undefined, bearer(token))).statusCode, 200)
})

t.test('a service user that never expires has no time of expiry', async (t) => {
  const user = {
    id: 'service-user-1',
    name: 'x',
    roles: [],
    expiresAt: null,
    deletedAt: null,
    createdAt: 0,
    createdBy: null,
  }

  t.match(serviceUserResponse(user, DEFAULT_ORG_ID), { expires_at: null, deleted_at: null })
})

t.test('a seed of service users needs names and roles of organizations only', async (t) => {
  const { call, send } = await startV3(t)
  const put = async (user: object) =>
    (await send('PUT', '/_fake/state', { organizations: [{ service_users: [user] }] })).statusCode

  t.equal(await put({ name: 'x', role_id: 'account_admin' }), 422)
  t.equal(await put({ name: 'x', role_id: 'y' }), 422)
  t.equal(await put({ name: 'x' }), 204)
  t.match((await call('GET', '/_fake/state')).json().organizations[0].service_users, [
    {
      id: /^service-user-/,
      role_assignments: [{ role_id: 'org_member', org_id: DEFAULT_ORG_ID }],
      expires_at: null,
      created_by: null,
    },
  ])
  t.equal(await put({ name: 'x', role_id: 'org_admin', role_assignments: [] }), 422, 'the same twice')
  t.equal(await put({ name: 'x', role_id: 'org_admin' }), 204)
  t.equal(await put({ name: 'x', role_assignments: [], deleted_at: '2026-01-01T00:00:00Z' }), 204)
  t.match((await call('GET', '/_fake/state')).json().organizations[0].service_users, [
    { role_assignments: [], deleted_at: '2026-01-01T00:00:00.000000Z' },
  ])
})
