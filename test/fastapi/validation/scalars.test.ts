// Booleans, integers, numbers and literals.
import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

const { POSITIVE_INFINITY: infinity, NaN: nan } = Number

const booleanParsing = (input: unknown) =>
  issue('bool_parsing', 'Input should be a valid boolean, unable to interpret input', input)
const TRUE_WORDS = ['true', '1', 't', 'y', 'yes', 'on']
const FALSE_WORDS = ['false', '0', 'f', 'n', 'no', 'off']

t.test('a boolean accepts 0 and 1', async (t) => {
  for (const input of [true, 1, 1.0]) t.equal(coerced(Type.Boolean(), input), true)
  for (const input of [false, 0, -0]) t.equal(coerced(Type.Boolean(), input), false)
})

t.test('a boolean accepts its keywords in any case', async () => {
  const word = fc.mixedCase(fc.constantFrom(...TRUE_WORDS, ...FALSE_WORDS))
  fc.assert(
    fc.property(word, (word) => coerced(Type.Boolean(), word) === TRUE_WORDS.includes(word.toLowerCase())),
  )
})

t.test('a boolean rejects any other string, without trimming it', async (t) => {
  const words = new Set([...TRUE_WORDS, ...FALSE_WORDS])
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('', ' true', 'true ', '1.0', 'ok', '2', 'truee', 'nope', 'None', 'ſ'),
  )
  fc.assert(
    fc.property(
      text.filter((text) => !words.has(text.toLowerCase())),
      (input) => {
        t.strictSame(issuesOf(Type.Boolean(), input), [booleanParsing(input)])
      },
    ),
  )
})

