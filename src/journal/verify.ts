import { nextTurn } from '../fastapi/turns.ts'
import type { RequestEntry } from '../schemas/control/journal.ts'
import { DIFFERENCES_MAX, differencesFrom, type Expected, show } from './differences.ts'
import { toRequestEntry } from './entry.ts'
import type { JournalEntry } from './journal.ts'
import type { Recorded } from './journals.ts'
import { visibilityOf } from './secret-fields.ts'

/** How often a request is expected. */
export interface Bounds {
  readonly atLeast: number
  /** Infinity where there may be any number. */
  readonly atMost: number
}

/** A request that was nearly the expected one, or one too many of them. */
export interface ClosestMatch {
  readonly request: RequestEntry
  /** `method: expected POST, got GET`; none where it is one too many. */
  readonly differences: string[]
}

/** What was found. */
export type Verification = Counts &
  (
    | { readonly verified: true }
    | {
        readonly verified: false
        /** Why more cannot be said; left out where what was dropped makes no difference. */
        readonly uncertain?: string
        readonly expected: string
        readonly nearest: ClosestMatch[]
      }
  )

interface Counts {
  /** Of what is kept. */
  readonly count: number
  /** How many requests are not kept any more; left out for none. */
  readonly dropped?: number
}

/** How much is compared before others have their turn of the event loop, in bytes of the journal. */
const BYTES_PER_TURN = 524_288

/** How many of the nearest requests are shown. */
const NEAREST_MAX = 3

/**
 * Counts the requests that are as expected, while others have their turns of the event loop. Where some were dropped from the
 * journal, only that is verified which they could not change.
 */
export async function verify(
  { exchanges, dropped }: Recorded,
  expected: Expected,
  bounds: Bounds,
): Promise<Verification> {
  const differencesOf = differencesFrom(expected)
  const compared: { exchange: JournalEntry; differences: string[] }[] = []
  let looked = 0
  for (const exchange of exchanges) {
    compared.push({ exchange, differences: differencesOf(exchange) })
    looked += exchange.bytes
    if (looked < BYTES_PER_TURN) continue
    looked = 0
    await nextTurn()
  }
  const fitting = compared.filter(({ differences }) => differences.length === 0)
  const count = fitting.length
  const counts = { count, ...(dropped > 0 && { dropped }) }
  const most = count + dropped
  if (count >= bounds.atLeast && most <= bounds.atMost) return { verified: true, ...counts }
  const candidates =
    count > bounds.atMost ? fitting : compared.filter(({ differences }) => differences.length > 0)
  const nearest = candidates
    // Of equals the newest.
    .reverse()
    .sort((one, other) => distance(one.differences) - distance(other.differences))
    .slice(0, NEAREST_MAX)
    .map(({ exchange, differences }) => ({ request: toRequestEntry(exchange), differences }))
  // Among those that were dropped there may have been as many as are missing, or one too many.
  const isUncertain = dropped > 0 && count <= bounds.atMost && most >= bounds.atLeast
  const uncertain = isUncertain && { uncertain: uncertainty(dropped) }
  return { verified: false, ...counts, ...uncertain, expected: describe(expected, bounds), nearest }
}

function uncertainty(dropped: number): string {
  return `the journal has lost ${requests(dropped)} since it was last cleared, and there may have been expected ones among them: clear it more often, or raise --journal-entries or --journal-bytes`
}

/** Another operation is further away than the same one with anything else about it different. */
function distance(differences: readonly string[]): number {
  const elsewhere = differences.filter((line) => /^(?:method|path):/.test(line))
  return elsewhere.length * (DIFFERENCES_MAX + 1) + differences.length
}

/** `at least 1 request with method POST, path "/v1/sessions"`. */
function describe({ method = '', path = '', ...others }: Expected, bounds: Bounds): string {
  const visibility = visibilityOf({ method, template: path })
  const parts = [
    ...(method === '' ? [] : [`method ${method}`]),
    ...(path === '' ? [] : [`path ${show(path)}`]),
    ...(others.status === undefined ? [] : [`status ${others.status}`]),
    ...(others.query === undefined ? [] : [`query ${show(others.query, visibility)}`]),
    ...('body' in others ? [`body ${show(others.body, visibility)}`] : []),
  ]
  return parts.length === 0 ? howMany(bounds) : `${howMany(bounds)} with ${parts.join(', ')}`
}

function howMany({ atLeast, atMost }: Bounds): string {
  if (atLeast === atMost) return `exactly ${requests(atLeast)}`
  if (atMost === Number.POSITIVE_INFINITY) return `at least ${requests(atLeast)}`
  return atLeast === 0 ? `at most ${requests(atMost)}` : `${atLeast} to ${requests(atMost)}`
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`
}
