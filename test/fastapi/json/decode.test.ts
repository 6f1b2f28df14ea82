import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { BodyDecodeError, decodeJson, JsonDecodeError } from '../../../src/fastapi/json/decode.ts'
import { parseJson } from '../../../src/fastapi/json/parse.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { bytesOf, recorded } from './recorded.ts'
import { referenceOutcome } from './reference.ts'

const decodeText = (text: string) => decodeJson(Buffer.from(text))
const arrays = (depth: number, inner = '') => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`
const objects = (depth: number, inner = '1') => `${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}`

t.test('decodeJson does with each recorded body what FastAPI did', async (t) => {
  for (const { name, body, outcome, error, position, echo } of recorded) {
    const found = outcomeOf(() => decodeJson(bytesOf(body)))

    if (outcome === 'error') t.same(found, { error, position }, name)
    else if (outcome === 'refused') t.equal(found, 'refused', name)
    else t.type(found, Object, name)
    if (echo !== undefined) {
      const expected: Outcome = { value: parseJson(echo) }
      t.ok(isDeepStrictEqual(found, expected), `${name}: the value is the one that was echoed`)
    }
  }
})

t.test(
  'decodeJson throws errors with the name, the message and the position that Python gives',
  async (t) => {
    t.throws(() => decodeText('{"😀":01}'), {
      name: 'JsonDecodeError',
      message: "Expecting ',' delimiter",
      position: 6,
    })
    t.throws(() => decodeText('\ufeff[1,]'), {
      message: 'Illegal trailing comma before end of array',
      position: 2,
    })
    t.throws(() => decodeJson(Buffer.from([0xff])), new BodyDecodeError('The body is not UTF-8'))
    t.throws(() => decodeJson(new Uint8Array()), new JsonDecodeError('Expecting value', 0))
  },
)

t.test('decodeJson and its slow parser know each kind of error', async (t) => {
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
      outcomeOf(() => decodeText(text)),
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

t.test('decodeJson keeps integers exact and floats floats', async (t) => {
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
        outcomeOf(() => decodeText(text)),
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

t.test('decodeJson refuses an integer of more than 4300 digits', async (t) => {
  t.equal(decodeText(`-${'9'.repeat(4300)}`), -(10n ** 4300n - 1n))
  t.equal(
    outcomeOf(() => decodeText(`[${'9'.repeat(4301)}]`)),
    'refused',
  )
  t.equal(
    outcomeOf(() => decodeText(`{"a":${'9'.repeat(4301)},"a":1}`)),
    'refused',
  )
})

t.test('decodeJson tells what stands first, the long integer or the syntax error', async (t) => {
  t.equal(
    outcomeOf(() => decodeText(`[${'9'.repeat(4301)},,`)),
    'refused',
  )
  t.same(
    outcomeOf(() => decodeText(`[,${'9'.repeat(4301)}`)),
    { error: 'Expecting value', position: 1 },
  )
})

t.test('decodeJson gives own properties, the last of equal keys in the first place', async (t) => {
  const text = '{"__proto__":{"x":1},"b":1,"constructor":2,"b":3,"":4,"n":NaN}'

  for (const [name, value] of Object.entries({ decoded: decodeText(text), parsed: parseJson(text) })) {
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
})

t.test('decodeJson joins escaped surrogates and keeps lone ones', async (t) => {
  for (const decode of [decodeText, parseJson]) {
    t.equal(decode('"\\ud83d\\ude00"'), '😀')
    t.equal(decode('"\\ude00\\uD83D\\/\\b\\f\\n\\r\\t\\"\\\\"'), '\ude00\ud83d/\b\f\n\r\t"\\')
  }
})

t.test('decodeJson goes as deep as CPython 3.13 and refuses the next level', async (t) => {
  t.type(decodeText(arrays(9_994)), Array)
  t.type(decodeText(objects(9_994)), Object)
  t.equal(
    outcomeOf(() => decodeText(arrays(9_995))),
    'refused',
  )
  t.equal(
    outcomeOf(() => decodeText(objects(9_995))),
    'refused',
  )
  t.equal(
    outcomeOf(() => decodeText('[{"a":'.repeat(100_000))),
    'refused',
  )
})

t.test('decodeJson tells what stands first, the level too deep or the syntax error', async (t) => {
  t.same(
    outcomeOf(() => decodeText(`[,${arrays(20_000)}`)),
    { error: 'Expecting value', position: 1 },
  )
  t.equal(
    outcomeOf(() => decodeText(arrays(9_995, ','))),
    'refused',
  )
})

t.test('decodeJson counts levels, not brackets', async (t) => {
  const wide = [Array.from({ length: 10_000 }, () => ({})), '["\\'.repeat(10_000), [], '[{']

  t.same(decodeText(JSON.stringify(wide)), wide)
})

t.test('decodeJson decodes every valid text as JSON.parse does', async () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      // -0 is an integer zero to Python, and fast-check makes no integers from 2^53 on.
      const expected = JSON.parse(text, (_, value) => (Object.is(value, -0) ? 0 : exact(value)))
      return [() => decodeText(text), () => parseJson(text)].every((decode) =>
        isDeepStrictEqual(outcomeOf(decode), { value: expected }),
      )
    }),
  )
})

/** JSON.stringify writes large floats without a point, so they come back as integers. */
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

t.test(
  'decodeJson, its slow parser and a plain reference agree on every text with small faults',
  async () => {
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
          // Bytes that begin like this are another encoding, or lose their byte order mark.
          fc.pre(!/^(?:..?.?)?\0|^\ufeff/.test(text))

          const expected = referenceOutcome(text)
          return [() => decodeText(text), () => parseJson(text)].every((decode) =>
            isDeepStrictEqual(outcomeOf(decode), expected),
          )
        },
      ),
      { numRuns: 3_000 },
    )
  },
)

t.test('decodeJson and a plain reference agree on every text cut short', async (t) => {
  for (const text of [...recorded.flatMap(({ body }) => body.text ?? []), '["\\u00e9\\n",{"a":-1.5e-3}]']) {
    if (text.length > 200) continue
    for (let end = 0; end < text.length; end++) {
      const cut = text.slice(0, end).toWellFormed()
      t.ok(
        isDeepStrictEqual(
          outcomeOf(() => decodeText(cut)),
          referenceOutcome(cut),
        ),
        cut,
      )
    }
  }
})
