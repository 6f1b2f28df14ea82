import { mintCogKeys } from '../auth/cog-keys.ts'
import type { KeyRegistry } from '../auth/keys.ts'
import { type Principal, serviceUserOf } from '../auth/principal.ts'
import { roleOf } from '../auth/roles.ts'
import type { ServiceUserRecord } from '../resources/service-users.ts'
import { Impossible, NotFound, NotPermitted } from './errors.ts'
import type { Organization } from './organizations.ts'

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
 * Creates a service user and registers its key, which is valid at once. Throws {@link NotFound} for an unknown role,
 * {@link NotPermitted} for one with permissions that the principal lacks, and {@link Impossible} for one of an enterprise or a
 * key that would have expired.
 */
export async function createServiceUser(
  { serviceUsers, orgId, ids, clock, auditLog }: Organization,
  principal: Principal,
  keys: KeyRegistry,
  { name: given, roleId, ttlSeconds }: NewServiceUser,
): Promise<CreatedServiceUser> {
  const role = roleOf(roleId)
  if (role === undefined) throw new NotFound('role')
  if (role.level !== 'org') throw new Impossible('role_id must name a role of an organization')
  if (ttlSeconds <= 0) throw new Impossible('ttl_seconds must be positive')
  const { permissions } = principal
  if (permissions !== null && role.permissions.some((name) => !permissions.has(name)))
    throw new NotPermitted()
  const name = given.toWellFormed()
  const createdAt = clock.now()
  const serviceUser: ServiceUserRecord = {
    id: `service-user-${ids.hex()}`,
    name,
    roleId: role.id,
    expiresAt: createdAt + ttlSeconds * 1_000_000,
    createdAt,
    createdBy: principal.actor,
  }
  await serviceUsers.insert(serviceUser)
  const { service: token } = mintCogKeys(orgId, ids)
  keys.register({
    key: token,
    orgId,
    user: serviceUserOf(serviceUser.id, name),
    permissions: role.permissions,
    expiresAt: createdAt + ttlSeconds * 1_000_000,
  })
  auditLog.write(principal, 'create_service_user', serviceUser.id)
  return { serviceUser, token }
}