t.test('a boolean reports integers and other values with different types', async (t) => {
  for (const input of [2, -1, 5.0, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    t.strictSame(issuesOf(Type.Boolean(), input), [booleanParsing(input)])
  }
  for (const input of [
    null,
    [],
    {},
    0.5,
    nan,
    infinity,
    1e19,
    2 ** 63,
    -(2 ** 63),
    2n ** 63n,
    -(2n ** 63n) - 1n,
  ]) {
    t.strictSame(issuesOf(Type.Boolean(), input), [
      issue('bool_type', 'Input should be a valid boolean', input),
    ])
  }
})

const integerParsing = (input: unknown) =>
  issue('int_parsing', 'Input should be a valid integer, unable to parse string as an integer', input)
const integerParsingSize = (input: unknown) =>
  issue('int_parsing_size', 'Unable to parse input string as an integer, exceeded maximum size', input)
const ones = (count: number) => '1'.repeat(count)

t.test('an integer accepts integral numbers, booleans and big integers', async (t) => {
  const table: [unknown, unknown][] = [
    [5, 5],
    [-2, -2],
    [-0, 0],
    [1e15, 1_000_000_000_000_000],
    [2 ** 53, 9_007_199_254_740_992n],
    [1e18, 1_000_000_000_000_000_000n],
    [10n ** 30n, 10n ** 30n],
    [true, 1],
    [false, 0],
  ]
  for (const [input, value] of table) t.equal(coerced(Type.Integer(), input), value, String(input))
})

t.test('an integer accepts the strings that pydantic-core cleans', async (t) => {
  const table: [string, unknown][] = [
    ['5', 5],
    ['-0', 0],
    ['007', 7],
    ['-007', -7],
    ['+5', 5],
    ['5.00', 5],
    ['00.0', 0],
    ['1_000', 1000],
    ['1_0.0', 10],
    ['0_1_0', 10],
    [' \t5\n', 5],
    ['\u00855\u00a0', 5],
    ['\u3000\u200a5\u2028', 5],
    ['9007199254740992', 9_007_199_254_740_992n],
    ['-9007199254740993', -9_007_199_254_740_993n],
    ['000', 0],
    ['00_0', 0],
    ['0__5', 5],
    ['0-5', -5],
    ['0-_5', -5],
    ['-0__5', -5],
    ['0'.repeat(5000), 0],
    [`${'0'.repeat(5000)}1`, 1],
    [ones(4300), BigInt(ones(4300))],
    [`+${ones(4300)}.0`, BigInt(ones(4300))],
    [`-${ones(4299)}`, -BigInt(ones(4299))],
  ]
  for (const [input, value] of table) t.equal(coerced(Type.Integer(), input), value, input.slice(0, 20))
})

t.test('an integer rejects other strings and quotes them', async (t) => {
  const table = [
    ...['', ' ', '5.', '.0', '-.0', '5.5', '1e3', '0x1F', '0x', '1,000', '_1', '1__0', '1_', '0_', '0_.0'],
    ...['5.0_0', '++5', '+-5', '--5', '-+5', '-0-5', '0--5', '0+5', '- 5', '5-', '5-5', '0 5', '-', '+'],
    ...['５', '٣', 'true', 'NaN', '\ufeff5', '5\u200b', '\u001c5', '5\0', 'x'.repeat(4301), `+${ones(4301)}`],
  ]
  for (const input of table)
    t.strictSame(issuesOf(Type.Integer(), input), [integerParsing(input)], input.slice(0, 20))
})

t.test('an integer rejects more than 4300 leading digits, including the sign', async (t) => {
  for (const input of [ones(4301), `-${ones(4300)}`, `${ones(4301)}.0`, `${ones(4301)}x`]) {
    t.strictSame(issuesOf(Type.Integer(), input), [integerParsingSize(input)])
  }
})

t.test('an integer rejects other numbers and types', async (t) => {
  const fraction = 'Input should be a valid integer, got a number with a fractional part'
  for (const input of [5.5, 0.1, -1e-9]) {
    t.strictSame(issuesOf(Type.Integer(), input), [issue('int_from_float', fraction, input)])
  }
  for (const input of [1e19, -1e300, 2 ** 63, -(2 ** 63)]) {
    t.strictSame(issuesOf(Type.Integer(), input), [integerParsingSize(input)])
  }
  for (const input of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    t.strictSame(issuesOf(Type.Integer(), input), [
      issue('finite_number', 'Input should be a finite number', input),
    ])
  }
  for (const input of [null, [], {}, [5]]) {
    t.strictSame(issuesOf(Type.Integer(), input), [
      issue('int_type', 'Input should be a valid integer', input),
    ])
  }
})

t.test('the bounds of an integer apply after the conversion and quote the original input', async (t) => {
  const positive = Type.Integer({ exclusiveMinimum: 0 })
  for (const input of [0, -1, '0', '0.0', false, -2.0, '-5', -(10n ** 20n)]) {
    t.strictSame(issuesOf(positive, input), [
      issue('greater_than', 'Input should be greater than 0', input, { gt: 0 }),
    ])
  }
  t.equal(coerced(positive, '1'), 1)
  t.equal(coerced(positive, 10n ** 20n), 10n ** 20n)
  t.strictSame(issuesOf(positive, 'x'), [integerParsing('x')])
})

t.test('each bound has its own issue type', async (t) => {
  const table: [object, number, string, string, object][] = [
    [{ minimum: 1 }, 0, 'greater_than_equal', 'greater than or equal to 1', { ge: 1 }],
    [{ maximum: 1000 }, 1001, 'less_than_equal', 'less than or equal to 1000', { le: 1000 }],
    [{ exclusiveMaximum: 10 }, 10, 'less_than', 'less than 10', { lt: 10 }],
    [{ exclusiveMinimum: 0 }, 0, 'greater_than', 'greater than 0', { gt: 0 }],
  ]
  for (const [bound, input, type, words, ctx] of table) {
    t.strictSame(issuesOf(Type.Integer(bound), input), [
      issue(type, `Input should be ${words}`, input, { ...ctx }),
    ])
  }
  t.equal(coerced(Type.Integer({ minimum: 1, maximum: 1000 }), 1), 1)
  t.equal(coerced(Type.Integer({ minimum: 1, maximum: 1000 }), 1000), 1000)
})

const space = fc.stringMatching(
  /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]{0,3}$/,
)

