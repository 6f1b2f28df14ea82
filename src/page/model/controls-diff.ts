/** A piece of a comparison of texts, as the package `diff` gives it. */
export interface Piece {
  readonly value: string
  readonly added?: boolean
  readonly removed?: boolean
}

/** A line of a comparison, or a number of unchanged lines that are left out. */
export type DiffLine =
  | { readonly sign: '+' | '-' | ' '; readonly text: string }
  | { readonly sign: '…'; readonly count: number }

/** The number of unchanged lines that are shown before and after a change. */
const CONTEXT = 2

/** Returns the lines of a comparison. Of long unchanged parts, only the lines next to a change. */
export function linesOf(pieces: readonly Piece[]): DiffLine[] {
  return pieces.flatMap(({ value, added, removed }, index) => {
    const texts = value.replace(/\n$/, '').split('\n')
    if (added || removed) return texts.map((text) => ({ sign: added ? '+' : '-', text }) as const)
    return folded(texts, index === 0 ? 0 : CONTEXT, index === pieces.length - 1 ? 0 : CONTEXT)
  })
}

function folded(texts: readonly string[], before: number, after: number): DiffLine[] {
  const lines = texts.map((text) => ({ sign: ' ', text }) as const)
  const count = lines.length - before - after
  // A line that says that one line is left out takes as much space as the line.
  if (count <= 1) return lines
  return [...lines.slice(0, before), { sign: '…', count }, ...lines.slice(lines.length - after)]
}

/** Returns a value as text: JSON, indented, unless it is a text. A member that is not there has none. */
export function textOf(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}

/** The longest text that is shown in one line, in characters. */
const SHORT_MAX = 60

/** Returns whether a change fits in one line: before → after. */
export function isShort(before: unknown, after: unknown): boolean {
  return [before, after].every((value) => {
    const text = textOf(value)
    return text.length <= SHORT_MAX && !text.includes('\n')
  })
}

const NAMES = ['title', 'name', 'key', 'prompt', 'email', 'action', 'message', 'id'] as const

/** The longest title of a record, in characters. */
const TITLE_MAX = 100

/** Returns what tells a record from others of its kind. */
export function titleOf(record: Readonly<Record<string, unknown>>): string {
  const name = NAMES.find((one) => typeof record[one] === 'string' && record[one] !== '')
  const title = name === undefined ? JSON.stringify(record) : (record[name] as string)
  return title.length > TITLE_MAX ? `${title.slice(0, TITLE_MAX)}…` : title
}
