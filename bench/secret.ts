import type { SecretRecord } from '../src/resources/secrets.ts'

/** Returns a secret with an id and with the key and time of its number. */
export function aSecret(id: string, number: number): SecretRecord {
  return {
    id,
    type: 'key-value',
    key: `KEY_${number}`,
    value: 'x',
    note: '',
    sensitive: true,
    createdBy: null,
    createdAt: number,
  }
}
