import type { KeyRegistry, RegisteredKey } from '../auth/keys.ts'
import { DEFAULT_SERVICE_USER, ENTERPRISE_ID, serviceUserOf } from '../auth/principal.ts'
import type { ApiKeyRecord } from '../resources/api-keys.ts'
import type { RecordsState } from '../resources/index.ts'
import type { ServiceUserRecord } from '../resources/service-users.ts'
import type { Organization } from './organizations.ts'

// The key registry decides which keys are valid, and follows the records of service users and their keys.

/** A service user, and the organization or enterprise that it was created in, which has its record and those of its keys. */
export interface OwnedServiceUser {
  readonly owner: Organization
  readonly serviceUser: ServiceUserRecord
}

/** The service user of open keys, as a member of the enterprise. It is stored with its first change. */
export const BUILT_IN_SERVICE_USER: ServiceUserRecord = {
  id: DEFAULT_SERVICE_USER.id,
  name: DEFAULT_SERVICE_USER.name,
  roles: [{ roleId: 'account_admin', orgId: null }],
  expiresAt: null,
  deletedAt: null,
  createdAt: 0,
  createdBy: null,
}

/** Returns a service user among the records of an organization, or of the enterprise. It may be deleted. */
export async function serviceUserIn(
  { orgId, serviceUsers }: Organization,
  id: string,
): Promise<ServiceUserRecord | undefined> {
  const isBuiltIn = orgId === ENTERPRISE_ID && id === BUILT_IN_SERVICE_USER.id
  return (await serviceUsers.get(id)) ?? (isBuiltIn ? BUILT_IN_SERVICE_USER : undefined)
}

/** Makes all keys of a service user valid, with what its roles allow now. Returns false if it or its organization was deleted. */
export async function registerApiKeys(owner: Organization, keys: KeyRegistry, id: string): Promise<boolean> {
  const apiKeys = await apiKeysOf(owner, id)
  // Read last and without a pause before the registration, so that the newest of concurrent changes decides.
  const serviceUser = await serviceUserIn(owner, id)
  if (serviceUser?.deletedAt !== null || !owner.exists()) return false
  for (const apiKey of apiKeys) {
    if (apiKey.token !== '') keys.register(registeredKey(owner.orgId, serviceUser, apiKey))
  }
  return true
}

/** Revokes keys, and forgets them. Returns those that were not forgotten yet. Throws StoreFullError, after which all are as before. */
export async function revokeApiKeys(
  owner: Organization,
  keys: KeyRegistry,
  apiKeys: readonly ApiKeyRecord[],
): Promise<ApiKeyRecord[]> {
  keys.revokeEach(apiKeys.flatMap(({ token }) => (token === '' ? [] : [token])))
  const deleted = await Promise.all(apiKeys.map(({ id }) => owner.apiKeys.delete(id)))
  return deleted.filter((apiKey) => apiKey !== undefined)
}

/** Returns the keys in the records of an organization, or of the enterprise, in the form in which they are registered. */
export function registeredKeysIn(
  orgId: string,
  { apiKeys, serviceUsers }: Pick<RecordsState, 'apiKeys' | 'serviceUsers'>,
): RegisteredKey[] {
  const byId = new Map(serviceUsers.map((serviceUser) => [serviceUser.id, serviceUser]))
  if (orgId === ENTERPRISE_ID && !byId.has(BUILT_IN_SERVICE_USER.id)) {
    byId.set(BUILT_IN_SERVICE_USER.id, BUILT_IN_SERVICE_USER)
  }
  return apiKeys.flatMap((apiKey) => {
    const serviceUser = byId.get(apiKey.serviceUserId)
    const isValid = serviceUser?.deletedAt === null && apiKey.token !== ''
    return isValid ? [registeredKey(orgId, serviceUser, apiKey)] : []
  })
}

/** Returns the keys of a service user. */
export function apiKeysOf({ apiKeys }: Organization, id: string): Promise<ApiKeyRecord[]> {
  return apiKeys.list({ where: ({ serviceUserId }) => serviceUserId === id })
}

function registeredKey(
  orgId: string,
  { id, name, roles, expiresAt }: ServiceUserRecord,
  apiKey: ApiKeyRecord,
): RegisteredKey {
  const ends = [expiresAt, apiKey.expiresAt].filter((end) => end !== null)
  return {
    key: apiKey.token,
    orgId,
    user: serviceUserOf(id, name),
    roles,
    ...(ends.length > 0 && { expiresAt: Math.min(...ends) }),
  }
}
