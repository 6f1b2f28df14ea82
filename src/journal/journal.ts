import type { FastifySchema } from 'fastify'

/** How much of what happened is kept, per journal; 0 of either keeps nothing. */
export interface JournalLimits {
  /** Default 1,000. */
  readonly entries?: number
  /** Roughly what entries take in memory, in bytes. Default 16 MiB. */
  readonly bytes?: number
}

/** The route that took a request. */
export interface RecordedRoute {
  readonly method: string
  /** As the vendor writes it: `/v1/secrets/{secret_id}`. */
  readonly template: string
  readonly schema: FastifySchema
}

/** One request and its answer: references to what was there anyway, made into something readable when somebody asks. */
export interface Exchange {
  /** Counts up over all journals of a server, from 1. */
  readonly id: number
  /** When it was answered, or hung up on, by the clock of its universe: microseconds since the epoch. */
  readonly at: number
  /** How long it took, in real microseconds. */
  readonly micros: number
  /** Null where nobody is known to have asked. */
  readonly orgId: string | null
  readonly method: string
  /** As the client sent it, with its query. */
  readonly target: string
  /** Names and values in turn, as Node hands them out. */
  readonly rawHeaders: readonly string[]
  /** What was read of the body: bytes, or the fields of a form without the bytes of files. */
  readonly body: Uint8Array | Readonly<Record<string, unknown>> | undefined
  /** Null where no route took the request. */
  readonly route: RecordedRoute | null
  /** Null where it was not answered. */
  readonly status: number | null
  readonly answerHeaders: Readonly<Record<string, number | string | string[] | undefined>>
  /** Null where there was none, or one that went out piece by piece. */
  readonly payload: string | Uint8Array | null
  /** Roughly what it takes in memory. */
  readonly bytes: number
}

/** The journals of one server: what they have in common. */
export class Journals {
  readonly #limits = { entries: 1_000, bytes: 16 * 2 ** 20 }
  #lastId = 0
  /** Of requests that belong to no organisation. */
  readonly unowned = this.create()

  /** Sets how much each journal keeps from now on. */
  limit(limits: JournalLimits): void {
    Object.assign(this.#limits, limits)
  }

  /** Whether nothing is kept at all. */
  get isOff(): boolean {
    return this.#limits.entries === 0 || this.#limits.bytes === 0
  }

  /** A journal of its own. */
  create(): Journal {
    return new Journal(this.#limits)
  }

  /** The id of the next entry. */
  nextId(): number {
    return ++this.#lastId
  }
}

/** What was received and answered last, in the order of the answers. What does not fit any more is dropped, the oldest first. */
export class Journal {
  readonly #limits: Readonly<Required<JournalLimits>>
  /** From `#start` on; what stood before was dropped. */
  #exchanges: (Exchange | undefined)[] = []
  #start = 0
  #bytes = 0
  #dropped = 0

  constructor(limits: Readonly<Required<JournalLimits>>) {
    this.#limits = limits
  }

  /** Adds one. It is dropped at once where it alone is too large. */
  add(exchange: Exchange): void {
    const { bytes } = exchange
    if (bytes > this.#limits.bytes) {
      this.#dropped++
      return
    }
    this.#exchanges.push(exchange)
    this.#bytes += bytes
    while (this.#isOverFull()) this.#dropOldest()
  }

  /** What is kept, oldest first. */
  list(): Exchange[] {
    return this.#exchanges.slice(this.#start) as Exchange[]
  }

  /** How many did not fit since the journal was last cleared. */
  get dropped(): number {
    return this.#dropped
  }

  /** Forgets everything, also how many were dropped. */
  clear(): void {
    this.#exchanges = []
    this.#start = 0
    this.#bytes = 0
    this.#dropped = 0
  }

  #isOverFull(): boolean {
    const { entries, bytes } = this.#limits
    return this.#exchanges.length - this.#start > entries || this.#bytes > bytes
  }

  #dropOldest(): void {
    this.#bytes -= (this.#exchanges[this.#start] as Exchange).bytes
    this.#exchanges[this.#start++] = undefined
    this.#dropped++
    // Moving what is left only now and then costs next to nothing per entry.
    if (this.#start >= COMPACT_AT && this.#start * 2 >= this.#exchanges.length) {
      this.#exchanges = this.#exchanges.slice(this.#start)
      this.#start = 0
    }
  }
}

const COMPACT_AT = 256
