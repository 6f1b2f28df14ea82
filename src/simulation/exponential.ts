import { within } from './within.ts'

/** How long the trial may take. What is harmless takes a few milliseconds; the second try is for a machine that was busy. */
const TRIAL_MS_MAX = [50, 150]

/**
 * Whether the expression, or a group in it, takes for ever on a short text that almost matches. A trial and not a proof:
 * who uses patterns must stop those that slip through.
 */
export function isExponential(source: string, flags: string): boolean {
  const trials = [source, ...repeatedGroups(source)].map((part) => ({ part, texts: almostMatching(part) }))
  const run = () => {
    for (const { part, texts } of trials) {
      // The whole of a text must match, so that the engine tries every way when its end does not.
      const expression = compileOrNever(`^(?:${part})$`, flags)
      for (const text of texts) expression.test(text)
    }
    return true
  }
  return TRIAL_MS_MAX.every((ms) => within(ms, run) === null)
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
const SAMPLE_CHARACTERS = 'aA0 _-.,/é\n'
const UNITS_MAX = 60
const PAIRED_MAX = 10

/** How often a unit stands in a text: often enough that 2^n and Fibonacci(n) steps never end, and that n^4 steps do. */
const REPETITIONS = 40

/** Texts of one unit many times over, and at the end a character that hardly any expression takes. */
function almostMatching(source: string): string[] {
  const literal = source.replace(/\\(?:u\{?([0-9a-f]{4,6})\}?|x([0-9a-f]{2})|.)/gis, (_, long, short) =>
    character(long ?? short),
  )
  const characters = [...new Set([...literal.replace(/[\\^$*+?()[\]{}|]/g, ''), ...SAMPLE_CHARACTERS])]
  const paired = characters.slice(0, PAIRED_MAX)
  const pairs = paired.flatMap((first) => paired.map((second) => first + second))
  const runs = literal.match(/[^\\^$*+?()[\]{}|.]{2,}/g) ?? []
  return [...characters.slice(0, UNITS_MAX), ...pairs, ...runs.slice(0, UNITS_MAX)].map(
    (unit) => `${unit.repeat(REPETITIONS)}\0`,
  )
}

function character(hex: string | undefined): string {
  const code = Number.parseInt(hex ?? '', 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}
