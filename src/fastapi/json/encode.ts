/** The value cannot be written as JSON; FastAPI crashes on it and answers 500 "Internal Server Error". */
export class UnencodableError extends Error {
  override name = 'UnencodableError'
}

/**
 * How deep an answer may nest: `jsonable_encoder` calls itself for each level, and of Python's 1,000 frames the server
 * and the framework have taken some 30 by then. An estimate; nobody should come near it.
 */
const DEPTH_MAX = 970

/**
 * JSON text as Starlette's JSONResponse writes it: compact, non-ASCII as it is, bigint exactly, `undefined` members left
 * out. Throws UnencodableError for NaN and infinities, lone surrogates in keys or values, and too deep a nesting.
 */
export function encodeJson(value: unknown): string {
  const text = stringify(value)
  // JSON.stringify writes a lone surrogate as an escape that begins like this.
  const isPythons = text !== undefined && !text.includes('\\ud') && isPlain(value, DEPTH_MAX)
  return isPythons ? text : write(value, 0)
}

/** JSON.stringify's text; undefined where it gives none: for `undefined`, bigint and a nesting that is very deep. */
function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** Whether JSON.stringify writes the numbers as Python does, and nothing is nested deeper than `levels`. */
function isPlain(value: unknown, levels: number): boolean {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER && !Object.is(value, -0)
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  if (Array.isArray(value)) return value.every((item) => isPlain(item, levels - 1))
  // Faster than Object.values; what is inherited is no data and would only cost the fast path.
  for (const key in value) if (!isPlain(value[key as keyof typeof value], levels - 1)) return false
  return true
}

/** Writes everything with its own hands; `depth` is the number of containers around the value. */
function write(value: unknown, depth: number): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return writeString(value)
  if (typeof value === 'number') return writeNumber(value)
  if (typeof value !== 'object') return String(value)
  if (depth === DEPTH_MAX) throw new UnencodableError('The answer is nested too deeply')
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`
  const members: string[] = []
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${writeString(key)}:${write(member, depth + 1)}`)
  }
  return `{${members.join(',')}}`
}

function writeString(text: string): string {
  if (!text.isWellFormed()) throw new UnencodableError('The answer holds a lone surrogate')
  return JSON.stringify(text)
}

/** Integers that large are bigint, so a number from 2^53 on is a float and is written as Python's `repr` does. */
function writeNumber(number: number): string {
  if (!Number.isFinite(number)) throw new UnencodableError('The answer holds a number that is not finite')
  if (Object.is(number, -0)) return '-0.0'
  const magnitude = Math.abs(number)
  if (magnitude >= 1e16) return number.toExponential()
  return magnitude > Number.MAX_SAFE_INTEGER ? `${number}.0` : String(number)
}
