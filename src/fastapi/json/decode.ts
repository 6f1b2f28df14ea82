import { nextTurn } from '../turns.ts'
import { nestsDeeper } from './nesting.ts'
import { DEPTH_MAX, JsonParser, parseJson } from './parse.ts'
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

/**
 * How long a body is that is better decoded part by part, in bytes. JSON.parse takes up to 85 ms for a mebibyte of the worst there
 * is, and as long again where it fails at the end (Node 24 on a busy machine).
 */
export const LONG_JSON = 524_288

/** How much is decoded before others have their turn, in characters: 30 ms of the worst. */
const PART = 131_072

/** What `decodeJson` does, while others have their turns of the event loop. Rejects with what that throws. */
export async function decodeLongJson(bytes: Uint8Array): Promise<unknown> {
  const parser = new JsonParser(decodeText(bytes))
  while (!parser.advance(PART)) await nextTurn()
  return parser.value
}
