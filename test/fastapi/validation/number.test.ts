import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

const { POSITIVE_INFINITY: infinity, NaN: nan } = Number

t.test('a number takes numbers, booleans and texts in Rust’s syntax', async (t) => {
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

t.test('a number refuses other texts', async (t) => {
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

t.test('a number refuses other types, and integers too big for a float', async (t) => {
  for (const input of [null, [], {}, 10n ** 400n]) {
    t.strictSame(issuesOf(Type.Number(), input), [
      issue('float_type', 'Input should be a valid number', input),
    ])
  }
})

t.test('bounds of a number count after the conversion, and NaN breaks them all', async (t) => {
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

t.test('every float is read back from its text', async () => {
  fc.assert(
    fc.property(fc.double(), (value) =>
      Object.is(coerced(Type.Number(), Object.is(value, -0) ? '-0' : `${value}`), value),
    ),
  )
})
