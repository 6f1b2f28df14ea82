import { within } from './time-limit.ts'

/** The time limit for one slice of texts, in milliseconds. Harmless expressions take far less. */
const SLICE_MS_MAX = 50

/** The time limits for the first and second try of one text, in milliseconds. The second try allows for a busy machine. */
const TEXT_MS_MAX = [50, 150]

/** The number of texts per slice. */
const SLICE_LENGTH = 25

/** The maximum number of slices that may exceed the limit although none of their texts does. */
const SLOW_SLICES_MAX = 5

/** The maximum number of groups tried separately. */
const GROUPS_MAX = 30

/**
 * Returns whether the expression, or a group in it, takes exponential time on a short text that almost matches. This is a
 * heuristic, so callers still have to run patterns with a time limit.
 */
export function isExponential(source: string, flags: string): boolean {
  let slowSlices = 0
  const hangs = (expression: RegExp, texts: readonly string[]) => {
    const tried = (some: readonly string[], ms: number) =>
      within(ms, () => some.map((text) => expression.test(text))) !== null
    if (slowSlices === SLOW_SLICES_MAX || tried(texts, SLICE_MS_MAX)) return false
    slowSlices++
    return texts.some((text) => TEXT_MS_MAX.every((ms) => !tried([text], ms)))
  }
  return [source, ...repeatedGroups(source).slice(0, GROUPS_MAX)].some((part) => {
    // Anchored, so that the engine backtracks through every alternative when the end of the text does not match.
    const expression = compileOrNever(`^(?:${part})$`, flags)
    return slicesOf(almostMatching(part)).some((texts) => hangs(expression, texts))
  })
}

function slicesOf(texts: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(texts.length / SLICE_LENGTH) }, (_, index) =>
    texts.slice(index * SLICE_LENGTH, (index + 1) * SLICE_LENGTH),
  )
}

/** Compiles an expression. Returns one that never matches if it is invalid, such as a group with a reference to a group outside it. */
function compileOrNever(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch {
    return /$^/
  }
}

/** Returns the repeated groups with their quantifiers, so that they can be tried without the text before them. */
function repeatedGroups(source: string): string[] {
  const groups: string[] = []
  const open: number[] = []
  // Skips escapes and character classes, whose parentheses do not open or close a group.
  for (const { 0: token, index } of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[()]/gs)) {
    if (token === '(') open.push(index)
    if (token !== ')') continue
    const start = open.pop()
    const [quantifier] = /^(?:[*+]|\{\d+(?:,\d*)?\})/.exec(source.slice(index + 1)) ?? []
    if (start !== undefined && quantifier !== undefined) {
      groups.push(source.slice(start, index + 1) + quantifier)
    }
  }
  return groups
}

/** Representatives of common character classes. */
const SAMPLE_CHARACTERS = 'aA0 _-.,/é字\n'

/** The maximum number of single characters that are repeated, and of the literal texts in an expression. */
const UNITS_MAX = 60

/** The maximum number of characters that are also repeated in pairs. */
const PAIRED_MAX = 10

/** The number of repetitions of a unit in a text: 2^n and Fibonacci(n) steps exceed the limit, n^4 steps do not. */
const REPETITIONS = 40

/** The start of a group that is not plain, such as `(?:` or `(?<name>`. */
const GROUP_PREFIX = /\(\?(?:<?[=!]|<\w+>|[a-z-]*:)/g

/** Returns texts that repeat one unit and end with a character that the expression probably does not match there. */
function almostMatching(source: string): string[] {
  const literal = source
    .replace(GROUP_PREFIX, '(')
    .replace(/\\(?:u\{?([0-9a-f]{4,6})\}?|x([0-9a-f]{2})|.)/gis, (_, long, short) => character(long ?? short))
  const own = new Set(literal.replace(/[\\^$*+?()[\]{}|]/g, ''))
  const characters = [...new Set([...own, ...SAMPLE_CHARACTERS])]
  const paired = characters.slice(0, PAIRED_MAX)
  const pairs = paired.flatMap((first) => paired.map((second) => first + second))
  const runs = literal.match(/[^\\^$*+?()[\]{}|.]{2,}/g) ?? []
  const units = [...characters.slice(0, UNITS_MAX), ...pairs, ...runs.slice(0, UNITS_MAX)]
  // Few expressions match NUL: `.` does, but not a line break; negated classes do, but not their own characters.
  const endings = ['\0', '\n', 'a', ...[...own].slice(0, PAIRED_MAX)]
  return [
    ...units.map((unit) => unit.repeat(REPETITIONS) + endings[0]),
    ...endings.slice(1).flatMap((end) => paired.map((unit) => unit.repeat(REPETITIONS) + end)),
  ]
}

function character(hex: string | undefined): string {
  const code = Number.parseInt(hex ?? '', 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}
