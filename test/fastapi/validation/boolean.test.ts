import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

const parsing = (input: unknown) =>
  issue('bool_parsing', 'Input should be a valid boolean, unable to interpret input', input)
const TRUE_WORDS = ['true', '1', 't', 'y', 'yes', 'on']
const FALSE_WORDS = ['false', '0', 'f', 'n', 'no', 'off']

t.test('a boolean takes 0 and 1', async (t) => {
  for (const input of [true, 1, 1.0]) t.equal(coerced(Type.Boolean(), input), true)
  for (const input of [false, 0, -0]) t.equal(coerced(Type.Boolean(), input), false)
})

t.test('a boolean takes its words in any case', async () => {
  const word = fc.mixedCase(fc.constantFrom(...TRUE_WORDS, ...FALSE_WORDS))
  fc.assert(
    fc.property(word, (word) => coerced(Type.Boolean(), word) === TRUE_WORDS.includes(word.toLowerCase())),
  )
})

t.test('a boolean refuses every other text, untrimmed', async (t) => {
  const words = new Set([...TRUE_WORDS, ...FALSE_WORDS])
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('', ' true', 'true ', '1.0', 'ok', '2', 'truee', 'nope', 'None', 'ſ'),
  )
  fc.assert(
    fc.property(
      text.filter((text) => !words.has(text.toLowerCase())),
      (input) => {
        t.strictSame(issuesOf(Type.Boolean(), input), [parsing(input)])
      },
    ),
  )
})

t.test('a boolean tells integers that are no boolean from what is no integer', async (t) => {
  for (const input of [2, -1, 5.0, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    t.strictSame(issuesOf(Type.Boolean(), input), [parsing(input)])
  }
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
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
