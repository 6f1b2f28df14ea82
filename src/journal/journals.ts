import { Journal, type JournalEntry, type JournalLimits, type SharedRoom } from './journal.ts'

/** Of how many organizations a server keeps a journal; beyond it, that of the one that was least recently active goes. */
export const JOURNALS_MAX = 100_000

/** How many full journals a server has room for: of organizations there can be any number. */
const SHARES = 8

/** What is known of the requests of an organization, or of all. */
export interface Recorded {
  /** In the order of their answers. */
  readonly exchanges: JournalEntry[]
  /** How many more there were at most. */
  readonly dropped: number
}

/**
 * The journals of one server, by organization, with null for requests without one. What they keep together is bounded; beyond that
 * the journals of the organizations that were least recently active make room. How much each has lost is remembered.
 */
export class Journals implements SharedRoom {
  readonly limits: Readonly<Required<JournalLimits>>
  bytes = 0
  readonly #limits = { entries: 1_000, bytes: 16 * 2 ** 20 }
  /** The least recently active first. */
  readonly #journals = new Map<string | null, Journal>()
  /** How many entries the journals had lost that are not kept any more. */
  readonly #lost = new Map<string | null, number>()
  /** How many entries were lost of which nobody knows any more whose they were. */
  #lostOfAnybody = 0
  #latest: Journal | undefined
  /**
   * Where the search for the least recently active goes on. A new search from the start would pass over all that is gone, which a
   * Map keeps the places of.
   */
  readonly #search = this.#journals.values()
  #first: Journal | undefined
  #lastId = 0

  constructor() {
    this.limits = this.#limits
  }

  /** Sets how much each journal keeps from now on. */
  limit(limits: JournalLimits): void {
    Object.assign(this.#limits, limits)
  }

  /** Whether nothing is kept at all. */
  get isOff(): boolean {
    return this.#limits.entries === 0 || this.#limits.bytes === 0
  }

  /** The journal of an organization, or with null of requests that belong to none. */
  of(orgId: string | null): Journal {
    const known = this.#journals.get(orgId)
    if (known !== undefined) return known
    const dropped = this.#lost.get(orgId) ?? 0
    const journal = new Journal(orgId, this, { dropped, lostBefore: this.#lostOfAnybody })
    this.#lost.delete(orgId)
    this.#journals.set(orgId, journal)
    if (this.#journals.size > JOURNALS_MAX) this.#dropFirst()
    return journal
  }

  /** What was recorded of an organization, or of all and of nobody. Looking makes no journal. */
  read(orgId?: string): Recorded {
    if (orgId !== undefined) {
      const journal = this.#journals.get(orgId)
      if (journal !== undefined) {
        return { exchanges: journal.list(), dropped: journal.dropped + journal.lostBefore }
      }
      return { exchanges: [], dropped: (this.#lost.get(orgId) ?? 0) + this.#lostOfAnybody }
    }
    const journals = [...this.#journals.values()]
    return {
      exchanges: journals.flatMap((one) => one.list()).sort((one, other) => one.id - other.id),
      dropped: sumOf([
        ...journals.map(({ dropped }) => dropped),
        ...this.#lost.values(),
        this.#lostOfAnybody,
      ]),
    }
  }

  /** Forgets what was recorded of an organization, or of all and of nobody. */
  clear(orgId?: string): void {
    if (orgId === undefined) {
      for (const journal of this.#journals.values()) journal.clear()
      this.#forgetLost()
      return
    }
    this.#journals.get(orgId)?.clear()
    this.#lost.delete(orgId)
    // Without a journal it would be one of those of which nobody knows what they have lost.
    if (this.#lostOfAnybody > 0) this.of(orgId).clear()
  }

  /** The same, and what requests under way still add to the journals is dropped. */
  restart(orgId?: string): void {
    const journals =
      orgId === undefined ? [...this.#journals.values()] : [this.#journals.get(orgId) ?? []].flat()
    for (const journal of journals) {
      journal.retire()
      this.#remove(journal)
    }
    if (orgId === undefined) this.#forgetLost()
    else this.clear(orgId)
  }

  /** The id of the next entry. */
  nextId(): number {
    return ++this.#lastId
  }

  touch(journal: Journal): Journal {
    if (journal === this.#latest) return journal
    if (journal === this.#first) this.#first = undefined
    const current = this.of(journal.orgId)
    this.#journals.delete(current.orgId)
    this.#journals.set(current.orgId, current)
    this.#latest = current
    return current
  }

  /** The journals that were least recently active give first. */
  makeRoom(): void {
    while (this.bytes > this.#limits.bytes * SHARES) {
      const first = this.#leastActive()
      if (first.size > 0) first.dropOldest()
      else this.#dropFirst()
    }
  }

  /** There has to be a journal. It comes after those that were found before, since these are gone or were active again. */
  #leastActive(): Journal {
    this.#first ??= this.#search.next().value as Journal
    return this.#first
  }

  #dropFirst(): void {
    const first = this.#leastActive()
    const { orgId } = first
    const lost = first.size + first.dropped
    first.clear()
    this.#remove(first)
    if (lost === 0) return
    this.#lost.set(orgId, lost)
    if (this.#lost.size <= JOURNALS_MAX) return
    this.#lostOfAnybody += sumOf(this.#lost.values())
    this.#lost.clear()
  }

  #remove(journal: Journal): void {
    this.#journals.delete(journal.orgId)
    if (journal === this.#latest) this.#latest = undefined
    if (journal === this.#first) this.#first = undefined
  }

  #forgetLost(): void {
    this.#lost.clear()
    this.#lostOfAnybody = 0
  }
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0
  for (const count of counts) sum += count
  return sum
}
