/** The memory limit for all stored data of a server: `--max-stored-bytes`. */
export interface Quota {
  /** Throws a StoreFullError if fewer bytes are left. Reserves nothing. */
  ensure(bytes: number): void
  /** Reserves bytes. Throws a StoreFullError, and reserves nothing, if fewer are left. */
  reserve(bytes: number): void
  /** Adds to the bytes in use, even beyond the limit. Negative values release bytes. */
  record(bytes: number): void
}

/** Returns the approximate size of plain data in memory, in bytes: strings, files and members. */
export function approximateSize(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Uint8Array) return value.byteLength
  let bytes = 0
  // Not `for in`, which makes every index a string: half a second for three million items.
  if (Array.isArray(value)) {
    for (const item of value) bytes += 8 + (typeof item === 'string' ? item.length : approximateSize(item))
    return bytes
  }
  for (const name in value) bytes += 8 + approximateSize(value[name as keyof typeof value])
  return bytes
}
