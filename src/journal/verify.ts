import { nextTurn } from '../fastapi/turns.ts'
import type { RequestEntry } from '../schemas/control/journal.ts'
import { DIFFERENCES_MAX, differencesFrom, type Expected, show } from './differences.ts'
import { toRequestEntry } from './entry.ts'
import { type JournalEntry, loadSchemas, type RecordedRoute } from './journal.ts'
import type { JournalContents } from './journals.ts'
import { maskHeaders } from './mask.ts'
import { redactionOf } from './secret-fields.ts'

/** The expected number of requests. */
export interface Bounds {
  readonly atLeast: number
  /** Infinity for no upper bound. */
  readonly atMost: number
}

/** A request that nearly matches, or a surplus one that matches. */
export interface ClosestMatch {
  readonly request: RequestEntry
  /** Lines such as `method: expected POST, got GET`. Empty for a surplus request. */
  readonly differences: string[]
}

/** The result of a verification. */
export type Verification = Counts &
  (
    | { readonly verified: true }
    | {
        readonly verified: false
        /** The reason why the result is uncertain. Omitted if the dropped requests cannot change the result. */
        readonly uncertain?: string
        readonly expected: string
        readonly nearest: ClosestMatch[]
      }
  )

interface Counts {
  /** The number of matching requests in the journal. */
  readonly count: number
  /** The number of dropped requests. Omitted if 0. */
  readonly dropped?: number
}

/** The size of the entries that are compared per turn of the event loop, in bytes. */
const BYTES_PER_TURN = 524_288

/** The maximum number of nearest requests in a result. */
const NEAREST_MAX = 3

/**
 * Counts the requests that match. Yields to the event loop between batches. If requests were dropped from the journal, succeeds only if
 * they cannot change the result. `route` is the route of the expected method and path; its masks apply to the description.
 */
export async function verify(
  { entries, dropped }: JournalContents,
  expected: Expected,
  bounds: Bounds,
  route: RecordedRoute | null = null,
): Promise<Verification> {
  await loadSchemas(entries)
  await route?.loadSchema?.()
  const differencesOf = differencesFrom(expected)
  const compared: { entry: JournalEntry; differences: string[] }[] = []
  let comparedBytes = 0
  for (const entry of entries) {
    compared.push({ entry, differences: differencesOf(entry) })
    comparedBytes += entry.bytes
    if (comparedBytes < BYTES_PER_TURN) continue
    comparedBytes = 0
    await nextTurn()
  }
  const matching = compared.filter(({ differences }) => differences.length === 0)
  const count = matching.length
  const counts = { count, ...(dropped > 0 && { dropped }) }
  const most = count + dropped
  if (count >= bounds.atLeast && most <= bounds.atMost) return { verified: true, ...counts }
  const candidates =
    count > bounds.atMost ? matching : compared.filter(({ differences }) => differences.length > 0)
  const nearest = candidates
    // Of equally near requests, the newest comes first.
    .reverse()
    .sort((one, other) => distance(one.differences) - distance(other.differences))
    .slice(0, NEAREST_MAX)
    .map(({ entry, differences }) => ({ request: toRequestEntry(entry), differences }))
  // The dropped requests may include the missing ones, or a surplus one.
  const isUncertain = dropped > 0 && count <= bounds.atMost && most >= bounds.atLeast
  const uncertain = isUncertain && { uncertain: uncertainty(dropped) }
  return { verified: false, ...counts, ...uncertain, expected: describe(expected, bounds, route), nearest }
}

function uncertainty(dropped: number): string {
  return `the journal has lost ${requests(dropped)} since it was last cleared, which may include expected ones: clear it more often, or raise --journal-entries or --journal-bytes`
}

/** Returns the distance from the expected request. A different method or path outweighs all other differences. */
function distance(differences: readonly string[]): number {
  const ofOperation = differences.filter((line) => /^(?:method|path):/.test(line))
  return ofOperation.length * (DIFFERENCES_MAX + 1) + differences.length
}

/** Returns a text such as `at least 1 request with method POST, path "/v1/sessions"`. */
function describe(
  { method = '', path = '', ...others }: Expected,
  bounds: Bounds,
  route: RecordedRoute | null,
): string {
  const redaction = redactionOf(route)
  const parts = [
    ...(method === '' ? [] : [`method ${method}`]),
    ...(path === '' ? [] : [`path ${show(path)}`]),
    ...(others.status === undefined ? [] : [`status ${others.status}`]),
    ...(others.query === undefined ? [] : [`query ${show(others.query, redaction)}`]),
    ...(others.headers === undefined ? [] : [`headers ${show(maskHeaders(Object.entries(others.headers)))}`]),
    ...('body' in others ? [`body ${show(others.body, redaction)}`] : []),
  ]
  return parts.length === 0 ? describeBounds(bounds) : `${describeBounds(bounds)} with ${parts.join(', ')}`
}

function describeBounds({ atLeast, atMost }: Bounds): string {
  if (atLeast === atMost) return `exactly ${requests(atLeast)}`
  if (atMost === Number.POSITIVE_INFINITY) return `at least ${requests(atLeast)}`
  return atLeast === 0 ? `at most ${requests(atMost)}` : `${atLeast} to ${requests(atMost)}`
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`
}
