import { isExponential } from './exponential.ts'

/** Why a pattern cannot be used, in words that follow its place. */
export class PatternError extends Error {
  override name = 'PatternError'
}

/** A pattern, ready to be tried on texts. */
export interface Pattern {
  /** Whether the text matches. A regular expression may take long, and who tries it must be able to stop it. */
  readonly test: (text: string) => boolean
  /** Whether it is a regular expression. */
  readonly isExpression: boolean
}

/** How much of a text is looked at, in UTF-16 units: by a plain text, and by a regular expression. */
const SEARCHED_MAX = { text: 100_000, expression: 10_000 }

/** How long the source of a regular expression may be, in UTF-16 units. */
const SOURCE_LENGTH_MAX = 1000

const EXPRESSION = /^\/(.+)\/([a-z]*)$/s

/** A text as it is, or a regular expression in `/…/flags`, that was checked. */
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

/** Throws PatternError for a regular expression that is none, is very long, or is seen to take exponential time. */
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
