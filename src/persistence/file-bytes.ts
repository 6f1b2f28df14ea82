/** The place of the bytes of a file in a value, and their number. */
interface FilePlace {
  readonly path: readonly (string | number)[]
  readonly length: number
}

/** A value of which JSON can express everything, and the bytes of its files one after the other. */
export interface Packed {
  readonly data: unknown
  /** Absent if there are no files. Then `data` is the value itself. */
  readonly bytes?: Uint8Array
}

interface WithPlaces {
  readonly value: unknown
  readonly files: readonly FilePlace[]
}

/** Separates the bytes of files from the rest of a value. */
export function packBytes(value: unknown): Packed {
  if (!hasBytes(value)) return { data: value }
  const files: FilePlace[] = []
  const parts: Uint8Array[] = []
  const rest = mapBytes(value, [], (bytes, path) => {
    files.push({ path, length: bytes.length })
    parts.push(bytes)
    return null
  })
  return { data: { value: rest, files } satisfies WithPlaces, bytes: Buffer.concat(parts) }
}

/** Returns the value that `packBytes` was given. It shares `data`, which it changes. */
export function unpackBytes({ data, bytes }: Packed): unknown {
  if (bytes === undefined) return data
  const { value, files } = data as WithPlaces
  let at = 0
  for (const { path, length } of files) {
    // A view would keep the bytes of all files in memory.
    setAt(value, path, Uint8Array.from(bytes.subarray(at, at + length)))
    at += length
  }
  return value
}

function hasBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return value instanceof Uint8Array || Object.values(value).some(hasBytes)
}

/** Returns a copy in which bytes are replaced. */
function mapBytes(
  value: unknown,
  path: FilePlace['path'],
  replace: (bytes: Uint8Array, path: FilePlace['path']) => unknown,
): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return replace(value, path)
  if (Array.isArray(value)) return value.map((item, index) => mapBytes(item, [...path, index], replace))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, mapBytes(member, [...path, name], replace)]),
  )
}

function setAt(value: unknown, path: FilePlace['path'], member: unknown): void {
  let owner = value as Record<string | number, unknown>
  for (const name of path.slice(0, -1)) owner = owner[name] as typeof owner
  owner[path.at(-1) as string | number] = member
}
