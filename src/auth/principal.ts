/** A person of an organization. */
export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
}

/** Who a key speaks for. */
export interface Principal {
  readonly orgId: string
  /** `personal` for `apk_user_…` keys, `service` for `apk_…` keys. */
  readonly kind: 'personal' | 'service'
  /** The person behind a personal key; null for a service key. */
  readonly user: User | null
}

/** The organization of every key that names none. */
export const DEFAULT_ORG_ID = 'org-fa4ede71000000000000000000000001'

/** The person behind every personal key that names none. */
export const DEFAULT_USER: User = {
  id: 'email|fa4ede710000000000000001',
  email: 'user@example.com',
  name: 'Fake User',
}

/** The person of a user id that a key names: ids look like `email|<24 hex>` or `google-oauth2|<digits>`. */
export function userOf(id: string): User {
  const tail = id.slice(id.indexOf('|') + 1)
  return { id, email: `${tail}@example.com`, name: `User ${tail}` }
}
