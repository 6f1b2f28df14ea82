import { nestsDeeper } from '../fastapi/json/nesting.ts'

/** Why data is not plain JSON, in words that follow its place. */
export class NotJsonError extends Error {
  override name = 'NotJsonError'
}

/** Answers put scenarios and outputs some levels deeper, and can nest some hundred levels. */
const DEPTH_MAX = 100

/**
 * A copy as plain JSON, which every answer can show: without lone surrogates, bigint becoming the nearest number. Throws
 * NotJsonError for NaN and infinities, and for what is nested in itself (YAML has such) or too deeply.
 */
export function toJson(value: unknown): unknown {
  let text: string
  try {
    text = JSON.stringify(value, (_key, member) => plainNumber(member))
  } catch (error) {
    throw error instanceof NotJsonError ? error : new NotJsonError('is nested too deeply, or in itself')
  }
  if (nestsDeeper(text, DEPTH_MAX)) throw new NotJsonError(`is nested more than ${DEPTH_MAX} levels deep`)
  // JSON.stringify escapes lone surrogates and no others. The second branch passes over an escaped backslash.
  return JSON.parse(text.replace(/\\(?:(ud[89a-f]..)|.)/g, (whole, lone) => (lone ? '\\ufffd' : whole)))
}

function plainNumber(member: unknown): unknown {
  const plain = typeof member === 'bigint' ? Number(member) : member
  if (typeof plain === 'number' && !Number.isFinite(plain))
    throw new NotJsonError('holds a number that is not finite')
  return plain
}
