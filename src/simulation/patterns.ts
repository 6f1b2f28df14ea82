import { isExponential } from './exponential-regex.ts'

/** Thrown for an unusable pattern. The message is a phrase that follows the pattern's location. */
export class PatternError extends Error {
  override name = 'PatternError'
}

/** A compiled pattern. */
export interface Pattern {
  /** Returns whether the text matches. Regular expressions can be slow, so callers must apply a time limit. */
  readonly test: (text: string) => boolean
  /** Whether it is a regular expression. */
  readonly isExpression: boolean
}

/** The maximum length of text searched by a plain text and by a regular expression, in UTF-16 units. */
const SEARCHED_MAX = { text: 100_000, expression: 10_000 }

/** The maximum length of the source of a regular expression, in UTF-16 units. */
const SOURCE_LENGTH_MAX = 1000

const EXPRESSION = /^\/(.+)\/([a-z]*)$/s

/** Compiles a pattern that has been checked: a plain text, or a regular expression as `/…/flags`. */
export function compilePattern(pattern: string): Pattern {
  const [, source, flags] = EXPRESSION.exec(pattern) ?? []
  if (source === undefined) {
    return { test: (text) => text.slice(0, SEARCHED_MAX.text).includes(pattern), isExpression: false }
  }
  const expression = new RegExp(source, flags)
  return {
    test: (text) => text.slice(0, SEARCHED_MAX.expression).search(expression) !== -1,
    isExpression: true,
  }
}

/** Throws PatternError for a regular expression that is invalid, too long, or found to take exponential time. */
export function checkPattern(pattern: string): void {
  const [, source, flags = ''] = EXPRESSION.exec(pattern) ?? []
  if (source === undefined) return
  if (source.length > SOURCE_LENGTH_MAX) {
    throw new PatternError(`regular expression of more than ${SOURCE_LENGTH_MAX} characters`)
  }
  try {
    new RegExp(source, flags)
  } catch (error) {
    throw new PatternError((error as SyntaxError).message)
  }
  if (isExponential(source, flags)) {
    throw new PatternError('regular expression that may take exponential time')
  }
}
