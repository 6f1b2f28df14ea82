import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import {
  DEFAULT_ORG_ID,
  DEFAULT_SERVICE_USER,
  DEFAULT_USER,
  ENTERPRISE_ID,
} from '../../../src/auth/principal.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { organizationIdOf } from '../../../src/hooks/authenticate.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock } from '../../fake.ts'
import { startV3 } from '../../v3.ts'

const MEMBERS = '/v3/enterprise/members'
const SERVICE_USERS = `${MEMBERS}/service-users`
const ORG_MEMBERS = `/v3/enterprise/organizations/${DEFAULT_ORG_ID}/members`
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

async function startMembers(t: Parameters<typeof startV3>[0], options: Parameters<typeof startV3>[1] = {}) {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const keys = new KeyRegistry()
  const fake = await startV3(t, { organizations, keys, ...options })
  const { v3 } = fake
  const json = async (...request: Parameters<typeof v3>) => (await v3(...request)).json()
  const answer = async (...request: Parameters<typeof v3>) => {
    const response = await v3(...request)
    return [response.statusCode, response.json().detail]
  }
  return {
    ...fake,
    organizations,
    keys,
    json,
    answer,
    list: async (path: string) => (await json('GET', path)).items,
    provision: (role: string, path = '/v3/enterprise/service-users') =>
      json('POST', path, { name: 'Bot', role_id: role, ttl_seconds: 3600 }),
    newOrganization: async (name: string): Promise<string> =>
      (await json('POST', '/v3/enterprise/organizations', { name })).org_id,
    /** Returns the statuses of an operation of the enterprise, and of one in each organization. */
    access: async (key: string, ...orgIds: string[]) => {
      const paths = ['/v3/enterprise/organizations', ...orgIds.map((id) => `/v3/organizations/${id}/secrets`)]
      const statuses: number[] = []
      for (const path of paths) statuses.push((await v3('GET', path, undefined, bearer(key))).statusCode)
      return statuses
    },
  }
}

t.test(
  'POST /v3/enterprise/service-users creates a service user with a role in the enterprise',
  async (t) => {
    const { provision, answer, json, access } = await startMembers(t)

    const { service_user: user, token } = await provision('account_admin')

    t.same(user.role_assignments, [
      { role: { role_name: 'Admin', role_id: 'account_admin', role_type: 'enterprise' }, org_id: null },
    ])
    t.same(await access(token, DEFAULT_ORG_ID, 'org-unknown'), [200, 200, 404])
    t.same(await json('GET', `${SERVICE_USERS}/${user.service_user_id}`), user)
    const post = (role: string, key?: string) =>
      answer(
        'POST',
        '/v3/enterprise/service-users',
        { name: 'x', role_id: role, ttl_seconds: 60 },
        key === undefined ? {} : bearer(key),
      )
    t.same(await post('org_admin'), [400, 'role_id must name a role of the enterprise'])
    t.same(await post('x'), [404, 'Role not found'])
    t.equal((await post('account_admin', token))[0], 200, 'its own role')
    const member = await provision('account_member')
    t.same(await post('account_member', member.token), [403, 'Unauthorized'])
  },
)

