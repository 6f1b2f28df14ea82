// Operations of the enterprise that run during its replacement write to the audit log of the replaced one.
import t from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { ENTERPRISE_ID } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { createApiKey, revokeApiKey, rotateApiKey } from '../../src/organization/api-keys.ts'
import {
  createOrganization,
  deleteOrganization,
  updateOrganization,
} from '../../src/organization/enterprise-organizations.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { createServiceUser, deleteServiceUser } from '../../src/organization/service-users.ts'
import { newState } from '../../src/organization/state.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock } from '../fake.ts'
import { aServicePrincipal } from '../records.ts'

const principal = aServicePrincipal({ generation: 'v3' })

t.test('the audit log of a new enterprise has no entries of the old one', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const { enterprise } = organizations
  const keys = new KeyRegistry()
  const user = { name: 'x', roleId: 'account_member', ttlSeconds: 60 }
  const newUser = async () => (await createServiceUser(enterprise, principal, keys, user)).serviceUser.id
  const serviceUserId = await newUser()
  const fields = { name: 'k', expiresAt: null }
  const newKey = async () => {
    const { id: apiKeyId } = await createApiKey(organizations, principal, keys, serviceUserId, fields)
    return { serviceUserId, apiKeyId }
  }
  const [revoked, rotated] = [await newKey(), await newKey()]
  const deleted = await newUser()
  const [changed, removed] = [organizations.create('org-1'), organizations.create('org-2')]

  const requests = Promise.allSettled([
    createOrganization(organizations, principal, { name: 'x' }),
    updateOrganization(organizations, principal, changed.orgId, { name: 'x' }),
    deleteOrganization(organizations, principal, keys, removed.orgId),
    rotateApiKey(organizations, principal, keys, rotated, { expiresAt: null, revokesCurrent: false }),
    revokeApiKey(organizations, principal, keys, revoked),
    deleteServiceUser(organizations, principal, keys, deleted),
  ])
  await organizations.restore(newState(ENTERPRISE_ID, organizations.clock.state()))
  await requests

  t.same(await organizations.enterprise.auditLog.list(), [])
  const actions = (await enterprise.auditLog.list()).map(({ action }) => action)
  t.has(new Set(actions), new Set(['create_org', 'update_org', 'delete_org', 'revoke_service_user_api_key']))
})
