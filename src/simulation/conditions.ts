import { isDeepStrictEqual } from 'node:util'
import { within } from './time-limit.ts'

/** A test of one member of an event. */
export interface Condition {
  /** The path of the member: `pull_request.labels.0.name`. */
  readonly field: string
  readonly operator: Operator
  readonly value: unknown
}

/** The conditions of a trigger. An event has to meet all conditions of one of the lists. */
export interface Conditions {
  readonly any: readonly { readonly all: readonly Condition[] }[]
}

/** The maximum length of a text that is searched for a pattern, in UTF-16 units. */
const SEARCHED_MAX = 10_000

/** The maximum length of a pattern, in UTF-16 units. */
const PATTERN_MAX = 1_000

/**
 * The time limits of the first and second try of all tests of one event, in milliseconds. Regular expressions, lists of globs and
 * comparisons may take hours. The second try allows for a busy machine.
 */
const TRY_MS_MAX = [200, 200]

type Test = (actual: unknown, value: unknown) => boolean

const isIn: Test = (actual, value) => listOf(value).some((one) => isDeepStrictEqual(actual, one))

const contains: Test = (actual, value) =>
  typeof actual === 'string' ? actual.includes(String(value)) : Array.isArray(actual) && isIn(value, actual)

const isEmpty = (actual: unknown): boolean =>
  actual == null || actual === '' || (typeof actual === 'object' && Object.values(actual).length === 0)

const TESTS = {
  eq: isDeepStrictEqual,
  neq: (actual, value) => !isDeepStrictEqual(actual, value),
  in: isIn,
  not_in: (actual, value) => !isIn(actual, value),
  contains,
  not_contains: (actual, value) => !contains(actual, value),
  starts_with: (actual, value) => typeof actual === 'string' && actual.startsWith(String(value)),
  ends_with: (actual, value) => typeof actual === 'string' && actual.endsWith(String(value)),
  matches: (actual, value) =>
    typeof actual === 'string' && actual.slice(0, SEARCHED_MAX).search(new RegExp(String(value))) !== -1,
  // The value `false` inverts the test.
  is_empty: (actual, value) => isEmpty(actual) === (value !== false),
  gt: (actual, value) => compare(actual, value) > 0,
  lt: (actual, value) => compare(actual, value) < 0,
  between: (actual, value) => {
    const [low, high] = listOf(value)
    return compare(actual, low) >= 0 && compare(actual, high) <= 0
  },
  globs: (actual, value) =>
    typeof actual === 'string' &&
    listOf(value).some((glob) => matchesGlob(actual.slice(0, SEARCHED_MAX), String(glob))),
  // The rule of a schedule, which no event meets.
  recurrence: () => false,
} as const satisfies Record<string, Test>

/** The name of a test. */
export type Operator = keyof typeof TESTS

/** The names of all tests. */
export const OPERATORS = Object.keys(TESTS) as readonly Operator[]

/** Returns the reason why the pattern of a condition is unusable, or undefined. */
export function patternFlaw({ operator, value }: Condition): string | undefined {
  if (operator !== 'matches' && operator !== 'globs') return undefined
  const patterns = operator === 'globs' ? listOf(value) : [value]
  for (const pattern of patterns) {
    if (typeof pattern !== 'string') return 'is not a pattern'
    if (pattern.length > PATTERN_MAX) return `is longer than ${PATTERN_MAX} characters`
  }
  return operator === 'matches' ? expressionFlaw(String(value)) : undefined
}

function expressionFlaw(source: string): string | undefined {
  try {
    new RegExp(source)
    return undefined
  } catch (error) {
    return (error as SyntaxError).message
  }
}

/**
 * Returns whether an event meets the conditions of one of several triggers; null accepts every event. Returns false if the tests take
 * too long.
 */
export function meetsAny(triggers: readonly (Conditions | null)[], event: unknown): boolean {
  if (triggers.includes(null)) return true
  const isMet = (condition: Condition) => meets(condition, event)
  for (const ms of TRY_MS_MAX) {
    const found = within(ms, () => triggers.some((one) => one?.any.some(({ all }) => all.every(isMet))))
    if (found !== null) return found
  }
  return false
}

function meets({ field, operator, value }: Condition, event: unknown): boolean {
  return TESTS[operator](memberAt(event, field), value)
}

function memberAt(event: unknown, path: string): unknown {
  let value = event
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** Compares two numbers or two texts. Returns NaN for other values. */
function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  if (typeof one !== 'string' || typeof other !== 'string') return Number.NaN
  return one < other ? -1 : Number(one > other)
}

/** Matches a text against a glob with `*` and `?`. Unlike a regular expression, takes time proportional to both lengths at most. */
function matchesGlob(text: string, glob: string): boolean {
  let [at, globAt, starAt, resumeAt] = [0, 0, -1, 0]
  while (at < text.length) {
    if (glob[globAt] === '*') {
      starAt = globAt++
      resumeAt = at
    } else if (glob[globAt] === '?' || glob[globAt] === text[at]) {
      globAt++
      at++
    } else if (starAt !== -1) {
      globAt = starAt + 1
      at = ++resumeAt
    } else return false
  }
  return /^\**$/.test(glob.slice(globAt))
}
