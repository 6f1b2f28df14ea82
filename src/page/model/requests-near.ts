/** An operation of the API, such as `GET /v1/sessions/{session_id}`. */
export interface Operation {
  readonly method: string
  readonly path: string
}

/** A part of an operation in which a request differs. Undefined where one has no such part. */
export interface Difference {
  readonly expected: string | undefined
  readonly sent: string | undefined
}

/** An operation that is near to a request, and how they differ. */
export interface NearOperation extends Operation {
  readonly differences: readonly Difference[]
}

/** The number of operations that are returned. */
const NEAR_MAX = 3

/** Longer paths and segments are cut before they are compared. */
const MAX = { segments: 10, segment: 32 }

/** Returns the operations that are nearest to a request, nearest first. `operations` are texts such as `GET /v1/sessions`. */
export function nearOperations(
  { method, path }: Operation,
  operations: Iterable<string>,
): readonly NearOperation[] {
  const sent = segmentsOf(path)
  const distance = memoized(distanceOf)
  return [...new Set(operations)]
    .map((operation) => {
      const [expected = '', template = ''] = operation.split(' ')
      const { cost, differences } = compared(segmentsOf(template), sent, distance)
      const isOther = expected !== method
      return {
        cost: cost + (isOther ? OTHER_METHOD : 0),
        method: expected,
        path: template,
        differences: [...(isOther ? [{ expected, sent: method }] : []), ...differences],
      }
    })
    .sort((one, other) => one.cost - other.cost)
    .slice(0, NEAR_MAX)
    .map(({ cost: _, ...near }) => near)
}

/** What differs costs, in whole segments. */
const OTHER_METHOD = 0.6
const PARAMETER = 0.2

/** A comparison of the rest of two paths. */
interface Compared {
  readonly cost: number
  readonly differences: readonly Difference[]
}

/** Returns how different two segments are: 0 for equal ones, at most 1.5. */
type Distance = (expected: string, sent: string) => number

/** Returns a function that computes each distance once, since operations have most segments in common. */
function memoized(distance: Distance): Distance {
  const known = new Map<string, number>()
  return (expected, sent) => {
    const key = `${expected}/${sent}`
    const found = known.get(key) ?? distance(expected, sent)
    known.set(key, found)
    return found
  }
}

/** Compares two paths segment by segment, where either may lack some. */
function compared(expected: readonly string[], sent: readonly string[], distance: Distance): Compared {
  // The comparisons of what follows each segment of `sent`, for the present segment of `expected` and for the next one.
  let next: Compared[] = []
  for (let at = expected.length; at >= 0; at--) {
    const row: Compared[] = []
    for (let index = sent.length; index >= 0; index--) {
      const [one, other] = [expected[at], sent[index]]
      const choices = [
        ...(one === undefined ? [] : [step(next[index], one, undefined, 1)]),
        ...(other === undefined ? [] : [step(row[index + 1], undefined, other, 1)]),
        ...(one === undefined || other === undefined
          ? []
          : [step(next[index + 1], one, other, distance(one, other))]),
      ]
      row[index] = choices.sort((a, b) => a.cost - b.cost)[0] ?? { cost: 0, differences: [] }
    }
    next = row
  }
  return next[0] as Compared
}

function step(
  rest: Compared | undefined,
  expected: string | undefined,
  sent: string | undefined,
  cost: number,
): Compared {
  const { cost: others, differences } = rest as Compared
  const isSame = cost === 0 || cost === PARAMETER
  return { cost: others + cost, differences: isSame ? differences : [{ expected, sent }, ...differences] }
}

function distanceOf(expected: string, sent: string): number {
  if (expected === sent) return 0
  if (expected.startsWith('{') && sent !== '') return PARAMETER
  return 0.3 + (1.2 * edits(expected, sent)) / Math.max(expected.length, sent.length)
}

/** Returns the number of characters to insert, delete or replace. */
function edits(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let row = 1; row <= one.length; row++) {
    const line = [row]
    for (let at = 1; at <= other.length; at++) {
      const replaced = (above[at - 1] as number) + (one[row - 1] === other[at - 1] ? 0 : 1)
      line.push(Math.min(replaced, (above[at] as number) + 1, (line[at - 1] as number) + 1))
    }
    above = line
  }
  return above[other.length] as number
}

function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .slice(1, 1 + MAX.segments)
    .map((segment) => segment.slice(0, MAX.segment))
}