t.test('roles decide what all keys of a service user may do, at once', async (t) => {
  const { provision, json, answer, access, newOrganization } = await startMembers(t)
  const [one, two] = [await newOrganization('one'), await newOrganization('two')]
  const { service_user: user, token } = await provision('account_member')
  const { service_user_id: id } = user
  const second = (await json('POST', `/v3/enterprise/service-users/${id}/api-keys`, { name: 'a' })).token
  const both = async () => {
    const [first, other] = [await access(token, one, two), await access(second, one, two)]
    t.same(first, other)
    return first
  }
  const inOne = `/v3/enterprise/organizations/${one}/members/service-users/${id}`

  t.same(await both(), [200, 403, 403], 'a member of the enterprise may look at it only')
  await json('POST', inOne, { role_id: 'org_member' })
  t.same(await both(), [200, 200, 403])
  t.equal((await answer('POST', '/v3/enterprise/organizations', { name: 'x' }, bearer(token)))[0], 403)
  await json('PATCH', inOne, { role_id: 'org_viewer' })
  t.same(await both(), [200, 403, 403])
  await json('PATCH', `${SERVICE_USERS}/${id}`, { role_id: 'account_admin' })
  t.same(await both(), [200, 200, 200])
  await json('PATCH', `${SERVICE_USERS}/${id}`, { role_id: 'account_member' })
  await json('PATCH', inOne, { role_id: 'org_admin' })
  t.same(await both(), [200, 200, 403])
  await json('DELETE', inOne)
  t.same(await both(), [200, 403, 403])
  const deleted = await json('DELETE', `${SERVICE_USERS}/${id}`)
  t.same(deleted, { ...user, deleted_at: 1_767_323_045 })
  t.same(await both(), [403, 403, 403])
  t.equal((await answer('GET', '/v3/self', undefined, bearer(token)))[0], 403, 'not even an open key')
})

t.test('a role in an organization does not permit operations of the enterprise on it', async (t) => {
  const { provision, json, answer } = await startMembers(t)
  const { service_user: user, token } = await provision('account_member')
  await json('POST', `${ORG_MEMBERS}/service-users/${user.service_user_id}`, { role_id: 'org_admin' })

  t.equal((await answer('GET', `${ORG_MEMBERS}/users`, undefined, bearer(token)))[0], 200)
  t.equal(
    (await answer('DELETE', `${ORG_MEMBERS}/users/${DEFAULT_USER.id}`, undefined, bearer(token)))[0],
    403,
  )
})

t.test('the permissions of a key in an organization decide for whom it may act there', async (t) => {
  const { provision, json, v3 } = await startMembers(t)
  const { service_user: user, token } = await provision('account_member')
  const inOrg = `${ORG_MEMBERS}/service-users/${user.service_user_id}`
  const impersonate = async () =>
    (
      await v3(
        'POST',
        `/v3/organizations/${DEFAULT_ORG_ID}/sessions`,
        { prompt: 'x', create_as_user_id: DEFAULT_USER.id },
        bearer(token),
      )
    ).statusCode

  await json('POST', inOrg, { role_id: 'org_member' })
  t.equal(await impersonate(), 403)
  await json('PATCH', inOrg, { role_id: 'org_admin' })
  t.equal(await impersonate(), 200)
})

t.test('requests of a service user are recorded where it has a role, else in the enterprise', async (t) => {
  const { provision, json, keys, v3, newOrganization } = await startMembers(t)
  const { service_user: user, token } = await provision('account_member')
  const orgId = await newOrganization('one')
  const role = `/v3/enterprise/organizations/${orgId}/members/service-users/${user.service_user_id}`
  await json('POST', role, { role_id: 'org_member' })
  const raw = { headers: bearer(token) } as IncomingMessage
  const ownerOf = (path: string) => organizationIdOf(keys, { raw, originalUrl: path })

  t.equal(ownerOf(`/v3/organizations/${orgId}/secrets`), orgId)
  t.equal(ownerOf('/v3/enterprise/roles'), ENTERPRISE_ID)
  t.equal(ownerOf('/v3/self'), ENTERPRISE_ID)
  t.equal((await v3('GET', '/v3/self', undefined, bearer(token))).statusCode, 200)
})

