import { within } from './time-limit.ts'

/** How long the trial of some texts may take, in milliseconds: what is harmless takes far less. */
const SLICE_MS_MAX = 50

/** How long one text may take; the second try is for a machine that was busy. */
const TEXT_MS_MAX = [50, 150]

/** How many texts are tried at a time, and how many times they may take long together though none does alone. */
const SLICE_LENGTH = 25
const SLOW_SLICES_MAX = 5

/** How many groups are tried each for itself. */
const GROUPS_MAX = 30

/**
 * Whether the expression, or a group in it, takes for ever on a short text that almost matches. A trial and not a proof:
 * who uses patterns must stop those that slip through.
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
    // The whole of a text must match, so that the engine tries every way when its end does not.
    const expression = compileOrNever(`^(?:${part})$`, flags)
    return slicesOf(almostMatching(part)).some((texts) => hangs(expression, texts))
  })
}

function slicesOf(texts: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(texts.length / SLICE_LENGTH) }, (_, index) =>
    texts.slice(index * SLICE_LENGTH, (index + 1) * SLICE_LENGTH),
  )
}

/** A group taken out of an expression may refer to one that stayed there by its name; then there is nothing to try. */
function compileOrNever(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch {
    return /$^/
  }
}

/** The groups that are repeated, each with its quantifier: whatever stands before them need not match in a trial. */
function repeatedGroups(source: string): string[] {
  const groups: string[] = []
  const open: number[] = []
  // Escapes and classes are passed over, since brackets in them open and close nothing.
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

/** What stands for the classes of characters that an expression may name. */
const SAMPLE_CHARACTERS = 'aA0 _-.,/é字\n'
const UNITS_MAX = 60
const PAIRED_MAX = 10

/** How often a unit stands in a text: often enough that 2^n and Fibonacci(n) steps never end, and that n^4 steps do. */
const REPETITIONS = 40

/** What begins a group besides its bracket. */
const GROUP_PREFIX = /\(\?(?:<?[=!]|<\w+>|[a-z-]*:)/g

/** Texts of one unit many times over, and at the end a character that the expression, one may hope, does not take there. */
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
  // Hardly any expression takes the first. `.` does, but no line break; negated classes do, but not what they name.
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
