// Tests src/organization/api-keys.ts and service-users.ts under concurrent changes.
import t from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { ENTERPRISE_ID } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { createApiKey, revokeApiKey, rotateApiKey } from '../../src/organization/api-keys.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { createServiceUser, deleteServiceUser } from '../../src/organization/service-users.ts'
import { newState } from '../../src/organization/state.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock } from '../fake.ts'
import { aServicePrincipal } from '../records.ts'

const principal = aServicePrincipal({ generation: 'v3' })

/** Returns a service user of the enterprise with one key, and how to change both. */
async function startServiceUser() {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const { enterprise } = organizations
  const keys = new KeyRegistry({ strict: true })
  const fields = { name: 'x', roleId: 'account_admin', ttlSeconds: 60 }
  const { serviceUser } = await createServiceUser(enterprise, principal, keys, fields)
  const { id: serviceUserId } = serviceUser
  const create = () =>
    createApiKey(organizations, principal, keys, serviceUserId, { name: 'k', expiresAt: null })
  const idsOf = (apiKeyId: string) => ({ serviceUserId, apiKeyId })
  return {
    organizations,
    keys,
    create,
    createUser: () => createServiceUser(enterprise, principal, keys, fields),
    count: async () => (await enterprise.apiKeys.list()).length,
    rotate: (id: string, revokesCurrent = true) =>
      rotateApiKey(organizations, principal, keys, idsOf(id), { expiresAt: null, revokesCurrent }),
    revoke: (id: string) => revokeApiKey(organizations, principal, keys, idsOf(id)),
    remove: () => deleteServiceUser(organizations, principal, keys, serviceUserId),
  }
}

const isNotFound = (resource: string) => ({ status: 'rejected', reason: { name: 'NotFound', resource } })

t.test('only the first of concurrent rotations that revoke a key succeeds', async (t) => {
  const { keys, create, count, rotate } = await startServiceUser()
  const { id, token } = await create()

  const [first, second] = await Promise.allSettled([rotate(id), rotate(id)])

  t.match(second, isNotFound('api_key'))
  t.equal(await count(), 2, 'the first key of the service user, and the new one')
  t.equal(keys.principalOf(token), undefined)
  t.ok(first.status === 'fulfilled' && keys.principalOf(first.value.token))
})

t.test('concurrent rotations of a key that stays valid all succeed', async (t) => {
  const { create, count, rotate } = await startServiceUser()
  const { id } = await create()

  await Promise.all([rotate(id, false), rotate(id, false)])

  t.equal(await count(), 4)
})

t.test(
  'concurrent revocations of a key, or deletions of a service user: only the first succeeds',
  async (t) => {
    const { create, count, revoke, remove } = await startServiceUser()
    const { id } = await create()

    const revocations = await Promise.allSettled([revoke(id), revoke(id)])
    t.match(revocations, [{ status: 'fulfilled' }, isNotFound('api_key')])
    const deletions = await Promise.allSettled([remove(), remove()])
    t.match(deletions, [{ status: 'fulfilled' }, isNotFound('service_user')])
    t.equal(await count(), 0)
  },
)

t.test('a service user that is deleted while a key is created for it has no key', async (t) => {
  const { create, count, remove } = await startServiceUser()

  const [deletion, creation] = await Promise.allSettled([remove(), create()])

  t.equal(deletion.status, 'fulfilled')
  t.match(creation, isNotFound('service_user'))
  t.equal(await count(), 0)
})

t.test('keys that are created while the state is replaced are invalid afterwards', async (t) => {
  const { organizations, keys, create, createUser } = await startServiceUser()
  const known = keys.known()

  const creations = Promise.allSettled([create(), createUser()])
  await organizations.restore(newState(ENTERPRISE_ID, organizations.clock.state()))

  t.match(await creations, [isNotFound('service_user'), isNotFound('service_user')])
  t.same(keys.known(), known)
})
