import { unreadableBody } from '../body.ts'
import { GrowingBytes } from '../growing-bytes.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const HYPHEN = 0x2d
const COLON = 0x3a

/** Limits of the headers of a part, which keep them from filling the memory. python-multipart 0.0.20 has no limits. */
const HEADERS_MAX = 100
const HEADER_BYTES_MAX = 2 ** 16

/**
 * The maximum number of delimiter bytes to search for. The rest is compared. Longer needles make `Buffer.indexOf` quadratic
 * on hostile input: 24 s for 4 MB with a boundary of 15,000 characters.
 */
const NEEDLE_BYTES_MAX = 60

/** Receives the events of the parser in order. Bytes are views of the written chunk. */
export interface PartListener {
  onPartBegin(): void
  /** The name is in lower case. Both strings have one character per byte. */
  onHeader(name: string, value: string): void
  onHeadersEnd(): void
  onData(bytes: Uint8Array): void
  onPartEnd(): void
}

/**
 * An incremental parser of multipart bodies that accepts the same input as python-multipart's MultipartParser. Its events do
 * not depend on chunk boundaries, except that data is split there.
 */
export class MultipartParser {
  readonly #listener: PartListener
  /** CR LF `--` and the boundary. Followed by CR LF or `--`, it ends the data of a part. */
  readonly #delimiter: Buffer
  readonly #needle: Buffer
  #state: State = 'start'
  /** The number of matched bytes of the delimiter and the two bytes after it. */
  #matched = 0
  #byteAfterDelimiter = 0
  #headerName = ''
  /** The current header name or value so far. Concatenating strings instead would keep an object for each one-byte chunk. */
  readonly #headerText = new GrowingBytes()
  #headers = 0
  #headerBytes = 0

  /** The boundary has one character per byte. Throws HttpException (400) if it contains a CR. */
  constructor(boundary: string, listener: PartListener) {
    // Only `boundary*=` can contain a CR. The search is linear because CR occurs only at the start of the delimiter.
    if (boundary.includes('\r')) throw unreadableBody()
    this.#listener = listener
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
    this.#needle = this.#delimiter.subarray(0, NEEDLE_BYTES_MAX)
  }

