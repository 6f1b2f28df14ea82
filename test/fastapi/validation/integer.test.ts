import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

const parsing = (input: unknown) =>
  issue('int_parsing', 'Input should be a valid integer, unable to parse string as an integer', input)
const parsingSize = (input: unknown) =>
  issue('int_parsing_size', 'Unable to parse input string as an integer, exceeded maximum size', input)
const ones = (count: number) => '1'.repeat(count)

t.test('an integer takes integral numbers, booleans and big integers', async (t) => {
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

t.test('an integer takes texts that pydantic-core cleans', async (t) => {
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

t.test('an integer refuses other texts and echoes them', async (t) => {
  const table = [
    ...['', ' ', '5.', '.0', '-.0', '5.5', '1e3', '0x1F', '0x', '1,000', '_1', '1__0', '1_', '0_', '0_.0'],
    ...['5.0_0', '++5', '+-5', '--5', '-+5', '-0-5', '0--5', '0+5', '- 5', '5-', '5-5', '0 5', '-', '+'],
    ...['５', '٣', 'true', 'NaN', '\ufeff5', '5\u200b', '\u001c5', '5\0', 'x'.repeat(4301), `+${ones(4301)}`],
  ]
  for (const input of table)
    t.strictSame(issuesOf(Type.Integer(), input), [parsing(input)], input.slice(0, 20))
})

t.test('an integer refuses more than 4300 leading digits, the sign included', async (t) => {
  for (const input of [ones(4301), `-${ones(4300)}`, `${ones(4301)}.0`, `${ones(4301)}x`]) {
    t.strictSame(issuesOf(Type.Integer(), input), [parsingSize(input)])
  }
})

t.test('an integer refuses other numbers and types', async (t) => {
  const fraction = 'Input should be a valid integer, got a number with a fractional part'
  for (const input of [5.5, 0.1, -1e-9]) {
    t.strictSame(issuesOf(Type.Integer(), input), [issue('int_from_float', fraction, input)])
  }
  for (const input of [1e19, -1e300, 2 ** 63, -(2 ** 63)]) {
    t.strictSame(issuesOf(Type.Integer(), input), [parsingSize(input)])
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

t.test('bounds of an integer count after the conversion and echo what was sent', async (t) => {
  const positive = Type.Integer({ exclusiveMinimum: 0 })
  for (const input of [0, -1, '0', '0.0', false, -2.0, '-5', -(10n ** 20n)]) {
    t.strictSame(issuesOf(positive, input), [
      issue('greater_than', 'Input should be greater than 0', input, { gt: 0 }),
    ])
  }
  t.equal(coerced(positive, '1'), 1)
  t.equal(coerced(positive, 10n ** 20n), 10n ** 20n)
  t.strictSame(issuesOf(positive, 'x'), [parsing('x')])
})

t.test('every bound has its own issue', async (t) => {
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

t.test('every spelling of an integer is taken with its value', async () => {
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
      // Before a lone zero an underscore would be the end of the number's leading zeros.
      const text = `${before}${sign}${value === 0n ? '' : zeros}${digits}${decimals}${after}`
      return BigInt(coerced(Type.Integer(), text) as number | bigint) === value
    }),
  )
})

t.test('a text outside the grammar is refused with itself as the input', async (t) => {
  const grammar = /^[+-]?\d+(?:_\d+)*(?:\.0+)?$/
  const text = fc.string({ unit: fc.constantFrom(...'0123456789_.+- e x'), maxLength: 8 })
  // A leading zero starts the grammar anew, which has its own table above.
  const outside = text.filter((text) => !grammar.test(text.trim()) && !/^\s*[+-]?0/.test(text))
  fc.assert(
    fc.property(outside, (input) => {
      t.strictSame(issuesOf(Type.Integer(), input), [parsing(input)])
    }),
  )
})
