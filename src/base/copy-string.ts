/**
 * Returns a well-formed copy of a string. Use it for stored substrings: in V8 a substring is a view that keeps
 * the whole string in memory, for example a URL of 60 kB for the id in it, or a name of 1 MB for its beginning.
 */
export function copyString(text: string): string {
  return Buffer.from(text).toString()
}
