import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { BodyDecodeError, decodeJson, JsonDecodeError } from '../../../src/fastapi/json/decode.ts'
import { parseJson } from '../../../src/fastapi/json/parse.ts'
import { decodeText } from '../../../src/fastapi/json/text.ts'
import { bytesOf } from '../recorded-body.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { recorded } from './recorded.ts'
import { referenceOutcome } from './reference.ts'

const decodeString = (text: string) => decodeJson(Buffer.from(text))
const arrays = (depth: number, inner = '') => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`
const objects = (depth: number, inner = '1') => `${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}`

t.test('decodeJson returns the recorded outcome of FastAPI for each body', async (t) => {
  for (const { name, body, outcome, error, position, echo } of recorded) {
    const found = outcomeOf(() => decodeJson(bytesOf(body)))

    if (outcome === 'error') t.same(found, { error, position }, name)
    else if (outcome === 'refused') t.equal(found, 'refused', name)
    else t.type(found, Object, name)
    if (echo !== undefined) {
      const expected: Outcome = { value: parseJson(echo) }
      t.ok(isDeepStrictEqual(found, expected), `${name}: equals the recorded echo`)
    }
  }
})

t.test('decodeJson throws errors with the name, message and position of Python', async (t) => {
  t.throws(() => decodeString('{"😀":01}'), {
    name: 'JsonDecodeError',
    message: "Expecting ',' delimiter",
    position: 6,
  })
  t.throws(() => decodeString('\ufeff[1,]'), {
    message: 'Illegal trailing comma before end of array',
    position: 2,
  })
  t.throws(() => decodeJson(Buffer.from([0xff])), new BodyDecodeError('The body is not UTF-8'))
  t.throws(() => decodeJson(new Uint8Array()), new JsonDecodeError('Expecting value', 0))
})

t.test('decodeJson and its slow parser report each kind of error', async (t) => {
  const table: [text: string, error: string, position: number][] = [
    ['', 'Expecting value', 0],
    ['   ', 'Expecting value', 3],
    ['nul', 'Expecting value', 0],
    ['-', 'Expecting value', 0],
    ['-Infinit', 'Expecting value', 0],
    ['[1,,2]', 'Expecting value', 3],
    ['\u00a0{}', 'Expecting value', 0],
    ['01', 'Extra data', 1],
    ['-01', 'Extra data', 2],
    ['1.', 'Extra data', 1],
    ['1.5e', 'Extra data', 3],
    ['1e+', 'Extra data', 1],
    ['1E-x', 'Extra data', 1],
    ['NaNs', 'Extra data', 3],
    ['{"a":1,,', 'Expecting property name enclosed in double quotes', 7],
    ['{', 'Expecting property name enclosed in double quotes', 1],
    ['{"a":1,', 'Expecting property name enclosed in double quotes', 7],
    ['{"a"', "Expecting ':' delimiter", 4],
    ['{"a":truex}', "Expecting ',' delimiter", 9],
    ['[1', "Expecting ',' delimiter", 2],
    ['{"a":1 ,\n}', 'Illegal trailing comma before end of object', 7],
    ['[[1] , ]', 'Illegal trailing comma before end of array', 5],
    ['"', 'Unterminated string starting at', 0],
    ['["😀","a\\', 'Unterminated string starting at', 5],
    ['"a\\n', 'Unterminated string starting at', 0],
    ['"a\tb"', 'Invalid control character at', 2],
    ['"a\\n\u001f"', 'Invalid control character at', 4],
    ['"\\x41"', 'Invalid \\escape', 1],
    ['"\\😀"', 'Invalid \\escape', 1],
    ['"\\u12"', 'Invalid \\uXXXX escape', 2],
    ['"\\u00g0"', 'Invalid \\uXXXX escape', 2],
    ['"\\u1234', 'Invalid \\uXXXX escape', 2],
    ['"\\ud83d\\u12"', 'Invalid \\uXXXX escape', 8],
  ]
  for (const [text, error, position] of table) {
    t.same(
      outcomeOf(() => decodeString(text)),
      { error, position },
      text,
    )
    t.same(
      outcomeOf(() => parseJson(text)),
      { error, position },
      `${text} parsed slowly`,
    )
    t.same(referenceOutcome(text), { error, position }, `${text} in the reference`)
  }
})

t.test('decodeJson keeps integers exact and distinguishes floats', async (t) => {
  const table: [text: string, value: unknown][] = [
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740993', -9007199254740993n],
    ['12345678901234567890', 12345678901234567890n],
    ['9007199254740993.0', 9007199254740992],
    ['0.30000000000000004', 0.30000000000000004],
    ['1e400', Number.POSITIVE_INFINITY],
    [`${'1'.repeat(4301)}.5`, Number.POSITIVE_INFINITY],
    ['-0', 0],
    ['[-0,-0.0,-0e1]', [0, -0, -0]],
    ['[NaN,Infinity,-Infinity]', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['"2025-01-0"', '2025-01-0'],
    ['"1234567890123456"', '1234567890123456'],
  ]
  for (const [text, value] of table) {
    t.ok(
      isDeepStrictEqual(
        outcomeOf(() => decodeString(text)),
        { value },
      ),
      text.slice(0, 40),
    )
    t.ok(
      isDeepStrictEqual(
        outcomeOf(() => parseJson(text)),
        { value },
      ),
      `${text.slice(0, 40)} parsed slowly`,
    )
  }
})

t.test('decodeJson rejects an integer of more than 4300 digits', async (t) => {
  t.equal(decodeString(`-${'9'.repeat(4300)}`), -(10n ** 4300n - 1n))
  t.equal(
    outcomeOf(() => decodeString(`[${'9'.repeat(4301)}]`)),
    'refused',
  )
  t.equal(
    outcomeOf(() => decodeString(`{"a":${'9'.repeat(4301)},"a":1}`)),
    'refused',
  )
})

t.test('decodeJson reports the long integer or the syntax error, whichever is first', async (t) => {
  t.equal(
    outcomeOf(() => decodeString(`[${'9'.repeat(4301)},,`)),
    'refused',
  )
  t.same(
    outcomeOf(() => decodeString(`[,${'9'.repeat(4301)}`)),
    { error: 'Expecting value', position: 1 },
  )
})

t.test(
  'decodeJson returns own properties, with the last of duplicate values at the first position',
  async (t) => {
    const text = '{"__proto__":{"x":1},"b":1,"constructor":2,"b":3,"":4,"n":NaN}'

    for (const [name, value] of Object.entries({ decoded: decodeString(text), parsed: parseJson(text) })) {
      t.same(Object.keys(Object(value)), ['__proto__', 'b', 'constructor', '', 'n'], name)
      t.same(Object.getOwnPropertyDescriptor(value, '__proto__'), {
        value: { x: 1 },
        writable: true,
        enumerable: true,
        configurable: true,
      })
      t.equal(Object.getPrototypeOf(value), Object.prototype)
      t.equal(Object(value).b, 3)
    }
  },
)

t.test('decodeJson joins escaped surrogates and keeps lone ones', async (t) => {
  for (const decode of [decodeString, parseJson]) {
    t.equal(decode('"\\ud83d\\ude00"'), '😀')
    t.equal(decode('"\\ude00\\uD83D\\/\\b\\f\\n\\r\\t\\"\\\\"'), '\ude00\ud83d/\b\f\n\r\t"\\')
  }
})

t.test('decodeJson accepts the nesting depth of CPython 3.13 and rejects the next level', async (t) => {
  t.type(decodeString(arrays(9_994)), Array)
  t.type(decodeString(objects(9_994)), Object)
  t.equal(
    outcomeOf(() => decodeString(arrays(9_995))),
    'refused',
  )
  t.equal(
    outcomeOf(() => decodeString(objects(9_995))),
    'refused',
  )
  t.equal(
    outcomeOf(() => decodeString('[{"a":'.repeat(100_000))),
    'refused',
  )
})

t.test('decodeJson reports the excessive nesting or the syntax error, whichever is first', async (t) => {
  t.same(
    outcomeOf(() => decodeString(`[,${arrays(20_000)}`)),
    { error: 'Expecting value', position: 1 },
  )
  t.equal(
    outcomeOf(() => decodeString(arrays(9_995, ','))),
    'refused',
  )
})

t.test('decodeJson limits nesting levels instead of brackets', async (t) => {
  const wide = [Array.from({ length: 10_000 }, () => ({})), '["\\'.repeat(10_000), [], '[{']

  t.same(decodeString(JSON.stringify(wide)), wide)
})

t.test('decodeJson decodes every valid text like JSON.parse', async () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      // Python decodes -0 as the integer 0. fast-check generates no integers of magnitude 2^53 and above.
      const expected = JSON.parse(text, (_, value) => (Object.is(value, -0) ? 0 : exact(value)))
      return [() => decodeString(text), () => parseJson(text)].every((decode) =>
        isDeepStrictEqual(outcomeOf(decode), { value: expected }),
      )
    }),
  )
})

/** Converts large floats to integers, since JSON.stringify writes them without a decimal point. */
function exact(value: unknown): unknown {
  return typeof value === 'number' && /^-?\d{16,}$/.test(`${value}`) && !Number.isSafeInteger(value)
    ? BigInt(`${value}`)
    : value
}

const spaced = fc.constantFrom(
  '{"prompt":"hi","tags":["a","b\\u00e9\\ud83d\\ude00"],"n":-12.5e+3,"x":[1,{"y":null}],"z":[],"o":{}}',
  ' {\t"é😀" :\r\n"你好\\n\\\\" , "b":true,"c" : false,"d":-0,"__proto__":{ } } ',
  '[ 1 , -Infinity , NaN, 12345678901234567890 , 0.1 , 1E5 , 0, [ [ ] ] ]',
  '"\\ud83d\\ude00 \\"😀"',
)
const piece = fc.oneof(
  fc.constantFrom(
    ...'"\\{}[],: \n\r\t01-+.eEuNIatx/\u0000\u001f\u007f\u00a0\u2028é😀',
    '\\u12',
    '\\ud83d',
    '""',
    'null',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
)

t.test('decodeJson, its slow parser and a simple reference agree on corrupted texts', async () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.json({ maxDepth: 3 }), spaced),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom('insert', 'delete', 'replace'), piece), {
        minLength: 1,
        maxLength: 2,
      }),
      (valid, faults) => {
        const chars = Array.from(valid)
        for (const [at, kind, char] of faults) {
          chars.splice(
            at % (chars.length + 1),
            kind === 'insert' ? 0 : 1,
            ...(kind === 'delete' ? [] : [char]),
          )
        }
        const text = chars.join('')
        // Excludes texts that would be decoded in another encoding or lose their byte order mark. The second character may
        // be NUL after a line break, too.
        fc.pre(!/^.?\0|^\ufeff/s.test(text))

        const expected = referenceOutcome(text)
        return [() => decodeString(text), () => parseJson(text)].every((decode) =>
          isDeepStrictEqual(outcomeOf(decode), expected),
        )
      },
    ),
    { numRuns: 3_000 },
  )
})

t.test('decodeJson and a simple reference agree on truncated texts', async (t) => {
  for (const text of [...recorded.flatMap(({ body }) => body.text ?? []), '["\\u00e9\\n",{"a":-1.5e-3}]']) {
    if (text.length > 200) continue
    for (let end = 0; end < text.length; end++) {
      const cut = text.slice(0, end).toWellFormed()
      t.ok(
        isDeepStrictEqual(
          outcomeOf(() => decodeString(cut)),
          referenceOutcome(cut),
        ),
        cut,
      )
    }
  }
})

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16()

function utf32(text: string, littleEndian: boolean): Buffer {
  const codePoints = Array.from(text, (char) => char.codePointAt(0) ?? 0)
  const buffer = Buffer.alloc(codePoints.length * 4)
  codePoints.forEach((codePoint, i) => {
    if (littleEndian) buffer.writeUInt32LE(codePoint, i * 4)
    else buffer.writeUInt32BE(codePoint, i * 4)
  })
  return buffer
}

t.test('decodeText detects UTF-8, UTF-16 and UTF-32 by a byte order mark or by zero bytes', async () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const text = `[${json},"é😀"]`
      return [
        Buffer.from(text),
        Buffer.from(`\ufeff${text}`),
        Buffer.from(text, 'utf16le'),
        Buffer.from(`\ufeff${text}`, 'utf16le'),
        swapped(text),
        swapped(`\ufeff${text}`),
        ...[true, false].flatMap((little) => [utf32(text, little), utf32(`\ufeff${text}`, little)]),
      ].every((bytes) => decodeText(bytes) === text)
    }),
  )
})

t.test('decodeText decodes short bodies as Python does', async (t) => {
  const table: [bytes: number[], text: string][] = [
    [[], ''],
    [[0x31], '1'],
    [[0], '\0'],
    [[0xef, 0xbb, 0xbf], ''],
    [[0xff, 0xfe], ''],
    [[0xfe, 0xff], ''],
    [[0xff, 0xfe, 0, 0], ''],
    [[0, 0, 0xfe, 0xff], ''],
    [[0, 0x31], '1'],
    [[0x31, 0], '1'],
    [[0x31, 0, 0], '1\0\0'],
    [[0, 0x31, 0x32], '\0' + '12'],
    [[0x31, 0, 0x32, 0], '12'],
    [[0x31, 0, 0, 0x32], '1\u3200'],
    [[0x31, 0, 0, 0], '1'],
    [[0, 0, 0, 0x31], '1'],
  ]
  for (const [bytes, text] of table) t.equal(decodeText(Uint8Array.from(bytes)), text, `[${bytes}]`)
})

t.test('decodeText decodes only the bytes of the given view', async (t) => {
  const shared = Uint8Array.from([0x22, 0x5b, 0x5d, 0x22])

  t.equal(decodeText(shared.subarray(1, 3)), '[]')
})

t.test('decodeText drops only the first byte order mark', async (t) => {
  t.equal(decodeText(Buffer.from('\ufeff\ufeff{}')), '\ufeff{}')
})

t.test('decodeText rejects bytes that are invalid in the encoding', async (t) => {
  const table: [name: string, bytes: number[]][] = [
    ['Latin-1', [0x22, 0xe9, 0x22]],
    ['a lone continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0x80, 0x22]],
    ['a code point above U+10FFFF', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ['a sequence cut short', [0x22, 0xe4, 0xbd, 0x22]],
    ['half a byte order mark', [0xef, 0xbb]],
    ['a lead byte at the end', [0x22, 0xed]],
    ['a surrogate cut short', [0x22, 0xed, 0xa0]],
    ['a surrogate cut short by a quote', [0x22, 0xed, 0xa0, 0x22]],
    ['a bad byte before a surrogate', [0x22, 0xff, 0xed, 0xa0, 0x80, 0x22]],
    ['a bad byte after a surrogate', [0x22, 0xed, 0xa0, 0x80, 0xff, 0x22]],
    ['a lead byte before a surrogate', [0x22, 0xe4, 0xbd, 0xed, 0xa0, 0x80, 0x22]],
    ['an odd number of bytes in UTF-16', [0x7b, 0, 0x7d, 0, 0]],
    ['an incomplete UTF-32', [0x7b, 0, 0, 0, 0x7d]],
    ['a number above U+10FFFF in UTF-32', [0, 0, 0, 0x22, 0, 0x11, 0, 0]],
  ]
  for (const [name, bytes] of table) t.throws(() => decodeText(Uint8Array.from(bytes)), BodyDecodeError, name)
})

t.test('decodeText keeps lone surrogates and never joins two separately encoded ones', async (t) => {
  const utf8 = (hex: string) => decodeText(Buffer.from(hex, 'hex'))

  t.equal(utf8('22eda0bd22'), '"\ud83d"')
  t.equal(utf8('c3a9edb88061eda0bd61'), 'é\ude00a\ud83da')
  t.equal(utf8('eda0bd61edb880'), '\ud83da\ude00')
  t.equal(Array.from(utf8('eda0bdedb880')).length, 2)
  t.equal(utf8('ed9fbfeda0bd'), '\ud7ff\ud83d')
  t.equal(decodeText(Buffer.from('"\ud83d"', 'utf16le')), '"\ud83d"')
  t.equal(Array.from(decodeText(Buffer.from('220000003dd8000000de0000', 'hex'))).length, 3)
})

t.test('decodeText keeps lone surrogates and rejects invalid bytes between them', async (t) => {
  const high = Buffer.from([0xed, 0xa0, 0x80])
  const low = Buffer.from([0xed, 0xb0, 0x80])
  const text = Buffer.from('aé€😀')

  t.equal(decodeText(Buffer.concat([text, high, text, low, text])), 'aé€😀\ud800aé€😀\udc00aé€😀')
  t.equal(decodeText(Buffer.concat([high, low])), '\ud800\ud800', 'two surrogates that do not form a pair')
  t.equal(decodeText(Buffer.concat([high, text, low])), '\ud800aé€😀\udc00')
  for (const wrong of [[0xe2, 0x82], [0xc0, 0x80], [0xff], [0xf4, 0x90, 0x80, 0x80]]) {
    t.throws(() => decodeText(Buffer.concat([high, Buffer.from(wrong), high])), BodyDecodeError)
  }
})
