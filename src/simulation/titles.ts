/** How long a title is at most, in UTF-16 units. */
const TITLE_LENGTH_MAX = 60

/** The title of a session that nobody gave one: the first line of its prompt. */
export function generatedTitle(prompt: string): string {
  return firstLine(prompt, TITLE_LENGTH_MAX) || 'Untitled session'
}

/** The first line of a text, cut to `lengthMax` UTF-16 units. */
export function firstLine(text: string, lengthMax: number): string {
  const line = (text.trim().split('\n', 1)[0] as string).trim()
  if (line.length <= lengthMax) return line
  // The cut may go through a character that takes two units.
  const cut = line.slice(0, lengthMax - 1).replace(/[\ud800-\udbff]$/, '')
  return `${cut.trimEnd()}…`
}
