import { isUtf8 } from 'node:buffer'
import { BodyDecodeError } from './decode-errors.ts'

/**
 * Decodes the text of a JSON body like Python's `bytes.decode(json.detect_encoding(bytes), 'surrogatepass')`: UTF-8, UTF-16
 * or UTF-32, with or without a byte order mark. Throws BodyDecodeError for invalid bytes.
 */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [first, second] = buffer
  if (first === 0xef && second === 0xbb && buffer[2] === 0xbf) return decodeUtf8(buffer.subarray(3))
  // All other byte order marks and all JSON in UTF-16 or UTF-32 have one of these values in the first two bytes.
  if (first === 0 || second === 0 || first === 0xfe || first === 0xff) return decodeWide(buffer)
  return decodeUtf8(buffer)
}

/** Checks in the order of Python's `json.detect_encoding`. */
function decodeWide(buffer: Buffer): string {
  const [a, b, c, d] = buffer
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return decodeUtf32(buffer.subarray(4), false)
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return decodeUtf32(buffer.subarray(4), true)
  if (a === 0xfe && b === 0xff) return decodeUtf16(buffer.subarray(2), false)
  if (a === 0xff && b === 0xfe) return decodeUtf16(buffer.subarray(2), true)
  if (buffer.length >= 4) {
    if (a === 0) return b === 0 ? decodeUtf32(buffer, false) : decodeUtf16(buffer, false)
    if (b === 0) return c === 0 && d === 0 ? decodeUtf32(buffer, true) : decodeUtf16(buffer, true)
  } else if (buffer.length === 2) {
    if (a === 0) return decodeUtf16(buffer, false)
    if (b === 0) return decodeUtf16(buffer, true)
  }
  return decodeUtf8(buffer)
}

function decodeUtf8(buffer: Buffer): string {
  if (isUtf8(buffer)) return buffer.toString('utf8')
  // Python allows surrogates here and is otherwise strict, so the bytes must be valid UTF-8 once surrogates are replaced.
  const replaced = Buffer.from(buffer)
  for (let at = 0; at < replaced.length; at++) if (isSurrogate(replaced, at)) replaced[at] = 0xee
  if (!isUtf8(replaced)) throw new BodyDecodeError('The body is not UTF-8')
  const units = new CodePoints(buffer.length)
  for (let at = 0; at < buffer.length; ) at = addCodePoint(buffer, at, units)
  return units.toString()
}

function isSurrogate(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xed && (bytes[at + 1] ?? 0) >> 5 === 0b101 && (bytes[at + 2] ?? 0) >> 6 === 0b10
}

/** Adds the code point at an index of valid bytes. Returns the index of the next one. */
function addCodePoint(bytes: Buffer, at: number, units: CodePoints): number {
  const first = bytes[at] as number
  if (first < 0x80) {
    units.add(first)
    return at + 1
  }
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  let codePoint = first & (0x7f >> length)
  for (let next = at + 1; next < at + length; next++)
    codePoint = (codePoint << 6) | ((bytes[next] as number) & 0x3f)
  units.add(codePoint)
  return at + length
}

function decodeUtf16(buffer: Buffer, littleEndian: boolean): string {
  if (buffer.length % 2 !== 0) throw new BodyDecodeError('The body is not UTF-16')
  return (littleEndian ? buffer : Buffer.from(buffer).swap16()).toString('utf16le')
}

function decodeUtf32(buffer: Buffer, littleEndian: boolean): string {
  if (buffer.length % 4 !== 0) throw new BodyDecodeError('The body is not UTF-32')
  const units = new CodePoints(buffer.length / 2)
  for (let at = 0; at < buffer.length; at += 4) {
    const codePoint = littleEndian ? buffer.readUInt32LE(at) : buffer.readUInt32BE(at)
    if (codePoint > 0x10ffff) throw new BodyDecodeError('The body is not UTF-32')
    units.add(codePoint)
  }
  return units.toString()
}

/**
 * Builds a string from code points. In a JavaScript string, a low surrogate after a high one would form a pair. Python keeps
 * them separate and unencodable, so a second high surrogate is added instead.
 */
class CodePoints {
  readonly #units: Uint16Array
  #count = 0
  #afterHigh = false

  /** `max` is the maximum number of UTF-16 code units. */
  constructor(max: number) {
    this.#units = new Uint16Array(max)
  }

  add(codePoint: number): void {
    if (codePoint > 0xffff) {
      this.#units[this.#count++] = 0xd7c0 + (codePoint >> 10)
      this.#units[this.#count++] = 0xdc00 | (codePoint & 0x3ff)
      this.#afterHigh = false
      return
    }
    const isLow = codePoint >= 0xdc00 && codePoint <= 0xdfff
    const added = isLow && this.#afterHigh ? 0xd800 : codePoint
    this.#units[this.#count++] = added
    this.#afterHigh = added >= 0xd800 && added <= 0xdbff
  }

  toString(): string {
    const { buffer, byteOffset } = this.#units
    return Buffer.from(buffer, byteOffset, 2 * this.#count).toString('utf16le')
  }
}
