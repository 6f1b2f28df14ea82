import { Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { roleOf } from '../auth/roles.ts'
import { formatInstant } from '../base/clock.ts'
import { DateTime, Nullable } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, MaybeActor, RecordId, StrictObject, Text, Time } from './resource.ts'

/** A service user of the organization. Its keys are kept with all others, in the key registry. */
export interface ServiceUserRecord extends StoredRecord {
  readonly name: string
  readonly roleId: string
  /** Microseconds since the epoch; null for never. */
  readonly expiresAt: number | null
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly createdBy: Actor | null
}

export const serviceUsers = defineResource({
  name: 'service_users',
  document: StrictObject({
    id: RecordId,
    name: Text,
    role_id: Type.Optional(Text),
    expires_at: Type.Optional(Nullable(DateTime())),
    created_at: Time,
    created_by: MaybeActor,
  }),
  encode: ({ id, name, roleId, expiresAt, createdAt, createdBy }: ServiceUserRecord) => ({
    id,
    name,
    role_id: roleId,
    expires_at: expiresAt === null ? null : formatInstant(expiresAt),
    created_at: formatInstant(createdAt),
    created_by: createdBy,
  }),
  decode: (user, defaults, reader) => {
    const roleId = user.role_id ?? 'org_member'
    if (roleOf(roleId)?.level !== 'org') reader.reject(['role_id'], 'not a role of an organization')
    return {
      id: user.id ?? `service-user-${defaults.ids.hex()}`,
      name: user.name,
      roleId,
      expiresAt: user.expires_at == null ? null : reader.instant(['expires_at'], user.expires_at, 0),
      createdAt: createdAtOf(user, defaults, reader),
      createdBy: user.created_by ?? null,
    }
  },
})
