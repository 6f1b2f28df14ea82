/** A fenced block of a page. */
export interface Block {
  /** The first word after the fence, which selects the syntax highlighting. Empty if there is none. */
  readonly language: string
  /** The other words after the fence: the purpose of the block. */
  readonly role: string
  /** Without the trailing line break. */
  readonly text: string
}

/** Matches a fenced block at the margin or in a list, up to a fence of the same length. */
const FENCED = /^( *)(`{3,})(\S*)[ \t]*(.*)\n([\s\S]*?)^\1\2[ \t]*$/gm

/** Returns the fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(FENCED)].map(([, , , language = '', role = '', text = '']) => ({
    language,
    role: role.trim(),
    text: text.replace(/\n$/, ''),
  }))
}

/** Returns a page without its fenced blocks. */
export function proseOf(page: string): string {
  return page.replaceAll(FENCED, '')
}

/** Returns the code spans in the prose of a page. */
export function codeSpansOf(page: string): string[] {
  return [...proseOf(page).matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
}

/** Returns the targets of the links and images of a page, as written. Ignores code spans. */
export function linksOf(page: string): string[] {
  const prose = proseOf(page).replaceAll(/`[^`]+`/g, '`')
  const inline = [...prose.matchAll(/\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g)]
  const reference = [...prose.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm)]
  const html = [...prose.matchAll(/<(?:a|img)\s[^>]*?(?:href|src)="([^"]+)"/g)]
  return [...inline, ...reference, ...html].map(([, target = '']) => target)
}

/** Returns the anchors of the headings of a page, as GitHub generates them. */
export function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of proseOf(page).matchAll(/^#{1,6}[ \t]+(.+?)[ \t]*#*$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = text.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replaceAll(' ', '-')
    let anchor = slug
    for (let twin = 1; anchors.has(anchor); twin += 1) anchor = `${slug}-${twin}`
    anchors.add(anchor)
  }
  return anchors
}
