import { hasOtherKeyOrder, keysInOrder } from './key-order.ts'

/** Thrown for a value that cannot be written as JSON. FastAPI crashes on it and answers 500 "Internal Server Error". */
export class UnencodableError extends Error {
  override name = 'UnencodableError'
}

/**
 * The maximum nesting depth of an answer. `jsonable_encoder` recurses for each level, and the server and the framework use
 * about 30 of Python's 1,000 frames. This is an estimate. Real answers stay far below it.
 */
const DEPTH_MAX = 970

/**
 * Encodes a value as Starlette's JSONResponse does: compact, with unescaped non-ASCII characters, exact bigints, keys in the order
 * of the text that they were decoded from, and without `undefined` members. Throws UnencodableError for NaN, infinities, lone surrogates in keys or values, and excessive nesting.
 */
export function encodeJson(value: unknown): string {
  const text = stringify(value)
  // JSON.stringify escapes lone surrogates, and every such escape starts with `\ud`.
  const matchesPython = text !== undefined && !text.includes('\\ud') && isPlain(value, DEPTH_MAX)
  return matchesPython ? text : write(value, 0)
}

/** Returns undefined where JSON.stringify fails: for `undefined`, bigint and very deep nesting. */
function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** Returns whether JSON.stringify writes all numbers and the order of all keys as Python does, and the nesting depth is at most `levels`. */
function isPlain(value: unknown, levels: number): boolean {
  if (typeof value === 'number') return isPlainNumber(value)
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0 || hasOtherKeyOrder(value)) return false
  if (Array.isArray(value)) return value.every((item) => isPlain(item, levels - 1))
  // Faster than Object.values. Inherited properties are not data, and at worst disable the fast path.
  for (const key in value) if (!isPlain(value[key as keyof typeof value], levels - 1)) return false
  return true
}

/** Python uses an exponent below this magnitude, and JavaScript only below 1e-6. */
const EXPONENT_BELOW = 1e-4

function isPlainNumber(number: number): boolean {
  const magnitude = Math.abs(number)
  return (magnitude >= EXPONENT_BELOW && magnitude <= Number.MAX_SAFE_INTEGER) || Object.is(number, 0)
}

/** Encodes any value without JSON.stringify, except strings. `depth` is the number of enclosing containers. */
function write(value: unknown, depth: number): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return writeString(value)
  if (typeof value === 'number') return writeNumber(value)
  if (typeof value !== 'object') return String(value)
  if (depth === DEPTH_MAX) throw new UnencodableError('The answer is nested too deeply')
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`
  const members: string[] = []
  for (const key of keysInOrder(value)) {
    const member: unknown = value[key as keyof typeof value]
    if (member !== undefined) members.push(`${writeString(key)}:${write(member, depth + 1)}`)
  }
  return `{${members.join(',')}}`
}

function writeString(text: string): string {
  if (!text.isWellFormed()) throw new UnencodableError('The answer holds a lone surrogate')
  return JSON.stringify(text)
}

/** Formats a number like Python's `repr`. One of magnitude 2^53 and above is a float, since such integers are bigint. */
function writeNumber(number: number): string {
  if (!Number.isFinite(number)) throw new UnencodableError('The answer holds a number that is not finite')
  if (Object.is(number, -0)) return '-0.0'
  const magnitude = Math.abs(number)
  if (magnitude >= 1e16) return number.toExponential()
  // Python writes at least two digits of an exponent.
  if (magnitude < EXPONENT_BELOW && number !== 0) return number.toExponential().replace(/-(\d)$/, '-0$1')
  return magnitude > Number.MAX_SAFE_INTEGER ? `${number}.0` : String(number)
}