t.test(
  'a service user of an organization is one of the enterprise, too, and can get roles elsewhere',
  async (t) => {
    const { provision, json, list, access, newOrganization, answer } = await startMembers(t)
    const other = await newOrganization('other')
    const { service_user: user, token } = await provision(
      'org_member',
      `/v3/organizations/${DEFAULT_ORG_ID}/service-users`,
    )
    const { service_user_id: id } = user
    const builtIn = {
      service_user_id: DEFAULT_SERVICE_USER.id,
      name: 'Fake Service User',
      expires_at: null,
      deleted_at: null,
      role_assignments: [
        { role: { role_name: 'Admin', role_id: 'account_admin', role_type: 'enterprise' }, org_id: null },
      ],
    }

    t.same(await list(SERVICE_USERS), [builtIn, user])
    t.same(await list(`${ORG_MEMBERS}/service-users`), [user])
    t.same(await access(token, DEFAULT_ORG_ID, other), [403, 200, 403])
    const inOther = `/v3/enterprise/organizations/${other}/members/service-users`
    t.match(await json('POST', `${inOther}/${id}`, { role_id: 'org_member' }), {
      role_assignments: [{ org_id: other }],
    })
    t.match(await list(inOther), [{ service_user_id: id, role_assignments: [{ org_id: other }] }])
    t.same(await access(token, DEFAULT_ORG_ID, other), [403, 200, 200])
    t.equal((await json('GET', '/v3/self', undefined, bearer(token))).org_id, DEFAULT_ORG_ID)
    await json('DELETE', `${ORG_MEMBERS}/service-users/${id}`)
    t.same(await access(token, DEFAULT_ORG_ID, other), [403, 403, 200])
    t.match(await json('POST', `${SERVICE_USERS}/${id}`, { role_id: 'account_member' }), {
      role_assignments: [{ org_id: other }, { org_id: null }],
    })
    t.same(await access(token, DEFAULT_ORG_ID, other), [200, 403, 200])
    t.same(await answer('GET', `${ORG_MEMBERS}/service-users?first=x`), [422, 'Validation error'])
  },
)

t.test(
  'a key may not use operations without a permission in an organization where it has no role',
  async (t) => {
    const { provision, json, v3, newOrganization } = await startMembers(t)
    const [one, two] = [await newOrganization('one'), await newOrganization('two')]
    const { service_user: user, token } = await provision(
      'org_member',
      `/v3/organizations/${one}/service-users`,
    )
    const inTwo = `/v3/enterprise/organizations/${two}/members/service-users/${user.service_user_id}`
    await json('POST', inTwo, { role_id: 'org_member' })
    const status = async (orgId: string) =>
      (await v3('GET', `/v3/organizations/${orgId}/attachments/x/y`, undefined, bearer(token))).statusCode

    t.same([await status(one), await status(two), await status(DEFAULT_ORG_ID)], [404, 404, 403])
  },
)

t.test(
  'GET /v3/enterprise/members/service-users shows the expired and the deleted ones if asked to',
  async (t) => {
    const { provision, json, list, organizations, answer } = await startMembers(t)
    const [gone, expired] = [
      (await provision('account_member')).service_user,
      (await provision('account_member')).service_user,
    ]
    await json('DELETE', `${SERVICE_USERS}/${gone.service_user_id}`)
    const { clock } = organizations.enterprise
    clock.adjust({ now: clock.now() + 3600 * 1_000_000 })
    const ids = async (query = '') =>
      (await list(`${SERVICE_USERS}${query}`))
        .map((one: { service_user_id: string }) => one.service_user_id)
        .sort()

    t.same(await ids(), [DEFAULT_SERVICE_USER.id])
    t.same(
      await ids('?include_inactive=true'),
      [DEFAULT_SERVICE_USER.id, gone.service_user_id, expired.service_user_id].sort(),
    )
    t.same(await json('GET', `${SERVICE_USERS}/${expired.service_user_id}`), expired)
    for (const [method, body] of [['GET'], ['DELETE'], ['PATCH', { role_id: 'account_admin' }]] as const) {
      t.same(await answer(method, `${SERVICE_USERS}/${gone.service_user_id}`, body), [
        404,
        'Service user not found',
      ])
    }
  },
)

