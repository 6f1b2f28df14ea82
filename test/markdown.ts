/** A fenced block of a page. */
export interface Block {
  /** The first word behind the fence, which colours the block; empty for none. */
  readonly language: string
  /** The other words: what the block is for. */
  readonly role: string
  /** Without the line break at its end. */
  readonly text: string
}

/** A fence at the margin or in a list, up to one of the same length. */
const FENCED = /^( *)(`{3,})(\S*)[ \t]*(.*)\n([\s\S]*?)^\1\2[ \t]*$/gm

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(FENCED)].map(([, , , language = '', role = '', text = '']) => ({
    language,
    role: role.trim(),
    text: text.replace(/\n$/, ''),
  }))
}

/** A page without its fenced blocks. */
export function proseOf(page: string): string {
  return page.replaceAll(FENCED, '')
}

/** What stands between backticks in the prose of a page. */
export function codeSpansOf(page: string): string[] {
  return [...proseOf(page).matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
}

/** The targets of the links and pictures of a page, as they are written. What is between backticks is no link. */
export function linksOf(page: string): string[] {
  const prose = proseOf(page).replaceAll(/`[^`]+`/g, '`')
  const inline = [...prose.matchAll(/\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g)]
  const reference = [...prose.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm)]
  const html = [...prose.matchAll(/<(?:a|img)\s[^>]*?(?:href|src)="([^"]+)"/g)]
  return [...inline, ...reference, ...html].map(([, target = '']) => target)
}

/** What the headings of a page can be linked to by, made as GitHub makes it. */
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
