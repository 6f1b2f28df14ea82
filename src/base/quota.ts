/** The memory limit for all stored data of a server: `--max-stored-bytes`. */
export interface Quota {
  /** Throws a StoreFullError if fewer bytes are left. Reserves nothing. */
  ensure(bytes: number): void
  /** Reserves bytes. Throws a StoreFullError, and reserves nothing, if fewer are left. */
  reserve(bytes: number): void
  /** Adds to the bytes in use, even beyond the limit. Negative values release bytes. */
  record(bytes: number): void
}

/** The bytes that an object or a list inside others takes besides its members: 56 for an empty object (Node 24). */
const CONTAINER_BYTES = 48

/** The bytes that a text in a list takes besides its characters and the reference to it. */
const TEXT_BYTES = 16

/** The bytes that a member of an object inside others takes besides its value. An object may have names that no other has. */
const NAME_BYTES = 24

/**
 * Returns the approximate size of plain data in memory, in bytes: strings, files and members. What is inside objects and lists may be JSON of
 * a client, such as thousands of empty objects, so it counts with its overhead. The caller counts that of the outermost object.
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
