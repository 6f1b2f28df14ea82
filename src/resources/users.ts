import { ENTERPRISE_ID } from '../auth/principal.ts'
import type { RoleAssignment } from '../auth/roles.ts'
import { formatInstant, formatInstantOrNull } from '../base/clock.ts'
import type { StoredRecord } from '../store/types.ts'
import {
  createdAtOf,
  defineResource,
  MaybeText,
  MaybeTime,
  RecordId,
  StrictObject,
  Time,
} from './resource.ts'
import { decodeRoles, encodeRoles, RoleAssignments } from './role-assignments.ts'

/** A user of the enterprise. */
export interface UserRecord extends StoredRecord {
  /** Unique within the enterprise, in any case. */
  readonly email: string | null
  /** Null for an invited user, who has not told it yet. */
  readonly name: string | null
  readonly roles: readonly RoleAssignment[]
  /** Microseconds since the epoch. */
  readonly createdAt: number
  /** Microseconds since the epoch; null for a member. */
  readonly deletedAt: number | null
}

/** The role of users in seeds that give none. */
const DEFAULT_ROLES = [{ roleId: 'account_member', orgId: null }]

/** The users of the enterprise. */
export const users = defineResource({
  name: 'users',
  uniqueKey: ({ email }: UserRecord) => email?.toLowerCase(),
  uniqueMember: 'email',
  document: StrictObject({
    id: RecordId,
    /** The email address, unique within the enterprise; null for none. Default: null. */
    email: MaybeText,
    /** The name; null for an invited user, who has not told it yet. Default: null. */
    name: MaybeText,
    role_assignments: RoleAssignments,
    created_at: Time,
    deleted_at: MaybeTime,
  }),
  encode: ({ id, email, name, roles, createdAt, deletedAt }: UserRecord) => ({
    id,
    email,
    name,
    role_assignments: encodeRoles(roles),
    created_at: formatInstant(createdAt),
    deleted_at: formatInstantOrNull(deletedAt),
  }),
  decode: (user, defaults, reader): UserRecord => {
    if (defaults.orgId !== ENTERPRISE_ID) reader.reject([], `users belong to "${ENTERPRISE_ID}"`)
    return {
      id: user.id ?? `email|${defaults.ids.hex().slice(0, 24)}`,
      email: user.email ?? null,
      name: user.name ?? null,
      roles: decodeRoles(user.role_assignments, DEFAULT_ROLES, reader),
      createdAt: createdAtOf(user, defaults, reader),
      deletedAt: user.deleted_at == null ? null : reader.instant(['deleted_at'], user.deleted_at, 0),
    }
  },
})
