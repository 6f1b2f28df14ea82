/** The maximum length of a generated title, in UTF-16 units. */
const TITLE_LENGTH_MAX = 60

/** Returns the title for a session without one: the first line of its prompt. */
export function generatedTitle(prompt: string): string {
  return firstLine(prompt, TITLE_LENGTH_MAX) || 'Untitled session'
}

/** Returns the first line of a text, truncated to `lengthMax` UTF-16 units. */
export function firstLine(text: string, lengthMax: number): string {
  const line = (text.trim().split('\n', 1)[0] as string).trim()
  if (line.length <= lengthMax) return line
  // Removes half of a surrogate pair at the end.
  const cut = line.slice(0, lengthMax - 1).replace(/[\ud800-\udbff]$/, '')
  return `${cut.trimEnd()}…`
}