t.test('roles of service users are refused for unknown ones, wrong levels, and missing roles', async (t) => {
  const { provision, answer } = await startMembers(t)
  const { service_user: user } = await provision('account_member')
  const [path, inOrg] = [SERVICE_USERS, `${ORG_MEMBERS}/service-users`].map(
    (one) => `${one}/${user.service_user_id}`,
  )
  if (path === undefined || inOrg === undefined) return t.fail()

  t.same(await answer('POST', path, { role_id: 'account_admin' }), [
    409,
    'There is a role already, which can be updated',
  ])
  t.same(await answer('PATCH', path, { role_id: 'org_admin' }), [
    400,
    'role_id must name a role of the enterprise',
  ])
  t.same(await answer('PATCH', inOrg, { role_id: 'org_admin' }), [404, 'Role assignment not found'])
  t.same(await answer('DELETE', inOrg), [404, 'Service user not found'])
  t.same(await answer('POST', `${SERVICE_USERS}/x`, { role_id: 'account_admin' }), [
    404,
    'Service user not found',
  ])
  t.same(await answer('DELETE', `${SERVICE_USERS}/x`), [404, 'Service user not found'])
})

t.test('a service user loses a role once, and is deleted once, also while it is changed', async (t) => {
  const { v3, json, answer } = await startMembers(t)
  const path = `${SERVICE_USERS}/${DEFAULT_SERVICE_USER.id}`
  const inOrg = `${ORG_MEMBERS}/service-users/${DEFAULT_SERVICE_USER.id}`
  const statusesOf = async (path: string) =>
    (await Promise.all([1, 2].map(async () => (await v3('DELETE', path)).statusCode))).sort()
  await json('POST', inOrg, { role_id: 'org_member' })

  t.same(await statusesOf(inOrg), [200, 404])
  t.same(await statusesOf(path), [200, 404])
  t.same(await answer('GET', path), [404, 'Service user not found'])
})

t.test('a service user is not created without its key', async (t) => {
  const store = memoryStore({ records: 1 })
  const organizations = new Organizations({ store, clock: frozenClock, ids: randomIds })
  const { answer, list } = await startMembers(t, { organizations })

  const body = { name: 'x', role_id: 'account_admin', ttl_seconds: 60 }
  t.equal((await answer('POST', '/v3/enterprise/service-users', body))[0], 507)
  t.equal((await list(SERVICE_USERS)).length, 1)
})

t.test('the deletion of an organization removes the roles in it and its service users', async (t) => {
  const { v3, provision, json, access, keys, answer, newOrganization } = await startMembers(t)
  const orgId = await newOrganization('gone')
  const inOrg = `/v3/enterprise/organizations/${orgId}/members`
  const here = await provision('account_member')
  const there = await provision('org_member', `/v3/organizations/${orgId}/service-users`)
  const bot = here.service_user.service_user_id
  await json('POST', '/v3/enterprise/idp-groups', { idp_group_names: ['g'] })
  await json('POST', `${MEMBERS}/idp-groups/g`, { role_id: 'account_member' })
  const paths = [`users/${DEFAULT_USER.id}`, `service-users/${bot}`, 'idp-groups/g']
  for (const path of paths) await json('POST', `${inOrg}/${path}`, { role_id: 'org_member' })
  t.same(await access(here.token, orgId), [200, 200])

  t.equal((await v3('DELETE', `/v3/enterprise/organizations/${orgId}`)).statusCode, 200)

  for (const path of paths) {
    const { role_assignments: roles } = await json('GET', `${MEMBERS}/${path}`)
    t.notOk(
      roles.some((role: { org_id: string | null }) => role.org_id === orgId),
      path,
    )
  }
  t.same(await access(here.token, orgId), [200, 404])
  t.equal(keys.principalOf(there.token), undefined)
  t.equal((await answer('GET', `${SERVICE_USERS}/${there.service_user.service_user_id}`))[0], 404)
})

