/** A piece of a text: an address on the web is a link. */
export interface TextPiece {
  readonly text: string
  readonly isLink: boolean
}

const ADDRESS = /https?:\/\/[^\s<>"'`（）【】「」《》，。；！？、]+/gi

/** Splits a text into addresses on the web and what is between them. */
export function piecesOf(text: string): TextPiece[] {
  const pieces: TextPiece[] = []
  let end = 0
  for (const { 0: match, index } of text.matchAll(ADDRESS)) {
    // What ends a sentence or closes a bracket belongs to the text.
    const url = match.replace(/[.,;:!?)\]}*]+$/, '')
    if (!isWebAddress(url)) continue
    if (index > end) pieces.push({ text: text.slice(end, index), isLink: false })
    pieces.push({ text: url, isLink: true })
    end = index + url.length
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isLink: false })
  return pieces
}

/** Returns whether a text is an address on the web, which may become a link. All others could run code. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}

/** Returns an address as people write it: `owner/repository#7` for a pull request of GitHub. */
export function shortAddress(url: string): string {
  return url.replace(/^https:\/\/github\.com\/([\w.-]+\/[\w.-]+)\/pull\/(\d+)$/, '$1#$2')
}

/** The size from which a text is folded. */
const FOLDED = { characters: 1_200, lines: 16 } as const

/** Returns the beginning of a long text; undefined for one that is short enough to be shown as it is. */
export function headOf(text: string): string | undefined {
  const lines = text.split('\n', FOLDED.lines + 1)
  if (text.length <= FOLDED.characters && lines.length <= FOLDED.lines) return undefined
  return lines.slice(0, FOLDED.lines).join('\n').slice(0, FOLDED.characters).toWellFormed()
}
