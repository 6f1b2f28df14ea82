import type { CollectionDefinition, StoredRecord } from './types.ts'

/** A stored secret. Times are microseconds since the epoch. */
export interface SecretRecord extends StoredRecord {
  readonly type: 'cookie' | 'key-value' | 'dictionary' | 'totp'
  /** The name; unique within the organisation. */
  readonly key: string
  readonly value: string
  readonly sensitive: boolean
  readonly note: string
  readonly createdAt: number
}

/** Secrets: two of one organisation never share a key. */
export const secrets: CollectionDefinition<SecretRecord> = {
  name: 'secrets',
  uniqueKey: (secret) => secret.key,
}
