import type { FastifySchema } from 'fastify'

/** How much of what happened is kept, per journal; 0 of either keeps nothing. */
export interface JournalLimits {
  /** Default 1,000. */
  readonly entries?: number
  /** Roughly what entries take in memory, in bytes. Default 16 MiB. All journals together keep `SHARES` times that. */
  readonly bytes?: number
}

/** How many full journals a server has room for: of organisations there can be any number. */
const SHARES = 8

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

/** The journals of one server: what they have in common. */
export class Journals {
  readonly #limits = { entries: 1_000, bytes: 16 * 2 ** 20 }
  readonly #room: JournalsRoom = { bytes: 0, journals: new Set() }
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
    return new Journal(this.#limits, this.#room)
  }

  /** The id of the next entry. */
  nextId(): number {
    return ++this.#lastId
  }
}

/** What was received and answered last, in the order of the answers. What does not fit any more is dropped, the oldest first. */
export class Journal {
  readonly #limits: Readonly<Required<JournalLimits>>
  readonly #room: JournalsRoom
  /** From `#start` on; what stood before was dropped. */
  #exchanges: (Exchange | undefined)[] = []
  #start = 0
  #bytes = 0
  #dropped = 0

  constructor(
    limits: Readonly<Required<JournalLimits>>,
    room: JournalsRoom = { bytes: 0, journals: new Set() },
  ) {
    this.#limits = limits
    this.#room = room
  }

  /** Adds one. It is dropped at once where it alone is too large. */
  add(exchange: Exchange): void {
    const { bytes } = exchange
    if (bytes > this.#limits.bytes) {
      this.#dropped++
      return
    }
    if (this.#bytes === 0) this.#room.journals.add(this)
    this.#exchanges.push(exchange)
    this.#count(bytes)
    while (this.#isOverFull()) this.#dropOldest()
    if (this.#room.bytes > this.#limits.bytes * SHARES) this.#makeRoom()
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
    this.retire()
    this.#dropped = 0
  }

  /** Forgets everything, since it is nobody's any more. */
  retire(): void {
    this.#room.journals.delete(this)
    this.#count(-this.#bytes)
    this.#exchanges = []
    this.#start = 0
  }

  /** The journals give in turn, each half of what it keeps, until there is room again. */
  #makeRoom(): void {
    const { journals } = this.#room
    while (this.#room.bytes > this.#limits.bytes * SHARES) {
      // There are some, or there would be no bytes.
      const first = journals.values().next().value as Journal
      journals.delete(first)
      first.#dropHalf()
      if (first.#bytes > 0) journals.add(first)
    }
  }

  #dropHalf(): void {
    const bytesMax = this.#bytes / 2
    while (this.#bytes > bytesMax) this.#dropOldest()
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#room.bytes += bytes
  }

  #isOverFull(): boolean {
    const { entries, bytes } = this.#limits
    return this.#exchanges.length - this.#start > entries || this.#bytes > bytes
  }

  #dropOldest(): void {
    this.#count(-(this.#exchanges[this.#start] as Exchange).bytes)
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

/** What the journals of a server share. */
interface JournalsRoom {
  /** What the entries of all of them take. */
  bytes: number
  /** Those with entries. */
  readonly journals: Set<Journal>
}
