/** A member of an organization. */
export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
}

/** The identity that a key authenticates. */
export interface Principal {
  readonly orgId: string
  /** `personal` for `apk_user_…` keys, `service` for `apk_…` keys. */
  readonly kind: 'personal' | 'service'
  /** The user of a personal key, or null for a service key. */
  readonly user: User | null
}

/** The organization of keys that do not contain one. */
export const DEFAULT_ORG_ID = 'org-fa4ede71000000000000000000000001'

/** The user of personal keys that do not contain one. */
export const DEFAULT_USER: User = {
  id: 'email|fa4ede710000000000000001',
  email: 'user@example.com',
  name: 'Fake User',
}

/** Returns the user for the user id in a key. Ids have the form `email|<24 hex>` or `google-oauth2|<digits>`. */
export function userOf(id: string): User {
  const tail = id.slice(id.indexOf('|') + 1)
  return { id, email: `${tail}@example.com`, name: `User ${tail}` }
}
