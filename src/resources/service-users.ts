import { Type } from '@sinclair/typebox'
import { type Actor, ENTERPRISE_ID } from '../auth/principal.ts'
import type { RoleAssignment } from '../auth/roles.ts'
import { formatInstant, formatInstantOrNull } from '../base/clock.ts'
import type { StoredRecord } from '../store/types.ts'
import {
  createdAtOf,
  defineResource,
  MaybeActor,
  MaybeTime,
  RecordId,
  StrictObject,
  Text,
  Time,
} from './resource.ts'
import { decodeRoles, encodeRoles, RoleAssignments, requireRole } from './role-assignments.ts'

/** A service user of an organization or, in the enterprise's records, of the enterprise. */
export interface ServiceUserRecord extends StoredRecord {
  readonly name: string
  /** Its roles, which the enterprise can extend to other organizations. They decide the permissions of all its keys. */
  readonly roles: readonly RoleAssignment[]
  /** Microseconds since the epoch; null for never. None of its keys is valid for longer. */
  readonly expiresAt: number | null
  /** Microseconds since the epoch; null for one that exists. */
  readonly deletedAt: number | null
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly createdBy: Actor | null
}

/** The service users, whose keys are in `api_keys`. */
export const serviceUsers = defineResource({
  name: 'service_users',
  document: StrictObject({
    id: RecordId,
    /** The name. */
    name: Text,
    /** Its only role, instead of `role_assignments`. */
    role_id: Type.Optional(Text),
    role_assignments: RoleAssignments,
    expires_at: MaybeTime,
    deleted_at: MaybeTime,
    created_at: Time,
    created_by: MaybeActor,
  }),
  encode: ({ id, name, roles, expiresAt, deletedAt, createdAt, createdBy }: ServiceUserRecord) => ({
    id,
    name,
    role_assignments: encodeRoles(roles),
    expires_at: formatInstantOrNull(expiresAt),
    deleted_at: formatInstantOrNull(deletedAt),
    created_at: formatInstant(createdAt),
    created_by: createdBy,
  }),
  decode: (user, defaults, reader): ServiceUserRecord => {
    const orgId = defaults.orgId === ENTERPRISE_ID ? null : defaults.orgId
    const roleId = user.role_id ?? (orgId === null ? 'account_member' : 'org_member')
    requireRole(roleId, orgId, reader)
    if (user.role_id !== undefined && user.role_assignments !== undefined) {
      reader.reject(['role_id'], 'give either this or role_assignments')
    }
    return {
      id: user.id ?? `service-user-${defaults.ids.hex()}`,
      name: user.name,
      roles: decodeRoles(user.role_assignments, [{ roleId, orgId }], reader),
      expiresAt: user.expires_at == null ? null : reader.instant(['expires_at'], user.expires_at, 0),
      deletedAt: user.deleted_at == null ? null : reader.instant(['deleted_at'], user.deleted_at, 0),
      createdAt: createdAtOf(user, defaults, reader),
      createdBy: user.created_by ?? null,
    }
  },
})
