import { unixSeconds } from '../../base/clock.ts'
import type { SecretRecord } from '../../resources/secrets.ts'
import type { SecretResponse } from './contract.ts'

/** Returns the wire form of a secret, which never has the value. */
export function secretResponse(secret: SecretRecord): SecretResponse {
  return {
    secret_id: secret.id,
    key: secret.key,
    note: secret.note,
    is_sensitive: secret.sensitive,
    created_by: secret.createdBy?.id ?? '',
    created_at: unixSeconds(secret.createdAt),
    // v3 has no dictionaries, which older clients of v1 could create.
    secret_type: secret.type === 'dictionary' ? 'key-value' : secret.type,
    access_type: 'org',
    updated_at: null,
    updated_by: null,
  }
}
