import type { LocItem, ValidationIssue } from './issue.ts'
import { jsonLength } from './json/length.ts'

/**
 * The maximum number of issues in an answer. pydantic has no limit: a list with five million invalid items gave an answer of half a
 * gigabyte.
 */
export const ISSUES_MAX = 100

/**
 * The maximum total length of the input that the answer to an invalid request quotes, in characters of JSON. FastAPI has no limit, and
 * quotes a body with five missing members five times.
 */
export const QUOTED_MAX = 1_048_576

/** The placeholder for an input that is not quoted. */
export const NOT_QUOTED = '(not quoted: the inputs take more than 1 MiB)'

/** The length to which a name in a `loc` and a message are truncated if the whole does not fit, in characters. */
const TRUNCATED_LENGTH = 200

/**
 * Returns the first `ISSUES_MAX` issues, limited to `QUOTED_MAX` quoted characters in total. From the first issue that exceeds the
 * limit, long inputs are replaced by `NOT_QUOTED`, and long names and messages are truncated.
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

/** Keeps a short input, which is the most useful part of an issue. A hundred of them are still small. */
function withoutQuotes(issue: ValidationIssue): ValidationIssue {
  const { loc, msg, input } = issue
  const quoted = jsonLength(input, TRUNCATED_LENGTH) <= TRUNCATED_LENGTH ? input : NOT_QUOTED
  return { ...issue, loc: loc.map(truncate), msg: truncate(msg), input: quoted }
}

function truncate<T extends LocItem>(item: T): T | string {
  if (typeof item !== 'string' || item.length <= TRUNCATED_LENGTH) return item
  return `${item.slice(0, TRUNCATED_LENGTH).toWellFormed()}…`
}
