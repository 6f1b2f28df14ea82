import { exclusiveTurn } from '../fastapi/turns.ts'
import { compilePattern } from './patterns.ts'
import type { Match } from './scenario.ts'
import { within } from './time-limit.ts'

/** The fields of a new session that rules match against. */
export interface Candidate {
  readonly prompt: string
  readonly title: string | null
  readonly tags: readonly string[]
}

/** The time limit for one slice of matching regular expressions, in milliseconds. */
const SLICE_MS_MAX = 50

/** The maximum number of slices per session. */
const SLICES_MAX = 40

/** The compiled `match` of a rule. */
export interface Matcher {
  readonly matches: (candidate: Candidate) => boolean
  /** Whether matching uses a regular expression and therefore needs a time limit. */
  readonly usesExpression: boolean
}

/**
 * Returns the first matching rule. Yields to the event loop between slices. A rule at which two consecutive slices time out
 * counts as not matching. One timeout is not enough, since earlier rules may have used up the slice.
 */
export async function firstMatch<M extends Matcher>(
  entries: readonly M[],
  candidate: Candidate,
): Promise<M | undefined> {
  if (!entries.some(({ usesExpression }) => usesExpression)) {
    return entries.find(({ matches }) => matches(candidate))
  }
  let index = 0
  let stoppedAt = -1
  const search = () => {
    while (entries[index]?.matches(candidate) === false) index++
    return index
  }
  for (let slice = 0; slice < SLICES_MAX; slice++) {
    const found = within(SLICE_MS_MAX, search)
    if (found !== null) return entries[found]
    await exclusiveTurn()
    if (index === stoppedAt) index++
    else stoppedAt = index
  }
  return undefined
}

/** Compiles the `match` of a rule. A rule with a name and no `match` applies only to sessions that name it. */
export function compileMatch({
  name,
  match,
}: {
  readonly name: string | undefined
  readonly match: Match | undefined
}): Matcher {
  if (match === undefined) return { matches: () => name === undefined, usesExpression: false }
  const [prompt, title, tag] = [match.prompt, match.title, match.tag].map((pattern) =>
    pattern === undefined ? undefined : compilePattern(pattern),
  )
  return {
    matches: (candidate) =>
      (prompt === undefined || prompt.test(candidate.prompt)) &&
      (title === undefined || (candidate.title !== null && title.test(candidate.title))) &&
      (tag === undefined || candidate.tags.some(tag.test)),
    usesExpression: [prompt, title, tag].some((pattern) => pattern?.isExpression),
  }
}
