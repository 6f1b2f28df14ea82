import type { LocItem, ValidationIssue } from './issue.ts'
import { jsonLength } from './json/length.ts'

/**
 * How many issues a request is told at most. pydantic has no bound: five million wrong items of a list made an answer of half
 * a gigabyte.
 */
export const ISSUES_MAX = 100

/**
 * How much of what was sent the answer to a wrong request quotes at most, in characters of JSON. FastAPI quotes all of it, and a
 * body with five members missing five times.
 */
export const QUOTED_MAX = 1_048_576

/** Stands for an input that is not quoted. */
export const NOT_QUOTED = '(not quoted: the inputs take more than 1 MiB)'

/** How much is kept of a name in a `loc` and of a message where the whole does not fit, in characters. */
const CUT_LENGTH = 200

/**
 * The first `ISSUES_MAX` issues, which together quote at most `QUOTED_MAX` characters of what was sent: from the first input
 * on that does not fit any more, inputs are replaced by `NOT_QUOTED`, and long names and messages are cut.
 */
export function boundedIssues(issues: readonly ValidationIssue[]): readonly ValidationIssue[] {
  let left = QUOTED_MAX
  let isOver = false
  const bounded = issues.slice(0, ISSUES_MAX).map((issue) => {
    const length = isOver ? Number.POSITIVE_INFINITY : quotedLength(issue, left)
    if (length <= left) {
      left -= length
      return issue
    }
    isOver = true
    return withoutQuotes(issue)
  })
  return isOver || bounded.length < issues.length ? bounded : issues
}

function quotedLength({ loc, msg, input }: ValidationIssue, max: number): number {
  const length = jsonLength(loc, max) + msg.length
  return length > max ? length : length + jsonLength(input, max - length)
}

/** A short input stays: it is what says most, and a hundred of them are not much. */
function withoutQuotes({ loc, msg, input, ...others }: ValidationIssue): ValidationIssue {
  const quoted = jsonLength(input, CUT_LENGTH) <= CUT_LENGTH ? input : NOT_QUOTED
  return { ...others, loc: loc.map(cut), msg: cut(msg), input: quoted }
}

function cut<T extends LocItem>(item: T): T | string {
  if (typeof item !== 'string' || item.length <= CUT_LENGTH) return item
  return `${item.slice(0, CUT_LENGTH).toWellFormed()}…`
}
