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
      const comparison = new Comparison(segmentsOf(template), sent, distance)
      const cost = comparison.cost + (expected === method ? 0 : OTHER_METHOD)
      return { expected, template, comparison, cost }
    })
    .sort((one, other) => one.cost - other.cost)
    .slice(0, NEAR_MAX)
    .map(({ expected, template, comparison }) => ({
      method: expected,
      path: template,
      differences: [
        ...(expected === method ? [] : [{ expected, sent: method }]),
        ...comparison.differences(),
      ],
    }))
}

/** The costs of differences, in segments. */
const OTHER_METHOD = 0.6
const PARAMETER = 0.2

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
class Comparison {
  readonly #expected: readonly string[]
  readonly #sent: readonly string[]
  readonly #distance: Distance
  /** The minimum costs of the rests of the paths, by the number of segments before them in `expected` and in `sent`. */
  readonly #costs: number[][] = []

  constructor(expected: readonly string[], sent: readonly string[], distance: Distance) {
    this.#expected = expected
    this.#sent = sent
    this.#distance = distance
    for (let at = expected.length; at >= 0; at--) {
      this.#costs[at] = []
      for (let index = sent.length; index >= 0; index--) this.#setCost(at, index)
    }
  }

  /** The minimum cost of the differences. */
  get cost(): number {
    return this.#costOf(0, 0)
  }

  /** Returns the differences with the minimum cost. */
  differences(): Difference[] {
    const found: Difference[] = []
    let [at, index] = [0, 0]
    while (at < this.#expected.length || index < this.#sent.length) {
      const [expected, sent] = [this.#expected[at], this.#sent[index]]
      const cost = this.#costOf(at, index)
      if (cost === 1 + this.#costOf(at + 1, index)) {
        found.push({ expected, sent: undefined })
        at++
      } else if (cost === 1 + this.#costOf(at, index + 1)) {
        found.push({ expected: undefined, sent })
        index++
      } else {
        if (!isSame(this.#distance(expected as string, sent as string))) found.push({ expected, sent })
        at++
        index++
      }
    }
    return found
  }

  #setCost(at: number, index: number): void {
    const [expected, sent] = [this.#expected[at], this.#sent[index]]
    const both =
      expected === undefined || sent === undefined ? Number.POSITIVE_INFINITY : this.#distance(expected, sent)
    const least = Math.min(
      1 + this.#costOf(at + 1, index),
      1 + this.#costOf(at, index + 1),
      both + this.#costOf(at + 1, index + 1),
    )
    ;(this.#costs[at] as number[])[index] = expected === undefined && sent === undefined ? 0 : least
  }

  /** Returns the minimum cost of the rests of the paths; Infinity beyond their ends. */
  #costOf(at: number, index: number): number {
    return this.#costs[at]?.[index] ?? Number.POSITIVE_INFINITY
  }
}

/** Returns whether a distance is that of equal segments, or of a value of a parameter. */
function isSame(distance: number): boolean {
  return distance === 0 || distance === PARAMETER
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
