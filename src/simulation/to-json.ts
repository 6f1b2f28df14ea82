import { nestsDeeper } from '../fastapi/json/nesting.ts'

/** Thrown for data that is not plain JSON. The message is a phrase that follows the data's location. */
export class NotJsonError extends Error {
  override name = 'NotJsonError'
}

/** The maximum nesting depth. Responses nest the data a few levels deeper and support a few hundred levels. */
const DEPTH_MAX = 100

/**
 * Returns a copy as plain JSON that any response can contain. Replaces lone surrogates, and converts bigint to the nearest
 * number. Throws NotJsonError for NaN, infinities, circular references (possible in YAML) and excessive nesting.
 */
export function toJson(value: unknown): unknown {
  let text: string
  try {
    text = JSON.stringify(value, (_key, member) => plainNumber(member))
  } catch (error) {
    throw error instanceof NotJsonError ? error : new NotJsonError('is circular or nested too deeply')
  }
  if (nestsDeeper(text, DEPTH_MAX)) throw new NotJsonError(`is nested more than ${DEPTH_MAX} levels deep`)
  return parseWellFormed(text)
}

/** Parses what JSON.stringify has written, with replacement characters for lone surrogates. */
export function parseWellFormed(text: string): unknown {
  // JSON.stringify escapes only lone surrogates. The second alternative skips escaped backslashes.
  return JSON.parse(text.replace(/\\(?:(ud[89a-f]..)|.)/g, (whole, lone) => (lone ? '\\ufffd' : whole)))
}

function plainNumber(member: unknown): unknown {
  const plain = typeof member === 'bigint' ? Number(member) : member
  if (typeof plain === 'number' && !Number.isFinite(plain))
    throw new NotJsonError('contains a number that is not finite')
  return plain
}
