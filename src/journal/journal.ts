import type { FastifySchema } from 'fastify'

/** How much of what happened is kept, per journal; 0 of either keeps nothing. */
export interface JournalLimits {
  /** Default 1,000. */
  readonly entries?: number
  /** Roughly what entries take in memory, in bytes. Default 16 MiB. All journals together keep `SHARES` times that. */
  readonly bytes?: number
}

/** The longest body that is kept, of a request or an answer, in bytes (of an answer, in characters). */
export const BODY_KEPT_MAX = 1_048_576

/** Stands for a body that is longer than `BODY_KEPT_MAX`. */
export class NotKept {
  /** In bytes; null where it is not known. */
  readonly size: number | null

  constructor(size: number | null) {
    this.size = size
  }

  /** What is shown in the place of the body. */
  toString(): string {
    const size = this.size === null ? '' : `${this.size} bytes; `
    return `(not kept: ${size}bodies are kept up to ${BODY_KEPT_MAX} bytes)`
  }
}

/** The route that took a request. */
export interface RecordedRoute {
  readonly method: string
  /** As the vendor writes it: `/v1/secrets/{secret_id}`. */
  readonly template: string
  readonly schema: FastifySchema
}

/** One request and its answer: references to what was there anyway, made into something readable when somebody asks. */
export interface JournalEntry {
  /** Counts up over all journals of a server, from 1. */
  readonly id: number
  /** When it was answered, or its connection closed, by the clock of its organization: microseconds since the epoch. */
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
  readonly body: Uint8Array | Readonly<Record<string, unknown>> | NotKept | undefined
  /** Null where no route took the request. */
  readonly route: RecordedRoute | null
  /** The id of the fault that struck it. */
  readonly fault: string | undefined
  /** Null where it was not answered. */
  readonly status: number | null
  readonly answerHeaders: Readonly<Record<string, number | string | string[] | undefined>>
  /** Null where there was none, or one that went out piece by piece. */
  readonly payload: string | Uint8Array | NotKept | null
  /** Roughly what it takes in memory. */
  readonly bytes: number
}

/** What journals have in common. */
export interface SharedRoom {
  readonly limits: Readonly<Required<JournalLimits>>
  /** What the entries of all of them take. */
  bytes: number
  /** Notes that a journal is active, and gives the one that now stands in its place. */
  touch(journal: Journal): Journal
  /** Drops what does not fit into all of them together. */
  makeRoom(): void
}

/**
 * What was received and answered last, in the order of the answers. What does not fit any more is dropped, the oldest first, and
 * counted.
 */
export class Journal {
  readonly orgId: string | null
  readonly #room: SharedRoom
  /** From `#start` on; what stood before was dropped. */
  #exchanges: (JournalEntry | undefined)[] = []
  #start = 0
  #bytes = 0
  #dropped: number
  #lostBefore: number
  #isRetired = false

  /** `dropped` is what an earlier journal of the organization had lost, `lostBefore` what it may have lost besides. */
  constructor(orgId: string | null, room: SharedRoom, { dropped = 0, lostBefore = 0 } = {}) {
    this.orgId = orgId
    this.#room = room
    this.#dropped = dropped
    this.#lostBefore = lostBefore
  }

  /** Adds one. It is dropped at once where it alone is too large, or where the journal was retired. */
  add(exchange: JournalEntry): void {
    if (this.#isRetired) return
    const { limits } = this.#room
    const current = this.#room.touch(this)
    // This one has made room for others since its request came.
    if (current !== this) current.add(exchange)
    else if (exchange.bytes > limits.bytes) this.#dropped++
    else this.#append(exchange)
  }

  #append(exchange: JournalEntry): void {
    const { limits } = this.#room
    this.#exchanges.push(exchange)
    this.#count(exchange.bytes)
    while (this.size > limits.entries || this.#bytes > limits.bytes) this.dropOldest()
    this.#room.makeRoom()
  }

  /** What is kept, oldest first. */
  list(): JournalEntry[] {
    return this.#exchanges.slice(this.#start) as JournalEntry[]
  }

  /** How many are kept. */
  get size(): number {
    return this.#exchanges.length - this.#start
  }

  /** How many did not fit since the journal was last cleared. */
  get dropped(): number {
    return this.#dropped
  }

  /** How many more may have been dropped before it was made, when nobody noted whose they were. */
  get lostBefore(): number {
    return this.#lostBefore
  }

  /** Forgets everything, also how many were dropped. */
  clear(): void {
    this.#count(-this.#bytes)
    this.#exchanges = []
    this.#start = 0
    this.#dropped = 0
    this.#lostBefore = 0
  }

  /** Forgets everything and keeps nothing any more: its organization starts anew. */
  retire(): void {
    this.clear()
    this.#isRetired = true
  }

  /** Drops the oldest of what is kept; there has to be one. */
  dropOldest(): void {
    this.#count(-(this.#exchanges[this.#start] as JournalEntry).bytes)
    this.#exchanges[this.#start++] = undefined
    this.#dropped++
    // Moving what is left only now and then costs next to nothing per entry.
    if (this.#start >= COMPACT_AT && this.#start * 2 >= this.#exchanges.length) {
      this.#exchanges = this.#exchanges.slice(this.#start)
      this.#start = 0
    }
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#room.bytes += bytes
  }
}

const COMPACT_AT = 256
