import { nextTurn } from '../turns.ts'
import { nestsDeeper } from './nesting.ts'
import { DEPTH_MAX, JsonParser, parseJson } from './parse.ts'
import { decodeText } from './text.ts'

export { BodyDecodeError, JsonDecodeError } from './decode-errors.ts'

/** Matches integers of magnitude 2^53 and above, which JSON.parse would round, and other long runs of digits. */
const LONG_NUMBER = /\d{16}/

/** Matches the integer -0, which JSON.parse would return as -0. Python returns 0. */
const NEGATIVE_ZERO = /-0(?:[\s,\]}]|$)/

/** Matches keys of digits, also escaped ones, which JSON.parse would put into another order. */
const INDEX_KEY = /"(?:\d|\\u)[\\u\d]*"\s*:/

/**
 * Decodes a body as Python 3.13's `json.loads(bytes)` does. See `parseJson` for the values. Throws JsonDecodeError for
 * invalid JSON, and BodyDecodeError for an invalid encoding, excessive nesting or an integer that is too long.
 */
export function decodeJson(bytes: Uint8Array): unknown {
  const text = decodeText(bytes)
  if (changesInJavaScript(text) || nestsDeeper(text, DEPTH_MAX)) return parseJson(text)
  try {
    return JSON.parse(text)
  } catch {
    // The text is invalid, or contains NaN or Infinity.
    return parseJson(text)
  }
}

function changesInJavaScript(text: string): boolean {
  return LONG_NUMBER.test(text) || NEGATIVE_ZERO.test(text) || INDEX_KEY.test(text)
}

/**
 * The minimum size of a body that is decoded in steps, in bytes. JSON.parse takes up to 85 ms for the worst mebibyte, and as
 * long again if it fails at the end (Node 24 on a busy machine).
 */
export const LONG_JSON = 524_288

/** The number of characters to decode before yielding to the event loop. The worst take 30 ms. */
const STEP_LENGTH = 131_072

/** Like `decodeJson`, but yields to the event loop. Rejects with the same errors. */
export async function decodeLongJson(bytes: Uint8Array): Promise<unknown> {
  const parser = new JsonParser(decodeText(bytes))
  while (!parser.advance(STEP_LENGTH)) await nextTurn()
  return parser.value
}
