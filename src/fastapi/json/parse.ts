import { setOwn } from '../set-own.ts'
import { countCodePoints, isDigit, isHexDigit } from './characters.ts'
import { BodyDecodeError, JsonDecodeError } from './decode-errors.ts'
import { ORDERED_LENGTH_MAX, recordKeyOrder } from './key-order.ts'
import { RECORDED_LENGTH_MIN, recordSourceLength } from './length.ts'

/**
 * The maximum nesting depth of a body. CPython 3.13 allows 10,000 nested C calls (Py_C_RECURSION_LIMIT), and its event loop
 * uses six of them when a task calls `json.loads` (measured with 3.13.0 on Linux).
 */
export const DEPTH_MAX = 9_994

/** The maximum number of digits of an integer: Python's `sys.int_info.default_max_str_digits`. */
const INTEGER_DIGITS_MAX = 4_300

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const ZERO = 0x30
const SPACE = 0x20
const LETTER_U = 0x75
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

const LITERALS: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]

/** The minimum length of a slice that V8 makes a view, which keeps the whole body in memory. Shorter slices are copies. */
const VIEW_LENGTH_MIN = 13

/** The characters allowed after a backslash, except `u`. */
const ESCAPES = '"\\/bfnrt'

/**
 * An array or object whose end has not been read. `from` is its start in the text, `key` the current member, `keys` all keys
 * of an object in which one begins with a digit, and `first` the index of an array's first item among the items of all open arrays.
 */
type Level = { first: number; object?: never; from: number; keys?: never } | ObjectLevel

interface ObjectLevel {
  first?: never
  object: Record<string, unknown>
  from: number
  key: string
  keys?: Set<string> | undefined
}

/**
 * Parses a text as CPython 3.13's `json.loads` does. Integers of magnitude 2^53 and above become bigint. Objects are plain
 * and have only own properties (including `__proto__`), as with JSON.parse. Not recursive, so deep nesting does not overflow
 * the call stack. Throws JsonDecodeError, or BodyDecodeError for excessive nesting or an integer that is too long.
 */
export function parseJson(text: string): unknown {
  const parser = new JsonParser(text)
  parser.advance()
  return parser.value
}

/** Parses like `parseJson`, in steps. */
export class JsonParser {
  /** The parsed value, once `advance` has returned true. */
  value: unknown
  readonly #text: string
  #at = 0
  readonly #open: Level[] = []
  /** The items of all open arrays. Each array is created at its end, since one that grows by an item allocates room for 17. */
  readonly #items: unknown[] = []
  #itemCount = 0

  constructor(text: string) {
    this.#text = text
  }

  /**
   * Parses about that many more characters, up to the end of a value. Default: the rest of the text. Returns whether the end
   * of the text is reached. Throws like `parseJson`.
   */
  advance(characters = Number.POSITIVE_INFINITY): boolean {
    const until = this.#at + characters
    if (this.#at === 0) this.#skipSpace()
    for (;;) {
      if (this.#at >= until) return false
      let value = this.#value()
      if (value === this) continue
      for (;;) {
        const level = this.#open.at(-1)
        if (level === undefined) {
          this.value = this.#end(value)
          return true
        }
        if (level.object === undefined) this.#items[this.#itemCount++] = value
        else setOwn(level.object, level.key, value)
        if (level.object === undefined ? this.#hasNextItem() : this.#hasNextMember(level)) break
        this.#open.pop()
        value = this.#closed(level)
      }
    }
  }

  /** Parses the value at the current position. Returns the parser itself at the start of a non-empty container. */
  #value(): unknown {
    const code = this.#text.charCodeAt(this.#at)
    if (code === QUOTE) return this.#string()
    if (code === OPEN_OBJECT) return this.#enterObject()
    if (code === OPEN_ARRAY) return this.#enterArray()
    return this.#number() ?? this.#literal()
  }

  #enterObject(): unknown {
    const object: Record<string, unknown> = {}
    const from = this.#at
    if (this.#enter(CLOSE_OBJECT)) return object
    const level: ObjectLevel = { object, from, key: '' }
    this.#open.push(level)
    this.#enterMember(level)
    return this
  }

  #enterArray(): unknown {
    const from = this.#at
    if (this.#enter(CLOSE_ARRAY)) return []
    this.#open.push({ first: this.#itemCount, from })
    return this
  }

  /** Consumes an opening bracket. Returns whether the container is empty. */
  #enter(close: number): boolean {
    if (this.#open.length === DEPTH_MAX) throw new BodyDecodeError('The body is nested too deeply')
    this.#at++
    this.#skipSpace()
    return this.#take(close)
  }

  #closed({ first, object, from, keys }: Level): unknown[] | Record<string, unknown> {
    const container = object ?? this.#items.slice(first, this.#itemCount)
    if (first !== undefined) this.#itemCount = first
    if (keys !== undefined) recordKeyOrder(container, keys)
    const length = this.#at - from
    if (length >= RECORDED_LENGTH_MIN) recordSourceLength(container, length)
    return container
  }

  #hasNextItem(): boolean {
    return !this.#ends(CLOSE_ARRAY, 'Illegal trailing comma before end of array')
  }

