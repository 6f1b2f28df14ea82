import { Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { formatInstant } from '../base/clock.ts'
import { Nullable, Secret, StringEnum } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, MaybeActor, RecordId, StrictObject, Text, Time } from './resource.ts'

/** A secret. */
export interface SecretRecord extends StoredRecord {
  readonly type: 'cookie' | 'key-value' | 'dictionary' | 'totp'
  /** The name; unique within the organization. */
  readonly key: string
  readonly value: string
  readonly sensitive: boolean
  readonly note: string | null
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly createdBy: Actor | null
}

export const secrets = defineResource({
  name: 'secrets',
  uniqueKey: (secret: SecretRecord) => secret.key,
  uniqueMember: 'key',
  document: StrictObject({
    id: RecordId,
    type: Type.Optional(StringEnum(['cookie', 'key-value', 'dictionary', 'totp'])),
    key: Text,
    value: Type.Optional(Secret(Text)),
    sensitive: Type.Optional(Type.Boolean()),
    note: Type.Optional(Nullable(Text)),
    created_at: Time,
    created_by: MaybeActor,
  }),
  encode: ({ id, type, key, value, sensitive, note, createdAt, createdBy }: SecretRecord) => ({
    id,
    type,
    key,
    value,
    sensitive,
    note,
    created_at: formatInstant(createdAt),
    created_by: createdBy,
  }),
  decode: (secret, defaults, reader) => ({
    id: secret.id ?? `secret-${defaults.ids.hex()}`,
    type: secret.type ?? 'key-value',
    key: secret.key,
    value: secret.value ?? '',
    sensitive: secret.sensitive ?? true,
    note: secret.note ?? null,
    createdAt: createdAtOf(secret, defaults, reader),
    createdBy: secret.created_by ?? null,
  }),
})
