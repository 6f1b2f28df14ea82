import type { Outcome } from './outcome.ts'

class Failure {
  readonly error: string
  readonly position: number

  constructor(error: string, position: number) {
    this.error = error
    this.position = position
  }
}

/** A simple reference for Python's JSON decoder: recursive, on an array of code points, without limits. */
export function referenceOutcome(text: string): Outcome {
  const chars = Array.from(text)
  const fail = (error: string, position: number): never => {
    throw new Failure(error, position)
  }
  const space = (i: number): number => (/^[ \t\n\r]$/.test(chars[i] ?? '') ? space(i + 1) : i)

  function value(i: number): [unknown, number] {
    if (chars[i] === '"') return string(i)
    if (chars[i] === '{') return object(space(i + 1))
    if (chars[i] === '[') return array(space(i + 1))
    const rest = chars.slice(i).join('')
    const word = /^(?:null|true|false|NaN|-?Infinity)/.exec(rest)?.[0]
    if (word) return [literals[word], i + word.length]
    const number = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/.exec(rest)
    if (!number) return fail('Expecting value', i)
    const [token, fraction, exponent] = number
    const end = i + token.length
    if (fraction || exponent) return [Number.parseFloat(token), end]
    const integer = BigInt(token)
    return [integer > -(2n ** 53n) && integer < 2n ** 53n ? Number(integer) : integer, end]
  }

  function object(i: number): [unknown, number] {
    const members: [string, unknown][] = []
    for (let at = i; chars[at] !== '}' || members.length > 0; ) {
      if (chars[at] !== '"') fail('Expecting property name enclosed in double quotes', at)
      const [key, keyEnd] = string(at)
      const colon = space(keyEnd)
      if (chars[colon] !== ':') fail("Expecting ':' delimiter", colon)
      const [member, end] = value(space(colon + 1))
      members.push([key, member])
      const next = space(end)
      if (chars[next] === '}') return [Object.fromEntries(members), next + 1]
      if (chars[next] !== ',') fail("Expecting ',' delimiter", next)
      at = space(next + 1)
      if (chars[at] === '}') fail('Illegal trailing comma before end of object', next)
    }
    return [{}, i + 1]
  }

  function array(i: number): [unknown, number] {
    const items: unknown[] = []
    for (let at = i; chars[at] !== ']' || items.length > 0; ) {
      const [item, end] = value(at)
      items.push(item)
      const next = space(end)
      if (chars[next] === ']') return [items, next + 1]
      if (chars[next] !== ',') fail("Expecting ',' delimiter", next)
      at = space(next + 1)
      if (chars[at] === ']') fail('Illegal trailing comma before end of array', next)
    }
    return [items, i + 1]
  }

  function string(begin: number): [string, number] {
    let result = ''
    for (let at = begin + 1; ; at++) {
      const char = chars[at] ?? fail('Unterminated string starting at', begin)
      if (char === '"') return [result, at + 1]
      if (char < ' ') fail('Invalid control character at', at)
      if (char !== '\\') result += char
      else if (chars[at + 1] === 'u') {
        const digits = chars.slice(at + 2, at + 6).join('')
        if (!/^[0-9a-fA-F]{4}$/.test(digits) || at + 6 >= chars.length) fail('Invalid \\uXXXX escape', at + 1)
        result += String.fromCharCode(Number.parseInt(digits, 16))
        at += 5
      } else {
        const letter = chars[at + 1] ?? fail('Unterminated string starting at', begin)
        result += escapes[letter] ?? fail('Invalid \\escape', at)
        at += 1
      }
    }
  }

  try {
    const [result, end] = value(space(0))
    if (space(end) < chars.length) fail('Extra data', space(end))
    return { value: result }
  } catch (error) {
    if (error instanceof Failure) return { error: error.error, position: error.position }
    throw error
  }
}

const literals: Record<string, unknown> = {
  null: null,
  true: true,
  false: false,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

const escapes: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
