import { isUtf8 } from 'node:buffer'
import { BodyDecodeError } from './decode-errors.ts'

/**
 * The text of a JSON body, as `bytes.decode(json.detect_encoding(bytes), 'surrogatepass')` gives it in Python:
 * UTF-8, UTF-16 or UTF-32, with or without a byte order mark. Throws BodyDecodeError for bytes that do not fit.
 */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [first, second] = buffer
  if (first === 0xef && second === 0xbb && buffer[2] === 0xbf) return decodeUtf8(buffer.subarray(3))
  // Every other mark and every UTF-16 or UTF-32 text of JSON has one of these in its first two bytes.
  if (first === 0 || second === 0 || first === 0xfe || first === 0xff) return decodeWide(buffer)
  return decodeUtf8(buffer)
}

/** The order of the questions is that of Python's `json.detect_encoding`. */
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
  // Python lets surrogates through here, and is strict with the rest: with something else in their place all is UTF-8.
  const others = Buffer.from(buffer)
  for (let at = 0; at < others.length; at++) if (isSurrogate(others, at)) others[at] = 0xee
  if (!isUtf8(others)) throw new BodyDecodeError('The body is not UTF-8')
  const units = new CodePoints(buffer.length)
  for (let at = 0; at < buffer.length; ) at = addCodePoint(buffer, at, units)
  return units.toString()
}

function isSurrogate(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xed && (bytes[at + 1] ?? 0) >> 5 === 0b101 && (bytes[at + 2] ?? 0) >> 6 === 0b10
}

/** Reads a code point from bytes that are known to hold one there, and says where the next one begins. */
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
 * Collects a text by code points. A low surrogate after a high one would join it in a JavaScript string, where
 * Python keeps two that cannot be encoded; a second high surrogate in its place keeps them two, and unencodable.
 */
class CodePoints {
  readonly #units: Uint16Array
  #count = 0
  #afterHigh = false

  /** `max` is how many units of UTF-16 there are at most. */
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
