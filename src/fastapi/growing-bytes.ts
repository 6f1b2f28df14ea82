/** The maximum size of a block, in bytes. A longer chunk gets a block of its own size. */
const BLOCK_MAX = 1_048_576

/** A buffer that grows block by block as chunks are appended. At most one mebibyte of it is unused. */
export class GrowingBytes {
  #full: Uint8Array[] = []
  #block = new Uint8Array(0)
  /** The number of bytes used in the last block. */
  #used = 0
  #size = 0

  /** The number of appended bytes. */
  get size(): number {
    return this.#size
  }

  /** Appends a copy of a chunk, so that a larger buffer behind it can be freed. */
  append(chunk: Uint8Array): void {
    const fitting = chunk.subarray(0, this.#block.length - this.#used)
    this.#block.set(fitting, this.#used)
    this.#used += fitting.length
    this.#size += chunk.length
    if (fitting.length === chunk.length) return
    const rest = chunk.subarray(fitting.length)
    if (this.#used > 0) this.#full.push(this.#block)
    this.#block = new Uint8Array(Math.max(rest.length, Math.min(this.#size, BLOCK_MAX)))
    this.#block.set(rest)
    this.#used = rest.length
  }

  /** Returns the appended bytes in a separate buffer of exactly their size, and resets this one. */
  take(): Uint8Array<ArrayBuffer> {
    const last = this.#used === this.#block.length ? this.#block : this.#block.slice(0, this.#used)
    const bytes = this.#full.length === 0 ? last : joined([...this.#full, last], this.#size)
    this.#full = []
    this.#block = new Uint8Array(0)
    this.#used = 0
    this.#size = 0
    return bytes
  }
}

function joined(blocks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const block of blocks) {
    bytes.set(block, at)
    at += block.length
  }
  return bytes
}
