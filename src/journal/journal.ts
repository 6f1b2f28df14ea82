import type { FastifySchema } from 'fastify'
import type { ChangeFeed } from '../base/changes.ts'
import { RingBuffer } from '../base/ring-buffer.ts'

/** The limits of a journal. If either is 0, nothing is recorded. */
export interface JournalLimits {
  /** The maximum number of entries. Default: 1,000. */
  readonly entries?: number
  /** The approximate maximum size in memory, in bytes. Default: 16 MiB. All journals together may take `TOTAL_FACTOR` times that. */
  readonly bytes?: number
}

/** The maximum size of a recorded body, in bytes; of a response's text, in characters. */
export const BODY_KEPT_MAX = 1_048_576

/** A placeholder for a body longer than `BODY_KEPT_MAX`. */
export class OmittedBody {
  /** The size in bytes, or null if unknown. */
  readonly size: number | null

  constructor(size: number | null) {
    this.size = size
  }

  /** Returns the text that is shown in place of the body. */
  toString(): string {
    const size = this.size === null ? '' : `${this.size} bytes; `
    return `(not kept: ${size}bodies are kept up to ${BODY_KEPT_MAX} bytes)`
  }
}

/** The route that handled a request. */
export interface RecordedRoute {
  readonly method: string
  /** The path in the vendor's notation: `/v1/secrets/{secret_id}`. */
  readonly template: string
  /** The schemas of requests and responses, from which masks follow. Undefined until `loadSchema` has loaded them. */
  readonly schema: FastifySchema | undefined
  /** Loads the schemas. Routes that have them from the start omit it. */
  loadSchema?(): Promise<unknown>
}

/** Loads the schemas of the routes of some entries. Until then, nothing of their bodies is shown. */
export async function loadSchemas(entries: Iterable<JournalEntry>): Promise<void> {
  const routes = new Set<RecordedRoute>()
  for (const { route } of entries) if (route !== null && route.schema === undefined) routes.add(route)
  await Promise.all([...routes].map((route) => route.loadSchema?.()))
}

/** A request and its response. It refers to existing objects, which are only formatted on demand. */
export interface JournalEntry {
  /** Counts up from 1 over all journals of a server. */
  readonly id: number
  /** The time of the response or the closing of the connection, by the organization's clock, in microseconds since the epoch. */
  readonly at: number
  /** The duration, in real microseconds. */
  readonly micros: number
  /** Null if the organization is unknown. */
  readonly orgId: string | null
  readonly method: string
  /** The request target as sent, with the query. */
  readonly target: string
  /** Alternating names and values, as in Node's `rawHeaders`. */
  readonly rawHeaders: readonly string[]
  /** The part of the body that was read: bytes, or the fields of a form without the contents of files. */
  readonly body: Uint8Array | Readonly<Record<string, unknown>> | OmittedBody | undefined
  /** Null if no route matched. */
  readonly route: RecordedRoute | null
  /** The id of the injected fault. */
  readonly fault: string | undefined
  /** Null without a response. */
  readonly status: number | null
  readonly responseHeaders: Readonly<Record<string, number | string | string[] | undefined>>
  /** Null if there was no body or it was streamed. */
  readonly payload: string | Uint8Array | OmittedBody | null
  /** The approximate size in memory. */
  readonly bytes: number
}

/** The memory budget that the journals of a server share. */
export interface JournalBudget {
  readonly limits: Readonly<Required<JournalLimits>>
  /** The total size of the entries of all journals. */
  bytes: number
  /** Tracks new and removed entries. */
  readonly changes: ChangeFeed | undefined
  /** Called with each new entry. Default: no callback. */
  readonly onEntry: ((entry: JournalEntry) => void) | undefined
  /** Marks a journal as the most recently active. Returns the current journal of its organization, which may be another one. */
  touch(journal: Journal): Journal
  /** Drops entries and journals until the total size is within the budget. */
  evict(): void
}

/** The kind of the rows of entries. */
const ENTRY = 'requests'

/** The kind of the rows with the numbers of dropped entries. */
const TALLY = 'journals'

/** The numbers of dropped entries of a journal. */
export interface JournalTally {
  readonly dropped: number
  readonly unattributed: number
}

/** Tracks a change of the numbers of dropped entries of an organization. */
export function markTally(changes: ChangeFeed | undefined, orgId: string | null): void {
  changes?.tracker?.mark(TALLY, orgId ?? '', '')
}

