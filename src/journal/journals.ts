import type { ChangeFeed } from '../base/changes.ts'
import { listOf } from '../fastapi/list-of.ts'
import {
  Journal,
  type JournalBudget,
  type JournalEntry,
  type JournalLimits,
  type JournalTally,
  markTally,
} from './journal.ts'
import { RecordedRoutes } from './routes.ts'

/** The maximum number of journals of a server. Beyond it, the journal of the least recently active organization is evicted. */
export const JOURNALS_MAX = 100_000

/** The memory limit of all journals together, as a multiple of the limit of one. The number of organizations is unlimited. */
const TOTAL_FACTOR = 8

/** The number of changes, in addition to the number of journals, after which a search begins again. */
const CHANGES_MAX = 1_000

/** The recorded requests of an organization or of a server. */
export interface JournalContents {
  /** The entries in the order of the responses. */
  readonly entries: JournalEntry[]
  /** The maximum number of further entries that were dropped. */
  readonly dropped: number
}

/**
 * The journals of a server by organization, with null for requests without one. Their total size is limited. Beyond the limit,
 * the least recently active organizations lose entries first. The number of dropped entries is kept per organization.
 */
export class Journals implements JournalBudget {
  limits: Readonly<Required<JournalLimits>> = { entries: 1_000, bytes: 16 * 2 ** 20 }
  /** The routes of the server. */
  readonly routes = new RecordedRoutes()
  bytes = 0
  onEntry: ((entry: JournalEntry) => void) | undefined
  /** The journals in the order of their last activity, least recent first. */
  readonly #journals = new Map<string | null, Journal>()
  /** The numbers of entries that evicted journals have dropped. */
  readonly #dropped = new Map<string | null, number>()
  /** The number of dropped entries whose organizations are no longer known. */
  #unattributed = 0
  #mostRecent: Journal | undefined
  /**
   * The position of the search for the least recently active journal. A Map keeps the slots of deleted entries, and each search from the
   * start would skip all of them.
   */
  #cursor: Iterator<Journal> | undefined
  /** The number of changes of the order since the search began. */
  #changes = 0
  #leastRecent: Journal | undefined
  #lastId = 0
  readonly changes: ChangeFeed | undefined

  /** Records changes. Default: changes are not recorded. */
  constructor(changes?: ChangeFeed) {
    this.changes = changes
  }

  /** Sets the limits of each journal from now on. */
  limit(limits: JournalLimits): void {
    this.limits = { ...this.limits, ...limits }
  }

  /** Whether nothing is recorded. */
  get isOff(): boolean {
    return this.limits.entries === 0 || this.limits.bytes === 0
  }

