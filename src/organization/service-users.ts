import { mintCogKeys } from '../auth/cog-keys.ts'
import type { KeyRegistry } from '../auth/keys.ts'
import { ENTERPRISE_ID, type Principal } from '../auth/principal.ts'
import type { ServiceUserRecord } from '../resources/service-users.ts'
import { changeOrCreate } from './change-or-create.ts'
import { ownersIn } from './enterprise-scope.ts'
import { Impossible, NotFound } from './errors.ts'
import { grantableRole, isMember, type Members, type Membership, requireGrantable } from './membership.ts'
import type { Organization, Organizations } from './organizations.ts'
import {
  apiKeysOf,
  BUILT_IN_SERVICE_USER as BUILT_IN,
  type OwnedServiceUser,
  registerApiKeys,
  revokeApiKeys,
  serviceUserIn,
} from './service-user-keys.ts'

/** The fields of a new service user. */
export interface NewServiceUser {
  readonly name: string
  readonly roleId: string
  /** The number of seconds until its key expires. */
  readonly ttlSeconds: number
}

/** A new service user and its key, which is not shown again. */
export interface CreatedServiceUser {
  readonly serviceUser: ServiceUserRecord
  readonly token: string
}

/**
 * Creates a service user of an organization, or of the enterprise, and registers its key, which is valid at once. Throws NotFound for
 * an unknown role or an organization that is deleted meanwhile, NotPermitted for a role with permissions that the principal lacks, and
 * {@link Impossible} for one of another level or a key that would have expired.
 */
export async function createServiceUser(
  owner: Organization,
  principal: Principal,
  keys: KeyRegistry,
  { name: given, roleId, ttlSeconds }: NewServiceUser,
): Promise<CreatedServiceUser> {
  const { ids, clock, auditLog } = owner
  const orgId = owner.orgId === ENTERPRISE_ID ? null : owner.orgId
  const role = grantableRole(principal, roleId, orgId)
  if (ttlSeconds <= 0) throw new Impossible('ttl_seconds must be positive')
  const name = given.toWellFormed()
  const createdAt = clock.now()
  const serviceUser: ServiceUserRecord = {
    id: `service-user-${ids.hex()}`,
    name,
    roles: [{ roleId: role.id, orgId }],
    expiresAt: createdAt + ttlSeconds * 1_000_000,
    deletedAt: null,
    createdAt,
    createdBy: principal.actor,
  }
  const { service: token } = mintCogKeys(owner.orgId, ids)
  await owner.serviceUsers.insert(serviceUser)
  try {
    const { id: serviceUserId, expiresAt } = serviceUser
    await owner.apiKeys.insert({
      id: `api-key-${ids.hex()}`,
      serviceUserId,
      name,
      token,
      expiresAt,
      createdAt,
    })
  } catch (error) {
    await owner.serviceUsers.delete(serviceUser.id)
    throw error
  }
  // The organization may have been deleted meanwhile.
  if (!(await registerApiKeys(owner, keys, serviceUser.id))) throw new NotFound('service_user')
  auditLog.write(principal, 'create_service_user', serviceUser.id)
  return { serviceUser, token }
}

/** Returns the service users that are members; with `includeInactive` also those that have expired or were deleted. */
export async function listServiceUsers(
  membership: Membership,
  includeInactive: boolean,
): Promise<ServiceUserRecord[]> {
  const { organizations } = membership
  const lists = await Promise.all(
    ownersIn(organizations).map(({ serviceUsers, clock }) =>
      serviceUsers.list({ where: (user) => includeInactive || isActive(user, clock.now()) }),
    ),
  )
  const stored = await organizations.enterprise.serviceUsers.get(BUILT_IN.id)
  return [...(stored === undefined ? [BUILT_IN] : []), ...lists.flat()].filter(({ roles }) =>
    isMember(membership, roles),
  )
}

/** Returns a service user that is not deleted, with its owner. Throws {@link NotFound}. */
export async function findServiceUser(organizations: Organizations, id: string): Promise<OwnedServiceUser> {
  for (const owner of ownersIn(organizations)) {
    const serviceUser = await serviceUserIn(owner, id)
    if (serviceUser?.deletedAt === null) return { owner, serviceUser }
  }
  throw new NotFound('service_user')
}

/** Returns the service users that are not deleted. A change of their roles applies to their keys. */
export function serviceUsersIn(membership: Membership, keys: KeyRegistry): Members<ServiceUserRecord> {
  return {
    kind: 'service_user',
    membership,
    idOf: ({ id }) => id,
    async get(id) {
      const { serviceUser } = await findServiceUser(membership.organizations, id)
      if (!isMember(membership, serviceUser.roles)) throw new NotFound('service_user')
      return serviceUser
    },
    async changeRoles(id, change) {
      const found = await findServiceUser(membership.organizations, id)
      const changed = await changeServiceUser(found, (before) => ({ ...before, roles: change(before.roles) }))
      await registerApiKeys(found.owner, keys, id)
      return changed
    },
  }
}

/**
 * Deletes a service user, and revokes its keys. Throws {@link NotFound}, NotPermitted for one with permissions that the principal lacks,
 * and StoreFullError, after which it is as before.
 */
export async function deleteServiceUser(
  organizations: Organizations,
  principal: Principal,
  keys: KeyRegistry,
  id: string,
): Promise<ServiceUserRecord> {
  const { auditLog } = organizations.enterprise
  const found = await findServiceUser(organizations, id)
  const deletedAt = found.owner.clock.now()
  const deleted = await changeServiceUser(found, (before) => {
    requireGrantable(principal, before.roles)
    return { ...before, deletedAt }
  })
  try {
    await revokeApiKeys(found.owner, keys, await apiKeysOf(found.owner, id))
  } catch (error) {
    // The keys do not fit into the list of the revoked ones.
    await found.owner.serviceUsers.update(id, () => found.serviceUser)
    throw error
  }
  auditLog.write(principal, 'delete_service_user', deleted.id)
  return deleted
}

function changeServiceUser(
  { owner, serviceUser }: OwnedServiceUser,
  change: (before: ServiceUserRecord) => ServiceUserRecord,
): Promise<ServiceUserRecord> {
  return changeOrCreate(owner.serviceUsers, serviceUser, (before) => {
    if (before.deletedAt !== null) throw new NotFound('service_user')
    return change(before)
  })
}

function isActive({ expiresAt, deletedAt }: ServiceUserRecord, now: number): boolean {
  return deletedAt === null && (expiresAt === null || expiresAt > now)
}
