import { Type } from '@sinclair/typebox'
import { parseCogKey } from '../auth/cog-keys.ts'
import { formatInstant, formatInstantOrNull } from '../base/clock.ts'
import { Secret } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, Id, MaybeTime, RecordId, StrictObject, Text, Time } from './resource.ts'

/** A key of a service user, kept beside it. The key registry has the token, too, as long as it is valid. */
export interface ApiKeyRecord extends StoredRecord {
  readonly serviceUserId: string
  readonly name: string
  /** The key itself; empty after the restoration of a document that does not reveal it. */
  readonly token: string
  /** Microseconds since the epoch; null for never, if the service user does not expire. */
  readonly expiresAt: number | null
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

/** The keys of service users. */
export const apiKeys = defineResource({
  name: 'api_keys',
  uniqueKey: ({ token }: ApiKeyRecord) => (token === '' ? undefined : token),
  uniqueMember: 'token',
  document: StrictObject({
    id: RecordId,
    /** The id of the service user. */
    service_user_id: Id,
    /** The name. */
    name: Text,
    /** The key itself, `cog_…`. Default: none, so that it cannot be used. */
    token: Type.Optional(Secret(Text)),
    expires_at: MaybeTime,
    created_at: Time,
  }),
  encode: ({ id, serviceUserId, name, token, expiresAt, createdAt }: ApiKeyRecord) => ({
    id,
    service_user_id: serviceUserId,
    name,
    token,
    expires_at: formatInstantOrNull(expiresAt),
    created_at: formatInstant(createdAt),
  }),
  decode: (key, defaults, reader): ApiKeyRecord => {
    const { token = '' } = key
    if (token !== '' && parseCogKey(token) === undefined) reader.reject(['token'], 'not a key of v3 (cog_…)')
    return {
      id: key.id ?? `api-key-${defaults.ids.hex()}`,
      serviceUserId: key.service_user_id,
      name: key.name,
      token,
      expiresAt: key.expires_at == null ? null : reader.instant(['expires_at'], key.expires_at, 0),
      createdAt: createdAtOf(key, defaults, reader),
    }
  },
})
