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
  // Python lets surrogates through here, so only what lies between them has to be UTF-8.
  const units = new CodePoints()
  let start = 0
  for (let at = buffer.indexOf(0xed); at !== -1; at = buffer.indexOf(0xed, at + 1)) {
    const second = buffer[at + 1] ?? 0
    const third = buffer[at + 2] ?? 0
    if (second >> 5 !== 0b101 || third >> 6 !== 0b10) continue
    units.addText(strictUtf8(buffer.subarray(start, at)))
    units.add(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f))
    start = at + 3
  }
  units.addText(strictUtf8(buffer.subarray(start)))
  return units.toString()
}

function strictUtf8(buffer: Buffer): string {
  if (!isUtf8(buffer)) throw new BodyDecodeError('The body is not UTF-8')
  return buffer.toString('utf8')
}

function decodeUtf16(buffer: Buffer, littleEndian: boolean): string {
  if (buffer.length % 2 !== 0) throw new BodyDecodeError('The body is not UTF-16')
  return (littleEndian ? buffer : Buffer.from(buffer).swap16()).toString('utf16le')
}

function decodeUtf32(buffer: Buffer, littleEndian: boolean): string {
  if (buffer.length % 4 !== 0) throw new BodyDecodeError('The body is not UTF-32')
  const units = new CodePoints()
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
  readonly #parts: string[] = []
  #afterHigh = false

  add(codePoint: number): void {
    const isLow = codePoint >= 0xdc00 && codePoint <= 0xdfff
    const added = isLow && this.#afterHigh ? 0xd800 : codePoint
    this.#parts.push(String.fromCodePoint(added))
    this.#afterHigh = added >= 0xd800 && added <= 0xdbff
  }

  addText(text: string): void {
    if (text === '') return
    this.#parts.push(text)
    this.#afterHigh = false
  }

  toString(): string {
    return this.#parts.join('')
  }
}
