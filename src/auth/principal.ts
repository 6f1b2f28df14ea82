import type { RoleAssignment } from './roles.ts'

/** Who did something: a user, or a service user, which has no email address. */
export interface Actor {
  readonly id: string
  readonly email: string | null
  readonly name: string
}

/** A member of an organization. */
export interface User extends Actor {
  readonly email: string
}

/** The session that a v3 key was issued to: one of Devin, or one of Windsurf. */
export type KeySession =
  | { readonly type: 'devin_brain'; readonly devinId: string }
  | { readonly type: 'windsurf_session' }

/** The identity that a key authenticates. */
export interface Principal {
  /** The API generation that accepts the key. */
  readonly generation: 'v1' | 'v3'
  readonly orgId: string
  /**
   * Whether the key is valid for its organization only. A v3 key of the enterprise, or an open one, is valid for every organization in a
   * path and for the operations of the enterprise.
   */
  readonly isBound: boolean
  /** `personal` for `apk_user_…` keys and personal access tokens, `service` for other keys. */
  readonly kind: 'personal' | 'service'
  /** The user of a personal key, or null for a service key. */
  readonly user: User | null
  /** The user or service user. */
  readonly actor: Actor
  /** The permissions that the key has, by their RBAC names; null for all of them. */
  readonly permissions: ReadonlySet<string> | null
  /**
   * The roles of a service user, which decide the permissions of its keys in each organization. Absent for keys that have the same
   * permissions everywhere.
   */
  readonly roles?: readonly RoleAssignment[]
  /** The time at which the key expires, in microseconds since the epoch; null for never. */
  readonly expiresAt: number | null
  /** The session that the key was issued to. Absent for keys of service users and personal access tokens. */
  readonly session?: KeySession
}

/** The organization of keys that do not contain one. */
export const DEFAULT_ORG_ID = 'org-fa4ede71000000000000000000000001'

/**
 * Stands for the enterprise in place of an organization's id. The enterprise is stored like an organization that no path of the API can name.
 * A v3 key that is registered for it is valid for the enterprise and for all organizations.
 */
export const ENTERPRISE_ID = 'enterprise'

/**
 * Returns whether a text may be the id of an organization that nobody registered. The vendor's documents have `org-`; other real
 * ones begin with `org_`, and some clients accept nothing else.
 */
export function mayBeOrgId(text: string): boolean {
  return text.startsWith('org-') || text.startsWith('org_')
}

/** The user of personal keys that do not contain one. */
export const DEFAULT_USER: User = {
  id: 'email|fa4ede710000000000000001',
  email: 'user@example.com',
  name: 'Fake User',
}

/** The service user of service keys that do not contain one. */
export const DEFAULT_SERVICE_USER: Actor = {
  id: 'service-user-fa4ede71000000000000000000000001',
  email: null,
  name: 'Fake Service User',
}

/** Returns the user for the user id in a key. Ids have the form `email|<24 hex>` or `google-oauth2|<digits>`. */
export function userOf(id: string): User {
  const tail = id.slice(id.indexOf('|') + 1)
  return { id, email: `${tail}@example.com`, name: `User ${tail}` }
}

/** Returns whether the name and the email address of a user are made up from the id. */
export function isMadeUp({ id, email, name }: User): boolean {
  const madeUp = userOf(id)
  return email === madeUp.email && name === madeUp.name
}

/** Returns the service user with an id. */
export function serviceUserOf(id: string, name = `Service User ${id.slice(-4)}`): Actor {
  return { id, email: null, name }
}

/** Returns the user or service user with an id. */
export function actorOf(id: string): Actor {
  return id.startsWith('service-user-') ? serviceUserOf(id) : userOf(id)
}

/** Returns whether an actor is a user, not a service user. */
export function isUser(actor: Actor | null | undefined): actor is User {
  return typeof actor?.email === 'string'
}

/** Returns an actor that is a user, and null otherwise. v1 shows no service users. */
export function userOrNull(actor: Actor | null): User | null {
  return isUser(actor) ? actor : null
}
