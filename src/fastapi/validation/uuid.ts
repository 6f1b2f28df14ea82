import { LAX, type ValidationContext } from './context.ts'

const HYPHENATED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const SIMPLE = /^[0-9a-f]{32}$/
const URN = 'urn:uuid:'
/** The longest spelling there is: the URN. */
const LONGEST = 45

/** Validates `UUID`; gives it in lower case with hyphens. */
export function validateUuid(input: unknown, context: ValidationContext): string | undefined {
  context.lower(LAX)
  if (typeof input !== 'string') {
    return void context.report('uuid_type', 'UUID input should be a string, bytes or UUID object', input)
  }
  const uuid = input.length <= LONGEST ? readUuid(input) : undefined
  if (uuid !== undefined) return uuid
  const error = uuidFault(input)
  return void context.report('uuid_parsing', `Input should be a valid UUID, ${error}`, input, { error })
}

function readUuid(text: string): string | undefined {
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

/** Braces or the URN prefix (in lower case only) may stand around the hyphenated form; `offset` is where that begins. */
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

/** What the Rust crate `uuid` 1.11 says of a text that is none. Its positions and lengths count bytes of UTF-8. */
function uuidFault(text: string): string {
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
  // The crate takes the last group's length from the whole text, a prefix or brace included.
  const found = index === 4 ? text.length - LAST_GROUP_START : groups[index]?.length
  return `invalid group length in group ${index}: expected ${GROUP_LENGTHS[index]}, found ${found}`
}
