/** How much room is made at once at most, in bytes. */
const BLOCK_MAX = 1_048_576

/** Bytes that are appended piece by piece. The room grows block by block, so that no more than a mebibyte of it is empty. */
export class GrowingBytes {
  #full: Uint8Array[] = []
  #room = new Uint8Array(0)
  /** How much of the room is taken. */
  #taken = 0
  #size = 0

  /** In bytes. */
  get size(): number {
    return this.#size
  }

  /** Copies the piece: it may be a view of a buffer that lives longer than its contents are of interest. */
  append(piece: Uint8Array): void {
    const fitting = piece.subarray(0, this.#room.length - this.#taken)
    this.#room.set(fitting, this.#taken)
    this.#taken += fitting.length
    this.#size += piece.length
    if (fitting.length === piece.length) return
    const rest = piece.subarray(fitting.length)
    if (this.#taken > 0) this.#full.push(this.#room)
    this.#room = new Uint8Array(Math.max(rest.length, Math.min(this.#size, BLOCK_MAX)))
    this.#room.set(rest)
    this.#taken = rest.length
  }

  /** Hands over what was appended, in a buffer of its own without spare room, and starts anew. */
  take(): Uint8Array<ArrayBuffer> {
    const last = this.#taken === this.#room.length ? this.#room : this.#room.slice(0, this.#taken)
    const bytes = this.#full.length === 0 ? last : joined([...this.#full, last], this.#size)
    this.#full = []
    this.#room = new Uint8Array(0)
    this.#taken = 0
    this.#size = 0
    return bytes
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
