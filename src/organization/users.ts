import { DEFAULT_ORG_ID, DEFAULT_USER, type Principal, type User } from '../auth/principal.ts'
import type { IdpMember } from '../resources/idp-groups.ts'
import type { UserRecord } from '../resources/users.ts'
import { UniqueKeyError } from '../store/types.ts'
import { changeOrCreate } from './change-or-create.ts'
import { found, Impossible, InUse, NotFound } from './errors.ts'
import { listIdpUsers } from './idp-groups.ts'
import { grantableRole, isMember, type Members, type Membership, requireGrantable } from './membership.ts'
import type { Organization } from './organizations.ts'

/** The user of open personal keys, as a member. It is stored with its first change. */
const BUILT_IN: UserRecord = {
  ...DEFAULT_USER,
  roles: [
    { roleId: 'account_admin', orgId: null },
    { roleId: 'org_admin', orgId: DEFAULT_ORG_ID },
  ],
  createdAt: 0,
  deletedAt: null,
}

/** A user, with the roles that groups of the identity provider give. */
export interface UserOfEnterprise {
  readonly user: UserRecord
  readonly idpRoles: IdpMember['roles']
}

/** Returns the users with a role of their own; with an email address, only that one, in any case. */
export async function listUsers(membership: Membership, email?: string | null): Promise<UserRecord[]> {
  const { enterprise } = membership.organizations
  const stored = await enterprise.users.list()
  const builtIn = stored.some(({ id }) => id === BUILT_IN.id) ? [] : [BUILT_IN]
  return [...builtIn, ...stored].filter(
    (user) =>
      user.deletedAt === null && isMember(membership, user.roles) && (email == null || hasEmail(user, email)),
  )
}

/** Returns a user with a role of its own. Throws {@link NotFound}. */
async function getUser(membership: Membership, id: string): Promise<UserRecord> {
  const user = await directUser(membership.organizations.enterprise, id)
  if (user === undefined || !isMember(membership, user.roles)) throw new NotFound('user')
  return user
}

/** Returns a user of the enterprise, whose roles may all come from groups. Throws {@link NotFound}. */
export async function getUserOfEnterprise(membership: Membership, id: string): Promise<UserOfEnterprise> {
  const { enterprise } = membership.organizations
  const direct = await directUser(enterprise, id)
  const viaGroups = (await listIdpUsers({ ...membership, orgId: null })).find(({ user }) => user.id === id)
  const user = direct ?? (viaGroups && userViaGroups(viaGroups, enterprise.clock.now()))
  return { user: found(user, 'user'), idpRoles: viaGroups?.roles ?? [] }
}

/**
 * Makes the owners of email addresses users of the enterprise, and returns them. Existing users stay as they are. Throws {@link NotFound} for
 * an unknown role, NotPermitted for one with permissions that the principal lacks, {@link Impossible} for one of an organization or a
 * text that is not an email address, and StoreFullError.
 */
export async function inviteUsers(
  membership: Membership,
  principal: Principal,
  { emails, roleId }: { readonly emails: readonly string[]; readonly roleId: string },
): Promise<UserRecord[]> {
  const { enterprise } = membership.organizations
  const role = grantableRole(principal, roleId, null)
  const distinct = new Map(emails.map((email) => [email.toLowerCase(), email.toWellFormed()]))
  for (const email of distinct.values()) {
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new Impossible(`Invalid email address: ${email}`)
  }
  const roles = [{ roleId: role.id, orgId: null }]
  const invited: Invited[] = []
  try {
    for (const email of distinct.values()) invited.push(await invite(membership, email, roles))
  } catch (error) {
    for (const { undo } of invited) await undo()
    throw error
  }
  for (const { user, isNew } of invited) {
    if (isNew) enterprise.auditLog.write(principal, 'add_enterprise_member', user.id)
  }
  return invited.map(({ user }) => user)
}