  /** Parses the next bytes of the body. Throws HttpException (400) if they are malformed. Rethrows the listener's errors. */
  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let at = 0
    while (at < bytes.length) at = this.#step(bytes, at)
  }

  /** Runs the current state from index `at`. Returns the index at which the next state continues. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'start':
        return this.#skipNewlines(bytes, at)
      case 'first boundary':
        return this.#matchFirstBoundary(bytes, at)
      case 'first boundary CR':
        return this.#expect(bytes, at, LINE_FEED, this.#beginPart)
      case 'first boundary hyphen':
        return this.#expect(bytes, at, HYPHEN, this.#end)
      case 'header name':
        return this.#readHeaderName(bytes, at)
      case 'before header value':
        return this.#skipSpaces(bytes, at)
      case 'header value':
        return this.#readHeaderValue(bytes, at)
      case 'header CR':
        return this.#expect(bytes, at, LINE_FEED, this.#beginHeader)
      case 'headers CR':
        return this.#expect(bytes, at, LINE_FEED, this.#beginData)
      case 'data':
        return this.#readData(bytes, at)
      case 'end':
        return bytes.length
    }
  }

  #expect(bytes: Buffer, at: number, byte: number, next: () => void): number {
    if (bytes[at] !== byte) throw unreadableBody()
    next.call(this)
    return at + 1
  }

  #skipNewlines(bytes: Buffer, start: number): number {
    let at = start
    while (bytes[at] === CARRIAGE_RETURN || bytes[at] === LINE_FEED) at += 1
    if (at < bytes.length) this.#state = 'first boundary'
    return at
  }

  /** Matches the first boundary. Only line breaks are allowed before it, no preamble. */
  #matchFirstBoundary(bytes: Buffer, start: number): number {
    const boundary = this.#delimiter.subarray(2)
    let at = start
    for (; at < bytes.length && this.#matched < boundary.length; at += 1) {
      if (bytes[at] !== boundary[this.#matched]) throw unreadableBody()
      this.#matched += 1
    }
    if (at === bytes.length) return at
    if (bytes[at] === CARRIAGE_RETURN) this.#state = 'first boundary CR'
    else if (bytes[at] === HYPHEN) this.#state = 'first boundary hyphen'
    else throw unreadableBody()
    return at + 1
  }

  #beginPart(): void {
    this.#listener.onPartBegin()
    this.#headers = 0
    this.#headerBytes = 0
    this.#beginHeader()
  }

  #beginHeader(): void {
    this.#state = 'header name'
  }

  #readHeaderName(bytes: Buffer, start: number): number {
    if (bytes[start] === CARRIAGE_RETURN && this.#headerText.size === 0) {
      this.#state = 'headers CR'
      return start + 1
    }
    let at = start
    while (isTokenByte(bytes[at])) at += 1
    if (at === bytes.length) {
      this.#addHeaderText(bytes, start, at)
      return at
    }
    this.#headerName = this.#takeHeaderText(bytes, start, at)
    if (bytes[at] !== COLON || this.#headerName === '') throw unreadableBody()
    this.#state = 'before header value'
    return at + 1
  }

  #skipSpaces(bytes: Buffer, start: number): number {
    let at = start
    while (bytes[at] === SPACE) at += 1
    if (at < bytes.length) this.#state = 'header value'
    return at
  }

  /** Reads up to the next CR, including bare line feeds. Folded lines are not supported. */
  #readHeaderValue(bytes: Buffer, start: number): number {
    const end = bytes.indexOf(CARRIAGE_RETURN, start)
    if (end === -1) {
      this.#addHeaderText(bytes, start, bytes.length)
      return bytes.length
    }
    this.#headers += 1
    if (this.#headers > HEADERS_MAX) throw unreadableBody()
    this.#listener.onHeader(this.#headerName.toLowerCase(), this.#takeHeaderText(bytes, start, end))
    this.#state = 'header CR'
    return end + 1
  }

  #addHeaderText(bytes: Buffer, start: number, end: number): void {
    this.#countHeaderBytes(end - start)
    this.#headerText.append(bytes.subarray(start, end))
  }

  /** Returns the buffered text plus the given bytes. Most texts arrive in one chunk and are not buffered. */
  #takeHeaderText(bytes: Buffer, start: number, end: number): string {
    if (this.#headerText.size === 0) {
      this.#countHeaderBytes(end - start)
      return bytes.toString('latin1', start, end)
    }
    this.#addHeaderText(bytes, start, end)
    return Buffer.from(this.#headerText.take().buffer).toString('latin1')
  }

  #countHeaderBytes(count: number): void {
    this.#headerBytes += count
    if (this.#headerBytes > HEADER_BYTES_MAX) throw unreadableBody()
  }

  #beginData(): void {
    this.#listener.onHeadersEnd()
    this.#state = 'data'
    this.#matched = 0
  }

  /** Emits the data up to the delimiter, or up to a partial delimiter at the end of the chunk. */
  #readData(bytes: Buffer, start: number): number {
    let emitted = start
    let at = start
    while (at < bytes.length) {
      if (this.#matched === 0) at = this.#findDelimiter(bytes, at)
      else if (this.#delimiterContinues(bytes[at])) {
        this.#matched += 1
        at += 1
        if (this.#matched === this.#delimiter.length + 2) {
          this.#emit(bytes, emitted, at - this.#matched)
          this.#endPart()
          return at
        }
      } else {
        if (at - this.#matched < emitted) {
          this.#emitFalseDelimiter()
          emitted = at
        }
        this.#matched = 0
      }
    }
    this.#emit(bytes, emitted, at - this.#matched)
    return at
  }

  #emit(bytes: Buffer, start: number, end: number): void {
    if (end > start) this.#listener.onData(bytes.subarray(start, end))
  }

  /** Searches for the delimiter. Returns the index after its `#matched` bytes. */
  #findDelimiter(bytes: Buffer, start: number): number {
    const found = bytes.indexOf(this.#needle, start)
    const end = found === -1 ? this.#partialNeedle(bytes, start) : found
    this.#matched = Math.min(bytes.length - end, this.#needle.length)
    return end + this.#matched
  }

  /** Returns the index of a partial needle at the end of the chunk, or the chunk's length without one. */
  #partialNeedle(bytes: Buffer, start: number): number {
    const first = Math.max(start, bytes.length - this.#needle.length + 1)
    const at = bytes.subarray(first).lastIndexOf(CARRIAGE_RETURN)
    if (at === -1) return bytes.length
    const tail = bytes.subarray(first + at)
    return tail.equals(this.#needle.subarray(0, tail.length)) ? first + at : bytes.length
  }

  #delimiterContinues(byte: number | undefined): boolean {
    const { length } = this.#delimiter
    if (this.#matched < length) return byte === this.#delimiter[this.#matched]
    if (this.#matched > length) return byte === (this.#byteAfterDelimiter === HYPHEN ? HYPHEN : LINE_FEED)
    if (byte !== CARRIAGE_RETURN && byte !== HYPHEN) return false
    this.#byteAfterDelimiter = byte
    return true
  }

  #endPart(): void {
    this.#listener.onPartEnd()
    if (this.#byteAfterDelimiter === HYPHEN) this.#end()
    else this.#beginPart()
  }

  /** Emits the end of an earlier chunk as data, since it was not the delimiter after all. */
  #emitFalseDelimiter(): void {
    const { length } = this.#delimiter
    this.#listener.onData(this.#delimiter.subarray(0, this.#matched))
    if (this.#matched > length) this.#listener.onData(Uint8Array.of(this.#byteAfterDelimiter))
  }

  /** Ignores the rest of the body. */
  #end(): void {
    this.#state = 'end'
  }
}

type State =
  | 'start'
  | 'first boundary'
  | 'first boundary CR'
  | 'first boundary hyphen'
  | 'header name'
  | 'before header value'
  | 'header value'
  | 'header CR'
  | 'headers CR'
  | 'data'
  | 'end'

const TOKEN_BYTES = new Uint8Array(256)
for (const byte of Buffer.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~",
)) {
  TOKEN_BYTES[byte] = 1
}

function isTokenByte(byte: number | undefined): boolean {
  return byte !== undefined && TOKEN_BYTES[byte] === 1
}