  #hasNextMember(level: ObjectLevel): boolean {
    if (this.#ends(CLOSE_OBJECT, 'Illegal trailing comma before end of object')) return false
    this.#enterMember(level)
    return true
  }

  #enterMember(level: ObjectLevel): void {
    level.key = this.#key()
    if (this.#at - level.from > ORDERED_LENGTH_MAX) level.keys = undefined
    else if (isDigit(level.key.charCodeAt(0))) level.keys ??= new Set(Object.keys(level.object))
    level.keys?.add(level.key)
  }

  /** Consumes a closing bracket and returns true, or a comma with its whitespace and returns false. */
  #ends(close: number, trailingComma: string): boolean {
    this.#skipSpace()
    if (this.#take(close)) return true
    const comma = this.#at
    if (!this.#take(COMMA)) this.#fail("Expecting ',' delimiter", comma)
    this.#skipSpace()
    if (this.#text.charCodeAt(this.#at) === close) this.#fail(trailingComma, comma)
    return false
  }

  #key(): string {
    if (this.#text.charCodeAt(this.#at) !== QUOTE) {
      this.#fail('Expecting property name enclosed in double quotes', this.#at)
    }
    const key = this.#string()
    this.#skipSpace()
    if (!this.#take(COLON)) this.#fail("Expecting ':' delimiter", this.#at)
    this.#skipSpace()
    return key
  }

  #end(value: unknown): unknown {
    this.#skipSpace()
    if (this.#at < this.#text.length) this.#fail('Extra data', this.#at)
    return value
  }

  /** Scans by character, since a regular expression takes a third of a second for five million escapes. */
  #string(): string {
    const text = this.#text
    const begin = this.#at
    let at = begin + 1
    let escaped = false
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (code === BACKSLASH && at + 1 < text.length) {
        at = this.#escapeEnd(at)
        escaped = true
      } else if (code >= SPACE && code !== BACKSLASH) at++
      else if (code < SPACE) this.#fail('Invalid control character at', at)
      else this.#fail('Unterminated string starting at', begin)
    }
    this.#at = at + 1
    const isView = at - begin > VIEW_LENGTH_MIN
    return escaped || isView ? JSON.parse(text.slice(begin, at + 1)) : text.slice(begin + 1, at)
  }

  /** Checks the escape sequence at a backslash. Returns the index after it. */
  #escapeEnd(backslash: number): number {
    const text = this.#text
    if (text.charCodeAt(backslash + 1) !== LETTER_U) {
      if (!ESCAPES.includes(text.charAt(backslash + 1))) this.#fail('Invalid \\escape', backslash)
      return backslash + 2
    }
    const end = backslash + 6
    let digits = 0
    while (digits < 4 && isHexDigit(text.charCodeAt(backslash + 2 + digits))) digits++
    // CPython 3.13 also rejects an escape at the very end of the text.
    if (end >= text.length || digits < 4) this.#fail('Invalid \\uXXXX escape', backslash + 1)
    return end
  }

  #literal(): unknown {
    for (const [word, value] of LITERALS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    }
    this.#fail('Expecting value', this.#at)
  }

  /** Parses the longest number at the current position, if any. */
  #number(): number | bigint | undefined {
    const text = this.#text
    const begin = this.#at
    const first = text.charAt(begin) === '-' ? begin + 1 : begin
    const integerEnd = text.charCodeAt(first) === ZERO ? first + 1 : this.#digitsEnd(first)
    if (integerEnd === first) return undefined
    let end = integerEnd
    if (text.charAt(end) === '.') end = Math.max(end, this.#digitsEnd(end + 1, end))
    if (text.charAt(end) === 'e' || text.charAt(end) === 'E') {
      const sign = text.charAt(end + 1)
      end = this.#digitsEnd(sign === '+' || sign === '-' ? end + 2 : end + 1, end)
    }
    this.#at = end
    if (end > integerEnd) return Number(text.slice(begin, end))
    return toInteger(text.slice(begin, end), integerEnd - first)
  }

  /** Returns the index after the run of digits at `from`, or `fallback` without digits. */
  #digitsEnd(from: number, fallback = from): number {
    let end = from
    while (isDigit(this.#text.charCodeAt(end))) end++
    return end === from ? fallback : end
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false
    this.#at++
    return true
  }

  #skipSpace(): void {
    let code = this.#text.charCodeAt(this.#at)
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)
      code = this.#text.charCodeAt(++this.#at)
  }

  #fail(message: string, at: number): never {
    throw new JsonDecodeError(message, countCodePoints(this.#text, at))
  }
}

function toInteger(token: string, digits: number): number | bigint {
  if (digits > INTEGER_DIGITS_MAX) throw new BodyDecodeError('The body holds too long an integer')
  const number = Number(token)
  if (!Number.isSafeInteger(number)) return BigInt(token)
  // Python has no negative integer zero.
  return number === 0 ? 0 : number
}
