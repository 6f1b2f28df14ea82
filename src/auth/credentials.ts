/**
 * The key of an `Authorization: Bearer <key>` header; undefined when there are no usable credentials.
 * Split at the first space, as FastAPI's HTTPBearer does: a second space belongs to the key (and makes it a bad one).
 */
export function bearerKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const space = header.indexOf(' ')
  if (space === -1 || header.slice(0, space).toLowerCase() !== 'bearer') return undefined
  const key = header.slice(space + 1)
  return key.trim() === '' ? undefined : key
}
