import { HttpException } from '../errors.ts'
import { GrowingBytes } from '../growing-bytes.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const hyphen = 0x2d
const colon = 0x3a

/** python-multipart 0.0.20 bounds neither. These bounds keep the headers of a part from filling the memory. */
const maxHeaders = 100
const maxHeaderBytes = 64 * 1024

/**
 * Longer needles make `Buffer.indexOf` quadratic on hostile input (24 s for 4 MB with a boundary of 15,000 characters),
 * so only the first bytes of a delimiter are searched for and the rest is compared.
 */
const maxNeedleBytes = 60

/** Told what the parser finds, in order. Bytes are views of the chunk that was written. */
export interface PartListener {
  partBegins(): void
  /** The name is in lower case; both texts have one character per byte. */
  header(name: string, value: string): void
  headersEnd(): void
  data(bytes: Uint8Array): void
  partEnds(): void
}

/** The 400 that FastAPI makes of any error of the multipart parser. */
function malformedBody(): HttpException {
  return new HttpException(400, 'There was an error parsing the body')
}

/**
 * python-multipart's MultipartParser: an incremental parser of multipart bodies which accepts what that one accepts.
 * What it tells its listener does not depend on how the body is cut into chunks, but for the cuts in the data.
 */
export class MultipartParser {
  readonly #listener: PartListener
  /** CR LF `--` and the boundary: what ends the data of a part if CR LF or `--` follow. */
  readonly #delimiter: Buffer
  readonly #needle: Buffer
  #state: State = 'start'
  /** How many bytes of the delimiter, and of the two that follow it, have been seen. */
  #matched = 0
  /** The byte after the delimiter. */
  #follower = 0
  #headerName = ''
  /** What there is of the name or the value that is being read. Added up as texts, bytes that come one by one would each keep an object. */
  readonly #headerText = new GrowingBytes()
  #headers = 0
  #headerBytes = 0

  /** The boundary has one character per byte. Throws HttpException (400) for a boundary that holds a CR. */
  constructor(boundary: string, listener: PartListener) {
    // Only `boundary*=` can smuggle one in. That CR starts the delimiter and nothing else in it keeps the search linear.
    if (boundary.includes('\r')) throw malformedBody()
    this.#listener = listener
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
    this.#needle = this.#delimiter.subarray(0, maxNeedleBytes)
  }