/** The requests of a resource of the vendor's Terraform provider, which reads all of its pages. */
interface TerraformResource {
  create(): Promise<unknown>
  update?(): Promise<unknown>
  /** Returns the role, or undefined if the resource is gone. */
  read(): Promise<string | undefined>
  destroy(): Promise<number>
}

t.test(
  'the resources of the Terraform provider go through their life cycle: create, read, update, read, delete, read again',
  async (t) => {
    const { v3, json, provision, newOrganization } = await startMembers(t)
    const orgId = await newOrganization('tf')
    const inOrg = `/v3/enterprise/organizations/${orgId}/members`
    const { service_user_id: botId } = (
      await provision('org_member', `/v3/organizations/${orgId}/service-users`)
    ).service_user
    const invited = { emails: ['ada@example.com'], enterprise_role_id: 'account_member' }
    const [{ user_id: adaId }] = await json('POST', `${MEMBERS}/users`, invited)
    await json('POST', '/v3/enterprise/idp-groups', { idp_group_names: ['g'] })

    const roleAt = async (path: string, at: string | null) => {
      const response = await v3('GET', path)
      if (response.statusCode === 404) return undefined
      const found = response
        .json()
        .role_assignments.find(({ org_id: id }: { org_id: string | null }) => id === at)
      return found?.role.role_id as string | undefined
    }
    const roleResource = (
      path: string,
      read: string,
      at: string | null,
      level: string,
    ): TerraformResource => ({
      create: () => json('POST', path, { role_id: `${level}_member` }),
      update: () => json('PATCH', path, { role_id: `${level}_admin` }),
      read: () => roleAt(read, at),
      destroy: async () => (await v3('DELETE', path)).statusCode,
    })
    const lives = async (resource: TerraformResource, name: string, level: string) => {
      await resource.create()
      t.equal(await resource.read(), `${level}_member`, name)
      await resource.update?.()
      t.equal(
        await resource.read(),
        resource.update === undefined ? `${level}_member` : `${level}_admin`,
        name,
      )
      t.equal(await resource.destroy(), 200, name)
      t.equal(await resource.read(), undefined, name)
      t.equal(await resource.destroy(), 404, name)
    }

    const groupRole = roleResource(`${MEMBERS}/idp-groups/g`, `${MEMBERS}/idp-groups/g`, null, 'account')
    const orgGroupRole = roleResource(`${inOrg}/idp-groups/g`, `${inOrg}/idp-groups/g`, orgId, 'org')
    await lives(groupRole, 'devin_enterprise_idp_group_role', 'account')
    await groupRole.create()
    await lives(orgGroupRole, 'devin_org_idp_group_role', 'org')
    await groupRole.destroy()

    const user = `${MEMBERS}/users/${adaId}`
    await lives(roleResource(`${inOrg}/users/${adaId}`, user, orgId, 'org'), 'devin_org_user_role', 'org')

    const bot = `${SERVICE_USERS}/${botId}`
    await json('DELETE', `${inOrg}/service-users/${botId}`)
    const botRole = roleResource(`${inOrg}/service-users/${botId}`, bot, orgId, 'org')
    await lives(botRole, 'devin_org_service_user_role', 'org')
    await lives(roleResource(bot, bot, null, 'account'), 'devin_enterprise_service_user_role', 'account')

    const groups = async () =>
      (await json('GET', '/v3/enterprise/idp-groups?first=100')).items.map(
        (one: { idp_group_name: string }) => one.idp_group_name,
      )
    t.same(await json('POST', '/v3/enterprise/idp-groups', { idp_group_names: ['h'] }), [
      { idp_group_name: 'h' },
    ])
    t.same(await groups(), ['g', 'h'])
    t.equal((await v3('DELETE', '/v3/enterprise/idp-groups/h')).statusCode, 200)
    t.same(await groups(), ['g'])
    t.equal((await v3('DELETE', '/v3/enterprise/idp-groups/h')).statusCode, 404)
  },
)