t.test('an integer is parsed correctly in every valid format', async () => {
  const spelling = fc.record({
    value: fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
    before: space,
    after: space,
    plus: fc.boolean(),
    zeros: fc.stringMatching(/^(?:0_?)*$/),
    underscores: fc.boolean(),
    decimals: fc.stringMatching(/^(?:\.0+)?$/),
  })
  fc.assert(
    fc.property(spelling, ({ value, before, after, plus, zeros, underscores, decimals }) => {
      const negative = value < 0n
      let digits = String(negative ? -value : value)
      if (underscores) digits = digits.replace(/(?<=\d)(?=(?:\d{3})+$)/g, '_')
      const sign = negative ? '-' : plus ? '+' : ''
      // An underscore before a lone zero would end the leading zeros.
      const text = `${before}${sign}${value === 0n ? '' : zeros}${digits}${decimals}${after}`
      return BigInt(coerced(Type.Integer(), text) as number | bigint) === value
    }),
  )
})

t.test('a string outside the integer grammar is rejected and quoted', async (t) => {
  const grammar = /^[+-]?\d+(?:_\d+)*(?:\.0+)?$/
  const text = fc.string({ unit: fc.constantFrom(...'0123456789_.+- e x'), maxLength: 8 })
  // The part after a leading zero is parsed separately, which the table above covers.
  const outside = text.filter((text) => !grammar.test(text.trim()) && !/^\s*[+-]?0/.test(text))
  fc.assert(
    fc.property(outside, (input) => {
      t.strictSame(issuesOf(Type.Integer(), input), [integerParsing(input)])
    }),
  )
})

t.test('a number accepts numbers, booleans and strings in Rust syntax', async (t) => {
  const table: [unknown, number][] = [
    [1.5, 1.5],
    [infinity, infinity],
    [nan, nan],
    [10n ** 300n, 1e300],
    [true, 1],
    [false, 0],
    ['1', 1],
    ['.5', 0.5],
    ['5.', 5],
    ['+.5', 0.5],
    ['-.5e3', -500],
    ['1.e5', 1e5],
    ['1E+5', 1e5],
    ['1e400', infinity],
    [' \u00a01.5\u0085', 1.5],
    ['1_0.5_0', 10.5],
    ['1e_5', 1e5],
    ['inf', infinity],
    ['+Infinity', infinity],
    ['-INF', -infinity],
    ['i_nf', infinity],
    ['-nan', nan],
    ['NaN', nan],
  ]
  for (const [input, value] of table) {
    t.ok(Object.is(coerced(Type.Number(), input), value), String(input).slice(0, 20))
  }
})

t.test('a number rejects other strings', async (t) => {
  const msg = 'Input should be a valid number, unable to parse string as a number'
  const table = [
    '',
    ' ',
    '.',
    '+',
    'e5',
    '.e5',
    '1e',
    '1e5.5',
    '0x10',
    '1,5',
    '1__0',
    '_1',
    '1_',
    ' 1_0',
    '٣',
    'infin',
    'true',
  ]
  for (const input of table)
    t.strictSame(issuesOf(Type.Number(), input), [issue('float_parsing', msg, input)], input)
})

t.test('a number rejects other types, and integers too large for a float', async (t) => {
  for (const input of [null, [], {}, 10n ** 400n]) {
    t.strictSame(issuesOf(Type.Number(), input), [
      issue('float_type', 'Input should be a valid number', input),
    ])
  }
})

