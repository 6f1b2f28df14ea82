import { type Static, Type } from '@sinclair/typebox'
import { formatInstant } from '../../base/clock.ts'
import type { SecretRecord } from '../../resources/secrets.ts'
import { DateTime, Nullable, Secret, StringEnum } from '../types.ts'

/** The body of `POST /v1/secrets`. */
export const CreateSecretParams = Type.Object(
  {
    type: StringEnum(['cookie', 'key-value', 'totp'], {
      title: 'Type',
      description: 'Type of secret. Must be one of: cookie, key-value, totp',
    }),
    key: Type.String({
      title: 'Key',
      description: 'User-defined name for the secret. Must be unique within the organization.',
    }),
    value: Secret(
      Type.String({
        title: 'Value',
        description: 'The secret value to store. Will be encrypted at rest.',
      }),
    ),
    sensitive: Type.Boolean({
      title: 'Sensitive',
      description: 'Whether the secret should be treated as sensitive and redacted in logs.',
    }),
    note: Type.Optional(
      Nullable(Type.String(), {
        title: 'Note',
        description: "Optional note describing the secret's purpose.",
      }),
    ),
  },
  { $id: 'CreateSecretParams', title: 'CreateSecretParams' },
)

/** The same if the note is required, which may still be null. */
export const CreateSecretWithNoteParams = Type.Object({
  ...CreateSecretParams.properties,
  note: Nullable(Type.String()),
})

/** The response of `POST /v1/secrets`. */
export const CreateSecretResponse = Type.Object(
  { id: Type.String({ title: 'Id', description: 'The unique identifier of the created secret' }) },
  { $id: 'CreateSecretResponse', title: 'CreateSecretResponse' },
)

/** A secret in the list, without its value, note and flag. */
export const SecretResponse = Type.Object(
  {
    id: Type.String({ title: 'Id' }),
    type: StringEnum(['cookie', 'key-value', 'dictionary', 'totp'], { title: 'Type' }),
    key: Type.Optional(Nullable(Type.String(), { title: 'Key' })),
    created_at: Type.Optional(Nullable(DateTime(), { title: 'Created At' })),
  },
  { $id: 'SecretResponse', title: 'SecretResponse' },
)

/** The response of `DELETE /v1/secrets/{secret_id}`. */
export const DeleteSecretResponse = Type.Object(
  { message: Type.String({ title: 'Message' }) },
  {
    $id: 'DeleteSecretResponse',
    title: 'DeleteSecretResponse',
    description: 'Response for successful secret deletion.',
  },
)

/** Returns the wire form of a secret. */
export function secretResponse(secret: SecretRecord): Static<typeof SecretResponse> {
  return { id: secret.id, type: secret.type, key: secret.key, created_at: formatInstant(secret.createdAt) }
}

/** Returns a secret as the older document describes it. */
export function oldSecretResponse({ id, type, key, createdAt }: SecretRecord) {
  return { secret_id: id, secret_type: type, secret_name: key, created_at: formatInstant(createdAt) }
}
