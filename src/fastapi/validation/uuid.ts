import { LAX, type ValidationContext } from './context.ts'

const HYPHENATED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const SIMPLE = /^[0-9a-f]{32}$/
const URN = 'urn:uuid:'
/** The length of the longest format, the URN. */
const LENGTH_MAX = 45

/** Validates `UUID`. Returns it in lower case with hyphens. */
export function validateUuid(input: unknown, context: ValidationContext): string | undefined {
  context.floorExactness(LAX)
  if (typeof input !== 'string') {
    return void context.report('uuid_type', 'UUID input should be a string, bytes or UUID object', input)
  }
  const uuid = input.length <= LENGTH_MAX ? parseUuid(input) : undefined
  if (uuid !== undefined) return uuid
  const error = uuidError(input)
  return void context.report('uuid_parsing', `Input should be a valid UUID, ${error}`, input, { error })
}

function parseUuid(text: string): string | undefined {
  const lower = text.toLowerCase()
  if (SIMPLE.test(lower)) {
    return [
      lower.slice(0, 8),
      lower.slice(8, 12),
      lower.slice(12, 16),
      lower.slice(16, 20),
      lower.slice(20),
    ].join('-')
  }
  const inner = withoutWrapping(text).inner.toLowerCase()
  return HYPHENATED.test(inner) ? inner : undefined
}

/** Removes braces or the lower-case URN prefix, which are allowed in the hyphenated format. `offset` is the start of `inner`. */
function withoutWrapping(text: string): { inner: string; offset: number } {
  if (text.length > 1 && text.startsWith('{') && text.endsWith('}')) {
    return { inner: text.slice(1, -1), offset: 1 }
  }
  return text.startsWith(URN)
    ? { inner: text.slice(URN.length), offset: URN.length }
    : { inner: text, offset: 0 }
}

const GROUP_LENGTHS = [8, 4, 4, 4, 12]
const LAST_GROUP_START = 24

/** Returns the error of the Rust crate `uuid` 1.11 for an invalid string. Its positions and lengths are in UTF-8 bytes. */
function uuidError(text: string): string {
  const { inner, offset } = withoutWrapping(text)
  const wrong = /[^0-9a-fA-F-]/u.exec(inner)
  if (wrong !== null) {
    const position = wrong.index + offset + 1
    return `invalid character: expected an optional prefix of \`urn:uuid:\` followed by [0-9a-fA-F-], found \`${wrong[0]}\` at ${position}`
  }
  const groups = inner.split('-')
  if (groups.length === 1 && offset === 0) {
    return `invalid length: expected length 32 for simple format, found ${text.length}`
  }
  if (groups.length !== GROUP_LENGTHS.length) return `invalid group count: expected 5, found ${groups.length}`
  const index = groups.findIndex((group, at) => group.length !== GROUP_LENGTHS[at])
  // The crate derives the last group's length from the whole string, including a prefix or brace.
  const found = index === 4 ? text.length - LAST_GROUP_START : groups[index]?.length
  return `invalid group length in group ${index}: expected ${GROUP_LENGTHS[index]}, found ${found}`
}
