import { mintCogKeys } from '../auth/cog-keys.ts'
import type { KeyRegistry } from '../auth/keys.ts'
import type { Principal } from '../auth/principal.ts'
import { CLOCK_MAX } from '../base/clock.ts'
import type { ApiKeyRecord } from '../resources/api-keys.ts'
import { Impossible, NotFound } from './errors.ts'
import { requireGrantable } from './membership.ts'
import type { Organization, Organizations } from './organizations.ts'
import { type OwnedServiceUser, registerApiKeys, revokeApiKeys } from './service-user-keys.ts'
import { findServiceUser } from './service-users.ts'

/** The fields of a new key. */
export interface NewApiKey {
  readonly name: string
  /** Microseconds since the epoch; null for never. */
  readonly expiresAt: number | null
}

/** A key, and the service user that it belongs to. */
export interface ApiKeyIds {
  readonly serviceUserId: string
  readonly apiKeyId: string
}

/** How a key is replaced. */
export interface Rotation {
  /** The expiry of the new key, in microseconds since the epoch; null for never. */
  readonly expiresAt: number | null
  /** Whether the old key stops at once. */
  readonly revokesCurrent: boolean
}

/**
 * Creates a further key of a service user, which is valid at once. Throws {@link NotFound}, NotPermitted for a service user with
 * permissions that the principal lacks, {@link Impossible} for a time of expiry that has passed, and StoreFullError.
 */
export async function createApiKey(
  organizations: Organizations,
  principal: Principal,
  keys: KeyRegistry,
  serviceUserId: string,
  fields: NewApiKey,
): Promise<ApiKeyRecord> {
  const { auditLog } = organizations.enterprise
  const found = await findServiceUser(organizations, serviceUserId)
  requireGrantable(principal, found.serviceUser.roles)
  const apiKey = await addApiKey(found, fields)
  await activate(found, keys, apiKey)
  auditLog.write(principal, 'create_service_user_api_key', apiKey.id)
  return apiKey
}

/**
 * Replaces a key by a new one with the same name. Throws as {@link createApiKey}, after which all keys are as before. Of concurrent
 * replacements and revocations of a key that stops at once, the first succeeds.
 */
export async function rotateApiKey(
  organizations: Organizations,
  principal: Principal,
  keys: KeyRegistry,
  ids: ApiKeyIds,
  { expiresAt, revokesCurrent }: Rotation,
): Promise<ApiKeyRecord> {
  const { auditLog } = organizations.enterprise
  const { apiKey: old, ...found } = await findApiKey(organizations, ids)
  requireGrantable(principal, found.serviceUser.roles)
  const apiKey = await addApiKey(found, { name: old.name, expiresAt })
  try {
    if (revokesCurrent) await revokeOne(found.owner, keys, old)
  } catch (error) {
    // The old key does not fit into the list of the revoked ones, or was deleted meanwhile.
    await found.owner.apiKeys.delete(apiKey.id)
    throw error
  }
  await activate(found, keys, apiKey)
  auditLog.write(principal, 'rotate_service_user_api_key', old.id)
  return apiKey
}

/** Revokes a key, which stops at once. Throws {@link NotFound} and StoreFullError. */
export async function revokeApiKey(
  organizations: Organizations,
  principal: Principal,
  keys: KeyRegistry,
  ids: ApiKeyIds,
): Promise<void> {
  const { auditLog } = organizations.enterprise
  const { owner, apiKey } = await findApiKey(organizations, ids)
  await revokeOne(owner, keys, apiKey)
  auditLog.write(principal, 'revoke_service_user_api_key', apiKey.id)
}

/** Revokes a key, and forgets it. Throws {@link NotFound} if a concurrent request has done so, and StoreFullError. */
async function revokeOne(owner: Organization, keys: KeyRegistry, apiKey: ApiKeyRecord): Promise<void> {
  const revoked = await revokeApiKeys(owner, keys, [apiKey])
  if (revoked.length === 0) throw new NotFound('api_key')
}

async function findApiKey(
  organizations: Organizations,
  { serviceUserId, apiKeyId }: ApiKeyIds,
): Promise<OwnedServiceUser & { readonly apiKey: ApiKeyRecord }> {
  const found = await findServiceUser(organizations, serviceUserId)
  const apiKey = await found.owner.apiKeys.get(apiKeyId)
  if (apiKey?.serviceUserId !== serviceUserId) throw new NotFound('api_key')
  return { ...found, apiKey }
}

/** Stores a key. It is valid after its activation only. */
async function addApiKey(
  { owner, serviceUser }: OwnedServiceUser,
  { name, expiresAt }: NewApiKey,
): Promise<ApiKeyRecord> {
  const { orgId, ids, clock, apiKeys } = owner
  const createdAt = clock.now()
  const isPast = (time: number | null) => time !== null && time <= createdAt
  if (isPast(serviceUser.expiresAt)) throw new Impossible('The service user has expired')
  if (isPast(expiresAt)) throw new Impossible('The expiry must be in the future')
  if (expiresAt !== null && expiresAt > CLOCK_MAX) throw new Impossible('The expiry is too far in the future')
  const apiKey: ApiKeyRecord = {
    id: `api-key-${ids.hex()}`,
    serviceUserId: serviceUser.id,
    name,
    token: mintCogKeys(orgId, ids).service,
    expiresAt,
    createdAt,
  }
  await apiKeys.insert(apiKey)
  return apiKey
}

/** Makes a stored key valid. Throws {@link NotFound} if the service user was deleted meanwhile. */
async function activate(
  { owner, serviceUser }: OwnedServiceUser,
  keys: KeyRegistry,
  apiKey: ApiKeyRecord,
): Promise<void> {
  if (await registerApiKeys(owner, keys, serviceUser.id)) return
  await owner.apiKeys.delete(apiKey.id)
  throw new NotFound('service_user')
}