/** Returns the users with roles of their own. Users who are members through groups only can get such roles, too. */
export function usersIn(membership: Membership): Members<UserRecord> {
  return {
    kind: 'user',
    membership,
    idOf: ({ id }) => id,
    get: (id) => getUser(membership, id),
    async changeRoles(id, change) {
      const { enterprise } = membership.organizations
      const { user, idpRoles } = await getUserOfEnterprise(membership, id)
      return changeUser(enterprise, user, (before) => {
        if (before.deletedAt === null) return { ...before, roles: change(before.roles) }
        // It is still a member if groups give it roles. Those of its own were deleted with it.
        if (idpRoles.length === 0) throw new NotFound('user')
        return { ...before, roles: change([]), deletedAt: null }
      })
    },
  }
}

/**
 * Removes a user from the enterprise, with all roles of its own. Returns it as it was. Throws {@link NotFound}, and NotPermitted for one
 * with permissions that the principal lacks.
 */
export async function deleteUser(
  membership: Membership,
  principal: Principal,
  id: string,
): Promise<UserRecord> {
  const { enterprise } = membership.organizations
  const { clock, auditLog } = enterprise
  const user = await getUser(membership, id)
  await changeUser(enterprise, user, (before) => {
    if (before.deletedAt !== null) throw new NotFound('user')
    requireGrantable(principal, before.roles)
    return { ...before, deletedAt: clock.now() }
  })
  auditLog.write(principal, 'delete_member', user.id)
  return user
}

/** Returns a user with the email address and the name that it has as a member of the enterprise, if it is one. */
export async function asMember(enterprise: Organization | undefined, user: User): Promise<User> {
  const { email, name } = (await directUser(enterprise, user.id)) ?? user
  return { id: user.id, email: email ?? user.email, name: name ?? user.name }
}

/** Returns a user with a role of its own. */
async function directUser(enterprise: Organization | undefined, id: string): Promise<UserRecord | undefined> {
  const user = (await enterprise?.users.get(id)) ?? (id === BUILT_IN.id ? BUILT_IN : undefined)
  return user?.deletedAt === null ? user : undefined
}

async function changeUser(
  { users }: Organization,
  user: UserRecord,
  change: (before: UserRecord) => UserRecord,
): Promise<UserRecord> {
  try {
    return await changeOrCreate(users, user, change)
  } catch (error) {
    throw error instanceof UniqueKeyError ? new InUse('Another user has this email address') : error
  }
}

function userViaGroups({ user }: IdpMember, now: number): UserRecord {
  return { ...user, roles: [], createdAt: now, deletedAt: null }
}

interface Invited {
  readonly user: UserRecord
  /** Whether the invitation has made it a user. */
  readonly isNew: boolean
  /** Reverts the invitation. */
  undo(): Promise<unknown>
}

/** Makes the owner of an email address a user. */
async function invite(membership: Membership, email: string, roles: UserRecord['roles']): Promise<Invited> {
  const { users, ids, clock } = membership.organizations.enterprise
  const known = (await users.find(email.toLowerCase())) ?? (await builtInWith(users, email))
  if (known?.deletedAt === null) return { user: known, isNew: false, undo: async () => {} }
  if (known !== undefined) return inviteAgain(users, known, roles)
  const id = `email|${ids.hex().slice(0, 24)}`
  const user = { id, email, name: null, roles, createdAt: clock.now(), deletedAt: null }
  try {
    await users.insert(user)
  } catch (error) {
    // A concurrent request has invited the user.
    if (error instanceof UniqueKeyError) return invite(membership, email, roles)
    throw error
  }
  return { user, isNew: true, undo: () => users.delete(id) }
}

/** Makes a deleted user a member again. */
async function inviteAgain(
  users: Organization['users'],
  known: UserRecord,
  roles: UserRecord['roles'],
): Promise<Invited> {
  const again = { ...known, roles, deletedAt: null }
  // A concurrent request may have invited it. Nothing removes the record.
  const change = (before: UserRecord) => (before.deletedAt === null ? before : again)
  const user = (await users.update(known.id, change)) as UserRecord
  const isNew = user === again
  return { user, isNew, undo: async () => isNew && users.update(known.id, () => known) }
}

/** Returns the built-in user if it has an email address, and is not stored. */
async function builtInWith(users: Organization['users'], email: string): Promise<UserRecord | undefined> {
  return hasEmail(BUILT_IN, email) && (await users.get(BUILT_IN.id)) === undefined ? BUILT_IN : undefined
}

function hasEmail(user: UserRecord, email: string): boolean {
  return user.email?.toLowerCase() === email.toLowerCase()
}