/** The latest requests and responses, in the order of the responses. The oldest entries beyond the limits are dropped and counted. */
export class Journal {
  readonly orgId: string | null
  readonly #budget: JournalBudget
  readonly #entries = new RingBuffer<JournalEntry>()
  /**
   * The sizes of the entries, kept separately because an old entry is no longer in the processor's cache: reading its size to drop it
   * took 0.3 of the 23 µs of a request (Node 24).
   */
  readonly #sizes = new RingBuffer<number>()
  #bytes = 0
  #dropped: number
  #unattributed: number
  #isRetired = false

  /**
   * `dropped` is the number of entries that an earlier journal of the organization dropped. `unattributed` is the number of further
   * entries that it may have dropped.
   */
  constructor(orgId: string | null, budget: JournalBudget, { dropped = 0, unattributed = 0 } = {}) {
    this.orgId = orgId
    this.#budget = budget
    this.#dropped = dropped
    this.#unattributed = unattributed
  }

  /** Adds an entry. An entry that exceeds the limit on its own is dropped at once. A retired journal ignores it. */
  add(entry: JournalEntry): void {
    if (this.#isRetired) return
    const { limits } = this.#budget
    const current = this.#budget.touch(this)
    // This journal was evicted while the request was in progress.
    if (current !== this) {
      current.add(entry)
      return
    }
    if (entry.bytes > limits.bytes) {
      this.#dropped++
      markTally(this.#budget.changes, this.orgId)
    } else {
      this.#append(entry)
    }
    this.#budget.onEntry?.(entry)
  }

  #append(entry: JournalEntry): void {
    const { limits } = this.#budget
    this.put(entry)
    this.#mark(entry)
    while (this.size > limits.entries || this.#bytes > limits.bytes) this.dropOldest()
    this.#budget.evict()
  }

  #mark(entry: JournalEntry): void {
    this.#budget.changes?.tracker?.mark(ENTRY, this.orgId ?? '', String(entry.id))
  }

  /** Adds a stored entry, even beyond the limits. */
  put(entry: JournalEntry): void {
    this.#entries.push(entry)
    this.#sizes.push(entry.bytes)
    this.#addBytes(entry.bytes)
  }

  /** Returns the entry with an id. */
  get(id: number): JournalEntry | undefined {
    let [low, high] = [0, this.size]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries.at(middle) as JournalEntry).id < id) low = middle + 1
      else high = middle
    }
    const found = this.#entries.at(low)
    return found?.id === id ? found : undefined
  }

  /** Removes the entries up to an id without counting them. */
  removeUpTo(id: number): void {
    while (this.size > 0 && (this.#entries.at(0) as JournalEntry).id <= id) this.#shift()
  }

  /** The numbers of dropped entries. They are set when a journal is read from a database. */
  get tally(): JournalTally {
    return { dropped: this.#dropped, unattributed: this.#unattributed }
  }

  set tally({ dropped, unattributed }: JournalTally) {
    this.#dropped = dropped
    this.#unattributed = unattributed
  }

  /** Returns the entries, oldest first. */
  list(): JournalEntry[] {
    return this.#entries.toArray()
  }

  /** The number of entries. */
  get size(): number {
    return this.#entries.length
  }

  /** The number of entries dropped since the journal was last cleared. */
  get dropped(): number {
    return this.#dropped
  }

  /** The number of entries of unknown organizations that were dropped before the journal was created. */
  get unattributed(): number {
    return this.#unattributed
  }

  /** Removes all entries and resets the counts of dropped ones. */
  clear(): void {
    if (this.#budget.changes?.tracker !== undefined) for (const entry of this.list()) this.#mark(entry)
    markTally(this.#budget.changes, this.orgId)
    this.#addBytes(-this.#bytes)
    this.#entries.clear()
    this.#sizes.clear()
    this.#dropped = 0
    this.#unattributed = 0
  }

  /** Clears the journal and ignores later entries, since its organization was reset. */
  retire(): void {
    this.clear()
    this.#isRetired = true
  }

  /** Drops the oldest entry. The journal must not be empty. */
  dropOldest(): void {
    this.#mark(this.#shift())
    this.#dropped++
    markTally(this.#budget.changes, this.orgId)
  }

  #shift(): JournalEntry {
    this.#addBytes(-(this.#sizes.shift() as number))
    return this.#entries.shift() as JournalEntry
  }

  #addBytes(bytes: number): void {
    this.#bytes += bytes
    this.#budget.bytes += bytes
  }
}