t.test('the bounds of a number apply after the conversion, and NaN violates all of them', async (t) => {
  const msg = 'Input should be greater than or equal to 0.5'
  for (const input of [0, '0.25', false, nan, 'nan']) {
    t.strictSame(issuesOf(Type.Number({ minimum: 0.5 }), input), [
      issue('greater_than_equal', msg, input, { ge: 0.5 }),
    ])
  }
  t.equal(coerced(Type.Number({ minimum: 0.5, exclusiveMaximum: 2 }), '1e0'), 1)
  t.strictSame(issuesOf(Type.Number({ maximum: 1 }), []), [
    issue('float_type', 'Input should be a valid number', []),
  ])
})

t.test('every float is parsed from its string form', async () => {
  fc.assert(
    fc.property(fc.double(), (value) =>
      Object.is(coerced(Type.Number(), Object.is(value, -0) ? '-0' : `${value}`), value),
    ),
  )
})

const anyOf = (values: unknown[], more: object = {}) => Type.Unsafe({ enum: values, ...more })
const literalError = (expected: string, input: unknown, type = 'literal_error') =>
  issue(type, `Input should be ${expected}`, input, { expected })

t.test('a Literal accepts only its exact members', async (t) => {
  const schema = anyOf(['cookie', 'key-value', 'totp'], { type: 'string' })

  t.equal(coerced(schema, 'totp'), 'totp')
  for (const input of ['Cookie', 'cookie ', '', null, 1, true, ['cookie'], {}]) {
    t.strictSame(issuesOf(schema, input), [literalError("'cookie', 'key-value' or 'totp'", input)])
  }
})

t.test('a Literal with one or two members lists them in its message', async (t) => {
  t.strictSame(issuesOf(Type.Literal('a'), 'b'), [literalError("'a'", 'b')])
  t.strictSame(issuesOf(anyOf(['a', 'b']), 'c'), [literalError("'a' or 'b'", 'c')])
})

t.test('an Enum class has its own issue type', async (t) => {
  const schema = anyOf(['a', 'b'], { type: 'string', 'x-python-enum': true })

  t.equal(coerced(schema, 'a'), 'a')
  t.strictSame(issuesOf(schema, 'c'), [literalError("'a' or 'b'", 'c', 'enum')])
})

t.test('the message of a Literal lists its members as Python reprs', async (t) => {
  const table: [unknown, string][] = [
    [1, '1'],
    [true, 'True'],
    [false, 'False'],
    [null, 'None'],
    ["it's", `"it's"`],
    ['say "hi"', `'say "hi"'`],
    [`it's "so"`, `'it\\'s "so"'`],
    ['a\\b\n\r\t', `'a\\\\b\\n\\r\\t'`],
    ['é😀 \0\u00a0\u00ad', `'é😀 \\x00\\xa0\\xad'`],
    ['\u200b\u{e0001}', `'\\u200b\\U000e0001'`],
  ]
  for (const [member, expected] of table) {
    t.strictSame(issuesOf(anyOf([member]), 'x'), [literalError(expected, 'x')], expected)
  }
})

t.test('a Literal treats numbers and booleans as equal, as Python does', async (t) => {
  t.equal(coerced(anyOf([1, 2]), 1.0), 1)
  t.equal(coerced(anyOf([1, 2]), true), 1)
  t.equal(coerced(anyOf([true, false]), 0), false)
  t.equal(coerced(anyOf([1, 'a', null]), null), null)
  for (const input of ['1', 3, 1n, null]) {
    t.strictSame(issuesOf(anyOf([1, 2]), input), [literalError('1 or 2', input)])
  }
})

t.test('a Literal that is invalid in Python does not compile', async (t) => {
  const message = /a Literal with members other than strings, integers, booleans and null/
  for (const values of [[], [1.5], [{}]]) t.throws(() => coerced(anyOf(values), 1), { message })
  t.throws(() => coerced(Type.Unsafe({ enum: 'a' }), 1), { message })
  t.throws(() => coerced(anyOf([1], { 'x-python-enum': true }), 1), {
    message: /an Enum with members other than strings/,
  })
})