  /** Returns the journal of an organization, or with null that of requests without one. Creates it if necessary. */
  of(orgId: string | null): Journal {
    const existing = this.#journals.get(orgId)
    if (existing !== undefined) return existing
    const dropped = this.#dropped.get(orgId) ?? 0
    const journal = new Journal(orgId, this, { dropped, unattributed: this.#unattributed })
    this.#dropped.delete(orgId)
    this.#journals.set(orgId, journal)
    if (this.#journals.size > JOURNALS_MAX) this.#evictLeastRecent()
    return journal
  }

  /** Returns the recorded requests of an organization, or all including those without an organization. Does not create a journal. */
  read(orgId?: string): JournalContents {
    if (orgId !== undefined) {
      const journal = this.#journals.get(orgId)
      if (journal !== undefined) {
        return { entries: journal.list(), dropped: journal.dropped + journal.unattributed }
      }
      return { entries: [], dropped: (this.#dropped.get(orgId) ?? 0) + this.#unattributed }
    }
    const journals = [...this.#journals.values()]
    return {
      entries: journals.flatMap((journal) => journal.list()).sort((one, other) => one.id - other.id),
      dropped: sumOf([
        ...journals.map(({ dropped }) => dropped),
        ...this.#dropped.values(),
        this.#unattributed,
      ]),
    }
  }

  /** Clears the journal of an organization, or all including that of requests without an organization. */
  clear(orgId?: string): void {
    if (orgId === undefined) {
      for (const journal of this.#journals.values()) journal.clear()
      this.#resetDropped()
      return
    }
    this.#journals.get(orgId)?.clear()
    this.#dropped.delete(orgId)
    markTally(this.changes, orgId)
    // Without a journal, the unattributed entries would count as possibly its own.
    if (this.#unattributed > 0) this.of(orgId).clear()
  }

  /** Clears like `clear`, and also ignores the entries of requests in progress. */
  restart(orgId?: string): void {
    const journals = orgId === undefined ? [...this.#journals.values()] : listOf(this.#journals.get(orgId))
    for (const journal of journals) {
      journal.retire()
      this.#remove(journal)
    }
    if (orgId === undefined) this.#resetDropped()
    else this.clear(orgId)
  }

  /** Returns the numbers of dropped entries of an organization; undefined if none were. */
  tallyOf(orgId: string | null): JournalTally | undefined {
    const evicted = this.#dropped.get(orgId)
    const tally = this.#journals.get(orgId)?.tally
    if (tally === undefined) return evicted === undefined ? undefined : { dropped: evicted, unattributed: 0 }
    return tally.dropped + tally.unattributed > 0 ? tally : undefined
  }

  /** Sets the numbers of dropped entries of an organization, as `tallyOf` returned them. */
  setTally(orgId: string | null, tally: JournalTally = { dropped: 0, unattributed: 0 }): void {
    this.of(orgId).tally = tally
  }

  /** The counters of all journals together. They are set when a server is read from a database. */
  get counters(): { readonly lastId: number; readonly unattributed: number } {
    return { lastId: this.#lastId, unattributed: this.#unattributed }
  }

  set counters({ lastId, unattributed }) {
    this.#lastId = lastId
    this.#unattributed = unattributed
  }

  /** Returns the id of the next entry. */
  nextId(): number {
    return ++this.#lastId
  }

  touch(journal: Journal): Journal {
    if (journal === this.#mostRecent) return journal
    // It is another journal if this one was evicted: organizations keep a reference to their first journal.
    const current = this.of(journal.orgId)
    if (current === this.#leastRecent) this.#leastRecent = undefined
    this.#journals.delete(current.orgId)
    this.#journals.set(current.orgId, current)
    this.#mostRecent = current
    this.#countChange()
    return current
  }

  evict(): void {
    while (this.bytes > this.limits.bytes * TOTAL_FACTOR) {
      const journal = this.#findLeastRecent()
      if (journal.size > 0) journal.dropOldest()
      else this.#evictLeastRecent()
    }
  }

  /**
   * Returns the least recently active journal, of which there must be one. All journals before the position of the search were removed
   * or have become active again.
   */
  #findLeastRecent(): Journal {
    this.#cursor ??= this.#journals.values()
    this.#leastRecent ??= this.#cursor.next().value as Journal
    return this.#leastRecent
  }

  #evictLeastRecent(): void {
    const journal = this.#findLeastRecent()
    const { orgId } = journal
    const dropped = journal.size + journal.dropped
    journal.clear()
    this.#remove(journal)
    if (dropped === 0) return
    this.#dropped.set(orgId, dropped)
    markTally(this.changes, orgId)
    if (this.#dropped.size <= JOURNALS_MAX) return
    this.#unattributed += sumOf(this.#dropped.values())
    this.#clearDropped()
  }

  #clearDropped(): void {
    for (const orgId of this.#dropped.keys()) markTally(this.changes, orgId)
    this.#dropped.clear()
  }

  #remove(journal: Journal): void {
    this.#journals.delete(journal.orgId)
    if (journal === this.#mostRecent) this.#mostRecent = undefined
    if (journal === this.#leastRecent) this.#leastRecent = undefined
    this.#countChange()
  }

  /** Ends the search after many changes, since an iterator retains all hash tables that the Map has used since its last step. */
  #countChange(): void {
    if (++this.#changes <= this.#journals.size + CHANGES_MAX) return
    this.#cursor = undefined
    this.#changes = 0
  }

  #resetDropped(): void {
    this.#clearDropped()
    this.#unattributed = 0
  }
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0
  for (const count of counts) sum += count
  return sum
}
