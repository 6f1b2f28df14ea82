import type { LiveEvent } from '../../schemas/control/events.ts'
import type { Requests } from '../../schemas/control/requests.ts'
import { type RequestRow, rowOf } from './requests-row.ts'

/** A call of `GET /_fake/requests` that brings a copy closer to the journal. */
export interface JournalCall {
  /** Which entries to read: the newest ones at first, newer or older ones than those of the copy, or the number that the journal still has. */
  readonly kind: 'newest' | 'newer' | 'older' | 'count'
  readonly query: { readonly since?: number; readonly before?: number; readonly limit: number }
  /** How often the copy had been started again. */
  readonly start: number
}

/** The number of entries of the first answer, and of the others. */
const LIMITS = { first: 200, min: 20, max: 1_000 }

/** The length of an answer that the number of its entries aims at, in characters. */
const LENGTH = 1_000_000

/** The number of new entries beyond which it is better to start again. */
const NEWER_MAX = 5_000

/** The number of entries that the journal may have dropped, of those here, before everything is read again. */
const SURPLUS_MAX = 1_000

/**
 * A copy of the journal of an organization or of a server. It is read in parts: the newest entries first, then the older ones, and new
 * ones after each event. It makes no calls itself: `next` returns the call to make, and `take` takes the answer.
 */
export class JournalCopy {
  /** The requests, newest first. */
  rows: readonly RequestRow[] = []
  /** The number of requests that the journal has dropped since it was last cleared. */
  dropped = 0
  /** Whether the first entries have been read. */
  isStarted = false
  /** Whether all older entries have been read. */
  isComplete = false
  /** The number of requests that have come while the copy is paused. */
  waiting = 0
  readonly #orgId: string | undefined
  #isPaused = false
  #start = 0
  #limit = LIMITS.first
  /** Whether there are newer entries. */
  #isStale = false
  /** Newer entries that leave a gap, newest first. */
  #pending: RequestRow[] = []
  /** Whether the journal has dropped entries that may be here. */
  #mayHaveSurplus = false

  /** Without an organization, the copy has the requests of all. */
  constructor(orgId?: string) {
    this.#orgId = orgId
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Stops or goes on to take new requests. */
  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused
    this.waiting = 0
  }

  /** Reads everything again. What is here stays until then. */
  restart(): void {
    this.#start++
    this.isStarted = false
    this.isComplete = false
    this.#isStale = false
    this.#pending = []
    this.#mayHaveSurplus = false
  }

  /** Notes what has happened. Returns whether that concerns the copy. */
  tell(event: LiveEvent): boolean {
    const { kind, org_id: orgId } = event
    const isHere = this.#orgId === undefined || orgId === this.#orgId
    if (kind === 'request') {
      if (!isHere) return false
      if (this.#isPaused) this.waiting++
      this.#isStale = true
      return true
    }
    if (kind !== 'resync' && kind !== 'reset' && kind !== 'journal') return false
    if (!isHere && orgId !== null) return false
    if (kind === 'journal') this.rows = orgId === null ? [] : this.rows.filter((row) => row.orgId !== orgId)
    this.restart()
    return true
  }

  /** Returns the next call to make; undefined if there is nothing to read. */
  next(): JournalCall | undefined {
    const start = this.#start
    const limit = this.#limit
    if (!this.isStarted) return { kind: 'newest', query: { limit }, start }
    if (this.#isStale && !this.#isPaused) {
      // Another event may come before the answer.
      if (this.#pending.length === 0) this.#isStale = false
      const since = this.rows[0]?.id ?? 0
      const before = this.#pending.at(-1)?.id
      return { kind: 'newer', query: { since, ...(before !== undefined && { before }), limit }, start }
    }
    if (!this.isComplete) {
      const { id } = this.rows.at(-1) as RequestRow
      return { kind: 'older', query: { before: id, limit }, start }
    }
    if (!this.#mayHaveSurplus) return undefined
    this.#mayHaveSurplus = false
    return { kind: 'count', query: { before: (this.rows[0]?.id ?? 0) + 1, limit: 0 }, start }
  }

  /** Takes the answer of a call, which has `length` characters. */
  take({ kind, start }: JournalCall, { requests, total, dropped }: Requests, length: number): void {
    // Meanwhile everything has changed.
    if (start !== this.#start) return
    if (kind === 'count') {
      this.#drop(this.rows.length - total)
      return
    }
    if (requests.length > 0) {
      const fitting = Math.round((LENGTH * requests.length) / Math.max(length, 1))
      this.#limit = Math.min(LIMITS.max, Math.max(LIMITS.min, fitting))
    }
    if (this.isStarted && dropped > this.dropped) this.#mayHaveSurplus = true
    this.dropped = dropped
    const rows = requests.map(rowOf).reverse()
    const isAll = total <= rows.length
    if (kind === 'newer') {
      this.#addNewer(rows, isAll)
      return
    }
    this.rows = kind === 'newest' ? rows : [...this.rows, ...rows]
    this.isStarted = true
    this.isComplete = isAll
  }

  #addNewer(rows: readonly RequestRow[], isAll: boolean): void {
    this.#pending.push(...rows)
    if (isAll) {
      this.rows = [...this.#pending, ...this.rows]
      this.#pending = []
    } else if (this.#pending.length > NEWER_MAX) this.restart()
    else this.#isStale = true
  }

  /** Removes what the journal has dropped. Of one organization these are the oldest entries; of several it is unknown which. */
  #drop(surplus: number): void {
    if (surplus <= 0) return
    if (new Set(this.rows.map(({ orgId }) => orgId)).size === 1) this.rows = this.rows.slice(0, -surplus)
    else if (surplus > Math.max(SURPLUS_MAX, this.rows.length / 2)) this.restart()
  }
}
