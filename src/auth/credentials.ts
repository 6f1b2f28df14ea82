/**
 * Returns the key of an `Authorization: Bearer <key>` header, or undefined if there are no usable credentials.
 * Splits at the first space like FastAPI's HTTPBearer. A second space is part of the key, which makes it invalid.
 */
export function bearerKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const space = header.indexOf(' ')
  if (space === -1 || header.slice(0, space).toLowerCase() !== 'bearer') return undefined
  const key = header.slice(space + 1)
  return key.trim() === '' ? undefined : key
}
