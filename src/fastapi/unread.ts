import type { ServerResponse } from 'node:http'

/** The minimum length of a counted answer, in characters. */
const COUNTED_LENGTH = 262_144

/** The maximum total length of unread answers, in characters. */
const UNREAD_MAX = 268_435_456

/** Limits the memory for answers that clients have not read yet. Beyond the limit, the connections of the oldest ones are destroyed. */
export class UnreadAnswers {
  readonly #max: number
  /** In order of age, the oldest first. */
  readonly #lengths = new Map<ServerResponse, number>()
  #total = 0

  constructor(max = UNREAD_MAX) {
    this.#max = max
  }

  /** Counts an answer until it is sent, and evicts older ones beyond the limit. Never evicts the new answer itself. */
  add(response: ServerResponse, length: number): void {
    if (length < COUNTED_LENGTH) return
    this.#lengths.set(response, length)
    this.#total += length
    response.once('close', () => this.#remove(response))
    while (this.#total > this.#max) {
      // The map has at least the new answer.
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

/** The unread answers of this process. */
export const unreadAnswers = new UnreadAnswers()
