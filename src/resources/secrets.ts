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

/** The secrets that sessions can use. */
export const secrets = defineResource({
  name: 'secrets',
  uniqueKey: (secret: SecretRecord) => secret.key,
  uniqueMember: 'key',
  document: StrictObject({
    id: RecordId,
    /** The kind of secret. Default: `key-value`. */
    type: Type.Optional(StringEnum(['cookie', 'key-value', 'dictionary', 'totp'])),
    /** The name, unique within the organization. */
    key: Text,
    /** The value. Default: empty. */
    value: Type.Optional(Secret(Text)),
    /** Whether to treat it as sensitive. Default: yes. */
    sensitive: Type.Optional(Type.Boolean()),
    /** A note about it. Default: none. */
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
