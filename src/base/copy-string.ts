/**
 * A copy of a text that is to be kept, well-formed. V8 makes what is cut from a text a view on the whole, which then stays in
 * memory as long as the piece does: sixty kilobytes of an address for the id in it, or a megabyte for the start of a name.
 */
export function copyString(text: string): string {
  return Buffer.from(text).toString()
}
