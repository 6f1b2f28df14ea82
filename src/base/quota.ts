/** The memory limit for all stored data of a server: `--max-stored-bytes`. */
export interface Quota {
  /** Throws a StoreFullError if fewer bytes are left. Reserves nothing. */
  ensure(bytes: number): void
  /** Reserves bytes. Throws a StoreFullError, and reserves nothing, if fewer are left. */
  reserve(bytes: number): void
  /** Adds to the bytes in use, even beyond the limit. Negative values release bytes. */
  record(bytes: number): void
}

/** The overhead of a nested object or list, in bytes. An empty object takes 56 (Node 24). */
const CONTAINER_BYTES = 48

/** The overhead of a string in a list besides its characters and the reference to it, in bytes. */
const TEXT_BYTES = 16

/** The overhead of a member of a nested object besides its name and its value, in bytes. Clients may choose names that no other object has. */
const NAME_BYTES = 24

/**
 * Returns the approximate size of plain data in memory, in bytes. Nested values count with their overhead, since they may be JSON of a client,
 * such as thousands of empty objects. The caller adds the overhead of the outermost object, unless `isInside` is true.
 */
export function approximateSize(value: unknown, isInside = false): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Uint8Array) return value.byteLength
  let bytes = isInside ? CONTAINER_BYTES : 0
  // Not `for in`, which makes every index a string: half a second for three million items.
  if (Array.isArray(value)) {
    for (const item of value) {
      bytes += 8 + (typeof item === 'string' ? TEXT_BYTES + item.length : approximateSize(item, true))
    }
    return bytes
  }
  for (const name in value) {
    if (isInside) bytes += NAME_BYTES + name.length
    bytes += 8 + approximateSize(value[name as keyof typeof value], true)
  }
  return bytes
}
