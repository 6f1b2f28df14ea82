/** The memory that everything which a server keeps shares: `--max-stored-bytes`. */
export interface Quota {
  /** Throws a StoreFullError when there are not so many bytes left. Takes none. */
  demand(bytes: number): void
  /** Takes so many bytes. Throws a StoreFullError, and takes none, when there are not as many left. */
  take(bytes: number): void
  /** Counts so many bytes more, or less, whether there is room or not. */
  add(bytes: number): void
}

/** Roughly what plain data takes in memory, in bytes: its texts, its files and its members. */
export function contentOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Uint8Array) return value.byteLength
  let bytes = 0
  // The places of three million items as texts would take half a second.
  if (Array.isArray(value)) {
    for (const item of value) bytes += 8 + (typeof item === 'string' ? item.length : contentOf(item))
    return bytes
  }
  for (const name in value) bytes += 8 + contentOf(value[name as keyof typeof value])
  return bytes
}
