import { createRequire } from 'node:module'
import { within } from './within.ts'

/** Why a pattern cannot be used, in words that follow its place. */
export class PatternError extends Error {
  override name = 'PatternError'
}

/** How much of a text a regular expression sees, in UTF-16 units. */
const TEXT_LENGTH_MAX = 10_000

/** How long a regular expression may look at a text before it counts as not matching. */
const MATCHING_MS_MAX = 50

/**
 * A test for texts: `/…/flags` is a regular expression, anything else must occur in the text as it is. Throws PatternError
 * for an expression that is none, or that could take exponential time.
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const [, source, flags] = /^\/(.*)\/([a-z]*)$/s.exec(pattern) ?? []
  if (source === undefined) return (text) => text.includes(pattern)
  const expression = compileExpression(source, flags ?? '')
  if (!isSafe(expression)) throw new PatternError('regular expression that may take exponential time')
  return (text) =>
    within(MATCHING_MS_MAX, () => text.slice(0, TEXT_LENGTH_MAX).search(expression) !== -1) ?? false
}

function compileExpression(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch (error) {
    throw new PatternError((error as SyntaxError).message)
  }
}

/** Loaded when the first regular expression comes. It knows the usual culprits; `within` stops the others. */
function isSafe(expression: RegExp): boolean {
  const safeRegex: (expression: RegExp) => boolean = createRequire(import.meta.url)('safe-regex2')
  return safeRegex(expression)
}
