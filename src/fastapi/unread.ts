import type { ServerResponse } from 'node:http'

/** From how many characters on an answer is counted while its client has not taken all of it. */
const COUNTED_LENGTH = 262_144

/** How much of such answers a server holds, in characters. */
export const UNREAD_MAX = 268_435_456

/** Answers that were made as one text and wait for clients to take them. Beyond a bound, the oldest lose their connections. */
export class UnreadAnswers {
  readonly #max: number
  /** The oldest first. */
  readonly #lengths = new Map<ServerResponse, number>()
  #total = 0

  constructor(max = UNREAD_MAX) {
    this.#max = max
  }

  /** Counts an answer until it is out, and makes room for it. The newest itself is never given up. */
  add(response: ServerResponse, length: number): void {
    if (length < COUNTED_LENGTH) return
    this.#lengths.set(response, length)
    this.#total += length
    response.once('close', () => this.#remove(response))
    while (this.#total > this.#max) {
      // There is one at least: the newest.
      const oldest = this.#lengths.keys().next().value as ServerResponse
      if (oldest === response) return
      this.#remove(oldest)
      oldest.destroy()
    }
  }

  #remove(response: ServerResponse): void {
    this.#total -= this.#lengths.get(response) ?? 0
    this.#lengths.delete(response)
  }
}

/** Those of this process. */
export const unreadAnswers = new UnreadAnswers()