  /** Takes the next bytes of the body. Throws HttpException (400) when they do not fit, and what the listener throws. */
  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let at = 0
    while (at < bytes.length) at = this.#step(bytes, at)
  }

  /** Each state takes what it can from `at` on and returns where the next one has to go on. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'start':
        return this.#skipNewlines(bytes, at)
      case 'first boundary':
        return this.#matchFirstBoundary(bytes, at)
      case 'first boundary CR':
        return this.#expect(bytes, at, lineFeed, this.#beginPart)
      case 'first boundary hyphen':
        return this.#expect(bytes, at, hyphen, this.#end)
      case 'header name':
        return this.#readHeaderName(bytes, at)
      case 'before header value':
        return this.#skipSpaces(bytes, at)
      case 'header value':
        return this.#readHeaderValue(bytes, at)
      case 'header CR':
        return this.#expect(bytes, at, lineFeed, this.#beginHeader)
      case 'headers CR':
        return this.#expect(bytes, at, lineFeed, this.#beginData)
      case 'data':
        return this.#readData(bytes, at)
      case 'end':
        return bytes.length
    }
  }

  #expect(bytes: Buffer, at: number, byte: number, next: () => void): number {
    if (bytes[at] !== byte) throw malformedBody()
    next.call(this)
    return at + 1
  }

  #skipNewlines(bytes: Buffer, start: number): number {
    let at = start
    while (bytes[at] === carriageReturn || bytes[at] === lineFeed) at += 1
    if (at < bytes.length) this.#state = 'first boundary'
    return at
  }

  /** Nothing but line ends may precede the first boundary, not even a preamble. */
  #matchFirstBoundary(bytes: Buffer, start: number): number {
    const boundary = this.#delimiter.subarray(2)
    let at = start
    for (; at < bytes.length && this.#matched < boundary.length; at += 1) {
      if (bytes[at] !== boundary[this.#matched]) throw malformedBody()
      this.#matched += 1
    }
    if (at === bytes.length) return at
    if (bytes[at] === carriageReturn) this.#state = 'first boundary CR'
    else if (bytes[at] === hyphen) this.#state = 'first boundary hyphen'
    else throw malformedBody()
    return at + 1
  }

  #beginPart(): void {
    this.#listener.partBegins()
    this.#headers = 0
    this.#headerBytes = 0
    this.#beginHeader()
  }

  #beginHeader(): void {
    this.#state = 'header name'
  }

  #readHeaderName(bytes: Buffer, start: number): number {
    if (bytes[start] === carriageReturn && this.#headerText.size === 0) {
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
    if (bytes[at] !== colon || this.#headerName === '') throw malformedBody()
    this.#state = 'before header value'
    return at + 1
  }

  #skipSpaces(bytes: Buffer, start: number): number {
    let at = start
    while (bytes[at] === space) at += 1
    if (at < bytes.length) this.#state = 'header value'
    return at
  }

  /** Anything up to the next CR, bare line feeds included. Folded lines are not known. */
  #readHeaderValue(bytes: Buffer, start: number): number {
    const end = bytes.indexOf(carriageReturn, start)
    if (end === -1) {
      this.#addHeaderText(bytes, start, bytes.length)
      return bytes.length
    }
    this.#headers += 1
    if (this.#headers > maxHeaders) throw malformedBody()
    this.#listener.header(this.#headerName.toLowerCase(), this.#takeHeaderText(bytes, start, end))
    this.#state = 'header CR'
    return end + 1
  }

  #addHeaderText(bytes: Buffer, start: number, end: number): void {
    this.#countHeaderBytes(end - start)
    this.#headerText.append(bytes.subarray(start, end))
  }

  /** What was added before and what ends here. Most texts come in one piece, and need no room to grow in. */
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
    if (this.#headerBytes > maxHeaderBytes) throw malformedBody()
  }

  #beginData(): void {
    this.#listener.headersEnd()
    this.#state = 'data'
    this.#matched = 0
  }

  /** Hands on the data up to the delimiter, or up to the part of one that the chunk ends with. */
  #readData(bytes: Buffer, start: number): number {
    let handedOn = start
    let at = start
    while (at < bytes.length) {
      if (this.#matched === 0) at = this.#findDelimiter(bytes, at)
      else if (this.#delimiterContinues(bytes[at])) {
        this.#matched += 1
        at += 1
        if (this.#matched === this.#delimiter.length + 2) {
          this.#handOn(bytes, handedOn, at - this.#matched)
          this.#endPart()
          return at
        }
      } else {
        if (at - this.#matched < handedOn) {
          this.#releaseLookAlike()
          handedOn = at
        }
        this.#matched = 0
      }
    }
    this.#handOn(bytes, handedOn, at - this.#matched)
    return at
  }

  #handOn(bytes: Buffer, start: number, end: number): void {
    if (end > start) this.#listener.data(bytes.subarray(start, end))
  }

  /** Where to go on, `#matched` bytes after the start of what may be the delimiter. */
  #findDelimiter(bytes: Buffer, start: number): number {
    const found = bytes.indexOf(this.#needle, start)
    const end = found === -1 ? this.#partialNeedle(bytes, start) : found
    this.#matched = Math.min(bytes.length - end, this.#needle.length)
    return end + this.#matched
  }

  /** Where a beginning of the needle stands at the very end of the chunk; the chunk's length if nowhere. */
  #partialNeedle(bytes: Buffer, start: number): number {
    const first = Math.max(start, bytes.length - this.#needle.length + 1)
    const at = bytes.subarray(first).lastIndexOf(carriageReturn)
    if (at === -1) return bytes.length
    const tail = bytes.subarray(first + at)
    return tail.equals(this.#needle.subarray(0, tail.length)) ? first + at : bytes.length
  }

  #delimiterContinues(byte: number | undefined): boolean {
    const { length } = this.#delimiter
    if (this.#matched < length) return byte === this.#delimiter[this.#matched]
    if (this.#matched > length) return byte === (this.#follower === hyphen ? hyphen : lineFeed)
    if (byte !== carriageReturn && byte !== hyphen) return false
    this.#follower = byte
    return true
  }

  #endPart(): void {
    this.#listener.partEnds()
    if (this.#follower === hyphen) this.#end()
    else this.#beginPart()
  }

  /** What an earlier chunk ended with was taken for the delimiter, and is data after all. */
  #releaseLookAlike(): void {
    const { length } = this.#delimiter
    this.#listener.data(this.#delimiter.subarray(0, this.#matched))
    if (this.#matched > length) this.#listener.data(Uint8Array.of(this.#follower))
  }

  /** What follows is ignored. */
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

const tokenBytes = new Uint8Array(256)
for (const byte of Buffer.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~",
)) {
  tokenBytes[byte] = 1
}

function isTokenByte(byte: number | undefined): boolean {
  return byte !== undefined && tokenBytes[byte] === 1
}
