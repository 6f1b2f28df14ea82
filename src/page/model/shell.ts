/** Returns a text in quotes, as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** Returns a text as one word of a shell, without quotes if it needs none. */
export function wordOf(text: string): string {
  return /^[\w./:@=+-]+$/.test(text) ? text : quoted(text)
}
