import { nestsDeeper } from './nesting.ts'
import { DEPTH_MAX, parseJson } from './parse.ts'
import { decodeText } from './text.ts'

export { BodyDecodeError, JsonDecodeError } from './decode-errors.ts'

/** Finds every integer from 2^53 on, which JSON.parse would round (and other long runs of digits). */
const LONG_NUMBER = /\d{16}/

/** Finds every integer zero with a sign, which JSON.parse would keep. */
const NEGATIVE_ZERO = /-0(?:[\s,\]}]|$)/

/**
 * Decodes a body as Python 3.13's `json.loads(bytes)` does, see parseJson for the values. Throws JsonDecodeError
 * for a text that is no JSON, BodyDecodeError for bytes in no known encoding, too deep a nesting, too long an integer.
 */
export function decodeJson(bytes: Uint8Array): unknown {
  const text = decodeText(bytes)
  if (LONG_NUMBER.test(text) || NEGATIVE_ZERO.test(text) || nestsDeeper(text, DEPTH_MAX))
    return parseJson(text)
  try {
    return JSON.parse(text)
  } catch {
    // The text is broken, or holds NaN or Infinity.
    return parseJson(text)
  }
}
