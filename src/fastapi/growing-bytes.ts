/** Bytes that are appended piece by piece. The room doubles, so each byte is copied a bounded number of times. */
export class GrowingBytes {
  #room = new Uint8Array(0)
  #size = 0

  /** In bytes. */
  get size(): number {
    return this.#size
  }

  /** Copies the piece: it may be a view of a buffer that lives longer than its contents are of interest. */
  append(piece: Uint8Array): void {
    const size = this.#size + piece.length
    if (size > this.#room.length) {
      this.#room = new Uint8Array(this.#room.buffer.transfer(Math.max(size, 2 * this.#room.length)))
    }
    this.#room.set(piece, this.#size)
    this.#size = size
  }

  /** Hands over what was appended, without spare room, and starts anew. */
  take(): Uint8Array {
    const bytes = new Uint8Array(this.#room.buffer.transfer(this.#size))
    this.#room = new Uint8Array(0)
    this.#size = 0
    return bytes
  }
}
