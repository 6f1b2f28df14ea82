import { Type } from '@sinclair/typebox'
import { ENTERPRISE_ID } from '../auth/principal.ts'
import type { IdpRole, RoleAssignment } from '../auth/roles.ts'
import { formatInstant } from '../base/clock.ts'
import { Nullable } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, Id, RecordId, StrictObject, Text, Time } from './resource.ts'
import { decodeRoles, encodeRoles, RoleAssignments } from './role-assignments.ts'

/** A user as an identity provider knows it. */
export interface IdpUser {
  readonly id: string
  readonly email: string | null
  readonly name: string | null
}

/** A user of an identity provider, with the roles of its groups. */
export interface IdpMember {
  readonly user: IdpUser
  readonly roles: readonly IdpRole[]
}

/** A group of users of an identity provider. */
export interface IdpGroupRecord extends StoredRecord {
  /** Unique within the enterprise. */
  readonly name: string
  /** The users in it, whom only the identity provider decides. */
  readonly users: readonly IdpUser[]
  readonly roles: readonly RoleAssignment[]
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

/** The groups of users of an identity provider. */
export const idpGroups = defineResource({
  name: 'idp_groups',
  uniqueKey: (group: IdpGroupRecord) => group.name,
  uniqueMember: 'name',
  document: StrictObject({
    id: RecordId,
    /** The name, unique within the enterprise. */
    name: Id,
    /** The users in it. Default: none. */
    users: Type.Optional(
      Type.Array(
        StrictObject({
          /** The id that the identity provider gave. */
          id: Id,
          /** The email address; null for none. Default: null. */
          email: Type.Optional(Nullable(Text)),
          /** The name; null for none. Default: null. */
          name: Type.Optional(Nullable(Text)),
        }),
      ),
    ),
    role_assignments: RoleAssignments,
    created_at: Time,
  }),
  encode: ({ id, name, users, roles, createdAt }: IdpGroupRecord) => ({
    id,
    name,
    users,
    role_assignments: encodeRoles(roles),
    created_at: formatInstant(createdAt),
  }),
  decode: (group, defaults, reader): IdpGroupRecord => {
    if (defaults.orgId !== ENTERPRISE_ID) reader.reject([], `IDP groups belong to "${ENTERPRISE_ID}"`)
    return {
      id: group.id ?? `idp-group-${defaults.ids.hex()}`,
      name: group.name,
      users: (group.users ?? []).map(({ id, email = null, name = null }) => ({ id, email, name })),
      roles: decodeRoles(group.role_assignments, [], reader),
      createdAt: createdAtOf(group, defaults, reader),
    }
  },
})
